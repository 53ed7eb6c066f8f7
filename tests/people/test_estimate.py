import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from skimage.data import astronaut

from likeness.cache import key
from likeness.errors import LayoutError
from likeness.people import keypointrcnn, mediapipe_pose
from likeness.people.estimate import find_people, keypoints_table
from likeness.people.joints import COLUMNS, JOINTS, to_arrays
from photo_rows import save_photos

pytestmark = pytest.mark.filterwarnings("ignore:SymbolDatabase")


@pytest.fixture
def photos(tmp_path):
    """Three photos: an astronaut, grey, and the astronaut mirrored."""
    portrait = Image.fromarray(astronaut()).resize((192, 192), Image.Resampling.LANCZOS)
    images = [portrait, Image.new("RGB", (100, 60), "grey"), portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    (tmp_path / "raw").mkdir()
    found = save_photos(tmp_path / "raw", images)
    return found.assign(path="raw/" + found["path"])


def estimate(estimator, photos, root, *, min_score=0.0, **settings):
    return keypoints_table(photos, find_people(estimator, photos, root, **settings), min_score)


def table(tmp_path, rows):
    path = tmp_path / "joints.csv"
    path.write_text("image,joint,x,y,visible\n" + "\n".join(rows))
    return path


def test_annotations_become_rows_in_the_photos_order(tmp_path, photos):
    marks = table(tmp_path, ["2.png,nose,5,6,1", "0.png,nose,1,2,1", "0.png,right_knee,3,191,1", "9.png,nose,1,1,1"])
    found = estimate("annotations", photos, tmp_path, annotations=marks)
    pd.testing.assert_frame_equal(estimate("annotations", photos, tmp_path, annotations=tmp_path), found)
    assert list(found.columns) == list(COLUMNS)
    first, _, last = photos["photo_id"]
    assert found["photo_id"].tolist() == [first, first, last]
    assert found[["person", "joint", "x", "y", "score"]].to_numpy().tolist() == [
        [0, "nose", 1, 2, 1],
        [0, "right_knee", 3, 191, 1],
        [0, "nose", 5, 6, 1],
    ]


def test_marks_outside_the_photo_are_not_seen(tmp_path, photos):
    marks = table(tmp_path, ["0.png,nose,1,2,1", "0.png,right_knee,193,5,1", "2.png,nose,50,61,1"])
    found = estimate("annotations", photos, tmp_path, annotations=marks)
    assert found["joint"].tolist() == ["nose", "nose"]


def test_a_photo_that_the_marks_do_not_name_is_not_known_to_be_empty(tmp_path, photos):
    marks = table(tmp_path, ["0.png,nose,1,2,1", "1.png,nose,1,2,0"])
    found = find_people("annotations", photos, tmp_path, annotations=marks)
    assert [len(people) for people in found.people] == [1, 0, 0]
    assert found.known.tolist() == [True, True, False]
    assert (found.account.nobody, found.account.unknown) == (1, 1)


def test_annotations_that_fit_no_photo_or_several_are_named(tmp_path, photos):
    with pytest.raises(LayoutError, match=r"'9\.png'.*'raw/0\.png'"):
        estimate("annotations", photos, tmp_path, annotations=table(tmp_path, ["9.png,nose,1,1,1"]))
    twins = photos.assign(path=["a/0.png", "b/0.png", "c/2.png"])
    with pytest.raises(LayoutError, match=r"'0\.png' fits several"):
        estimate("annotations", twins, tmp_path, annotations=table(tmp_path, ["0.png,nose,1,1,1"]))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"estimator": "openpose"}, "'openpose'"),
        ({"estimator": "annotations"}, "annotations"),
        ({"estimator": "mediapipe", "people": 0}, "people 0"),
        ({"estimator": "mediapipe", "min_score": 1.5}, "1.5"),
    ],
)
def test_impossible_arguments_are_named(tmp_path, photos, arguments, says):
    with pytest.raises(ValueError, match=says):
        estimate(photos=photos, root=tmp_path, **arguments)


