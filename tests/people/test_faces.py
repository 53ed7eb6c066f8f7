import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from likeness import paths
from likeness.people import face_batches
from likeness.people.alignment import LANDMARKS
from likeness.people.face_batches import DoubleSoftmax, EvenParts, to_photo
from likeness.people.faces import Job, batches_of, face_summary, find_faces, sweep, to_table, working_size
from photo_rows import photo_rows, save_photos

torch.set_num_threads(1)
DATA = paths.root().parent / "shared" / "data"
COLUMNS = ["face_id", "photo_id", "x0", "y0", "x1", "y1", "score", *LANDMARKS]


@pytest.fixture
def photos(tmp_path):
    """Grey, an astronaut, her mirror image of the same size, and two of her side by side."""
    portrait = Image.fromarray(astronaut()).crop((60, 0, 380, 300))
    two = Image.new("RGB", (640, 300))
    two.paste(portrait, (0, 0))
    two.paste(portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (320, 0))
    images = [Image.new("RGB", (320, 300), "grey"), portrait, portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT), two]
    return save_photos(tmp_path, images)


def test_faces_lie_where_they_are_in_px_of_the_photo(tmp_path, photos):
    faces = find_faces(photos, tmp_path, cache=None, device="cpu")
    assert list(faces.columns) == COLUMNS
    ids = list(photos["photo_id"])
    assert faces["photo_id"].tolist() == [ids[1], ids[2], ids[3], ids[3]]
    assert faces["face_id"].tolist() == [f"{ids[1]}-0", f"{ids[2]}-0", f"{ids[3]}-0", f"{ids[3]}-1"]
    left, right = faces.iloc[0], faces.iloc[1]
    assert left[["x0", "x1"]].tolist() == pytest.approx([320 - right["x1"], 320 - right["x0"]], abs=8)
    assert left["x0"] < 165 < left["x1"]  # her nose
    assert left["y0"] < 115 < left["y1"]
    assert left["x0"] < left["left_eye_x"] < left["nose_x"] < left["right_eye_x"] < left["x1"]
    assert left["y0"] < left["left_eye_y"] < left["nose_y"] < left["left_mouth_y"] < left["y1"]
    assert left["nose_x"] == pytest.approx(320 - right["nose_x"], abs=4)
    assert faces["score"].between(0.99, 1).all()
    assert (faces["score"].iloc[2] >= faces["score"].iloc[3]) & (faces["x1"] <= 640).all()


def test_a_smaller_look_gives_boxes_at_the_photos_scale(tmp_path, photos):
    large = find_faces(photos[1:2], tmp_path, cache=None, device="cpu").iloc[0]
    small = find_faces(photos[1:2], tmp_path, cache=None, device="cpu", max_side=160).iloc[0]
    assert small[["x0", "y0", "x1", "y1"]].tolist() == pytest.approx(large[["x0", "y0", "x1", "y1"]].tolist(), abs=12)


def test_a_photos_faces_depend_on_no_other_photo(tmp_path):
    """Bit for bit, whatever lies beside it in the batch and in whatever order."""
    rng = np.random.default_rng(0)
    for number in range(6):
        noise = rng.normal(0, 5 * number, (300, 320, 3))
        shown = np.clip(astronaut()[:300, 40:360] + noise, 0, 255).astype(np.uint8)
        Image.fromarray(np.roll(shown, 9 * number, axis=1)).save(tmp_path / f"{number}.png")
    photos = photo_rows(tmp_path, [f"{number}.png" for number in range(6)])
    together = find_faces(photos, tmp_path, cache=None, device="cpu")
    assert len(together) >= 6
    alone = [find_faces(photos[k : k + 1], tmp_path, cache=None, device="cpu", batch_size=1) for k in range(6)]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), together, check_exact=True)
    backwards = find_faces(photos[::-1], tmp_path, cache=None, device="cpu", batch_size=4)
    pd.testing.assert_frame_equal(
        backwards.sort_values("face_id", ignore_index=True), together.sort_values("face_id", ignore_index=True)
    )


