from itertools import combinations

import imagehash
import numpy as np
import pytest
from PIL import Image

from likeness_demo.landmarks.sites import PLACES
from likeness_demo.posts.scenery import DULL, draw_scenery


@pytest.mark.parametrize("name", list(DULL))
def test_views_of_one_kind_are_no_near_duplicates(name):
    hashes = [imagehash.phash(Image.fromarray(draw_scenery(name, (144, 144), [3, k])), 16) for k in range(8)]
    assert min(one - other for one, other in combinations(hashes, 2)) > 30


@pytest.mark.parametrize("name", list(DULL))
def test_views_are_greyish(name):
    photos = np.stack([draw_scenery(name, (72, 72), [4, k]) for k in range(6)]).astype(float)
    assert np.median(photos.max(axis=-1) - photos.min(axis=-1)) < 90


def test_unknown_places_are_refused():
    with pytest.raises(KeyError, match="atlantis"):
        draw_scenery("atlantis", (80, 80), [1])


def test_mtcnn_finds_no_face_in_scenery(find_faces):
    assert not any(find_faces([draw_scenery(place, (288, 288), [8, k]) for k, place in enumerate((*PLACES, *DULL))]))
