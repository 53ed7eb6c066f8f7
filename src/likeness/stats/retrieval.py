"""Is what we look for among the first k? Measures per query, so that they can be resampled and paired.

similarity: (q, g) float, larger = more alike, NaN where undefined. Undefined items rank last, ties go to the
lower index; an item with undefined similarity counts as not found, however few the others are, because its
place is only the order of the files. own: (q,) the column of the gallery that is the query itself, which is never an
answer; None where queries and gallery are different photos. Every measure returns (q,) or (q, len(ks)) floats, NaN for
a query that has no relevant item at all (nobody could answer it).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom


def _without_own(similarity: NDArray, own: NDArray[np.intp] | None) -> NDArray[np.float64]:
    """Return a copy in which each query's own column is undefined."""
    similarity = np.array(similarity, dtype=float)
    if similarity.ndim != 2:
        raise ValueError(f"similarity has shape {similarity.shape}: it must be (queries, gallery)")
    if own is not None:
        if np.shape(own) != similarity.shape[:1]:
            raise ValueError(f"own has shape {np.shape(own)}: one column for each of {len(similarity)} queries")
        similarity[np.arange(len(similarity)), own] = np.nan
    return similarity


def rank(similarity: NDArray, *, own: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """Return (q, g) gallery indices, most similar first, undefined last, the query itself at the very end."""
    similarity = _without_own(similarity, own)
    cost = np.where(np.isnan(similarity), np.inf, -similarity)
    order = np.argsort(cost, axis=1, kind="stable")
    if own is not None:
        others = order != np.asarray(own)[:, None]
        order = np.take_along_axis(order, np.argsort(~others, axis=1, kind="stable"), axis=1)
    return order


def nearest(
    similarity: NDArray, k: int, *, own: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return (q, k) gallery indices, most similar first, and their (q, k) similarities (NaN: undefined).

    A gallery of fewer photos gives all it has, the query left out. Raises ValueError if k is below 1.

    >>> alike = np.array([[1.0, 0.2, 0.7], [0.2, 1.0, 0.4], [0.7, 0.4, 1.0]])
    >>> index, value = nearest(alike, k=1, own=np.arange(3))
    >>> index.tolist(), value.tolist()
    ([[2], [2], [0]], [[0.7], [0.4], [0.7]])
    """
    if k < 1:
        raise ValueError(f"k is {k}: it must be at least 1")
    index = rank(similarity, own=own)[:, : min(k, similarity.shape[1] - (own is not None))]
    return index, np.take_along_axis(np.asarray(similarity, dtype=float), index, axis=1)


def undefined_queries(similarity: NDArray, *, own: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
    """Return (q,) bool: True where a query has no defined similarity to any other photo."""
    return np.isnan(_without_own(similarity, own)).all(axis=1)


def _answers(relevant: NDArray, shape: tuple[int, ...], own: NDArray[np.intp] | None) -> NDArray[np.bool_]:
    """Return a copy of `relevant` in which no query answers itself. Raises ValueError for another shape."""
    relevant = np.array(relevant, dtype=bool)
    if relevant.shape != shape:
        raise ValueError(f"relevant has shape {relevant.shape}, similarity {shape}")
    if own is not None:
        relevant[np.arange(len(relevant)), own] = False
    return relevant


def _found(
    similarity: NDArray, relevant: NDArray, own: NDArray[np.intp] | None
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return (q, g) relevance in ranked order (undefined items: False) and (q,) relevant items, NaN for none."""
    relevant = _answers(relevant, np.shape(similarity), own)
    similarity = _without_own(similarity, own)
    total = relevant.sum(axis=1).astype(float)
    found = relevant & ~np.isnan(similarity)
    order = rank(similarity, own=own)
    return np.take_along_axis(found, order, axis=1), np.where(total > 0, total, np.nan)


def hit_at_k(
    similarity: NDArray, relevant: NDArray, ks: Sequence[int], *, own: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """Return (q, len(ks)): 1 if at least one relevant item is among the first k, else 0.

    Nothing is sorted: the place of the first answer is the number of items before it.

    >>> hit_at_k(np.array([[1.0, 0.9], [0.9, 1.0]]), np.ones((2, 2), dtype=bool), ks=[1], own=[0, 1]).tolist()
    [[1.0], [1.0]]
    """
    relevant = _answers(relevant, np.shape(similarity), own)
    value = _without_own(similarity, own)
    value[np.isnan(value)] = -np.inf
    first = np.where(relevant, value, -np.inf)
    place = first.argmax(axis=1)[:, None]  # of equally alike answers the one with the lower index
    best = np.take_along_axis(first, place, axis=1)
    before = (value > best).sum(axis=1) + ((value == best) & (np.arange(value.shape[1]) < place)).sum(axis=1)
    is_found = (before[:, None] < np.asarray(ks)) & (best > -np.inf)  # an undefined answer is not found
    return np.where(relevant.any(axis=1)[:, None], is_found.astype(float), np.nan)


def average_precision(
    similarity: NDArray, relevant: NDArray, *, own: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """Return (q,): mean precision at the rank of each relevant item, in [0, 1]; items not found add 0."""
    found, total = _found(similarity, relevant, own)
    precision = np.cumsum(found, axis=1) / np.arange(1, found.shape[1] + 1)
    return (precision * found).sum(axis=1) / total


def ndcg(similarity: NDArray, relevant: NDArray, k: int, *, own: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """Return (q,): discounted gain of the first k over that of a perfect ranking (Jarvelin & Kekalainen, 2002)."""
    found, total = _found(similarity, relevant, own)
    discount = 1 / np.log2(np.arange(2, found.shape[1] + 2))
    best = np.cumsum(discount)[np.minimum(np.nan_to_num(total, nan=1), k).astype(int) - 1]
    return np.where(np.isnan(total), np.nan, found[:, :k] @ discount[:k] / best)


def random_hit_at_k(
    relevant: NDArray, ks: Sequence[int], *, own: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """Return (q, len(ks)): the exact chance that k items drawn at random hold a relevant one (hypergeometric)."""
    relevant = _answers(relevant, np.shape(relevant), own)
    gallery, total = relevant.shape[1] - (own is not None), relevant.sum(axis=1)
    chance = np.stack([hypergeom.sf(0, gallery, total, min(k, gallery)) for k in ks], axis=1)
    return np.where((total > 0)[:, None], chance, np.nan)
