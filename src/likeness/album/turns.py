"""By how much the frames of a burst are turned against each other: who stands out was held askew."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from likeness.photos.decode import ACCEPTED, decode

SIDE = 160  # px: a turn of a degree moves the rim by more than a pixel
STEPS = 40  # of the search
STARTS = (0.0, -7.0, 7.0, -14.0, 14.0)  # degrees; the search finds what lies within some 5 degrees
LOOSE = 0.5  # correlation below which two frames do not show the same, so that no turn is told


def small(light: np.ndarray) -> np.ndarray:
    """Return a grey picture (h, w) at a longest side of SIDE px, evened out: exposure and contrast are gone."""
    scale = SIDE / max(light.shape)
    size = max(8, round(light.shape[1] * scale)), max(8, round(light.shape[0] * scale))
    reduced = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(reduced, (0, 0), 1.5)
    away = smooth - cv2.GaussianBlur(smooth, (0, 0), 12)
    spread = np.sqrt(cv2.GaussianBlur(away * away, (0, 0), 12)) + 2
    return away / spread


def turn_between(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return (degrees by which `other` is turned against `one`, how well they then agree, up to 1), both as `small`.

    Enhanced correlation (Evangelidis and Psarakis, 2008) over turns and shifts, from several starts.
    """
    best = (0.0, -1.0)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, STEPS, 1e-4)
    height, width = one.shape
    other = other if other.shape == one.shape else cv2.resize(other, (width, height))
    for start in STARTS:
        guess = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), start, 1).astype(np.float32)
        try:
            agree, found = cv2.findTransformECC(one, other, guess, cv2.MOTION_EUCLIDEAN, until, None, 3)
        except cv2.error:  # it does not converge
            continue
        if agree > best[1]:
            best = float(np.rad2deg(np.arctan2(found[0, 1], found[0, 0]))), float(agree)
        if agree > 0.9:
            break
    return best


def turns(frames: Sequence[np.ndarray], reference: int = 0) -> np.ndarray:
    """Return (n,) degrees by which each frame of a burst (pictures as `small`) is turned against the reference.

    NaN for a frame that does not fit on it: it shows something else.
    """
    found = np.zeros(len(frames))
    for k, picture in enumerate(frames):
        if k != reference:
            angle, agree = turn_between(frames[reference], picture)
            found[k] = angle if agree >= LOOSE else np.nan
    return found


def of_burst(paths: Sequence[Path]) -> np.ndarray:
    """Return (n,) degrees by which each photo of a burst is turned against its middle one; see `turns`."""
    frames = [small(np.asarray(decode(path, draft=2 * SIDE, **ACCEPTED).convert("L"))) for path in paths]
    return turns(frames, len(frames) // 2)
