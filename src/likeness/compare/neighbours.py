"""How many of the exact neighbours does another search find?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import mean_of


def without_self(position: ArrayLike) -> NDArray[np.int64]:
    """Return (n, k) neighbours of the stored vectors themselves, each vector left out of its own row.

    position: (n, k + 1) as an index found them, row i those of vector i, -1 for none. A row that lacks its own
    vector (others are equally near) loses its last.
    """
    position = np.asarray(position)
    itself = position == np.arange(len(position))[:, None]
    others = np.argsort(itself, axis=1, kind="stable")[:, : position.shape[1] - 1]
    return np.take_along_axis(position, others, axis=1)


def shared_neighbours(found: ArrayLike, true: ArrayLike) -> NDArray[np.float64]:
    """Return (q,) the share of each row of `true` (q, k) that is in the same row of `found` (q, m); -1 is no item.

    NaN for a query that has no neighbours.
    """
    found, true = np.asarray(found), np.asarray(true)
    if len(found) != len(true):
        raise ValueError(f"{len(found)} queries were searched, {len(true)} have exact neighbours")
    hits = ((found[:, :, None] == true[:, None, :]).any(axis=1) & (true >= 0)).sum(axis=1)
    total = (true >= 0).sum(axis=1)
    return np.divide(hits, total, out=np.full(len(true), np.nan), where=total > 0)


def neighbour_recall(
    found: ArrayLike, true: ArrayLike, clusters: ArrayLike, n_boot: int = 1000, seed: int = 0
) -> Estimate:
    """Estimate the mean of `shared_neighbours` with an interval from resampling the queries' clusters (q,)."""
    share = shared_neighbours(found, true)
    known = ~np.isnan(share)
    return cluster_bootstrap(mean_of(share[known]), np.asarray(clusters)[known], n_boot, seed)
