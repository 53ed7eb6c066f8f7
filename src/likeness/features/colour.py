"""Colour and composition of a photo in ten numbers, at one working size so that photos compare."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.cache import Cache, compute_missing, key
from likeness.parallel import ahead
from likeness.photos.decode import ACCEPTED, decode
from likeness.progress import track

SIDE = 256  # px; the longest side of every photo when it is measured, larger or smaller as it may be
NO_HUE = 0.01  # length of the mean hue vector below which a photo has no tint that an eye would name
HUES = ("hue_cos", "hue_sin", "saturation", "value")
NAMES = (*HUES, "brightness", "contrast", "colourfulness", "sharpness", "entropy", "aspect_ratio")


def colour_features(photos: pd.DataFrame, root: Path, *, cache: Cache | None) -> tuple[np.ndarray, list[str]]:
    """Return (features float32 (photos, 10), their names), one row per row of `photos`, never NaN.

    photos: path (relative to `root`), sha256, width, height. cache: keeps the numbers per photo content.
    """
    names = [key(__name__, {}, sha256, "photo") for sha256 in photos["sha256"]]

    def compute(paths: dict[str, str]) -> Iterator[tuple[str, np.ndarray]]:
        measured = ahead(lambda path: measure(load(Path(root) / path)), paths.values(), window=4)
        yield from zip(paths, track(measured, "colours", total=len(paths)), strict=True)

    found = compute_missing(cache, dict(zip(names, photos["path"], strict=True)), compute)
    aspect = (photos["width"] / photos["height"]).to_numpy(np.float32)
    looks = np.stack([found[name] for name in names]) if names else np.zeros((0, len(NAMES) - 1), np.float32)
    return np.column_stack([looks, aspect]), list(NAMES)


def measure(rgb: np.ndarray) -> np.ndarray:
    """Return the first nine of NAMES of a photo, rgb uint8 (h, w, 3): float32 (9,)."""
    numbers = (*mean_hsv(rgb), brightness(rgb), contrast(rgb), colourfulness(rgb), sharpness(rgb), entropy(rgb))
    return np.array(numbers, np.float32)


def mean_hsv(rgb: np.ndarray) -> tuple[float, float, float, float]:
    """Return (cos, sin) of the mean hue, mean saturation and mean value in [0, 1], of rgb uint8 (h, w, 3).

    The hue is the circular mean, each pixel weighted by its saturation; (0, 0) for a photo without a tint.
    """
    from skimage.color import rgb2hsv

    hue, saturation, value = np.moveaxis(rgb2hsv(rgb), -1, 0)
    vector = (saturation * np.exp(2j * np.pi * hue)).mean()
    vector = vector / abs(vector) if abs(vector) >= NO_HUE else 0j
    return float(vector.real), float(vector.imag), float(saturation.mean()), float(value.mean())


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Return 0.2125 R + 0.7154 G + 0.0721 B of rgb uint8 (h, w, 3): float (h, w) in [0, 1]."""
    from skimage.color import rgb2gray

    return rgb2gray(rgb)


def brightness(rgb: np.ndarray) -> float:
    """Return the mean luminance, in [0, 1]."""
    return float(luminance(rgb).mean())


def contrast(rgb: np.ndarray) -> float:
    """Return the standard deviation of the luminance, in [0, 0.5]."""
    return float(luminance(rgb).std())


def colourfulness(rgb: np.ndarray) -> float:
    """Return the colourfulness of rgb uint8 (h, w, 3) after Hasler and Suesstrunk (2003): 0 is grey, 109 extreme.

    The spread of the opponent channels R - G and (R + G) / 2 - B, plus 0.3 times the distance of their mean from grey.
    """
    red, green, blue = np.moveaxis(rgb.astype(float), -1, 0)
    opponents = np.stack([red - green, (red + green) / 2 - blue])
    return float(np.linalg.norm(opponents.std(axis=(1, 2))) + 0.3 * np.linalg.norm(opponents.mean(axis=(1, 2))))


def sharpness(rgb: np.ndarray) -> float:
    """Return log(1 + variance of the Laplacian) of the luminance in grey levels 0 to 255; a blurred photo is low."""
    from scipy.ndimage import laplace

    return float(np.log1p(laplace(255 * luminance(rgb)).var()))


def entropy(rgb: np.ndarray) -> float:
    """Return Shannon's entropy of the luminance in 256 grey levels, in [0, 8] bits."""
    from skimage.measure import shannon_entropy

    return float(shannon_entropy(np.rint(255 * luminance(rgb)).astype(np.uint8)))


def load(path: Path) -> np.ndarray:
    """Return a photo as uint8 (h, w, 3) whose longest side is SIDE px."""
    image = decode(path, draft=SIDE, **ACCEPTED)
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR))
