import numpy as np
import pytest

from likeness_demo.drawing.canvas import fill, mix, noise, rgb, stroke, window
from likeness_demo.drawing.light import pick_light
from likeness_demo.drawing.solids import Layer, ball, limb


def test_fill_covers_whole_pixels_and_blends_edges():
    image = np.zeros((8, 8, 3), np.float32)
    fill(image, [np.array([(2, 2), (6, 2), (6, 6), (2, 6)])], (1, 0.5, 0))
    assert image[3:5, 3:5] == pytest.approx(np.broadcast_to([1, 0.5, 0], (2, 2, 3)), abs=0.01)
    assert image[0, 0].sum() == 0
    assert 16 <= image[..., 0].sum() < 30  # OpenCV's antialiased edge lies outside the shape


def test_a_gradient_runs_from_left_to_right():
    image = np.zeros((4, 100, 3), np.float32)
    fill(image, [np.array([(0, 0), (100, 0), (100, 4), (0, 4)])], (0, 0, 0), (1, 1, 1))
    assert image[2, 50, 0] == pytest.approx(0.505, abs=0.01)
    assert (np.diff(image[2, :, 0]) > 0).all()


def test_shapes_outside_the_photo_change_nothing():
    image = np.full((5, 5, 3), 0.3, np.float32)
    fill(image, [np.array([(10, 10), (20, 10), (20, 20)])], (1, 1, 1))
    stroke(image, [np.array([(-9, -9), (-4, -9)])], (1, 1, 1))
    assert (image == np.float32(0.3)).all()
    assert window(np.array([[9.0, 9.0]]), 1, image.shape) is None


def test_a_limb_covers_its_ends_and_marks_the_mask():
    light = pick_light(np.random.default_rng(0))
    mask = np.zeros((40, 60), np.float32)
    layer = Layer(np.zeros((40, 60, 3), np.float32), light, mask)
    limb(layer, np.array([15.0, 20.0]), np.array([45.0, 20.0]), 5, 5, (1, 1, 1))
    assert mask[20, 15] == mask[20, 45] == mask[20, 30] == 1
    assert mask.sum() == pytest.approx(30 * 10 + np.pi * 25, rel=0.03)
    ball(layer, np.array([30.0, 8.0]), 4, 4, (1, 1, 1))
    assert mask[8, 30] == 1


def test_colours_and_noise():
    assert rgb("#ff8000") == pytest.approx((1, 128 / 255, 0))
    assert mix((0, 0, 0), (1, 1, 1), 0.25) == (0.25, 0.25, 0.25)
    one, two = (noise(np.random.default_rng(3), 30, 40, 5) for _ in range(2))
    assert (one == two).all()
    assert one.shape == (30, 40)
    assert one.std() > 0.05
