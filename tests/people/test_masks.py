import numpy as np
import pytest
from PIL import Image

from likeness.people.distances import box, oks_in_photo
from likeness.people.joints import INDEX, body_scale, nobody, with_neck
from likeness.people.masks import mask_out, person_mask


def standing(x=100.0, top=40.0, torso=50.0):
    """A body seen face on, arms hanging, in the proportions of an average adult."""
    made = nobody(1)[0]
    rows = {"shoulder": (0.40, 0), "elbow": (0.45, 0.64), "wrist": (0.45, 1.14),
            "hip": (0.25, 1.0), "knee": (0.25, 1.85), "ankle": (0.25, 2.70)}  # fmt: skip
    for side, sign in (("right", -1), ("left", 1)):
        for part, (across, down) in rows.items():
            made[INDEX[f"{side}_{part}"]] = (x + sign * across * torso, top + 0.6 * torso + down * torso, 1.0)
    made[INDEX["nose"]] = (x, top + 0.2 * torso, 1.0)
    return with_neck(made)


def test_body_scale_is_the_torso_of_a_body_seen_face_on():
    assert body_scale(standing(torso=50)) == pytest.approx(50, rel=0.08)


def test_body_scale_survives_a_foreshortened_torso():
    bent = standing(torso=50)
    hips = [INDEX["right_hip"], INDEX["left_hip"]]
    bent[hips, 1] = bent[[INDEX["right_shoulder"], INDEX["left_shoulder"]], 1] + 5  # a torso of 5 px
    assert body_scale(bent) > 40


def test_body_scale_by_hand_from_one_segment_and_from_two_points():
    person = nobody(1)[0]
    assert body_scale(person) == 0
    person[INDEX["right_hip"]] = (0, 0, 1)
    assert body_scale(person) == 0
    person[INDEX["left_ankle"]] = (6, 8, 1)  # no segment: half the diagonal of the box
    assert body_scale(person) == pytest.approx(5)
    person[INDEX["right_knee"]] = (30, 40, 1)  # a thigh of 50 px
    assert body_scale(person) == pytest.approx(1.18 * 50)


def test_one_person_found_twice_and_two_people():
    a = standing()
    assert oks_in_photo(a, a) == 1
    assert oks_in_photo(a, a + np.array([2, 0, 0])) > 0.8
    assert oks_in_photo(a, standing(x=300)) < 0.01
    assert np.isnan(oks_in_photo(a, nobody(1)[0]))


def test_box_by_hand_and_of_nobody():
    person = nobody(1)[0]
    person[0], person[5] = (3, 9, 1), (7, 2, 1)
    assert box(person) == (3, 2, 7, 9)
    with pytest.raises(ValueError, match="no joint"):
        box(nobody(1)[0])


def test_mask_covers_joints_and_body_and_leaves_the_rest():
    person = standing(x=100, top=40, torso=50)
    mask = person_mask(person[None], 200, 260)
    assert mask.shape == (260, 200)
    assert mask.dtype == bool
    for x, y in person[np.isfinite(person[:, 0]), :2].astype(int):
        assert mask[y, x]
    assert mask[95, 100]  # the belly
    assert not mask[200, 100]  # between the legs
    assert not mask[:, :60].any()
    assert not mask[:, 140:].any()
    # 0.2 of the squared height, the height being torso / 0.29
    assert mask.sum() == pytest.approx(0.2 * (50 / 0.29) ** 2, rel=0.2)


def test_grow_widens_by_that_share_of_the_torso():
    person = standing(torso=50)[None]
    mask, grown = person_mask(person, 200, 260), person_mask(person, 200, 260, grow=0.2)
    assert (grown | mask).sum() == grown.sum()
    row = int(person[0, INDEX["left_knee"], 1]) + 12  # a shin, clear of other parts on its outer side
    assert grown[row].nonzero()[0].max() - mask[row].nonzero()[0].max() == pytest.approx(0.2 * 50, abs=2)


def test_mask_scales_with_the_photo():
    small = person_mask(standing(100, 40, 50)[None], 200, 260)
    large = person_mask(standing(200, 80, 100)[None], 400, 520)
    assert large.mean() == pytest.approx(small.mean(), rel=0.03)


def test_several_people_are_one_mask_and_nobody_is_none():
    a, b = standing(60), standing(140)
    both = person_mask(np.stack([a, b]), 200, 260)
    np.testing.assert_array_equal(both, person_mask(a[None], 200, 260) | person_mask(b[None], 200, 260))
    assert not person_mask(nobody(), 200, 260).any()
    assert not person_mask(nobody(1), 200, 260).any()


def test_a_person_partly_outside_is_clipped():
    mask = person_mask(standing(x=0, top=-60)[None], 200, 260)
    assert mask[:, 0].any()
    assert not mask[:, 60:].any()


def test_a_head_without_face_joints_lies_beyond_the_neck():
    person = standing()
    person[INDEX["nose"], :2] = np.nan
    mask = person_mask(person[None], 200, 260)
    neck = person[INDEX["neck"]]
    assert mask[int(neck[1] - 0.5 * 50), int(neck[0])]


def test_mask_out_fills_with_the_mean_of_the_rest():
    image = Image.fromarray(np.full((4, 6, 3), (10, 20, 30), np.uint8))
    image.putpixel((0, 0), (255, 0, 0))
    mask = np.zeros((4, 6), bool)
    mask[0, 0] = True
    filled = np.asarray(mask_out(image, mask))
    assert (filled == (10, 20, 30)).all()
    assert image.getpixel((0, 0)) == (255, 0, 0)
    assert (np.asarray(mask_out(image, np.ones((4, 6), bool))) == 128).all()


def test_impossible_masks_are_named():
    image, mask = Image.new("RGB", (6, 4)), np.zeros((6, 4), bool)
    with pytest.raises(ValueError, match=r"\(6, 4\)"):
        mask_out(image, mask)
    with pytest.raises(ValueError, match="grow -1"):
        person_mask(nobody(), 5, 5, grow=-1)