def test_one_photo_more_is_one_photo_looked_at(tmp_path, photos, monkeypatch, cache):
    looked = []
    really = face_batches.detect
    monkeypatch.setattr(face_batches, "detect", lambda net, images: looked.extend(images) or really(net, images))
    settings = {"root": tmp_path, "cache": cache, "device": "cpu"}
    find_faces(photos[:2], **settings)
    assert len(looked) == 2
    again = find_faces(photos[:3], **settings)
    assert len(looked) == 3
    pd.testing.assert_frame_equal(again, find_faces(photos[:3], **{**settings, "cache": None}))
    looked.clear()
    find_faces(photos[:3], **settings, batch_size=2)  # no result depends on it
    assert looked == []
    for other in ({"max_side": 300}, {"min_face": 30}, {"thresholds": (0.6, 0.7, 0.8)}):
        find_faces(photos[:1], **settings, **other)
    assert len(looked) == 3
    monkeypatch.setattr(face_batches, "load_detector", None)  # nothing to look for: no network is needed
    pd.testing.assert_frame_equal(find_faces(photos[:3], **settings), again)


def test_copies_and_tiny_photos_and_none(tmp_path, photos):
    Image.new("RGB", (400, 15), "white").save(tmp_path / "strip.png")  # MTCNN raises on it
    strip = photo_rows(tmp_path, ["strip.png"])
    table = pd.concat([strip, photos[1:2], photos[1:2].assign(photo_id="copy")], ignore_index=True)
    faces = find_faces(table, tmp_path, cache=None, device="cpu")
    assert faces["face_id"].tolist() == [f"{photos['photo_id'][1]}-0", "copy-0"]
    nothing = find_faces(table[:1], tmp_path, cache=None, device="cpu")
    for empty in (nothing, find_faces(table[:0], tmp_path, cache=None, device="cpu")):
        assert list(empty.columns) == COLUMNS
        assert list(empty.dtypes) == list(faces.dtypes)
        assert len(empty) == 0


def test_a_jpeg_that_lies_on_its_side_gives_upright_boxes(tmp_path, photos):
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    upright = Image.open(tmp_path / "1.png")
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", quality=95, exif=exif)
    turned = photo_rows(tmp_path, ["turned.jpg"]).assign(width=320, height=300)
    numbers = COLUMNS[2:6]
    expected = find_faces(photos[1:2], tmp_path, cache=None, device="cpu")[numbers].to_numpy()
    found = find_faces(turned, tmp_path, cache=None, device="cpu")[numbers].to_numpy()
    np.testing.assert_allclose(found, expected, atol=4)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"min_face": 600}, "min_face 600 px"),
        ({"thresholds": (0.6, 0.7)}, r"thresholds \(0.6, 0.7\)"),
        ({"thresholds": (0.6, 0.7, 1.0)}, "1.0"),
        ({"batch_size": 0}, "batch_size 0"),
    ],
)
def test_impossible_settings_are_named(tmp_path, photos, setting, says):
    with pytest.raises(ValueError, match=says):
        find_faces(photos, tmp_path, cache=None, **setting)


def test_working_sizes_and_batches_of_one_size():
    assert working_size(1080, 1350, 512) == (410, 512)
    assert working_size(300, 200, 512) == (300, 200)
    assert working_size(5000, 3, 512) == (512, 1)
    jobs = [Job(str(k), "", 1, 1, size) for k, size in enumerate([(9, 9), (9, 8), (9, 9), (9, 9), (9, 8)])]
    assert [[job.key for job in batch] for batch in batches_of(jobs, 2)] == [["0", "2"], ["3"], ["1", "4"]]


def test_boxes_are_scaled_cut_at_the_photos_edge_and_ordered():
    seen = np.array([[-5, 10, 20, 55, 0.75], [10, 10, 20.123456, 20, 0.98765], [60, 0, 70, 10, 0.9]])
    found = to_photo(seen, 100, 200, (50, 50))
    assert found.tolist() == [[20, 40, 40.25, 80, 0.9876], [0, 40, 40, 200, 0.75]]  # the third lies outside


