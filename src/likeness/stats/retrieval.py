"""Is what we look for among the first k? Measures per query, so that they can be resampled and paired.

similarity: (q, g) float, larger = more alike, NaN where undefined. Undefined items rank last, ties go to the
lower index; an item with undefined similarity counts as not found, however few the others are, because its
place is only the order of the files. Every measure returns (q,) or (q, len(ks)) floats, NaN for a query that
has no relevant item at all (nobody could answer it).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom


def _without_self(similarity: NDArray, exclude_self: bool) -> NDArray[np.float64]:
    """Return a copy whose diagonal is undefined if queries and gallery are the same photos."""
    similarity = np.array(similarity, dtype=float)
    if similarity.ndim != 2:
        raise ValueError(f"similarity has shape {similarity.shape}: it must be (queries, gallery)")
    if exclude_self:
        if similarity.shape[0] != similarity.shape[1]:
            raise ValueError(f"exclude_self needs a square similarity, not {similarity.shape}")
        np.fill_diagonal(similarity, np.nan)
    return similarity


def rank(similarity: NDArray, *, exclude_self: bool = True) -> NDArray[np.intp]:
    """Return (q, g) gallery indices, most similar first, undefined last, the query itself at the very end."""
    similarity = _without_self(similarity, exclude_self)
    cost = np.where(np.isnan(similarity), np.inf, -similarity)
    order = np.argsort(cost, axis=1, kind="stable")
    if exclude_self:
        others = order != np.arange(len(order))[:, None]
        order = np.take_along_axis(order, np.argsort(~others, axis=1, kind="stable"), axis=1)
    return order


def nearest(similarity: NDArray, k: int, *, exclude_self: bool = True) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return (q, k) gallery indices, most similar first, and their (q, k) similarities (NaN: undefined).

    A gallery of fewer photos gives all it has, the query left out. Raises ValueError if k is below 1.

    >>> index, value = nearest(np.array([[1.0, 0.2, 0.7], [0.2, 1.0, 0.4], [0.7, 0.4, 1.0]]), k=1)
    >>> index.tolist(), value.tolist()
    ([[2], [2], [0]], [[0.7], [0.4], [0.7]])
    """
    if k < 1:
        raise ValueError(f"k is {k}: it must be at least 1")
    index = rank(similarity, exclude_self=exclude_self)[:, : min(k, similarity.shape[1] - exclude_self)]
    return index, np.take_along_axis(np.asarray(similarity, dtype=float), index, axis=1)


def undefined_queries(similarity: NDArray, *, exclude_self: bool = True) -> NDArray[np.bool_]:
    """Return (q,) bool: True where a query has no defined similarity to any other photo."""
    return np.isnan(_without_self(similarity, exclude_self)).all(axis=1)


def _found(similarity: NDArray, relevant: NDArray, exclude_self: bool) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return (q, g) relevance in ranked order (undefined items: False) and (q,) relevant items, NaN for none."""
    relevant = np.array(relevant, dtype=bool)
    if relevant.shape != np.shape(similarity):
        raise ValueError(f"relevant has shape {relevant.shape}, similarity {np.shape(similarity)}")
    if exclude_self:
        np.fill_diagonal(relevant, False)
    similarity = _without_self(similarity, exclude_self)
    total = relevant.sum(axis=1).astype(float)
    found = relevant & ~np.isnan(similarity)
    order = rank(similarity, exclude_self=exclude_self)
    return np.take_along_axis(found, order, axis=1), np.where(total > 0, total, np.nan)


def hit_at_k(
    similarity: NDArray, relevant: NDArray, ks: Sequence[int], *, exclude_self: bool = True
) -> NDArray[np.float64]:
    """Return (q, len(ks)): 1 if at least one relevant item is among the first k, else 0.

    >>> hit_at_k(np.array([[1.0, 0.9], [0.9, 1.0]]), np.ones((2, 2), dtype=bool), ks=[1]).tolist()
    [[1.0], [1.0]]
    """
    found, total = _found(similarity, relevant, exclude_self)
    hits = np.stack([found[:, :k].any(axis=1) for k in ks], axis=1).astype(float)
    return np.where(np.isnan(total)[:, None], np.nan, hits)


def average_precision(similarity: NDArray, relevant: NDArray, *, exclude_self: bool = True) -> NDArray[np.float64]:
    """Return (q,): mean precision at the rank of each relevant item, in [0, 1]; items not found add 0."""
    found, total = _found(similarity, relevant, exclude_self)
    precision = np.cumsum(found, axis=1) / np.arange(1, found.shape[1] + 1)
    return (precision * found).sum(axis=1) / total


def ndcg(similarity: NDArray, relevant: NDArray, k: int, *, exclude_self: bool = True) -> NDArray[np.float64]:
    """Return (q,): discounted gain of the first k over that of a perfect ranking (Jarvelin & Kekalainen, 2002)."""
    found, total = _found(similarity, relevant, exclude_self)
    discount = 1 / np.log2(np.arange(2, found.shape[1] + 2))
    best = np.cumsum(discount)[np.minimum(np.nan_to_num(total, nan=1), k).astype(int) - 1]
    return np.where(np.isnan(total), np.nan, found[:, :k] @ discount[:k] / best)


def random_hit_at_k(relevant: NDArray, ks: Sequence[int], *, exclude_self: bool = True) -> NDArray[np.float64]:
    """Return (q, len(ks)): the exact chance that k items drawn at random hold a relevant one (hypergeometric)."""
    relevant = np.array(relevant, dtype=bool)
    if exclude_self:
        np.fill_diagonal(relevant, False)
    gallery, total = relevant.shape[1] - exclude_self, relevant.sum(axis=1)
    chance = np.stack([hypergeom.sf(0, gallery, total, min(k, gallery)) for k in ks], axis=1)
    return np.where((total > 0)[:, None], chance, np.nan)
