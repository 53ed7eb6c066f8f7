import sys
import types

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.people import detectors
from likeness.people.alignment import LANDMARKS
from likeness.people.detectors import (
    annotated_faces,
    chosen_faces,
    detect,
    detect_by_each,
    joined,
    looked_at,
    sure_faces,
)
from likeness.people.faces import Search, to_table

SEARCH = Search(300, 30, (0.5, 0.6, 0.7), "both")
COLUMNS = ["face_id", "photo_id", "x0", "y0", "x1", "y1", "score"]
PHOTOS = pd.DataFrame(
    {
        "photo_id": ["b", "a", "c"],
        "path": ["b.png", "a.png", "c.png"],
        "sha256": ["2", "1", "3"],
        "width": 50,
        "height": 40,
    }
)
TRUTH = pd.DataFrame(
    [("a", 5.0, 5, 9, 9), ("b", 1, 2, 3, 4), ("a", 0, 0, 4, 4), ("gone", 0, 0, 1, 1)],
    columns=["photo_id", "x0", "y0", "x1", "y1"],
)


def test_marks_are_faces_of_score_one_in_the_order_of_the_photos(tmp_path):
    faces = detect(PHOTOS, tmp_path, "annotations", SEARCH, boxes=TRUTH)
    assert faces.columns.tolist() == COLUMNS
    assert faces.to_numpy().tolist() == [
        ["b-0", "b", 1, 2, 3, 4, 1],
        ["a-0", "a", 5, 5, 9, 9, 1],
        ["a-1", "a", 0, 0, 4, 4, 1],
    ]
    empty = annotated_faces(PHOTOS, TRUTH[:0])
    assert (len(empty), empty.columns.tolist()) == (0, COLUMNS)
    assert list(empty.dtypes) == list(faces.dtypes)


def test_somebody_s_marks_look_at_some_pictures_and_a_network_at_all():
    photos = PHOTOS.assign(annotated=[True, False, True])
    assert looked_at(photos, "annotations")["photo_id"].tolist() == ["b", "c"]
    assert looked_at(photos, "mtcnn")["photo_id"].tolist() == ["b", "a", "c"]


def test_mtcnn_gets_its_settings(tmp_path, monkeypatch):
    asked = {}
    monkeypatch.setattr(detectors, "find_faces", lambda photos, root, **how: asked.update(how, root=root) or "faces")
    cache = object()
    assert detect(PHOTOS, tmp_path, "mtcnn", SEARCH, cache=cache, device="cpu") == "faces"
    settings = {"max_side": 300, "min_face": 30, "thresholds": (0.5, 0.6, 0.7), "normalise": "both"}
    assert asked == {**settings, "cache": cache, "root": tmp_path, "device": "cpu", "progress": False}


def test_mtcnn_finds_nothing_in_white(tmp_path):
    for name in PHOTOS["path"]:
        Image.new("RGB", (50, 40), "white").save(tmp_path / name)
    faces = detect(PHOTOS, tmp_path, "mtcnn", SEARCH, device="cpu")
    assert (len(faces), faces.columns.tolist()) == (0, [*COLUMNS, *LANDMARKS])


def test_fasterrcnn_gets_its_settings_and_is_loaded_only_then(tmp_path, monkeypatch):
    asked = {}
    found = to_table(["b"], [np.array([[0, 0, 1, 1, 0.5]])])

    def finder(photos, root, weights, **how):
        asked.update(how, weights=weights)
        return found

    module = types.ModuleType("likeness.people.fasterrcnn")
    module.find_faces_fasterrcnn = finder
    monkeypatch.setitem(sys.modules, "likeness.people.fasterrcnn", module)
    weights = tmp_path / "detector.safetensors"
    weights.write_bytes(b"weights")
    assert detect(PHOTOS, tmp_path, "fasterrcnn", SEARCH, weights=weights, device="cpu") is found
    assert asked == {"weights": weights, "cache": None, "device": "cpu", "progress": False}


@pytest.mark.parametrize(
    ("detector", "error", "says"),
    [
        ("dlib", ValueError, "unknown detector 'dlib'; choose one of mtcnn, fasterrcnn, annotations"),
        ("annotations", ValueError, "needs the marked faces in `boxes`"),
        ("fasterrcnn", ValueError, "needs the file of its weights"),
    ],
)
def test_what_is_needed_is_named(tmp_path, detector, error, says):
    with pytest.raises(error, match=says):
        detect(PHOTOS, tmp_path, detector, SEARCH)


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.pt: no such file; run the stage faces-detector first"):
        detect(PHOTOS, tmp_path, "fasterrcnn", SEARCH, weights=tmp_path / "none.pt")


@pytest.mark.parametrize(
    ("chosen", "boxes", "names"),
    [
        ("fasterrcnn", TRUTH, ["mtcnn", "fasterrcnn", "annotations"]),
        ("fasterrcnn", TRUTH[:0], ["mtcnn", "fasterrcnn"]),
        ("mtcnn", TRUTH, ["mtcnn", "annotations"]),
        ("mtcnn", TRUTH[:0], ["mtcnn"]),
        ("annotations", TRUTH, ["mtcnn", "annotations"]),
    ],
)
def test_each_detector_looks_ours_where_it_is_chosen_and_marks_where_there_are_any(
    tmp_path, monkeypatch, chosen, boxes, names
):
    asked = []
    monkeypatch.setattr(
        detectors, "detect", lambda photos, root, name, search, **how: asked.append((search, how)) or name
    )
    found = detect_by_each(PHOTOS, tmp_path, chosen, SEARCH, boxes=boxes, weights=tmp_path, device="cpu", progress=True)
    assert found == dict(zip(names, names, strict=True))
    search, how = asked[-1]
    assert search is SEARCH
    assert how["boxes"] is boxes
    assert (how["weights"], how["cache"], how["device"], how["progress"]) == (tmp_path, None, "cpu", True)


FACES = to_table(["p", "q"], [np.array([[0, 0, 9, 9, 0.9], [0, 0, 5, 5, 0.4]]), np.array([[1, 1, 9, 9, 0.5]])])


def test_the_chosen_detector_must_have_looked():
    assert chosen_faces({"mtcnn": FACES}, "mtcnn") is FACES
    with pytest.raises(
        ValueError, match=r"faces\.prepare\.detector: annotations, but no face .* one of mtcnn, fasterrcnn"
    ):
        chosen_faces({"mtcnn": FACES, "fasterrcnn": FACES}, "annotations")


def test_sure_faces_are_numbered_anew():
    sure = sure_faces({"mtcnn": FACES, "none": FACES[:0]}, 0.5)
    assert sure["mtcnn"]["face_id"].tolist() == ["p-0", "q-0"]
    assert sure["mtcnn"].index.tolist() == [0, 1]
    assert sure["none"].empty


def test_tables_of_several_detectors_become_one():
    table = joined({"a": FACES, "b": FACES[:0], "c": FACES[:1]})
    assert table["detector"].tolist() == ["a"] * 3 + ["c"]
    assert table["face_id"].tolist() == ["p-0", "p-1", "q-0", "p-0"]
