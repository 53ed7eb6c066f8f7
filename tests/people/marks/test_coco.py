from time import monotonic

import numpy as np
import pytest

from likeness.errors import LayoutError
from likeness.people.joints import COCO17, INDEX, JOINTS
from likeness.people.marks.coco import read_coco
from marks_files import NAMES, coco, flat, write


def read(tmp_path, content):
    return read_coco(write(tmp_path / "k.json", content))


def test_people_and_the_derived_neck(tmp_path):
    marks = read(tmp_path, coco([[*flat(16, step=1, x=1), 0, 0, 0], flat(x=100, step=1)]))
    first, second = marks.of(0)
    assert marks.names == ["1.jpg"]
    assert second[INDEX["nose"]].tolist() == [100, 50, 1]
    assert first[INDEX["left_eye"]].tolist() == [2, 51, 1]
    assert np.isnan(first[INDEX[COCO17[16]], 0])
    # shoulders are number 5 and 6 of COCO: (6, 55) and (7, 56)
    assert first[INDEX["neck"]].tolist() == [6.5, 55.5, 1]


def test_its_own_18_names_and_hidden_joints(tmp_path):
    (person,) = read(tmp_path, coco([[*flat(17, x=1, step=1), 9, 9, 1]], names=list(JOINTS))).of(0)
    assert person[INDEX["neck"]].tolist() == [2, 51, 1]
    assert person[17].tolist() == [9, 9, 0.5]


def test_a_neck_marked_as_absent_is_derived_like_a_missing_one(tmp_path):
    keypoints = flat(18, x=1, step=1)
    keypoints[3:6] = [0, 0, 0]
    (person,) = read(tmp_path, coco([keypoints], names=list(JOINTS))).of(0)
    assert person[INDEX["neck"]].tolist() == [4.5, 53.5, 1]  # shoulders 2 and 5 of OpenPose


def test_a_listed_photo_without_marks_has_nobody_and_one_with_a_box_has_somebody_unplaced(tmp_path):
    images = [{"id": k, "file_name": f"{k}.jpg"} for k in range(5)]
    odd = [
        {"image_id": 1, "bbox": [1, 2, 3, 4]},
        {"image_id": 2, "keypoints": []},
        {"image_id": 3, "keypoints": None},
        {"image_id": 4, "keypoints": [0] * 51, "iscrowd": 1, "segmentation": {"counts": [1], "size": [4, 4]}},
    ]
    marks = read(tmp_path, coco([*odd, {"image_id": 4, "keypoints": [0] * 51}], images=images))
    assert marks.unplaced.tolist() == [False, True, True, True, True]
    assert len(marks.people) == 0
    assert marks.left_out == {"annotations without keypoints": 3, "crowds": 1, "people without a marked joint": 1}


def test_scores_are_told_from_visibilities_by_the_whole_file(tmp_path):
    scored = read(tmp_path, coco([flat(v=0.93), flat(v=1)])).people
    assert np.unique(scored[0, INDEX["nose"], 2]) == [0.93]
    assert scored[1, INDEX["nose"], 2] == 1  # a score beside others, not "hidden"
    with pytest.raises(LayoutError, match=r"k\.json: a joint's visibility is 0\.93"):
        read(tmp_path, coco([flat(v=0.93), flat(v=2)]))
    with pytest.raises(LayoutError, match="visibility is 93"):
        read(tmp_path, coco([flat(v=93)]))
    with pytest.raises(LayoutError, match="visibility is -1"):
        read(tmp_path, coco([flat(v=-1)]))


@pytest.mark.parametrize("category", [None, 3, 1])
@pytest.mark.parametrize("names", [None, []])
def test_without_joint_names_they_are_cocos(tmp_path, category, names):
    content = coco([{"image_id": 7, "category_id": category, "keypoints": flat()}])
    content["categories"][0]["keypoints"] = names
    assert read(tmp_path, content).people[0, INDEX["left_eye"], 0] == 13
    content["annotations"][0]["keypoints"] = flat(133)  # COCO-WholeBody goes on with feet, face and hands
    (person,) = read(tmp_path, content).people
    assert person[INDEX["right_ankle"], 0] == 10 + 16 * 3
    del content["categories"]
    assert read(tmp_path, content).people.shape == (1, 18, 3)


def test_one_category_stands_for_annotations_that_name_none(tmp_path):
    content = coco([{"image_id": 7, "keypoints": flat(18)}], names=list(JOINTS))
    assert read(tmp_path, content).people[0, INDEX["neck"], 0] == 13


def test_an_animal_beside_people_is_left_out(tmp_path):
    content = coco([flat(), {"image_id": 7, "category_id": 2, "keypoints": flat(3)}])
    content["categories"].append({"id": 2, "name": "dog", "keypoints": ["withers", "tail", "snout"]})
    marks = read(tmp_path, content)
    assert len(marks.people) == 1
    assert marks.left_out == {"annotations of a category with other joints": 1}
    content["annotations"].pop(0)
    with pytest.raises(LayoutError, match="'withers', 'tail', 'snout'"):
        read(tmp_path, content)


