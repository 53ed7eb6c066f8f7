import numpy as np
import pytest

from likeness_demo.drawing.light import pick_light
from likeness_demo.posts.portraits import BACKDROPS, ODDS, draw_backdrop


@pytest.mark.parametrize("name", list(BACKDROPS))
def test_every_backdrop_fills_the_photo_and_each_is_another(name):
    photos = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        image = np.full((90, 80, 3), np.nan, np.float32)
        if name in ("room", "studio", "dusk"):
            BACKDROPS[name](image, pick_light(rng), rng)
        else:
            BACKDROPS[name](np.nan_to_num(image, copy=False), pick_light(rng), rng)
        assert np.isfinite(image).all()
        photos.append(image)
    assert np.abs(photos[0] - photos[1]).mean() > 0.01


def test_backdrops_are_out_of_focus_and_in_range():
    assert sum(ODDS) == pytest.approx(1)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        image = np.zeros((120, 120, 3), np.float32)
        draw_backdrop(image, pick_light(rng), seed, rng)
        assert image.min() >= 0
        assert image.max() <= 1
        assert np.abs(np.diff(image, axis=1)).max() < 0.35