def test_mediapipe_finds_the_people_and_leaves_the_grey_photo_without_rows(tmp_path, photos):
    found = estimate("mediapipe", photos, tmp_path)
    assert found["photo_id"].unique().tolist() == [photos["photo_id"][0], photos["photo_id"][2]]
    people = to_arrays(found, list(photos["photo_id"]))[:, 0]
    nose = people[:, JOINTS.index("nose"), 0]
    assert nose[0] == pytest.approx(192 - nose[2], abs=6)
    assert np.isnan(nose[1])


def test_min_score_drops_joints_below_it(tmp_path, photos, cache):
    everything = estimate("mediapipe", photos, tmp_path, cache=cache)
    sure = estimate("mediapipe", photos, tmp_path, cache=cache, min_score=0.9)
    kept = everything[everything["score"] >= 0.9].reset_index(drop=True)
    assert 0 < len(sure) < len(everything)
    pd.testing.assert_frame_equal(sure, kept)
    assert len(estimate("mediapipe", photos, tmp_path, cache=cache, min_score=1.0)) == 0


def test_one_photo_more_is_one_photo_computed_and_hits_equal_misses(tmp_path, photos, monkeypatch, cache):
    looked = []
    really = mediapipe_pose.find_people
    monkeypatch.setattr(
        mediapipe_pose, "find_people", lambda image, people, **how: looked.append(1) or really(image, people)
    )
    estimate("mediapipe", photos[:2], tmp_path, cache=cache)
    assert len(looked) == 2
    again = estimate("mediapipe", photos, tmp_path, cache=cache)
    assert len(looked) == 3
    pd.testing.assert_frame_equal(again, estimate("mediapipe", photos, tmp_path))
    assert cache.names() == {
        key(mediapipe_pose.__name__, {"people": 2, "guess": False}, sha, "people") for sha in photos["sha256"]
    }
    for other in ({"people": 1, "guess": False}, {"people": 2, "guess": True}):
        assert key(mediapipe_pose.__name__, other, photos["sha256"][0], "people") not in cache.names()


def test_a_kill_half_way_keeps_what_was_found(tmp_path, photos, monkeypatch, cache):
    really = mediapipe_pose.find_people

    def dies_at_the_last(image, people, *, guess):
        if image.getpixel((0, 0)) == Image.open(tmp_path / "raw" / "2.png").getpixel((0, 0)):
            raise KeyboardInterrupt
        return really(image, people)

    monkeypatch.setattr(mediapipe_pose, "find_people", dies_at_the_last)
    with pytest.raises(KeyboardInterrupt):
        estimate("mediapipe", photos, tmp_path, cache=cache, workers=1)
    assert len(cache.names()) == 2


def test_several_processes_give_what_one_gives(tmp_path, photos, monkeypatch):
    monkeypatch.setattr("likeness.people.estimate.FEW", 1)
    pd.testing.assert_frame_equal(
        estimate("mediapipe", photos, tmp_path, workers=2), estimate("mediapipe", photos, tmp_path, workers=1)
    )


def test_keypointrcnn_goes_through_in_batches(tmp_path, photos, monkeypatch, cache):
    batches = []

    def found(images, model, people):
        batches.append([image.size for image in images])
        return [np.full((1, 18, 3), 0.5) * image.width for image in images]

    monkeypatch.setattr("likeness.people.estimate.BATCH", 2)
    monkeypatch.setattr(keypointrcnn, "load_model", lambda device: torch.nn.Identity())
    monkeypatch.setattr(keypointrcnn, "find_people", found)
    table = estimate("keypointrcnn", photos, tmp_path, cache=cache)
    assert batches == [[(192, 192), (100, 60)], [(192, 192)]]
    assert table.groupby("photo_id", sort=False)["x"].first().tolist() == [96, 50, 96]
    monkeypatch.setattr(keypointrcnn, "load_model", None)  # nothing to compute: no model is needed
    pd.testing.assert_frame_equal(estimate("keypointrcnn", photos, tmp_path, cache=cache), table)


def test_no_photos_give_an_empty_table(tmp_path, photos):
    assert list(estimate("mediapipe", photos[:0], tmp_path).columns) == list(COLUMNS)
