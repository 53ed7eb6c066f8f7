import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from likeness.cache import Cache
from likeness.people.alignment import LANDMARKS
from likeness.people.detectors import detect, detect_by_each
from likeness.people.face_agreement import merge
from likeness.people.faces import Search
from likeness.people.mediapipe_faces import find_faces_mediapipe, views
from photo_rows import save_photos

torch.set_num_threads(1)
POINTS = list(range(10))


def face(x, score, size=10):
    return [x, 0, x + size, size, score, *POINTS]


def test_agreement_makes_a_face_surer_and_silence_leaves_it_as_it_is():
    faces = np.array([face(0, 0.5), face(100, 0.6)])
    others = np.array([[1, 0, 11, 10, 0.5], [0, 1, 10, 11, 0.8], [50, 0, 60, 10, 0.9]])
    merged = merge(faces, others)
    assert merged[:, 4].tolist() == [0.9, 0.6]  # 1 - 0.5 * 0.2, of the surer of two; what mediapipe alone saw is none
    assert merged[:, 0].tolist() == [0, 100]
    assert merge(faces, others[2:])[:, 4].tolist() == [0.6, 0.5]


def test_a_face_that_two_looks_found_stays_once_with_the_surer_ones_box():
    merged = merge(np.array([face(0, 0.7), face(2, 0.9), face(30, 0.8)]), np.zeros((0, 5)))
    assert merged[:, [0, 4]].tolist() == [[2, 0.9], [30, 0.8]]
    assert merge(np.zeros((0, 15)), np.array([[0, 0, 9, 9, 0.9]])).shape == (0, 15)


@pytest.mark.parametrize("size", [(100, 100), (200, 90), (31, 400), (1, 1)])
def test_every_pixel_is_looked_at_and_nothing_beyond_the_photo(size):
    seen = np.zeros(size[::-1], int)
    whole, *squares = views(*size)
    assert whole == (0, 0, *size)
    for x0, y0, x1, y1 in squares:
        assert 0 <= x0 < x1 <= size[0]
        assert 0 <= y0 < y1 <= size[1]
        seen[y0:y1, x0:x1] += 1
    assert seen.min() >= 1


def test_a_small_face_of_a_large_picture_is_found_by_the_larger_look_alone(tmp_path):
    pytest.importorskip("mediapipe.python.solutions.face_detection")
    rng = np.random.default_rng(0)
    large = Image.fromarray(rng.integers(90, 110, (900, 1000, 3), dtype=np.uint8))
    large.paste(Image.fromarray(astronaut()).resize((150, 150), Image.Resampling.LANCZOS), (600, 500))
    photos = save_photos(tmp_path, [Image.new("RGB", (300, 300), "grey"), large])
    search = Search(300, 20, (0.5, 0.5, 0.4))
    cache = Cache(tmp_path / "cache")
    alone, both = (detect(photos, tmp_path, name, search, cache=cache, device="cpu") for name in ("mtcnn", "agreement"))
    assert len(alone[alone["score"] > 0.8]) == 0
    sure = both[both["score"] > 0.8]
    assert sure["photo_id"].tolist() == [photos["photo_id"][1]]
    assert 600 < sure["x0"].iloc[0] < sure["left_eye_x"].iloc[0] < sure["x1"].iloc[0] < 750
    assert list(both)[-10:] == list(LANDMARKS)
    again = detect(photos, tmp_path / "gone", "agreement", search, cache=cache, device="cpu")
    assert again.equals(both)  # nothing was opened


def test_mediapipes_boxes_are_px_of_the_photo(tmp_path):
    pytest.importorskip("mediapipe.python.solutions.face_detection")
    photos = save_photos(tmp_path, [Image.fromarray(astronaut()).crop((60, 0, 380, 300)).resize((640, 600))])
    boxes = find_faces_mediapipe(photos, tmp_path, cache=None)[0]
    x0, y0, x1, y1, score = boxes[0]
    assert x0 < 2 * 165 < x1  # her nose
    assert y0 < 2 * 115 < y1
    assert 0.5 <= score <= 1


def test_agreement_looks_only_where_it_was_chosen(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("likeness.people.detectors.detect", lambda photos, root, name, *a, **k: asked.append(name))
    for chosen in ("mtcnn", "agreement"):
        detect_by_each(None, tmp_path, chosen, None, boxes=[], weights=tmp_path)
    assert asked == ["mtcnn", "mtcnn", "agreement"]
