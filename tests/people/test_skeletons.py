import numpy as np
import pytest

from likeness.people.joints import INDEX, mirror, nobody
from likeness.people.skeletons import COLOURS, draw_skeleton, framed, heatmaps


def two_joints(first=("neck", (10, 20)), second=("right_shoulder", (70, 20))):
    person = nobody(1)
    for name, place in (first, second):
        person[0, INDEX[name]] = (*place, 1.0)
    return person


def test_nobody_is_black():
    assert draw_skeleton(nobody(), 100, 50, 64).shape == (64, 64, 3)
    assert not draw_skeleton(nobody(), 100, 50, 64).any()
    assert not draw_skeleton(nobody(2), 100, 50, 64).any()


def test_the_drawing_is_squashed_like_the_photo():
    drawing = draw_skeleton(two_joints(), 80, 40, 100)
    # the limb from (10, 20) to (70, 20) of 80 x 40 lies on row 50 from column 12.5 to 87.5
    assert drawing[50, 50].any()
    assert drawing.any(axis=(1, 2)).nonzero()[0].mean() == pytest.approx(49.5, abs=0.6)
    columns = drawing.any(axis=(0, 2)).nonzero()[0]
    assert columns.mean() == pytest.approx(49.5, abs=0.6)
    assert columns[0] > 8
    assert columns[-1] < 92


def test_joints_wear_their_colours():
    drawing = draw_skeleton(two_joints(), 80, 40, 100)
    assert tuple(drawing[50, 12]) == COLOURS[INDEX["neck"]]
    assert tuple(drawing[50, 87]) == COLOURS[INDEX["right_shoulder"]]


def test_a_limb_with_an_unseen_end_is_not_drawn():
    person = two_joints()
    person[0, INDEX["neck"], :2] = np.nan
    drawing = draw_skeleton(person, 80, 40, 100)
    assert not drawing[50, 50].any()
    assert drawing[50, 87].any()


def test_the_most_confident_person_lies_on_top():
    crossing = two_joints(("right_knee", (40, 5)), ("right_ankle", (40, 35)))
    people = np.concatenate([two_joints(), crossing])
    assert tuple(draw_skeleton(people, 80, 40, 100)[50, 50]) == tuple(draw_skeleton(people[:1], 80, 40, 100)[50, 50])
    assert tuple(draw_skeleton(people[::-1], 80, 40, 100)[50, 50]) != tuple(draw_skeleton(people, 80, 40, 100)[50, 50])


def test_people_outside_the_photo_do_no_harm():
    far = two_joints(second=("right_shoulder", (1e9, -1e9)))
    assert draw_skeleton(far, 80, 40, 100).shape == (100, 100, 3)
    assert np.isfinite(heatmaps(far, 80, 40, 100, 2)).all()


def test_heatmap_values_by_hand():
    maps = heatmaps(two_joints(), 80, 40, 80, sigma=2)  # y doubles: the neck lies at (10, 40)
    assert maps.shape == (18, 80, 80)
    assert maps.dtype == np.float32
    # pixel (column 10, row 40) has its centre half a px right of and below the joint; sigma 2
    assert maps[INDEX["neck"], 40, 10] == pytest.approx(np.exp(-(0.5**2 + 0.5**2) / 8))
    assert maps[INDEX["neck"], 40, 13] == pytest.approx(np.exp(-(0.5**2 + 3.5**2) / 8))
    assert maps[[INDEX["nose"], INDEX["left_hip"]]].max() == 0


def test_two_people_share_a_map_by_the_maximum():
    a, b = two_joints(), two_joints(("neck", (30, 30)))
    both = heatmaps(np.concatenate([a, b]), 80, 40, 64, 3)
    np.testing.assert_array_equal(both, np.maximum(heatmaps(a, 80, 40, 64, 3), heatmaps(b, 80, 40, 64, 3)))


