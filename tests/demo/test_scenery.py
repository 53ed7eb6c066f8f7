import numpy as np
import pytest

from likeness_demo.landmarks.sites import PLACES
from likeness_demo.posts.scenery import DULL, draw_scenery


def test_same_seed_same_photo_in_the_wanted_size():
    one, same, other = (draw_scenery("pisa", (100, 80), [1, seed]) for seed in (5, 5, 6))
    assert one.shape == (100, 80, 3)
    assert one.dtype == np.uint8
    assert (one == same).all()
    assert (one != other).any()


def test_unknown_places_are_refused():
    with pytest.raises(KeyError, match="atlantis"):
        draw_scenery("atlantis", (80, 80), [1])


def test_mtcnn_finds_no_face_in_scenery():
    import torch
    from facenet_pytorch import MTCNN

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        photos = [draw_scenery(place, (288, 288), [8, k]) for k, place in enumerate((*PLACES, *DULL))]
        _, scores = MTCNN().detect(photos)
    finally:
        torch.set_num_threads(threads)
    assert not [k for k, found in enumerate(scores) if found[0] is not None and found.max() >= 0.9]
