import cv2
import numpy as np
import pytest

from likeness.album.planted import KINDS, UNTOUCHED, burst, expose, frame, frame_size
from likeness.album.signs import blockiness, edge_sharpness, level, measure, noise_level
from likeness.album.turns import small, turn_between, turns


def scene(seed: int = 0, size: int = 320) -> np.ndarray:
    """Bright and dark rectangles on a slope, level and plumb."""
    draw = np.random.default_rng(seed)
    picture = np.tile(np.linspace(70, 160, size, dtype=np.float32), (size, 1))
    for _ in range(40):
        x, y, w, h = draw.integers(0, size, 2).tolist() + draw.integers(15, 90, 2).tolist()
        picture[y : y + h, x : x + w] = draw.integers(40, 220)
    return np.repeat(cv2.GaussianBlur(picture, (0, 0), 0.7)[..., None], 3, axis=2).astype(np.uint8)


def grey(rgb):
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)


@pytest.mark.parametrize("smear", [0.5, 1.0, 2.0, 4.0])
def test_sharpness_of_a_smeared_step_is_that_of_its_formula(smear):
    step = np.full((200, 200), 60.0, np.float32)
    step[:, 100:] = 180
    where = np.zeros_like(step)
    where[:, 99:101] = 1  # the edge itself: beside it, the finer slope is the lower one
    found = edge_sharpness(cv2.GaussianBlur(step, (0, 0), smear), where)
    fine, coarse = (scale**2 + 1 / 3 + smear**2 for scale in (1, 3))  # a difference over two pixels smears by 1/3
    ratio = np.sqrt(coarse / fine) * np.exp(-(1 / fine - 1 / coarse) / 8)  # both columns lie half a pixel off
    assert found.max() == pytest.approx((ratio - 1) / 2, abs=0.03)


def test_sharpness_falls_with_blur_and_not_with_noise_or_light():
    picture = scene()
    whole = measure(picture)
    noisy = np.clip(picture + np.random.default_rng(1).normal(0, 15, picture.shape), 0, 255).astype(np.uint8)
    assert measure(noisy)["sharpness"] < whole["sharpness"] + 0.02
    assert measure(expose(picture, -2))["sharpness"] == pytest.approx(whole["sharpness"], abs=0.05)
    assert measure(cv2.GaussianBlur(picture, (0, 0), 3))["sharpness"] < 0.5 * whole["sharpness"]
    line = np.zeros((15, 15), np.float32)
    line[7] = 1 / 15
    smeared = measure(cv2.filter2D(picture, -1, line))
    assert smeared["least_sharpness"] < whole["least_sharpness"] - 0.1


@pytest.mark.parametrize("sigma", [3.0, 8.0, 15.0])
def test_noise_is_its_standard_deviation(sigma):
    flat = 120 + np.random.default_rng(0).normal(0, sigma, (256, 256)).astype(np.float32)
    assert noise_level(flat) == pytest.approx(sigma, rel=0.25)
    assert noise_level(grey(scene())) < 1


def test_blocks_are_seen_wherever_their_grid_lies_and_only_there():
    import io

    from PIL import Image

    stream = io.BytesIO()
    draw = np.random.default_rng(0)
    picture = cv2.GaussianBlur(draw.normal(120, 60, (256, 256, 3)).astype(np.float32), (0, 0), 4)
    picture = np.clip(120 + 6 * (picture - 120), 0, 255).astype(np.uint8)
    Image.fromarray(picture).save(stream, "JPEG", quality=8)
    damaged = grey(np.asarray(Image.open(stream).convert("RGB")))
    assert blockiness(damaged) > blockiness(grey(picture)) + 0.2
    assert blockiness(damaged[3:, 5:]) == pytest.approx(blockiness(damaged), abs=0.05)


def test_light_and_level():
    picture = scene()
    assert measure(expose(picture, 3))["glare"] > measure(picture)["glare"] + 0.3
    assert measure(expose(picture, -3))["contrast"] < measure(picture)["contrast"] / 2
    turned = frame(picture, "tilt", np.random.default_rng(0))
    whole = frame(picture, UNTOUCHED, np.random.default_rng(0))
    assert level(grey(whole)) > level(grey(turned)) + 0.2


@pytest.mark.parametrize("angle", [-9.0, -3.0, 6.0])
def test_turns_against_a_frame_are_found_whatever_its_light(angle):
    picture = scene(3)
    turn = cv2.getRotationMatrix2D((160, 160), angle, 1)
    other = expose(cv2.warpAffine(picture, turn, (320, 320), borderMode=cv2.BORDER_REFLECT), -1.5)
    one, other = small(grey(picture)), small(grey(other))
    assert abs(turn_between(one, other)[0]) == pytest.approx(abs(angle), abs=0.7)
    found = turns([one, one, other])
    assert found[1] == pytest.approx(0, abs=0.1)
    assert np.sign(found[2]) == np.sign(turn_between(one, other)[0])


def test_all_frames_of_a_burst_have_one_size_and_one_is_untouched():
    picture = scene()
    frames = list(burst(picture, KINDS, seed=4))
    assert sorted(kind for kind, _ in frames) == sorted([UNTOUCHED, *KINDS])
    width, height = frame_size(320, 320)
    assert {pixels.shape for _, pixels in frames} == {(height, width, 3)}
    again = list(burst(picture, KINDS, seed=4))
    assert all((one == other).all() for (_, one), (_, other) in zip(frames, again, strict=True))
    assert all((dict(frames)[kind] != dict(frames)[UNTOUCHED]).mean() > 0.2 for kind in KINDS if kind != "noise")
