"""What the numbers of a file of marks mean: a visibility or a score, pixels or shares of the photo."""

from collections.abc import Callable, Mapping

import numpy as np

from likeness.errors import LayoutError

PIXELS, SHARES, SIGNED = "px", "0 to 1", "-1 to 1"
EDGE = 0.1  # how far beyond the photo's edge, as a share of its side, a network may put a joint
FEWEST = 3  # joints within one pixel: no person is so small, so these are shares


def scores_of(values: np.ndarray, codes: Mapping[int, float], where: Callable[[int], str]) -> np.ndarray:
    """Return scores in [0, 1] of all the visibilities (n,) of a file, whichever of two things they are.

    codes: what whole numbers stand for. Numbers between 0 and 1 are scores; missing ones (NaN) count as 0.
    Raises LayoutError if they are neither, or a mixture; `where` names the file and the place of the n-th number.
    """
    values = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    coded = np.isin(values, list(codes))
    if coded.all():
        return np.select([values == code for code in codes], list(codes.values()), 0.0)
    if values.min() >= 0 and values.max() <= 1:
        return values
    odd = int(np.flatnonzero(~coded)[0])
    raise LayoutError(
        f"{where(odd)}: a joint's visibility is {values[odd]:g}; write {', '.join(map(str, codes))} in the whole file, "
        "or scores from 0 to 1"
    )


def unit_of(places: np.ndarray) -> str:
    """Return the unit of all the marked places (n, 2) of a file: PIXELS, SHARES of the photo's sides, or SIGNED.

    Shares run from 0 to 1 (OpenPose's keypoint_scale 3), signed ones from -1 to 1 (4); a pixel holds no person.
    """
    places = places[np.isfinite(places).all(axis=-1)]
    if len(places) < FEWEST or np.abs(places).max() > 1 + EDGE or not (places % 1).any():
        return PIXELS
    return SIGNED if places.min() < -EDGE else SHARES


def in_one_pixel(people: np.ndarray) -> np.ndarray:
    """Say which people (k, 18, 3) cannot be in px: FEWEST joints or more, all of them within the first pixel."""
    placed = np.isfinite(people[..., :2]).all(axis=-1)
    places = np.where(placed[..., None], people[..., :2], 0.0)
    small = (np.abs(places) <= 1 + EDGE).all(axis=(1, 2)) & (places % 1).any(axis=(1, 2))
    return small & (placed.sum(axis=1) >= FEWEST)


def in_pixels(places: np.ndarray, unit: str, size: np.ndarray) -> np.ndarray:
    """Return places (..., 2) of a picture of size (width, height) in its pixels."""
    if unit == PIXELS:
        return places
    return (places + 1) / 2 * size if unit == SIGNED else places * size
