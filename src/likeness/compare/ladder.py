"""The ladder: each way of comparing photos as one rung, from a random ranking to the oracle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.photos.pairs import Compare
from likeness.stats.bootstrap import mean_draws, summarise
from likeness.stats.clusters import cluster_codes
from likeness.stats.comparisons import TESTED, judge_runs, model_pairs
from likeness.stats.paired import check_resolution
from likeness.stats.retrieval import hit_at_k, random_hit_at_k, undefined_queries

RANDOM, ORACLE = "random ranking", "oracle"
SCORES = 1_000_000  # of a model held at once: 8 MB, of which some models make ten copies


class Ladder(NamedTuple):
    """rungs: a row per model and k with value, low, high, n, runs, undefined. comparisons: the paired tests.

    asked, gallery: how many photos were queries, and among how many each was looked for.
    """

    rungs: pd.DataFrame
    comparisons: pd.DataFrame
    asked: int
    gallery: int


def query_clusters(clusters: ArrayLike) -> NDArray[np.object_]:
    """Return (n,) cluster names; a photo without a name is its own cluster."""
    names = pd.Series(np.asarray(clusters, dtype=object))
    own = pd.Series([f"query {index}" for index in range(len(names))], dtype=object)
    return names.where(names.notna(), own).to_numpy(dtype=object)


def _each_draws(
    values: Mapping[str, NDArray], clusters: NDArray, n_boot: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return {model: (n_boot, runs)} resampled means of values (q, runs); all share the same resamples of queries."""
    drawn = mean_draws(np.column_stack(list(values.values())), clusters, n_boot, seed)
    ends = np.cumsum([value.shape[1] for value in values.values()])[:-1]
    return dict(zip(values, np.split(drawn, ends, axis=1), strict=True))


def _rungs(
    k: int, values: Mapping[str, NDArray], undefined: Mapping[str, int], clusters: NDArray, n_boot: int, seed: int
) -> list[dict]:
    """Return the rows of one k: mean per-query value of each model with its interval."""
    draws = _each_draws(values, clusters, n_boot, seed)
    count, rows = cluster_codes(clusters)[1], []
    for model, value in values.items():
        estimate = summarise(value.mean(axis=0), draws[model], len(value), count, seed=seed)
        counted = {"runs": estimate.runs, "undefined": undefined.get(model, 0)}
        rows.append({"model": model, "k": k, **estimate.to_dict(), **counted})
    return rows


def _comparisons(
    values: Mapping[str, NDArray], wanted: list[tuple[str, str]], clusters: NDArray, n_boot: int, seed: int
) -> pd.DataFrame:
    """Return the paired tests of one k."""
    means = {model: value.mean(axis=0) for model, value in values.items()}
    draws = _each_draws(values, clusters, n_boot, seed)
    table = judge_runs(means, draws, wanted, cluster_codes(clusters)[1], seed=seed)
    return table.assign(n=len(clusters))


def sample_queries(rows: NDArray[np.intp], most: int, seed: int) -> NDArray[np.intp]:
    """Return the rows, or where there are more than `most` a seeded sample of them, in ascending order."""
    if len(rows) <= most:
        return rows
    return np.sort(pd.Series(rows).sample(most, random_state=seed).to_numpy())


def query_blocks(queries: NDArray[np.intp], gallery: NDArray[np.intp]) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield some queries at a time, few enough that a block of them by the gallery is small, and their own columns.

    queries, gallery: distinct rows of the photos, the queries among the gallery.
    """
    order = np.argsort(gallery)
    step = max(1, SCORES // max(1, len(gallery)))
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        yield some, order[np.searchsorted(gallery, some, sorter=order)]


def answerable(relevant: Callable[[NDArray, NDArray], NDArray], queries: NDArray, gallery: NDArray) -> NDArray:
    """Return the queries that some photo of the gallery answers. relevant: rows -> bool (q, g)."""
    return np.concatenate([some[relevant(some, gallery).any(axis=1)] for some, _ in query_blocks(queries, gallery)])


def ladder_hits(
    rungs: Mapping[str, Sequence[Compare]],
    relevant: Callable[[NDArray, NDArray], NDArray],
    queries: NDArray[np.intp],
    gallery: NDArray[np.intp],
    clusters: ArrayLike,
    ks: Sequence[int],
    *,
    baseline: str | None = None,
    n_boot: int = 1000,
    n_boot_tests: int = 10_000,
    seed: int = 0,
) -> Ladder:
    """Compare models by hit@k: each query among the photos of the gallery (the query itself is never a hit).

    rungs: {model: a rung for each training run: rows (q,), rows (g,) -> (q, g) float}, larger = more alike, NaN where
    undefined. relevant: likewise, bool. queries, gallery: distinct rows, the queries among the gallery. clusters: (q,)
    names (arrangements), aligned with the queries; a missing name is a cluster of its own. baseline: compare each model
    with this one; None compares all pairs. Holm within each k. rungs: model, k, value (the mean over runs), low, high,
    n (queries that have a relevant photo), runs, undefined (those of them for which the model has no similarity at all,
    each a miss). "random ranking" is the exact expectation, "oracle" what a perfect ranking reaches. Raises ValueError
    if no query has a relevant photo.
    """
    hits, blind = _query_hits(rungs, relevant, queries, gallery, ks)
    can_answer = ~np.isnan(hits[RANDOM][:, 0, 0])
    if not can_answer.any():
        raise ValueError(f"none of the {len(can_answer)} queries has a relevant photo")
    per_k = {k: {model: hit[can_answer, i] for model, hit in hits.items()} for i, k in enumerate(ks)}
    undefined = {model: int(is_blind[can_answer].sum()) for model, is_blind in blind.items()}
    names = query_clusters(clusters)[can_answer]
    wanted = model_pairs(list(rungs), baseline)
    check_resolution(n_boot_tests, len(wanted))
    rows, tests = [], []
    for k, values in per_k.items():
        rows += _rungs(k, values, undefined, names, n_boot, seed)
        if wanted:
            tests.append(_comparisons(values, wanted, names, n_boot_tests, seed).assign(k=k))
    comparisons = pd.concat(tests, ignore_index=True) if tests else pd.DataFrame(columns=["k"])
    comparisons = comparisons.reindex(columns=["k", *TESTED])
    table = pd.DataFrame(rows).astype({"low": float, "high": float})
    return Ladder(table, comparisons, len(queries), len(gallery))


def _query_hits(
    rungs: Mapping[str, Sequence[Compare]],
    relevant: Callable[[NDArray, NDArray], NDArray],
    queries: NDArray,
    gallery: NDArray,
    ks: Sequence[int],
) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Return {model: (q, len(ks), runs) hits}, random and oracle too, and {model: (q,) bool, nothing to rank by}."""
    hits = {model: [] for model in (RANDOM, *rungs, ORACLE)}
    blind = {model: [] for model in rungs}
    for some, own in query_blocks(queries, gallery):
        truth = relevant(some, gallery)
        hits[RANDOM].append(random_hit_at_k(truth, ks, own=own)[..., None])
        for model, runs in rungs.items():
            said = [rung(some, gallery) for rung in runs]
            hits[model].append(np.stack([hit_at_k(similarity, truth, ks, own=own) for similarity in said], axis=2))
            blind[model].append(undefined_queries(said[0], own=own))
        hits[ORACLE].append(hit_at_k(truth, truth, ks, own=own)[..., None])
    return tuple({model: np.concatenate(parts) for model, parts in found.items()} for found in (hits, blind))
