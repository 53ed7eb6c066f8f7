"""Bursts with known truth: frames of one real photo, one of them whole and the others damaged as cameras damage.

Every frame, the untouched one too, is moved by a few pixels and interpolated once, and all are cut to one size. So
neither the size nor the interpolation of a frame tells what was done to it.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

KINDS = ("motion blur", "defocus", "under-exposure", "over-exposure", "noise", "strong JPEG", "tilt")
UNTOUCHED = "untouched"
TILT = (4.0, 10.0)  # degrees, to either side
SHIFT = 0.015  # of the shorter side, by which frames of a burst are apart at most
GAMMA = 2.2  # of the display: light is halved and doubled before it
SMALLEST = 5  # px of the blurs: below, they would be no damage on small photos


def motion_blur(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Smear along a line of 1.5 to 4 % of the longer side, in any direction."""
    length = max(SMALLEST, round(draw.uniform(0.015, 0.04) * max(pixels.shape[:2])))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, draw.uniform(0, 180), 1)
    line = cv2.warpAffine(line, turn, (length, length))
    return cv2.filter2D(pixels, -1, line / line.sum(), borderType=cv2.BORDER_REFLECT)


def defocus(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Spread each point over a disc with a diameter of 1.2 to 3 % of the longer side."""
    size = max(SMALLEST, round(draw.uniform(0.012, 0.03) * max(pixels.shape[:2]))) | 1
    y, x = np.mgrid[:size, :size] - size // 2
    disc = (np.hypot(x, y) <= size / 2).astype(np.float32)
    return cv2.filter2D(pixels, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)


def expose(pixels: np.ndarray, stops: float) -> np.ndarray:
    """Let 2 ** stops times as much light in; what exceeds white is lost."""
    light = (np.arange(256) / 255) ** GAMMA * 2.0**stops
    return np.rint(255 * np.clip(light, 0, 1) ** (1 / GAMMA)).astype(np.uint8)[pixels]


def under_exposure(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Take 1.5 to 3 stops of light away."""
    return expose(pixels, -draw.uniform(1.5, 3))


def over_exposure(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Add 1.5 to 3 stops of light, and more until a tenth of the picture more is white in some colour.

    A dark scene with a stop more has lost nothing: that would be no damage.
    """
    stops = draw.uniform(1.5, 3)
    white = (pixels.max(axis=2) >= 250).mean()
    while ((brighter := expose(pixels, stops)).max(axis=2) >= 250).mean() < min(white + 0.1, 0.9) and stops < 6:
        stops += 0.5
    return brighter


def noise(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Add Gaussian noise of 10 to 25 grey levels to each channel."""
    grain = draw.normal(0, draw.uniform(10, 25), pixels.shape)
    return np.clip(np.rint(pixels + grain), 0, 255).astype(np.uint8)


def strong_jpeg(pixels: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Store as a JPEG of quality 5 to 15."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=int(draw.integers(5, 16)))
    return np.asarray(Image.open(stream).convert("RGB"))


DAMAGE: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "motion blur": motion_blur,
    "defocus": defocus,
    "under-exposure": under_exposure,
    "over-exposure": over_exposure,
    "noise": noise,
    "strong JPEG": strong_jpeg,
}


def frame(pixels: np.ndarray, kind: str, draw: np.random.Generator) -> np.ndarray:
    """Return one frame of a burst, uint8 (h, w, 3), damaged as `kind` says (one of KINDS, or UNTOUCHED)."""
    height, width = pixels.shape[:2]
    inner = frame_size(width, height)
    angle = draw.uniform(*TILT) * draw.choice([-1, 1]) if kind == "tilt" else 0.0
    move = draw.uniform(-SHIFT, SHIFT, 2) * min(width, height)
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1)
    turn[:, 2] += move + (np.array(inner) - (width, height)) / 2
    seen = cv2.warpAffine(pixels, turn, inner, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return DAMAGE[kind](seen, draw) if kind in DAMAGE else seen


def frame_size(width: int, height: int) -> tuple[int, int]:
    """Return (width, height) of the frames of a photo: what a turn by the largest tilt and the shift leave in it."""
    turn = np.deg2rad(TILT[1])
    share = min(
        width / (width * np.cos(turn) + height * np.sin(turn)), height / (width * np.sin(turn) + height * np.cos(turn))
    )
    return tuple(int(side * (share - 2 * SHIFT)) for side in (width, height))


def burst(pixels: np.ndarray, kinds: Sequence[str], seed: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (kind, frame) of an untouched frame and one for each of `kinds`, in a random order.

    pixels: uint8 (h, w, 3), a real photo. seed: the same gives the same frames.
    """
    draw = np.random.default_rng(seed)
    order = draw.permutation([UNTOUCHED, *kinds])
    for kind in order:
        yield str(kind), frame(pixels, str(kind), draw)
