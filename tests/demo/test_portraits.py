import cv2
import numpy as np
import pytest

from likeness_demo.people.face_shape import pick_looks
from likeness_demo.posts.portraits import UNIT, draw_portrait, place_head

NUMBER = 24


def portrait(k, size=(288, 288)):
    return draw_portrait(pick_looks(np.random.default_rng([9, k])), k % 2 == 0, size, [9, 2, k])


def test_same_seed_same_photo_other_seed_another():
    one, same, other = (
        draw_portrait(pick_looks(np.random.default_rng(1)), True, (96, 80), [1, seed]) for seed in (2, 2, 3)
    )
    assert one.shape == (96, 80, 3)
    assert one.dtype == np.uint8
    assert (one == same).all()
    assert (one != other).any()


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


def test_mtcnn_finds_one_face_of_the_right_size_in_nearly_all():
    import torch
    from facenet_pytorch import MTCNN

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        boxes, scores = MTCNN().detect([portrait(k) for k in range(NUMBER)])
    finally:
        torch.set_num_threads(threads)
    found = [k for k in range(NUMBER) if boxes[k] is not None and scores[k].max() >= 0.9]
    assert len(found) >= 0.95 * NUMBER
    share = {k: float(np.ptp(boxes[k][np.argmax(scores[k])][[1, 3]])) / 288 for k in found}
    assert min(share[k] for k in found if k % 2 == 0) > max(share[k] for k in found if k % 2)


def test_close_ups_are_told_apart_at_64_px_by_their_middle():
    small = [cv2.resize(portrait(k), (64, 64), interpolation=cv2.INTER_AREA).astype(float) for k in range(NUMBER)]
    skin = [
        np.abs(
            photo[38:44, 28:36].mean(axis=(0, 1)) / 255
            - np.array(pick_looks(np.random.default_rng([9, k])).person.skin)
        ).sum()
        for k, photo in enumerate(small)
    ]  # the cheeks and mouth of a close-up, the chest of the others
    assert np.median(skin[::2]) < np.median(skin[1::2])
