import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage.data import astronaut

from likeness.cache import Cache
from likeness.features import colour
from likeness.features.colour import NAMES, SIDE, colour_features, measure
from photo_rows import save_photos

GREY = np.full((20, 30, 3), 100, np.uint8)
HALVES = np.zeros((20, 30, 3), np.uint8)  # left half red, right half green
HALVES[:, :15, 0] = HALVES[:, 15:, 1] = 255


def named(numbers):
    return dict(zip(NAMES, numbers, strict=False))


def test_uniform_grey_has_brightness_and_nothing_else():
    found = named(measure(GREY))
    assert found.pop("brightness") == pytest.approx(100 / 255)
    assert found.pop("value") == pytest.approx(100 / 255)
    assert set(found.values()) == {0.0}


def test_colourfulness_of_red_and_green_halves_by_its_formula():
    # R - G is +-255: SD 255, mean 0; (R + G) / 2 - B is 127.5 everywhere: SD 0, mean 127.5
    assert colour.colourfulness(HALVES) == pytest.approx(255 + 0.3 * 127.5)
    red = np.broadcast_to(np.array([255, 0, 0], np.uint8), (4, 4, 3))
    assert colour.colourfulness(red) == pytest.approx(0.3 * np.hypot(255, 127.5))


def test_hue_is_the_circular_mean_weighted_by_saturation():
    # red lies at 0 degrees and green at 120: their mean is yellow, at 60
    assert colour.mean_hsv(HALVES) == pytest.approx((0.5, np.sqrt(0.75), 1, 1))
    pinks = np.array([[[255, 0, 42], [255, 42, 0]]], np.uint8)  # either side of 0 degrees: not 180
    cos, sin, *_ = colour.mean_hsv(pinks)
    assert (cos, sin) == pytest.approx((1, 0), abs=1e-12)
    pale = np.array([[[255, 0, 0], [204, 255, 204]]], np.uint8)  # green at a saturation of 0.2
    vector = 1 + 0.2 * np.exp(2j * np.pi / 3)
    cos, sin, saturation, _ = colour.mean_hsv(pale)
    assert (cos, sin) == pytest.approx((vector.real / abs(vector), vector.imag / abs(vector)))
    assert saturation == pytest.approx(0.6)


def test_a_photo_almost_without_colour_has_no_hue():
    noise = GREY.copy()
    noise[0, 0] = (101, 100, 100)
    assert colour.mean_hsv(noise)[:2] == (0, 0)


def test_brightness_contrast_and_entropy_of_black_and_white_halves():
    halves = np.zeros((8, 8, 3), np.uint8)
    halves[:, 4:] = 255
    assert colour.brightness(halves) == pytest.approx(0.5)
    assert colour.contrast(halves) == pytest.approx(0.5)
    assert colour.entropy(halves) == pytest.approx(1.0)  # two equally frequent levels: one bit
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert colour.entropy(ramp) == pytest.approx(8.0)


def test_luminance_weighs_the_channels():
    primaries = np.diag([255, 255, 255]).astype(np.uint8)[None]
    assert colour.luminance(primaries)[0] == pytest.approx([0.2125, 0.7154, 0.0721])


def test_sharpness_by_hand_and_falls_with_blur():
    dot = np.zeros((5, 5, 3), np.uint8)
    dot[2, 2] = 10  # Laplacian: -40 there, 10 at its four neighbours, 0 elsewhere; mean 0
    assert colour.sharpness(dot) == pytest.approx(np.log1p((40**2 + 4 * 10**2) / 25))
    photo = Image.fromarray(astronaut())
    blurred = photo.resize((64, 64)).resize(photo.size)
    assert colour.sharpness(np.asarray(blurred)) < colour.sharpness(np.asarray(photo)) - 1


@pytest.fixture
def photos(tmp_path):
    return save_photos(tmp_path, [Image.fromarray(pixels) for pixels in (HALVES, astronaut()[:300], GREY)])


def test_one_row_a_photo_at_the_working_size(tmp_path, photos):
    features, names = colour_features(photos, tmp_path, cache=None)
    assert features.shape == (3, len(names)) == (3, 10)
    assert features.dtype == np.float32
    assert names == list(NAMES)
    assert np.isfinite(features).all()
    assert features[:, -1] == pytest.approx([1.5, 512 / 300, 1.5])
    assert colour.load(tmp_path / "1.png").shape == (150, SIDE, 3)
    assert colour.load(tmp_path / "0.png").shape == (171, SIDE, 3)
    np.testing.assert_array_equal(features[2, :-1], measure(GREY))


def test_the_same_picture_larger_measures_the_same(tmp_path):
    """The working size is fixed, so pixels alone make no photo sharper."""
    rows = []
    for side in (512, 1024):
        Image.fromarray(astronaut()).resize((side, side), Image.Resampling.BICUBIC).save(tmp_path / f"{side}.png")
        rows.append((f"{side}.png", f"{side:064}", side, side))
    pair = pd.DataFrame(rows, columns=["path", "sha256", "width", "height"])
    features, _ = colour_features(pair, tmp_path, cache=None)
    assert features[0] == pytest.approx(features[1], rel=0.03)


def test_a_photo_is_measured_once(tmp_path, photos, monkeypatch):
    opened = []
    really = colour.load
    monkeypatch.setattr(colour, "load", lambda path: opened.append(path.name) or really(path))
    cache = Cache(tmp_path / "cache")
    first, _ = colour_features(photos[:2], tmp_path, cache=cache)
    again, _ = colour_features(photos, tmp_path, cache=cache)
    twice, _ = colour_features(photos.iloc[[0, 0]], tmp_path, cache=cache)
    assert opened == ["0.png", "1.png", "2.png"]
    np.testing.assert_array_equal(again[:2], first)
    np.testing.assert_array_equal(twice, first[[0, 0]])
    np.testing.assert_array_equal(colour_features(photos, tmp_path, cache=None)[0], again)


def test_a_photo_that_the_manifest_accepted_is_not_refused(tmp_path):
    Image.new("L", (9001, 9000), 77).save(tmp_path / "a.jpg")
    assert (colour.load(tmp_path / "a.jpg") == 77).all()


def test_no_photos_give_no_rows(tmp_path, photos):
    features, names = colour_features(photos[:0], tmp_path, cache=None)
    assert features.shape == (0, len(names))
    assert features.dtype == np.float32
