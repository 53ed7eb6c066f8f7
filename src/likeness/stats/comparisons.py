"""Which models really differ: paired tests over the table of predictions, with Holm's correction."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.stats.bootstrap import cluster_codes, pair_draws
from likeness.stats.paired import check_resolution, difference_of, holm, mcnemar, statistic_of, verdict
from likeness.stats.scores import decision_thresholds, pair_clusters, validation_thresholds
from likeness.stats.verification import decide


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
    thresholds: dict[str, NDArray[np.float64]],
    clusters: pd.Series,
    n_boot: int,
    seed: int,
) -> list[dict]:
    """Compare the wanted models by one metric on one split; all models share the same resamples."""
    first = next(iter(tables.values()))
    left, right = pair_clusters(first, clusters)
    same = first["same"].to_numpy(dtype=bool)
    values, draws, correct = {}, {}, {}
    for model, rows in tables.items():
        statistic = statistic_of(metric, same, rows["score"], thresholds[model])
        values[model] = statistic(np.ones((1, len(rows))))[0]
        draws[model] = pair_draws(statistic, left, right, n_boot, seed)
        correct[model] = decide(rows["score"], thresholds[model]) == same
    found, count = [], cluster_codes(left, right)[1]
    for a, b in wanted:
        result = difference_of(values[a], values[b], draws[a], draws[b], count, larger_is_better=metric != "eer")
        second = mcnemar(correct[a], correct[b]) if metric == "accuracy" else np.nan
        found.append({"a": a, "b": b, **vars(result), "mcnemar_p": second, "n": len(first)})
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
    metrics: Sequence[str] = ("accuracy", "auc"),
    n_boot: int = 10_000,
    seed: int = 0,
    threshold_split: str = "val",
) -> pd.DataFrame:
    """Return one row per scheme, metric and pair of models A, B, on the test pairs (val where no test exists).

    Columns: scheme, split, metric, a, b, difference (A minus B), low, high, p_value, p_adjusted (Holm within a
    scheme and metric), verdict ("A better", "B better", "not distinguishable"), mcnemar_p (accuracy only), n.
    baseline: compare each model with this one; None compares all pairs. Accuracy: at the threshold that was best on
    `threshold_split`; on that split itself, each half of the pairs at the threshold of the other (`score_models`).
    Raises ValueError if models were scored on different pairs, or n_boot is too small for so many comparisons.
    """
    all_thresholds = validation_thresholds(predictions, threshold_split)
    parts = []
    for scheme, rows in predictions.groupby("scheme", sort=True):
        split = "test" if (rows["split"] == "test").any() else threshold_split
        tables = _same_pairs(rows[rows["split"] == split], f"{scheme} {split}")
        wanted = model_pairs(list(tables), baseline)
        if not wanted:
            continue
        check_resolution(n_boot, len(wanted))
        thresholds = {
            model: decision_thresholds(table, all_thresholds[scheme, model], threshold_split, seed)
            for model, table in tables.items()
        }
        for metric in metrics:
            found = _compare_split(tables, wanted, metric, thresholds, clusters, n_boot, seed)
            part = holm_table(found, larger_is_better=metric != "eer")
            parts.append(part.assign(scheme=scheme, split=split, metric=metric))
    columns = ["scheme", "split", "metric", "a", "b", "difference", "low", "high", "p_value", "p_adjusted"]
    columns += ["verdict", "mcnemar_p", "n"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
