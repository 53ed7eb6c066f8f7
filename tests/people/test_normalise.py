import hashlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage.data import astronaut

from likeness.people.faces import Search, find_faces
from likeness.people.normalise import MEAN_SATURATION, normalised


def hsv(image):
    """Saturation and value as defined: (max - min) / max and max, by hand in floats."""
    rgb = np.asarray(image, float)
    high, low = rgb.max(axis=2), rgb.min(axis=2)
    return np.where(high > 0, (high - low) / np.maximum(high, 1), 0), high


@pytest.fixture
def dark():
    return Image.fromarray((astronaut()[:256, :256] * 0.25).astype(np.uint8))


def test_none_is_the_image_itself(dark):
    assert normalised(dark, "none") is dark


def test_brightness_lightens_a_dark_picture_and_keeps_its_colours(dark):
    light = normalised(dark, "brightness")
    assert (light.mode, light.size) == ("RGB", dark.size)
    before, after = hsv(dark), hsv(light)
    assert after[1].mean() > 1.5 * before[1].mean()
    lit = before[1] > 20  # where eight bits tell saturation at all
    assert np.abs(after[0] - before[0])[lit].mean() < 0.05


def test_a_flat_picture_stays_flat():
    flat = np.asarray(normalised(Image.new("RGB", (64, 64), (90, 60, 30)), "brightness"))
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) == 1


def test_saturation_comes_to_its_mean_and_grey_stays_grey():
    pale = Image.fromarray((180 + astronaut()[:200, :200] * 0.2).astype(np.uint8))
    vivid = Image.new("RGB", (50, 50), (200, 20, 20))
    for image in (pale, vivid):
        saturation, value = hsv(normalised(image, "saturation"))
        assert saturation.mean() == pytest.approx(MEAN_SATURATION, abs=0.02)
        assert value == pytest.approx(hsv(image)[1], abs=2)
    grey = Image.new("RGB", (50, 50), (77, 77, 77))
    assert np.asarray(normalised(grey, "saturation")).tolist() == np.asarray(grey).tolist()


def test_both_is_one_after_the_other_and_repeatable(dark):
    both = np.asarray(normalised(dark, "both"), int)
    in_turn = np.asarray(normalised(normalised(dark, "brightness"), "saturation"), int)
    assert np.abs(both - in_turn).mean() < 4  # the way over RGB rounds
    assert np.array_equal(both, np.asarray(normalised(dark, "both")))


def test_unknown_names():
    with pytest.raises(
        ValueError, match="unknown normalisation 'hue'; choose one of none, brightness, saturation, both"
    ):
        normalised(Image.new("RGB", (4, 4)), "hue")
    with pytest.raises(ValueError, match="normalise 'hue'"):
        Search(512, 20, (0.6, 0.7, 0.7), "hue")


def test_faces_are_looked_for_in_the_normalised_picture(tmp_path, cache):
    """At 4 % of its light the detector sees nobody in a portrait; normalised she is there again."""
    Image.fromarray((astronaut()[:300, 40:360] * 0.04).astype(np.uint8)).save(tmp_path / "night.png")
    sha256 = hashlib.sha256((tmp_path / "night.png").read_bytes()).hexdigest()
    photos = pd.DataFrame({"photo_id": ["night"], "path": "night.png", "sha256": sha256, "width": 320, "height": 300})
    found = {
        how: find_faces(photos, tmp_path, cache=cache, device="cpu", normalise=how) for how in ("none", "brightness")
    }
    assert len(cache.names()) == 2
    assert len(found["none"]) == 0
    her = found["brightness"].iloc[0]
    assert her["score"] > 0.9
    assert her["x0"] < 185 < her["x1"]  # her nose
    assert her["y0"] < 115 < her["y1"]
