import numpy as np
import pytest

from likeness.errors import LayoutError
from likeness.people.joints import INDEX
from likeness.people.marks.openpose import read_openpose
from marks_files import flat, places, write


def person(values, key="pose_keypoints_2d"):
    return {"version": 1.3, "people": [{key: values}]}


def scaled(count, keypoint_scale, width=640, height=480):
    """A person in a photo of width x height px, all joints of score 0.8 but the last, which is absent: 0, 0, 0."""
    points = np.array(flat(count, v=0.8, x=100, y=100, step=7)).reshape(-1, 3)
    points[:, :2] /= [width, height]
    if keypoint_scale == 4:
        points[:, :2] = 2 * points[:, :2] - 1
    points[-1] = 0
    return points.ravel().tolist()


def test_coco18_and_body25_and_the_mpi_model(tmp_path):
    eighteen = flat(18, v=0.5, x=1, step=1)
    eighteen[:3] = [0, 0, 0.4]
    write(tmp_path / "a_keypoints.json", person(eighteen))
    write(tmp_path / "site" / "b_keypoints.json", person(flat(25, v=0.9, x=1, step=1)))
    write(tmp_path / "c_keypoints.json", {"people": []})
    write(tmp_path / "d_keypoints.json", person(flat(15, v=1.07, x=1, step=1)))
    marks = read_openpose(tmp_path)
    assert marks.names == ["a", "c", "d", "site/b"]
    (a,), (d,), (b,) = (marks.of(k) for k in (0, 2, 3))
    assert np.isnan(a[0, 0])  # a nose in the very corner is none
    assert a[17].tolist() == [18, 67, 0.5]
    # BODY_25: number 8 is the mid-hip, 9 the right hip, 15 the right eye, 18 the left ear
    assert [b[INDEX[joint], 0] for joint in ("right_hip", "right_eye", "left_ear")] == [10, 16, 19]
    # MPI: the head, the neck, the right arm, ...
    assert [d[INDEX[joint], 0] for joint in ("neck", "right_shoulder", "left_ankle")] == [2, 3, 14]
    assert "nose" not in places(d)
    assert d[INDEX["neck"], 2] == 1  # scores end at 1


@pytest.mark.parametrize("nobody", [[], None, [0] * 54])
def test_nobody_in_a_photo(tmp_path, nobody):
    write(tmp_path / "a_keypoints.json", person(nobody))
    marks = read_openpose(tmp_path)
    assert len(marks.of(0)) == 0
    assert not marks.unplaced.any()
    assert marks.left_out == {"people without a joint": 1}


def test_before_version_1_2_the_key_had_no_ending(tmp_path):
    write(tmp_path / "a_keypoints.json", person(flat(18, v=0.8), key="pose_keypoints"))
    assert len(read_openpose(tmp_path).of(0)) == 1


@pytest.mark.parametrize(("keypoint_scale", "unit"), [(3, "0 to 1"), (4, "-1 to 1")])
def test_shares_of_the_photo_are_told_from_pixels(tmp_path, keypoint_scale, unit):
    write(tmp_path / "a_keypoints.json", person(scaled(25, keypoint_scale)))
    marks = read_openpose(tmp_path)
    assert marks.unit == unit
    assert len(places(marks.people[0])) == 18


def test_the_middle_of_the_photo_is_a_place_on_the_scale_from_minus_one(tmp_path):
    values = scaled(25, 4)
    values[:3] = [0, 0, 0.9]
    write(tmp_path / "a_keypoints.json", person(values))
    assert places(read_openpose(tmp_path).people[0])["nose"] == (0, 0)


def test_pixels_beside_shares_are_counted_and_not_taken_for_pixels(tmp_path):
    write(tmp_path / "a_keypoints.json", person(flat(25, v=0.8)))
    write(tmp_path / "b_keypoints.json", person(scaled(25, 3)))
    marks = read_openpose(tmp_path)
    assert marks.unit == "px"
    assert marks.unplaced.tolist() == [False, True]
    assert marks.left_out == {"people within one pixel (marked in another unit)": 1}


def test_what_systems_leave_behind_is_no_mark(tmp_path):
    write(tmp_path / "a_keypoints.json", person(flat(18)))
    for name in (
        "._a_keypoints.json",
        "__MACOSX/a_keypoints.json",
        "@eaDir/a_keypoints.json",
        ".trash/b_keypoints.json",
    ):
        write(tmp_path / name, "\0\5\x16\7")
    assert read_openpose(tmp_path).names == ["a"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"people": 3}, "'people'"),
        ([], "'people'"),
        ({"people": ["x"]}, "'pose_keypoints_2d'"),
        ({"people": [{"face_keypoints_2d": []}]}, "'pose_keypoints_2d'"),
        (person([1, 2]), "flat list"),
        (person(["x"] * 54), "flat list"),
        (person({"nose": 1}), "flat list"),
        (person(flat(21)), "21 keypoints"),
        ({"images": [], "annotations": []}, "COCO"),
        ("<html>", "not JSON"),
        ("", "empty"),
    ],
)
def test_bad_files_are_named_with_their_fault(tmp_path, content, says):
    write(tmp_path / "sub" / "a_keypoints.json", content)
    with pytest.raises(LayoutError, match=says) as error:
        read_openpose(tmp_path)
    assert "a_keypoints.json" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_files_is_named(tmp_path):
    with pytest.raises(LayoutError, match=r"no \*_keypoints\.json"):
        read_openpose(tmp_path)
