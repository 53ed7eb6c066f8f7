"""Moments and bursts: which photos of an album belong together, by time, place and look."""

import numpy as np
from numpy.typing import NDArray

WINDOW = 10  # gaps to either side that a gap is compared with
FACTOR = 17.0  # times their geometric mean, beyond which it parts two moments
LEAST, MOST = 5 * 60.0, 6 * 3600.0  # seconds: shorter gaps never part, longer ones always do
FAR = 2.0  # km between two photos in a row that part two moments
EARTH = 6371.0  # km
REACH = 4  # photos on among which another frame of a burst is looked for: a slip lies between them now and then
BURST = 12.0  # seconds between two frames of a burst
ALIKE = 0.6  # cosine of the features from which two frames may be of one burst; 1 % of different sport photos have more
VERY_ALIKE = 0.86  # where no time tells
LOOK_GAP = 0.35  # cosine of neighbouring windows below which undated photos part


def moments(
    seconds: NDArray[np.float64], places: NDArray[np.float64], features: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Return (n,) the number of each photo's moment, from 0, of photos in the order they were taken.

    seconds: (n,) on one clock, NaN unknown; undated photos stand behind the dated ones. places: (n, 2) latitude and
    longitude [degrees], NaN unknown. features: (n, d) of length 1, by which undated photos are parted.
    A gap parts where it exceeds FACTOR times the geometric mean of its neighbours (PhotoTOC: Platt, Czerwinski and
    Field, 2003). Takes time linear in n.
    """
    n = len(seconds)
    parts = np.zeros(n, bool)
    dated = int(np.isfinite(seconds).sum())
    parts[1:dated] = time_parts(np.diff(seconds[:dated])) | place_parts(places[:dated])
    if dated < n:
        parts[dated + 1 :] = look_parts(features[dated:])
        parts[dated] = dated > 0
    return np.cumsum(parts)


def time_parts(gaps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which gaps [s] between photos in a row part two moments."""
    logs = np.log(np.maximum(gaps, 1.0))
    total, ones = (np.concatenate([[0.0], np.cumsum(v)]) for v in (logs, np.ones(len(logs))))
    low = np.maximum(np.arange(len(logs)) - WINDOW, 0)
    high = np.minimum(np.arange(len(logs)) + WINDOW + 1, len(logs))
    usual = (total[high] - total[low]) / np.maximum(ones[high] - ones[low], 1)
    return (gaps > MOST) | ((gaps > LEAST) & (logs > np.log(FACTOR) + usual))


def place_parts(places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say between which photos in a row there are more than FAR km; unknown places part nothing."""
    latitude, longitude = np.deg2rad(places).T
    up, along = np.diff(latitude), np.diff(longitude)
    half = np.sin(up / 2) ** 2 + np.cos(latitude[1:]) * np.cos(latitude[:-1]) * np.sin(along / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))) > FAR


def look_parts(features: NDArray[np.float32], window: int = 3) -> NDArray[np.bool_]:
    """Say between which photos in a row the look changes: the means of three before and three behind differ most.

    features: (n, d) of length 1. A place counts where the cosine of both means is below LOOK_GAP and least around.
    """
    n = len(features)
    total = np.vstack([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0, dtype=float)])
    at = np.arange(1, n)
    before = total[at] - total[np.maximum(at - window, 0)]
    behind = total[np.minimum(at + window, n)] - total[at]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(behind, axis=1)
    cosine = (before * behind).sum(axis=1) / np.maximum(lengths, 1e-9)
    padded = np.pad(cosine, window, constant_values=np.inf)
    least = np.min([padded[k : k + len(cosine)] for k in range(2 * window + 1)], axis=0) if n > 1 else cosine
    return (cosine < LOOK_GAP) & (cosine <= least)


def bursts(
    seconds: NDArray[np.float64],
    moment: NDArray[np.int64],
    features: NDArray[np.float32],
    copies: NDArray[np.object_],
) -> NDArray[np.int64]:
    """Return (n,) the number of each photo's burst, from 0 as first met; photos in the order they were taken.

    Two photos of a moment with at most REACH - 1 between them are of one burst where they are BURST seconds apart at
    most and ALIKE, or, with no times, VERY_ALIKE. copies: (n,) equal for near-duplicates, which are one burst wherever
    they lie.
    """
    from likeness.photos.duplicates import join

    n = len(moment)
    pairs = [np.empty((2, 0), int)]
    for reach in range(1, min(REACH, n - 1) + 1):
        cosine = (features[reach:] * features[:-reach]).sum(axis=1)
        gaps = seconds[reach:] - seconds[:-reach]
        same = np.where(np.isfinite(gaps), (gaps <= BURST) & (cosine >= ALIKE), cosine >= VERY_ALIKE)
        start = np.flatnonzero(same & (moment[reach:] == moment[:-reach]))
        pairs.append(np.stack([start, start + reach]))
    _, first_copy, copy = np.unique(np.asarray(copies, str), return_index=True, return_inverse=True)
    pairs.append(np.stack([first_copy[copy], np.arange(n)]) if n else pairs[0])
    label = join(*np.concatenate(pairs, axis=1), n)
    first: dict[int, int] = {}
    return np.array([first.setdefault(int(one), len(first)) for one in label])
