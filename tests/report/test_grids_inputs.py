"""What a network sees, as a reader sees it: the right photos, in the right colours."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from likeness.report.grids import INPUT, input_grid

COUNT = 5


def pictures(html: str) -> list[np.ndarray]:
    data = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(each))).convert("RGB")).astype(int) for each in data]


@pytest.fixture
def seen() -> np.ndarray:
    """Photos (5, 3, 16, 16) whose red says which one it is; the left half is also blue."""
    stack = np.zeros((COUNT, 3, 16, 16), np.uint8)
    stack[:, 0] = np.array([0, 60, 120, 180, 240])[:, None, None]
    stack[:, 2, :, :8] = 200
    return stack


def test_photos_are_spread_evenly_and_keep_their_channels(seen):
    html = input_grid(seen, None, most=3)
    shown = pictures(html)
    assert [picture.shape for picture in shown] == [(INPUT, INPUT, 3)] * 3
    for picture, red in zip(shown, (0, 120, 240), strict=True):  # photos 0, 2 and 4
        np.testing.assert_allclose(picture[64, 32], [red, 0, 200], atol=6)
        np.testing.assert_allclose(picture[64, 96], [red, 0, 0], atol=6)
    assert html.count('alt="photo as the network sees it"') == 3
    assert "photo, 16 px" in html
    assert "of 3 photos.</figcaption>" in html


def test_no_photo_is_shown_twice(seen):
    assert len(pictures(input_grid(seen, None, most=50))) == COUNT


def test_heatmaps_show_their_maximum(seen):
    maps = np.zeros((COUNT, 18, 16, 16), np.uint8)
    maps[:, 3, :4], maps[:, 17, 12:] = 255, 128
    html = input_grid(seen, maps, most=2)
    shown = pictures(html)
    assert len(shown) == 4  # photos first, then people
    for picture in shown[2:]:
        np.testing.assert_allclose(picture[[8, 64, 120], 64], [[255] * 3, [0] * 3, [128] * 3], atol=6)
    assert html.count('alt="people as the network sees it"') == 2


def test_a_frozen_backbone_is_said_to_see_the_photo():
    skeletons = np.zeros((COUNT, 3, 16, 16), np.uint8)
    html = input_grid(None, skeletons, most=2, numbers=7)
    assert len(pictures(html)) == 2
    assert "only seen by the frozen backbone" in html


def test_numbers_alone_are_a_note():
    html = input_grid(None, None, most=2, numbers=7)
    assert "7 numbers of the frozen backbone" in html
    assert "<img" not in html