def test_a_network_in_even_parts_gives_what_it_gives_at_once():
    class Twice(torch.nn.Module):
        rows = ()

        def forward(self, inputs):
            self.rows = (*self.rows, len(inputs))
            return 2 * inputs, inputs.sum((1, 2, 3))

    net = Twice()
    inputs = torch.arange(5 * 3 * 2 * 2.0).reshape(5, 3, 2, 2)
    doubled, sums = EvenParts(net, 2)(inputs)
    assert torch.equal(doubled, 2 * inputs)
    assert torch.equal(sums, inputs.sum((1, 2, 3)))
    assert net.rows == (2, 2, 2)


def test_sure_faces_do_not_tie():
    logits = torch.tensor([[-20.0, 0.0], [-19.0, 0.0]])
    assert (logits.softmax(1)[:, 1] == 1).all()  # in single precision they do
    sure, less = DoubleSoftmax()(logits)[:, 1].tolist()
    assert 1 > sure > less > 1 - 1e-8


PHOTOS = pd.DataFrame({"photo_id": ["a", "b", "c"], "width": [100, 100, 10], "height": [50, 100, 10]})
FACES = to_table(
    ["a", "b", "c"],
    [
        np.array([[0, 0, 20, 25, 0.99], [50, 0, 60, 10, 0.9], [0, 0, 50, 50, 0.8]]),
        np.zeros((0, 5)),
        np.array([[0, 0, 10, 9, 0.95], [0, 0, 9, 10, 0.92]]),
    ],
)


def test_a_summary_by_hand():
    summary = face_summary(PHOTOS, FACES, 0.9)
    assert summary["photo_id"].tolist() == ["a", "b", "c"]
    assert summary["faces"].tolist() == [2, 0, 2]
    assert summary["face_score"].tolist() == pytest.approx([0.99, np.nan, 0.95], nan_ok=True)
    assert summary["face_share"].tolist() == pytest.approx([(500 + 100) / 5000, 0, 1])  # overlapping faces fill c
    unsure = face_summary(PHOTOS[::-1], FACES, 0.995)
    assert unsure["photo_id"].tolist() == ["c", "b", "a"]
    assert unsure["faces"].tolist() == [0, 0, 0]
    assert unsure["face_score"].tolist() == pytest.approx([0.95, np.nan, 0.99], nan_ok=True)
    assert unsure["face_share"].tolist() == [0, 0, 0]
    assert len(face_summary(PHOTOS[:0], FACES[:0], 0.9)) == 0
    assert face_summary(PHOTOS, FACES[:0])["face_score"].isna().all()


def test_a_sweep_by_hand():
    swept = sweep(FACES, PHOTOS, [0.99, 0.5, 0.96])
    assert swept["threshold"].tolist() == [0.5, 0.96, 0.99]
    assert swept["kept"].tolist() == [2, 1, 1]  # a face of exactly the threshold counts
    assert swept["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert sweep(FACES[:0], PHOTOS, [0.5])["kept"].tolist() == [0]
    assert sweep(FACES[:0], PHOTOS[:0], [0.5])["share"].isna().all()
    assert sweep(FACES, PHOTOS, [0.9])["kept"][0] == (face_summary(PHOTOS, FACES, 0.9)["faces"] > 0).sum()


@pytest.mark.skipif(not (DATA / "faces").is_dir(), reason="no portraits in ../shared/data/faces")
def test_real_portraits_have_one_face():
    names = [path.relative_to(DATA) for path in sorted((DATA / "faces").glob("s*/[12].pgm"))]
    photos = photo_rows(DATA, names)
    summary = face_summary(photos, find_faces(photos, DATA, cache=None, device="cpu"), 0.9)
    assert (summary["faces"] == 1).mean() >= 0.95
    assert summary["face_share"].between(0.2, 1).all()


@pytest.mark.skipif(not (DATA / "paintings").is_dir(), reason="no paintings in ../shared/data/paintings")
def test_about_half_of_the_paintings_show_a_face():
    names = [path.relative_to(DATA) for path in sorted((DATA / "paintings").rglob("*.jpg"))[:24]]
    photos = photo_rows(DATA, names)
    summary = face_summary(photos, find_faces(photos, DATA, cache=None, device="cpu", max_side=288), 0.9)
    assert 0.25 <= (summary["faces"] > 0).mean() <= 0.75
