"""The pointing game: does the strongest point of a map lie on what is known to matter?"""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def mask_shares(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,) shares of the photo that masks (n, h, w) cover: the chance of a blind hit."""
    return np.asarray(masks, dtype=bool).mean(axis=(1, 2))


def _checked(maps: Tensor, masks: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    heat, masks = np.asarray(maps, dtype=float), np.asarray(masks, dtype=bool)
    if heat.shape != masks.shape or heat.ndim != 3:
        raise ValueError(f"maps have shape {heat.shape}, masks {masks.shape}: both must be (n, h, w)")
    return heat, masks


def pointing_hits(maps: Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,): 1 where the map's maximum lies inside the mask, 0 elsewhere, NaN where the mask is empty.

    (Zhang et al., 2018, without a tolerance.) Of several equal maxima each counts in its share. A map without
    any positive value points nowhere and misses.
    """
    heat, masks = _checked(maps, masks)
    top = heat.max(axis=(1, 2))
    peak = heat == top[:, None, None]
    hits = (peak & masks).sum(axis=(1, 2)) / peak.sum(axis=(1, 2))
    return np.where(masks.any(axis=(1, 2)), np.where(top > 0, hits, 0.0), np.nan)


def mass_inside(maps: Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,): share of the positive mass of the map inside the mask (Wang et al., 2020), NaN as above."""
    heat, masks = _checked(maps, masks)
    positive = np.maximum(heat, 0)
    total = positive.sum(axis=(1, 2))
    share = np.divide((positive * masks).sum(axis=(1, 2)), total, out=np.zeros(len(heat)), where=total > 0)
    return np.where(masks.any(axis=(1, 2)), share, np.nan)
