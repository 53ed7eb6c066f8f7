import numpy as np
import pytest

from likeness.models.pose.pose_frames import framed
from likeness.people.joints import INDEX


def person(scale=1.0, x=0.0, y=0.0):
    """Torso of length 10 from the hips at (0, 0) up, one hand raised to 20 above."""
    joints = np.full((18, 3), np.nan)
    places = {"right_hip": (-2, 0), "left_hip": (2, 0), "right_shoulder": (-3, -10), "left_shoulder": (3, -10)}
    for name, place in {**places, "left_wrist": (5, -20)}.items():
        joints[INDEX[name]] = (*(np.array(place) * scale + [x, y]), 0.9)
    return joints


def test_the_person_frame_forgets_where_and_how_large_a_person_stands():
    near, width, height = framed(person(3.0, 200, 100)[None], 512, 384, "person")
    far, *_ = framed(person(0.5, 40, 300)[None], 384, 512, "person")
    np.testing.assert_allclose(near, far)
    assert width == height
    shares = near[0, :, :2] / width
    np.testing.assert_allclose(shares[INDEX["left_hip"]], [0.5 + 2 / 46, 0.5])  # the square's side is 4.6 x 10
    np.testing.assert_allclose(shares[INDEX["left_wrist"]], [0.5 + 5 / 46, 0.5 - 20 / 46])
    assert np.isnan(shares[INDEX["nose"]]).all()
    assert near[0, INDEX["left_hip"], 2] == 0.9


def test_a_second_person_is_shown_relative_to_the_first():
    both, width, _ = framed(np.stack([person(), person(x=8)]), 100, 100, "person")
    np.testing.assert_allclose((both[1] - both[0])[INDEX["left_hip"], :2] / width, [8 / 46, 0])


def test_the_photo_frame_changes_nothing():
    people = person()[None]
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
        framed(person()[None], 1, 1, "face")
