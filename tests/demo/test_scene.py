import numpy as np
import pytest

from likeness_demo.landmarks.sites import POSES_AT, SITES
from likeness_demo.people.poses import POSES
from likeness_demo.pose.scene import draw_photo


@pytest.mark.parametrize("site", [site.name for site in SITES])
def test_each_site_is_drawn_and_filled(site):
    photo = draw_photo(site, None, [5])
    assert photo.image.dtype == np.uint8
    assert sorted(photo.image.shape) == [3, 480, 640]
    assert photo.image.std() > 25  # neither empty nor flat
    assert photo.joints.shape == (0, 18, 3)
    assert not photo.masks.any()


@pytest.mark.parametrize("pose", POSES)
def test_people_stand_whole_in_the_photo_and_two_keep_apart(pose):
    photo = draw_photo("pisa", pose, [8])
    height, width = photo.image.shape[:2]
    assert len(photo.joints) == len(photo.masks) == len(POSES[pose])
    assert not (photo.masks.sum(axis=0) > 1).any()
    seen = photo.joints[photo.joints[..., 2] > 0]
    assert seen[:, 0].min() >= 0
    assert seen[:, 0].max() < width
    assert seen[:, 1].max() < height
    assert len(seen) >= 13 * len(photo.joints)
    assert 0.01 < photo.masks.any(axis=0).mean() < 0.35


def test_photos_of_one_arrangement_differ_in_light_place_and_clothes():
    photos = [draw_photo("eiffel-tower", "jump", [seed]) for seed in range(5)]
    brightness = [photo.image.mean() for photo in photos]
    places = [photo.joints[0, 1, 0] / photo.image.shape[1] for photo in photos]
    clothes = [photo.image[photo.masks[0]].mean(axis=0) for photo in photos]
    assert np.ptp(brightness) > 15
    assert np.ptp(places) > 0.15
    assert np.std(clothes, axis=0).max() > 12


def test_every_pose_is_struck_at_several_sites():
    assert set(POSES_AT) == {site.name for site in SITES}
    counts = {pose: sum(pose in at for at in POSES_AT.values()) for pose in POSES}
    assert min(counts.values()) >= 3
    assert all(len(set(at)) == 6 and set(at) <= set(POSES) for at in POSES_AT.values())
