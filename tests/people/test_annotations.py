import json

import numpy as np
import pytest

from likeness.people.annotations import (
    AnnotationError,
    match,
    read_annotations,
    read_coco,
    read_joint_table,
    read_openpose,
)
from likeness.people.joints import COCO17, INDEX, JOINTS


def write(path, content):
    path.write_text(json.dumps(content))
    return path


def coco(marks, names=None, images=({"id": 7, "file_name": "site/pose/1.jpg"},)):
    category = {"id": 1, "name": "person"} | ({"keypoints": names} if names else {})
    return {"images": list(images), "categories": [category], "annotations": marks}


def flat(count, v=2, start=1):
    return [value for i in range(count) for value in (start + i, 50 + i, v)]


def test_coco17_people_come_most_complete_first(tmp_path):
    marks = [
        {"image_id": 7, "category_id": 1, "keypoints": [*flat(16), 0, 0, 0]},
        {"image_id": 7, "category_id": 1, "keypoints": flat(17, start=100)},
    ]
    people = read_coco(write(tmp_path / "k.json", coco(marks)))["site/pose/1.jpg"]
    assert people.shape == (2, 18, 3)
    assert people[0, INDEX["nose"]].tolist() == [100, 50, 1]
    assert people[1, INDEX["left_eye"]].tolist() == [2, 51, 1]
    assert np.isnan(people[1, INDEX[COCO17[16]], 0])
    # shoulders are number 5 and 6 of COCO: (6, 55) and (7, 56)
    assert people[1, INDEX["neck"]].tolist() == [6.5, 55.5, 1]


def test_coco_with_its_own_18_names_and_hidden_joints(tmp_path):
    marks = [{"image_id": 7, "category_id": 1, "keypoints": [*flat(17), 9, 9, 1]}]
    people = read_coco(write(tmp_path / "k.json", coco(marks, names=list(JOINTS))))["site/pose/1.jpg"]
    assert people[0, INDEX["neck"]].tolist() == [2, 51, 1]
    assert people[0, 17].tolist() == [9, 9, 0.5]


def test_a_listed_photo_without_marks_has_nobody(tmp_path):
    people = read_coco(write(tmp_path / "k.json", coco([])))
    assert people["site/pose/1.jpg"].shape == (0, 18, 3)


def test_openpose_coco18_and_body25(tmp_path):
    (tmp_path / "site").mkdir()
    eighteen = flat(18, v=0.5)
    eighteen[:3] = [0, 0, 0]
    write(tmp_path / "a_keypoints.json", {"people": [{"pose_keypoints_2d": eighteen}]})
    write(tmp_path / "site" / "b_keypoints.json", {"people": [{"pose_keypoints_2d": flat(25, v=0.9)}]})
    write(tmp_path / "c_keypoints.json", {"people": []})
    people = read_openpose(tmp_path)
    assert sorted(people) == ["a", "c", "site/b"]
    assert np.isnan(people["a"][0, 0, 0])
    assert people["a"][0, 17].tolist() == [18, 67, 0.5]
    # BODY_25: number 8 is the mid-hip, 9 the right hip, 15 the right eye, 18 the left ear
    assert people["site/b"][0, INDEX["right_hip"], 0] == 10
    assert people["site/b"][0, INDEX["right_eye"], 0] == 16
    assert people["site/b"][0, INDEX["left_ear"], 0] == 19
    assert people["c"].shape == (0, 18, 3)


def test_joint_table_drops_invisible_and_negative(tmp_path):
    table = tmp_path / "joints.csv"
    table.write_text(
        "image,joint,x,y,visible\n"
        "1.jpg,right_ankle,10,20,1\n1.jpg,left_ankle,-48,0,1\n1.jpg,left_knee,5,5,0\n"
        "1.jpg,right_shoulder,10,4,1\n1.jpg,left_shoulder,20,6,1\n1.jpg,head_top,1,1,1\n"
        "2.jpg,neck,-1,-1,0\n"
    )
    people = read_joint_table(table)
    assert people["1.jpg"][0, INDEX["right_ankle"]].tolist() == [10, 20, 1]
    assert people["1.jpg"][0, INDEX["neck"]].tolist() == [15, 5, 1]
    assert np.isfinite(people["1.jpg"][0, :, 0]).sum() == 4
    assert people["2.jpg"].shape == (0, 18, 3)


def test_the_kind_is_told_by_the_path(tmp_path):
    (tmp_path / "people").mkdir()
    write(tmp_path / "people" / "a_keypoints.json", {"people": []})
    assert list(read_annotations(tmp_path / "people")) == ["a"]
    assert list(read_annotations(write(tmp_path / "k.json", coco([])))) == ["site/pose/1.jpg"]
    with pytest.raises(AnnotationError, match=r"marks\.txt"):
        read_annotations(tmp_path / "marks.txt")


def test_photos_match_by_the_longest_end_of_their_path():
    people = {"pose/1.jpg": 0, "site/pose/1": 1, "2.jpg": 2}
    assert match("data/raw/x/site/pose/1.jpg", people) == "site/pose/1"
    assert match("data/raw/x/other/pose/1.jpg", people) == "pose/1.jpg"
    assert match("data/raw/x/2.jpg", people) == "2.jpg"
    assert match("data/raw/x/12.jpg", people) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"annotations": []}, "'images'"),
        (coco([{"category_id": 1, "keypoints": []}]), "'image_id'"),
        (coco([{"image_id": 8, "category_id": 1, "keypoints": flat(17)}]), "8"),
        (coco([{"image_id": 7, "category_id": 1, "keypoints": flat(16)}]), "16 keypoints for 17"),
        (coco([{"image_id": 7, "category_id": 1, "keypoints": [1, 2]}]), "flat list"),
        (coco([{"image_id": 7, "category_id": 1, "keypoints": ["x"] * 51}]), "flat list"),
        ([], "'images'"),
    ],
)
def test_bad_coco_names_file_and_fault(tmp_path, content, says):
    with pytest.raises(AnnotationError, match=says) as error:
        read_coco(write(tmp_path / "k.json", content))
    assert "k.json" in str(error.value)
    assert "\n" not in str(error.value)


def test_other_bad_files_are_named(tmp_path):
    (tmp_path / "k.json").write_text("<html>")
    with pytest.raises(AnnotationError, match=r"k\.json: not JSON"):
        read_coco(tmp_path / "k.json")
    with pytest.raises(AnnotationError, match=r"no \*_keypoints\.json"):
        read_openpose(tmp_path)
    (tmp_path / "j.csv").write_text("image,joint,x,y\n")
    with pytest.raises(AnnotationError, match="'visible'"):
        read_joint_table(tmp_path / "j.csv")
    (tmp_path / "j.csv").write_text("image,joint,x,y,visible\n1.jpg,tail,1,1,1\n")
    with pytest.raises(AnnotationError, match="'tail'"):
        read_joint_table(tmp_path / "j.csv")
