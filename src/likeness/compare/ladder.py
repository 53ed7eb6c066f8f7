"""The ladder: each way of comparing photos as one rung, from a random ranking to the oracle."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import cluster_codes, mean_draws, summarise
from likeness.stats.comparisons import holm_table, model_pairs
from likeness.stats.paired import check_resolution, difference_of
from likeness.stats.retrieval import hit_at_k, random_hit_at_k, undefined_queries

RANDOM, ORACLE = "random ranking", "oracle"
TESTED = ["k", "a", "b", "difference", "low", "high", "p_value", "p_adjusted", "verdict", "n"]


class Ladder(NamedTuple):
    """rungs: a row per model and k with value, low, high, n, undefined. comparisons: the paired tests."""

    rungs: pd.DataFrame
    comparisons: pd.DataFrame


def query_clusters(clusters: ArrayLike) -> NDArray[np.object_]:
    """Return (n,) cluster names; a photo without a name is its own cluster."""
    names = pd.Series(np.asarray(clusters, dtype=object))
    own = pd.Series([f"query {index}" for index in range(len(names))], dtype=object)
    return names.where(names.notna(), own).to_numpy(dtype=object)


def _rungs(
    k: int, values: Mapping[str, NDArray], undefined: Mapping[str, int], clusters: NDArray, n_boot: int, seed: int
) -> list[dict]:
    """Return the rows of one k: mean per-query value of each model with its interval."""
    draws = mean_draws(np.column_stack(list(values.values())), clusters, n_boot, seed)
    count, rows = cluster_codes(clusters)[1], []
    for (model, value), drawn in zip(values.items(), draws.T, strict=True):
        estimate = summarise(value.mean(), drawn, len(value), count)
        rows.append({"model": model, "k": k, **estimate.to_dict(), "undefined": undefined.get(model, 0)})
    return rows


def _comparisons(
    values: Mapping[str, NDArray], wanted: list[tuple[str, str]], clusters: NDArray, n_boot: int, seed: int
) -> pd.DataFrame:
    """Return the paired tests of one k; all models share the same resamples of queries."""
    models = list(values)
    drawn = dict(zip(models, mean_draws(np.column_stack(list(values.values())), clusters, n_boot, seed).T, strict=True))
    rows, count = [], cluster_codes(clusters)[1]
    for a, b in wanted:
        result = difference_of(values[a].mean(), values[b].mean(), drawn[a], drawn[b], count)
        rows.append({"a": a, "b": b, **vars(result), "n": len(clusters)})
    return holm_table(rows)


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

    similarities: {model: (n, n) float}, larger = more alike, NaN where undefined. relevant: (n, n) bool. clusters: (n,)
    names (arrangements), aligned with the rows; a missing name is a cluster of its own. baseline: compare each model
    with this one; None compares all pairs. Holm within each k. rungs: model, k, value, low, high, n (queries that have
    a relevant photo), undefined (those of them for which the model has no similarity at all, each a miss). "random
    ranking" is the exact expectation, "oracle" what a perfect ranking reaches. Raises ValueError if no query has a
    relevant photo.
    """
    answerable = ~np.isnan(random_hit_at_k(relevant, [1])[:, 0])
    if not answerable.any():
        raise ValueError(f"none of the {len(answerable)} queries has a relevant photo")
    hits = {RANDOM: random_hit_at_k(relevant, ks)}
    hits |= {model: hit_at_k(similarity, relevant, ks) for model, similarity in similarities.items()}
    hits[ORACLE] = hit_at_k(np.asarray(relevant, dtype=float), relevant, ks)
    per_k = {k: {model: hit[answerable, i] for model, hit in hits.items()} for i, k in enumerate(ks)}
    undefined = {m: int(undefined_queries(s)[answerable].sum()) for m, s in similarities.items()}
    names = query_clusters(clusters)[answerable]
    wanted = model_pairs(list(similarities), baseline)
    check_resolution(n_boot_tests, len(wanted))
    rungs, tests = [], []
    for k, values in per_k.items():
        rungs += _rungs(k, values, undefined, names, n_boot, seed)
        if wanted:
            tests.append(_comparisons(values, wanted, names, n_boot_tests, seed).assign(k=k))
    comparisons = pd.concat(tests, ignore_index=True)[TESTED] if tests else pd.DataFrame(columns=TESTED)
    return Ladder(pd.DataFrame(rungs).astype({"low": float, "high": float}), comparisons)
