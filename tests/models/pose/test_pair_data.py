import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.models.pose.pair_data import PhotoArrays, build_arrays, photo_inputs
from likeness.people.joints import JOINTS

POSE = {"pose_size": 32, "pose_frame": "person"}


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


def test_full_tuning_gets_the_squashed_photos(photos, keypoints, tmp_path):
    arrays = build_arrays(photos, keypoints, stream="photo", **POSE, root=tmp_path, image_size=32)
    expected = Image.open(tmp_path / "b.png").resize((32, 32), Image.Resampling.BILINEAR)
    assert arrays.photos.dtype == np.uint8
    np.testing.assert_array_equal(arrays.photos[1].transpose(1, 2, 0), np.asarray(expected))
    assert arrays.pose is None
    assert arrays.features is None
    assert arrays.feature_dim == 0


def test_heatmaps_are_zero_without_people_and_swap_sides_in_the_mirror(photos, keypoints):
    features = np.zeros((2, 4), np.float32)
    arrays = build_arrays(
        photos, keypoints, stream="photo+heatmaps", pose_size=32, pose_frame="photo", features=(features, features + 1)
    )
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
    assert (arrays.feature_dim, arrays.features_mirror[0, 0]) == (4, 1)


def test_skeletons_are_three_channels(photos, keypoints, tmp_path):
    arrays = build_arrays(
        photos, keypoints, stream="photo+skeleton", pose_size=48, pose_frame="person", root=tmp_path, image_size=32
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
