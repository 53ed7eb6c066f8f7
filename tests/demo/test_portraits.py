import cv2
import numpy as np
import pytest

from likeness_demo.people.face_shape import pick_looks
from likeness_demo.posts.portraits import UNIT, draw_portrait, place_head

NUMBER = 24


def looks(k):
    return pick_looks(np.random.default_rng([9, k]))


@pytest.fixture(scope="module")
def photos():
    """NUMBER portraits, every other one a close-up."""
    return [draw_portrait(looks(k), k % 2 == 0, k, (288, 288), [9, 2, k]) for k in range(NUMBER)]


@pytest.mark.parametrize("close_up", [True, False])
def test_heads_have_their_size_and_lie_inside_the_photo(close_up):
    for seed in range(50):
        frame = place_head(288, 288, close_up, np.random.default_rng(seed))
        assert UNIT[close_up][0] <= frame.unit / 288 <= UNIT[close_up][1]
        assert frame.y - 1.3 * frame.unit > 0
        assert frame.y + 1.4 * frame.unit < 288
        assert frame.unit < frame.x < 288 - frame.unit
        assert abs(frame.roll) <= 0.2
        assert abs(frame.yaw) <= 0.38


def test_close_ups_are_told_apart_at_64_px_by_their_middle(photos):
    small = [cv2.resize(photo, (64, 64), interpolation=cv2.INTER_AREA).astype(float) / 255 for photo in photos]
    middles = [photo[38:44, 28:36].mean(axis=(0, 1)) for photo in small]  # cheeks and mouth; the chest of the others
    skin = [np.abs(middle - looks(k).person.skin).sum() for k, middle in enumerate(middles)]
    assert np.median(skin[::2]) < np.median(skin[1::2])


def test_mtcnn_finds_one_face_of_the_right_size_in_nearly_all(find_faces, photos):
    boxes = find_faces(photos)
    tall = {k: np.ptp(found[0][[1, 3]]) / 288 for k, found in enumerate(boxes) if found}
    assert len(tall) >= 0.95 * NUMBER
    assert min(tall[k] for k in tall if k % 2 == 0) > max(tall[k] for k in tall if k % 2)
