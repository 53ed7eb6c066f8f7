"""Which models really differ: paired tests on the same pairs or queries, with Holm's correction."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import cluster_codes, mean_draws, pair_clusters, pair_draws, summarise
from likeness.stats.paired import check_resolution, difference_of, holm, verdict
from likeness.stats.weighted import auc_of, equal_error_rate_of

MEASURES = {"auc": auc_of, "eer": equal_error_rate_of}
TESTED = ["a", "b", "difference", "low", "high", "p_value", "p_adjusted", "verdict", "n"]
COLUMNS = ["scheme", "split", "metric", *TESTED]


def model_pairs(models: Sequence[str], baseline: str | None) -> list[tuple[str, str]]:
    """Return (A, B) to compare: each model against `baseline`, or all pairs in sorted order if it is None."""
    if baseline is None:
        return list(combinations(sorted(models), 2))
    if baseline not in models:
        raise ValueError(f"baseline {baseline!r} is not among the models {sorted(models)}")
    return [(model, baseline) for model in sorted(models) if model != baseline]


def _same_pairs(rows: pd.DataFrame, place: str) -> dict[str, pd.DataFrame]:
    """Return {model: its rows in one common order}; raise ValueError if two models saw different pairs."""
    tables = {
        model: part.sort_values(["left", "right"], kind="stable").reset_index(drop=True)
        for model, part in rows.groupby("model", sort=True)
    }
    first_name, first = next(iter(tables.items()))
    for name, part in tables.items():
        if not first[["left", "right", "same"]].equals(part[["left", "right", "same"]]):
            raise ValueError(
                f"{place}: {name} ({len(part)} pairs) was not scored on the pairs of {first_name} ({len(first)})"
            )
    return tables


def _compare_split(
    tables: dict[str, pd.DataFrame],
    wanted: list[tuple[str, str]],
    metric: str,
    clusters: pd.Series,
    n_boot: int,
    seed: int,
) -> list[dict]:
    """Compare the wanted models by one metric on one split; all models share the same resamples."""
    first = next(iter(tables.values()))
    left, right = pair_clusters(first, clusters)
    values, draws = {}, {}
    for model, rows in tables.items():
        statistic = MEASURES[metric](first["same"], rows["score"])
        values[model] = statistic(np.ones((1, len(rows))))[0]
        draws[model] = pair_draws(statistic, left, right, n_boot, seed)
    found, count = [], cluster_codes(left, right)[1]
    for a, b in wanted:
        result = difference_of(values[a], values[b], draws[a], draws[b], count, larger_is_better=metric != "eer")
        found.append({"a": a, "b": b, **vars(result), "n": len(first)})
    return found


def holm_table(rows: list[dict], *, larger_is_better: bool = True) -> pd.DataFrame:
    """Add `p_adjusted` (Holm over these rows) and make the verdict follow it, not the raw p-value."""
    table = pd.DataFrame(rows)
    table["p_adjusted"] = holm(table["p_value"])
    table["verdict"] = [
        verdict(difference, p, larger_is_better=larger_is_better)
        for difference, p in zip(table["difference"], table["p_adjusted"], strict=True)
    ]
    return table


def compare_models(
    predictions: pd.DataFrame,
    clusters: pd.Series,
    *,
    baseline: str | None = None,
    metrics: Sequence[str] = ("auc",),
    n_boot: int = 10_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return one row per scheme, metric and pair of models A, B, on the test pairs (val where no test exists).

    Columns: scheme, split, metric, a, b, difference (A minus B), low, high, p_value, p_adjusted (Holm within a
    scheme and metric), verdict ("A better", "B better", "not distinguishable"), n.
    baseline: compare each model with this one; None compares all pairs. metrics: of MEASURES.
    Raises ValueError if models were scored on different pairs, or n_boot is too small for so many comparisons.
    """
    parts = []
    for scheme, rows in predictions.groupby("scheme", sort=True):
        split = "test" if (rows["split"] == "test").any() else "val"
        tables = _same_pairs(rows[rows["split"] == split], f"{scheme} {split}")
        wanted = model_pairs(list(tables), baseline)
        if not wanted:
            continue
        check_resolution(n_boot, len(wanted))
        for metric in metrics:
            found = _compare_split(tables, wanted, metric, clusters, n_boot, seed)
            part = holm_table(found, larger_is_better=metric != "eer")
            parts.append(part.assign(scheme=scheme, split=split, metric=metric))
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def mean_rows(values: Mapping[str, NDArray], clusters: ArrayLike, n_boot: int, seed: int) -> list[dict[str, Any]]:
    """Return model, value, low, high (95 %, clusters resampled), n for each model: the mean over its queries.

    values: {model: (q,)}, NaN where a model has none for a query: the model's n is smaller then. clusters: (q,) names.
    A model without any value has no row.
    """
    names, rows = np.asarray(clusters, dtype=object), []
    for model, value in values.items():
        known = ~np.isnan(value)
        if known.any():
            draws = mean_draws(value[known][:, None], names[known], n_boot, seed)[:, 0]
            count = cluster_codes(names[known])[1]
            estimate = summarise(value[known].mean(), draws, int(known.sum()), count)
            rows.append({"model": model, **estimate.to_dict()})
    return rows


def paired_rows(
    values: Mapping[str, NDArray],
    wanted: Sequence[tuple[str, str]],
    clusters: ArrayLike,
    n_boot: int,
    seed: int,
    *,
    larger_is_better: bool = True,
) -> list[dict[str, Any]]:
    """Return a, b, difference (a minus b), low, high, p_value, verdict, n for each wanted pair of models.

    Over the queries for which all models have a value, so that each test rests on the same ones; none without any.
    """
    known = ~np.isnan(np.stack(list(values.values()))).any(axis=0) if values else np.zeros(0, dtype=bool)
    if not known.any() or not wanted:
        return []
    differences = np.column_stack([(values[a] - values[b])[known] for a, b in wanted])
    asked = np.asarray(clusters, dtype=object)[known]
    draws, count = mean_draws(differences, asked, n_boot, seed), cluster_codes(asked)[1]
    rows = []
    for (a, b), difference, drawn in zip(wanted, differences.mean(axis=0), draws.T, strict=True):
        result = difference_of(difference, 0.0, drawn, np.zeros(n_boot), count, larger_is_better=larger_is_better)
        rows.append({"a": a, "b": b, **vars(result), "n": int(known.sum())})
    return rows