def test_mirror_turns_x_and_swaps_names_and_is_its_own_inverse():
    mirrored = mirror(two_joints(), 80)
    assert tuple(mirrored[0, INDEX["left_shoulder"]]) == (10, 20, 1)
    assert tuple(mirrored[0, INDEX["neck"]]) == (70, 20, 1)
    assert np.isnan(mirrored[0, INDEX["right_shoulder"], 0])
    np.testing.assert_array_equal(mirror(mirrored, 80), two_joints())


def test_same_input_same_bytes():
    assert draw_skeleton(two_joints(), 80, 40, 96).tobytes() == draw_skeleton(two_joints(), 80, 40, 96).tobytes()


@pytest.mark.parametrize(("width", "height", "size"), [(0, 40, 64), (80, -1, 64), (80, 40, 0)])
def test_impossible_sizes_are_named(width, height, size):
    with pytest.raises(ValueError, match="impossible drawing"):
        draw_skeleton(two_joints(), width, height, size)
    with pytest.raises(ValueError, match="sigma 0"):
        heatmaps(two_joints(), 80, 40, 64, 0)
    with pytest.raises(ValueError, match=r"\(18, 3\)"):
        draw_skeleton(two_joints()[0], 80, 40, 64)


def posing(scale=1.0, x=0.0, y=0.0):
    """Torso of length 10 from the hips at (0, 0) up, one hand raised to 20 above."""
    joints = np.full((18, 3), np.nan)
    places = {"right_hip": (-2, 0), "left_hip": (2, 0), "right_shoulder": (-3, -10), "left_shoulder": (3, -10)}
    for name, place in {**places, "left_wrist": (5, -20)}.items():
        joints[INDEX[name]] = (*(np.array(place) * scale + [x, y]), 0.9)
    return joints


def test_the_person_frame_forgets_where_and_how_large_a_person_stands():
    near, width, height = framed(posing(3.0, 200, 100)[None], 512, 384, "person")
    far, *_ = framed(posing(0.5, 40, 300)[None], 384, 512, "person")
    np.testing.assert_allclose(near, far)
    assert width == height
    shares = near[0, :, :2] / width
    np.testing.assert_allclose(shares[INDEX["left_hip"]], [0.5 + 2 / 46, 0.5])  # the square's side is 4.6 x 10
    np.testing.assert_allclose(shares[INDEX["left_wrist"]], [0.5 + 5 / 46, 0.5 - 20 / 46])
    assert np.isnan(shares[INDEX["nose"]]).all()
    assert near[0, INDEX["left_hip"], 2] == 0.9


def test_a_second_person_is_shown_relative_to_the_first():
    both, width, _ = framed(np.stack([posing(), posing(x=8)]), 100, 100, "person")
    np.testing.assert_allclose((both[1] - both[0])[INDEX["left_hip"], :2] / width, [8 / 46, 0])


def test_the_photo_frame_changes_nothing():
    people = posing()[None]
    same, width, height = framed(people, 512, 384, "photo")
    np.testing.assert_array_equal(same, people)
    assert (width, height) == (512, 384)


def test_without_a_torso_all_seen_joints_fit_and_nobody_stays_nobody():
    head = np.full((1, 18, 3), np.nan)
    head[0, INDEX["nose"]], head[0, INDEX["left_ear"]] = (50, 60, 1), (70, 80, 1)
    shown, width, _ = framed(head, 512, 384, "person")
    shares = shown[0, np.isfinite(shown[0, :, 0]), :2] / width
    assert ((shares > 0) & (shares < 1)).all()
    np.testing.assert_allclose(shares.mean(axis=0), [0.5, 0.5])
    for people in (np.full((2, 18, 3), np.nan), np.zeros((0, 18, 3))):
        nobody, *size = framed(people, 512, 384, "person")
        assert not np.isfinite(nobody).any()
        assert size == [512, 384]


def test_an_unknown_frame_is_refused():
    with pytest.raises(ValueError, match="pose_frame 'face' is unknown; choose one of person, photo"):
        framed(posing()[None], 1, 1, "face")
