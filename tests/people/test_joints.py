import numpy as np
import pandas as pd
import pytest

from likeness.people.joints import (
    COCO17,
    INDEX,
    JOINTS,
    LIMBS,
    MIRRORED,
    SIGMAS,
    confidence,
    from_coco17,
    from_mediapipe,
    from_named,
    nobody,
    to_arrays,
    to_table,
)


def numbered(count):
    """Point i lies at (i, 100 + i) with score 0.5 + i / 100: a wrong place in the mapping shows."""
    rows = np.arange(count, dtype=float)
    return np.stack([rows, 100 + rows, 0.5 + rows / 100], axis=1)


def test_names_are_the_18_in_openpose_order():
    assert len(set(JOINTS)) == 18
    assert (JOINTS[0], JOINTS[1], JOINTS[4], JOINTS[13], JOINTS[17]) == (
        "nose",
        "neck",
        "right_wrist",
        "left_ankle",
        "left_ear",
    )
    assert len(LIMBS) == 17
    assert {name for limb in LIMBS for name in limb} == set(JOINTS)


def test_mirror_partners_swap_sides_and_keep_the_middle():
    assert [JOINTS[i] for i in MIRRORED[:5]] == ["nose", "neck", "left_shoulder", "left_elbow", "left_wrist"]
    assert [MIRRORED[MIRRORED[i]] for i in range(18)] == list(range(18))


def test_sigmas_are_cocos():
    # the table of cocodataset.org in COCO's order, doubled there
    coco = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
    assert np.array_equal(SIGMAS[[INDEX[name] for name in COCO17]], coco)


def test_coco17_lands_on_its_names_and_gets_a_neck():
    person = from_coco17(numbered(17))
    for place, name in enumerate(COCO17):
        assert person[INDEX[name], 0] == place
    # shoulders are COCO's 5 and 6: (5, 105, .55) and (6, 106, .56)
    assert person[INDEX["neck"]] == pytest.approx([5.5, 105.5, 0.55])


def test_no_neck_without_both_shoulders():
    points = numbered(17)
    points[5, :2] = np.nan
    assert np.isnan(from_coco17(points)[INDEX["neck"], :2]).all()


def test_a_marked_neck_is_kept():
    names = ("right_shoulder", "left_shoulder", "neck", "head_top")
    person = from_named(numbered(4), names)
    assert person[INDEX["neck"], 0] == names.index("neck")
    assert np.isnan(person[INDEX["nose"], 0])


def test_many_people_are_named_at_once_as_one_by_one():
    people = np.stack([numbered(17), numbered(17) + 3])
    people[1, 5, :2] = np.nan  # a shoulder: no neck
    together = from_named(people[None], COCO17)
    assert together.shape == (1, 2, 18, 3)
    np.testing.assert_array_equal(together[0], [from_named(person, COCO17) for person in people])
    assert np.isfinite(together[0, :, INDEX["neck"], 0]).tolist() == [True, False]


def test_mediapipe_takes_the_documented_landmarks():
    person = from_mediapipe(numbered(33))
    for name, place in {"nose": 0, "left_ear": 7, "right_ear": 8, "right_wrist": 16, "left_ankle": 27}.items():
        assert person[INDEX[name], 0] == place


@pytest.mark.parametrize(("convert", "count"), [(from_coco17, 16), (from_mediapipe, 32)])
def test_wrong_number_of_points_is_named(convert, count):
    with pytest.raises(ValueError, match=str(count)):
        convert(numbered(count))


def test_table_and_arrays_are_inverse():
    people = np.stack([from_coco17(numbered(17)), from_coco17(numbered(17) + 1)])
    people[1, INDEX["nose"]] = (np.nan, np.nan, 0)
    table = to_table("b", people)
    assert len(table) == 35
    assert list(table.columns) == ["photo_id", "person", "joint", "x", "y", "score"]
    arrays = to_arrays(table, ["a", "b"], people=3)
    assert arrays.shape == (2, 3, 18, 3)
    np.testing.assert_array_equal(arrays[1, :2], people)
    for nowhere in (arrays[0], arrays[1, 2:]):
        assert np.isnan(nowhere[..., :2]).all()
        assert (nowhere[..., 2] == 0).all()


def test_arrays_leave_out_other_photos_and_further_people():
    table = to_table("b", np.stack([from_coco17(numbered(17))] * 2))
    assert to_arrays(table, ["a"]).shape == (1, 1, 18, 3)
    assert np.isnan(to_arrays(table, ["a"])[..., :2]).all()
    assert to_arrays(table, ["b"], people=1).shape == (1, 1, 18, 3)
    assert to_arrays(table, []).shape == (0, 1, 18, 3)


def test_arrays_name_an_unknown_joint():
    table = pd.DataFrame({"photo_id": ["a"], "person": [0], "joint": ["tail"], "x": [1.0], "y": [1.0], "score": [1.0]})
    with pytest.raises(ValueError, match="'tail'"):
        to_arrays(table, ["a"])


def test_nobody_makes_an_empty_table_with_the_same_columns():
    table = to_table("a", nobody())
    assert len(table) == 0
    assert list(table.columns) == ["photo_id", "person", "joint", "x", "y", "score"]


def test_confidence_counts_unseen_joints_as_zero():
    person = nobody(1)
    person[0, :9] = (1.0, 1.0, 0.8)
    assert confidence(person) == pytest.approx([0.4])  # 9 of 18 joints at 0.8
