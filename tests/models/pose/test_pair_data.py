import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.models.pose.pair_data import PhotoArrays, build_arrays, framed, photo_inputs
from likeness.people.joints import INDEX, JOINTS


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    for name in "ab":
        Image.fromarray(rng.integers(0, 255, (40, 60, 3), dtype=np.uint8)).save(tmp_path / f"{name}.png")
    return pd.DataFrame({"photo_id": ["a", "b"], "path": ["a.png", "b.png"], "width": [60, 60], "height": [40, 40]})


@pytest.fixture
def keypoints():
    """In photo a the left wrist is seen, near the left edge; photo b shows nobody."""
    return pd.DataFrame(
        {"photo_id": ["a"], "person": [0], "joint": ["left_wrist"], "x": [6.0], "y": [20.0], "score": [1.0]}
    )


def test_full_tuning_gets_the_squashed_photos(photos, tmp_path):
    arrays = build_arrays(photos, root=tmp_path, tune="full", stream="photo", image_size=32, pose_size=32)
    expected = Image.open(tmp_path / "b.png").resize((32, 32), Image.Resampling.BILINEAR)
    assert arrays.photos.dtype == np.uint8
    np.testing.assert_array_equal(arrays.photos[1].transpose(1, 2, 0), np.asarray(expected))
    assert arrays.pose is None
    assert arrays.features is None


def test_heatmaps_are_zero_without_people_and_swap_sides_in_the_mirror(photos, keypoints, tmp_path):
    features = np.zeros((2, 4), np.float32)
    arrays = build_arrays(
        photos, keypoints, root=tmp_path, tune="last", stream="photo+heatmaps", image_size=32, pose_size=32, pose_frame="photo",
        features=features, features_mirror=features + 1,
    )  # fmt: skip
    left, right = JOINTS.index("left_wrist"), JOINTS.index("right_wrist")
    assert arrays.pose.shape == (2, 18, 32, 32)
    assert arrays.pose[0, left].max() > 200
    assert arrays.pose[0, left].max(axis=0).argmax() in (2, 3)  # x = 6 of 60 px, in 32
    assert arrays.pose[0].sum() == arrays.pose[0, left].sum()
    assert arrays.pose_mirror[0, right].max(axis=0).argmax() in (28, 29)
    assert arrays.pose_mirror[0].sum() == arrays.pose_mirror[0, right].sum()
    assert not arrays.pose[1].any()
    assert not arrays.pose_mirror[1].any()
    assert arrays.photos is None


def test_skeletons_are_three_channels(photos, keypoints, tmp_path):
    arrays = build_arrays(
        photos, keypoints, root=tmp_path, tune="full", stream="photo+skeleton", image_size=32, pose_size=48
    )
    assert arrays.pose.shape == (2, 3, 48, 48)
    assert arrays.pose[0].any()
    assert not arrays.pose[1].any()


def test_inputs_take_the_mirrored_side_where_asked():
    pose = np.arange(2 * 3 * 2 * 2, dtype=np.uint8).reshape(2, 3, 2, 2)
    photos = pose + 100
    arrays = PhotoArrays(["a", "b"], photos=photos, pose=pose, pose_mirror=pose + 50)
    photo, shown = photo_inputs(arrays, np.array([1, 0, 1]), np.array([False, True, True]))
    expected = np.stack([photos[1], photos[0][..., ::-1], photos[1][..., ::-1]])
    np.testing.assert_allclose(photo.numpy() * 255, expected, atol=1e-4)
    np.testing.assert_allclose(shown.numpy() * 255, np.stack([pose[1], pose[0] + 50, pose[1] + 50]), atol=1e-4)
    features = np.array([[1.0], [2.0]], np.float32)
    cached = PhotoArrays(["a", "b"], features=features, features_mirror=-features)
    photo, shown = photo_inputs(cached, np.array([0, 1, 1]), np.array([False, False, True]))
    assert photo.tolist() == [[1.0], [2.0], [-2.0]]
    assert shown is None
    assert features.tolist() == [[1.0], [2.0]]


def test_photos_are_found_by_id_and_wrong_arrays_refused():
    arrays = PhotoArrays(["x", "y", "z"])
    assert arrays.rows(pd.Series(["z", "x"])).tolist() == [2, 0]
    with pytest.raises(KeyError, match="unknown"):
        arrays.rows(pd.Series(["unknown"]))
    with pytest.raises(ValueError, match="features: 1 rows for 2 photos"):
        PhotoArrays(["a", "b"], features=np.zeros((1, 3), np.float32))


def test_what_a_variant_needs_must_be_given(photos, tmp_path):
    sizes = {"root": tmp_path, "image_size": 32, "pose_size": 32}
    with pytest.raises(ValueError, match="needs features and features_mirror"):
        build_arrays(photos, tune="last", stream="photo", **sizes)
    with pytest.raises(ValueError, match="needs keypoints"):
        build_arrays(photos, tune="full", stream="photo+skeleton", **sizes)


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
