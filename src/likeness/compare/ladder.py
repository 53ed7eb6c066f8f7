"""The ladder: each way of comparing photos as one rung, from a random ranking to the oracle."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import mean_draws, summarise
from likeness.stats.clusters import cluster_codes
from likeness.stats.comparisons import TESTED, judge_runs, model_pairs
from likeness.stats.paired import check_resolution
from likeness.stats.retrieval import hit_at_k, random_hit_at_k, undefined_queries

RANDOM, ORACLE = "random ranking", "oracle"


class Ladder(NamedTuple):
    """rungs: a row per model and k with value, low, high, n, runs, undefined. comparisons: the paired tests."""

    rungs: pd.DataFrame
    comparisons: pd.DataFrame


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


def ladder_hits(
    similarities: Mapping[str, NDArray],
    relevant: NDArray,
    clusters: ArrayLike,
    ks: Sequence[int],
    *,
    baseline: str | None = None,
    n_boot: int = 1000,
    n_boot_tests: int = 10_000,
    seed: int = 0,
) -> Ladder:
    """Compare models by hit@k over all photos, each photo once the query (the query itself is never a hit).

    similarities: {model: (n, n) float, or (runs, n, n) of several training runs}, larger = more alike, NaN where
    undefined. relevant: (n, n) bool. clusters: (n,) names (arrangements), aligned with the rows; a missing name is a
    cluster of its own. baseline: compare each model with this one; None compares all pairs. Holm within each k.
    rungs: model, k, value (the mean over runs), low, high, n (queries that have a relevant photo), runs, undefined
    (queries for which the model has no similarity at all, each a miss). "random ranking" is the exact expectation,
    "oracle" what a perfect ranking reaches. Raises ValueError if no query has a relevant photo.
    """
    answerable = ~np.isnan(random_hit_at_k(relevant, [1])[:, 0])
    if not answerable.any():
        raise ValueError(f"none of the {len(answerable)} queries has a relevant photo")
    runs = {model: matrix if matrix.ndim == 3 else matrix[None] for model, matrix in similarities.items()}
    hits = {RANDOM: random_hit_at_k(relevant, ks)[..., None]}
    for model, matrices in runs.items():
        hits[model] = np.stack([hit_at_k(matrix, relevant, ks) for matrix in matrices], axis=2)
    hits[ORACLE] = hit_at_k(np.asarray(relevant, dtype=float), relevant, ks)[..., None]
    per_k = {k: {model: hit[answerable, i] for model, hit in hits.items()} for i, k in enumerate(ks)}
    undefined = {model: int(undefined_queries(matrices[0])[answerable].sum()) for model, matrices in runs.items()}
    names = query_clusters(clusters)[answerable]
    wanted = model_pairs(list(similarities), baseline)
    check_resolution(n_boot_tests, len(wanted))
    rungs, tests = [], []
    for k, values in per_k.items():
        rungs += _rungs(k, values, undefined, names, n_boot, seed)
        if wanted:
            tests.append(_comparisons(values, wanted, names, n_boot_tests, seed).assign(k=k))
    comparisons = pd.concat(tests, ignore_index=True) if tests else pd.DataFrame(columns=["k"])
    comparisons = comparisons.reindex(columns=["k", *TESTED])
    return Ladder(pd.DataFrame(rungs).astype({"low": float, "high": float}), comparisons)
