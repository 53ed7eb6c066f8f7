"""How many of the exact neighbours does another search find?"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.features.index import Index
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import mean_of


def nearest_others(index: Index, vectors: ArrayLike, k: int) -> NDArray[np.int64]:
    """Return (n, k) positions of the nearest others of every stored vector (n, d), -1 for none."""
    return without_self(index.search(vectors, k + 1)[0])


def without_self(position: ArrayLike) -> NDArray[np.int64]:
    """Return (n, k) neighbours of the stored vectors themselves, each vector left out of its own row.

    position: (n, k + 1) as an index found them, row i those of vector i, -1 for none. A row that lacks its own
    vector (others are equally near) loses its last.

    >>> without_self([[0, 2, 1], [2, 1, 0]]).tolist()
    [[2, 1], [2, 0]]
    """
    position = np.asarray(position)
    itself = position == np.arange(len(position))[:, None]
    others = np.argsort(itself, axis=1, kind="stable")[:, : position.shape[1] - 1]
    return np.take_along_axis(position, others, axis=1)


def shared_neighbours(found: ArrayLike, true: ArrayLike) -> NDArray[np.float64]:
    """Return (q,) the share of each row of `true` (q, k) that is in the same row of `found` (q, m); -1 is no item.

    NaN for a query that has no neighbours.

    >>> shared_neighbours([[4, 7, 9]], [[7, 8]]).tolist()
    [0.5]
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


def recall_row(search: str, index: Index, recall: Estimate, added: int = 0) -> dict[str, Any]:
    """Return one row of the table of recalls: search, vectors, reads (in words), value, low, high, n.

    search: what is searched, in words. recall: as `neighbour_recall` gives. added: vectors that came after building.
    """
    reads = str(index.effort or "every vector") + (f"; {added:,} added" if added else "")
    return {"search": search, "vectors": len(index), "reads": reads, **recall.to_dict()}