def test_joint_names_of_which_a_few_are_unknown(tmp_path):
    marks = read(tmp_path, coco([flat(18), flat(18)], names=[*NAMES, "tail"]))
    assert marks.people.shape == (2, 18, 3)
    assert marks.left_out == {"joints of unknown name (tail)": 2}
    with pytest.raises(LayoutError, match="mean left_eye"):
        read(tmp_path, coco([flat(18)], names=[*NAMES, "leftEye"]))


def test_what_programs_write_for_numbers_and_places(tmp_path):
    strings = [str(value) for value in flat()]
    nested = [[x, 50, 2] for x in range(17)]
    nothing = [value for k in range(17) for value in ((None, None, 0) if k == 0 else (k, 60, 2))]
    people = read(tmp_path, coco([strings, nested, nothing])).people
    assert people[0, 0].tolist() == [10, 50, 1]
    assert people[1, INDEX["right_ankle"]].tolist() == [16, 50, 1]
    assert np.isnan(people[2, 0, 0])


def test_ids_may_be_text_and_sizes_be_missing(tmp_path):
    images = [
        {"id": "7", "file_name": "./a/1.jpg", "width": "640", "height": 480},
        {"id": 8, "file_name": "2_jpg.rf.0a1b2c.jpg", "width": 0, "height": -1, "extra": {"name": "holiday 2.jpg"}},
        {"id": 9, "file_name": "IMG_3_JPG.rf.ffff.jpg", "width": None, "height": "?"},
        {"id": 10, "file_name": "a\\1.jpg"},  # the first one again
        {"id": 11, "file_name": "/data/upload/3/3b5c1a2e-M%C3%BCller.jpg"},
        {"id": 12, "file_name": "my%20trip/1.jpg"},
    ]
    marks = read(tmp_path, coco([flat(), {"image_id": 10, "keypoints": flat(x=300)}], images=images))
    assert marks.names[:3] == ["a/1.jpg", "2_jpg.rf.0a1b2c.jpg", "IMG_3_JPG.rf.ffff.jpg"]
    assert marks.others == ["", "holiday 2.jpg", "IMG_3.JPG", "M\u00fcller.jpg", "my trip/1.jpg"]
    assert marks.sizes[0].tolist() == [640, 480]
    assert np.isnan(marks.sizes[1:]).all()
    assert len(marks.of(0)) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"annotations": []}, "'images'"),
        ({"images": 3, "annotations": []}, "'images'"),
        ({"images": [], "annotations": None}, "'annotations'"),
        ({"images": [{"id": 1}], "annotations": []}, "'file_name'"),
        ({"images": ["1.jpg"], "annotations": []}, "'file_name'"),
        ({"images": [], "annotations": ["x"]}, "'image_id'"),
        (coco([{"category_id": 1, "keypoints": []}]), "'image_id'"),
        (coco([{"image_id": 8, "category_id": 1, "keypoints": flat()}]), "8"),
        (coco([flat(16)]), r"1\.jpg: 16 keypoints for 17"),
        (coco([flat(), flat(16)]), r"1\.jpg: 16 keypoints for 17"),
        (coco([flat(18)], names=None), r"18 keypoints for 17"),
        (coco([[1, 2]]), "flat list"),
        (coco([["x"] * 51]), "flat list"),
        (coco([{"image_id": 7, "category_id": 1, "keypoints": {"nose": [1, 2]}}]), "flat list"),
        (coco([[10**400] * 51]), "flat list"),
        (coco([flat()], names="nose"), "list of joint names"),
        ([], "'images'"),
        ([{"image_id": 1, "keypoints": []}], "'images'"),
        ({"shapes": []}, "LabelMe"),
        ({"_via_img_metadata": {}}, "VIA"),
        ({"people": []}, "OpenPose"),
    ],
)
def test_bad_files_are_named_with_their_fault(tmp_path, content, says):
    with pytest.raises(LayoutError, match=says) as error:
        read(tmp_path, content)
    assert "k.json" in str(error.value)
    assert "\n" not in str(error.value)


def test_reading_grows_with_the_file_and_no_faster(tmp_path):
    """100,000 annotations take about 5 s; here 10,000 in a generous bound that a square would miss by far."""
    images = [{"id": k, "file_name": f"{k:06}.jpg"} for k in range(5_000)]
    marks = [{"image_id": k % 5_000, "category_id": 1, "keypoints": flat()} for k in range(10_000)]
    path = write(tmp_path / "k.json", coco(marks, images=images))
    start = monotonic()
    assert read_coco(path).people.shape == (10_000, 18, 3)
    assert monotonic() - start < 10
