"""How well does each query find what it looks for, under each view? One row of measures per query.

recall@1 and recall@5 are 1 if a relevant picture is among the first 1 or 5, else 0, as metric learning calls it (the
hit at k of retrieval.py, which keeps "recall" for the share of the relevant pictures that were found). mAP is the
average precision, nDCG@10 the discounted gain of the first ten, share@5 the share of the first five that is relevant
(precision at 5). All lie in [0, 1], larger is better. A picture without a similarity is not found.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.compare.face_queries import Answers, candidates
from likeness.compare.face_views import SINGLE, FaceVectors, blocks, combined, view_block
from likeness.stats.retrieval import average_precision, hit_at_k, ndcg, random_hit_at_k, rank

MEASURES = ("recall@1", "recall@5", "mAP", "nDCG@10", "share@5")
RANDOM = "random ranking"
RECALLS, NDCG_TOP, SHARE_TOP = (1, 5), 10, 5


class Look(NamedTuple):
    """A view, and the share of the face in it (of the combined view only)."""

    view: str
    face_weight: float = 0.5


class Values(NamedTuple):
    """measures: {label: {look: (q, 5) float, columns MEASURES, NaN for a query without a relevant picture}}.

    undefined: {look: (q,) bool}, True for a query without a similarity to any picture.
    """

    measures: dict[str, dict[str, NDArray[np.float64]]]
    undefined: dict[str, NDArray[np.bool_]]


def view_values(
    vectors: FaceVectors,
    queries: pd.DataFrame,
    looks: Mapping[str, Look],
    answers: Mapping[str, Answers],
    exclude: ArrayLike | None = None,
) -> Values:
    """Return the measures of each query under each look, a block of queries at a time.

    looks: {name: Look}. answers: {label: Answers}; a picture of which nobody knows whether it is right is out of the
    gallery of that label. exclude: as in `face_views.similarity`.
    """
    measures: dict[str, dict[str, list]] = {label: {name: [] for name in looks} for label in answers}
    undefined: dict[str, list] = {name: [] for name in looks}
    start = 0
    for part in blocks(vectors, queries):
        stop = start + len(part)
        allowed = candidates(part, len(vectors.general), exclude)
        for name, seen in _seen(vectors, part, looks):
            seen = np.where(allowed, seen, np.nan)
            undefined[name].append(np.isnan(seen).all(axis=1))
            order = rank(seen)
            seen = np.take_along_axis(seen, order, axis=1)  # sorted once: the measures find little left to do
            for label, own in answers.items():
                right, known = (np.take_along_axis(each[start:stop], order, axis=1) for each in own)
                measures[label][name].append(measures_of(np.where(known, seen, np.nan), right))
        start = stop
    none = np.zeros((0, len(MEASURES)))
    whole = {label: {name: np.concatenate([none, *parts]) for name, parts in own.items()}
             for label, own in measures.items()}  # fmt: skip
    return Values(whole, {name: np.concatenate([np.zeros(0, bool), *parts]) for name, parts in undefined.items()})


def _seen(vectors: FaceVectors, queries: pd.DataFrame, looks: Mapping[str, Look]):
    """Yield (name, similarity (q, pictures)) of each look; what several looks need is computed once."""
    views = {look.view for look in looks.values()}
    needed = [view for view in SINGLE if view in views or ("combined" in views and view != "faces")]
    single = {view: view_block(vectors, queries, view, 0.0) for view in needed}
    for name, look in looks.items():
        if look.view == "combined":
            yield name, combined(single["face"], single["general"], look.face_weight)
        else:
            yield name, single[look.view]


def measures_of(similarity: NDArray, relevant: NDArray) -> NDArray[np.float64]:
    """Return (q, 5) MEASURES of similarities (q, g), NaN where undefined, against relevant (q, g) bool."""
    recalls = hit_at_k(similarity, relevant, RECALLS)
    precision = average_precision(similarity, relevant)
    gain = ndcg(similarity, relevant, NDCG_TOP)
    return np.column_stack([recalls, precision, gain, share_of_top(similarity, relevant, SHARE_TOP)])


def share_of_top(similarity: NDArray, relevant: NDArray, k: int) -> NDArray[np.float64]:
    """Return (q,): relevant pictures among the first k, divided by k, NaN for a query without a relevant one."""
    index = rank(similarity)[:, :k]
    found = np.take_along_axis(relevant & ~np.isnan(similarity), index, axis=1).sum(axis=1) / k
    return np.where(np.asarray(relevant).any(axis=1), found, np.nan)


def random_values(relevant: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (q, 5) what a random ranking of the allowed pictures (q, g) reaches on average, exactly; NaN as above."""
    sizes, totals = allowed.sum(axis=1), (relevant & allowed).sum(axis=1)
    found = np.full((len(sizes), len(MEASURES)), np.nan)
    for size in np.unique(sizes[totals > 0]):
        rows = (sizes == size) & (totals > 0)
        right = np.arange(size) < totals[rows][:, None]  # only their number matters
        share = totals[rows] / size
        found[rows, : len(RECALLS)] = random_hit_at_k(right, RECALLS)
        found[rows, 2] = random_average_precision(totals[rows], int(size))
        best = np.cumsum(_discounts(NDCG_TOP, NDCG_TOP))[np.minimum(totals[rows], NDCG_TOP) - 1]  # a perfect ranking's
        found[rows, 3] = share * _discounts(NDCG_TOP, size).sum() / best
        found[rows, 4] = share * min(SHARE_TOP, size) / SHARE_TOP
    return found


def _discounts(top: int, size: int) -> NDArray[np.float64]:
    return 1 / np.log2(np.arange(2, min(top, size) + 2))


def random_average_precision(relevant: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    """Return the expected average precision of a random order of `size` items, of which (n,) are relevant, at least 1.

    A relevant item at rank i has (i - 1)(R - 1)/(size - 1) relevant ones before it on average (Bestgen, 2015).
    """
    harmonic = (1 / np.arange(1, size + 1)).sum()
    others = (relevant - 1) / max(size - 1, 1)
    return (harmonic + others * (size - harmonic)) / size
