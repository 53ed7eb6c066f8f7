"""Which models really differ: paired tests on the same pairs or queries, with Holm's correction."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import mean_draws, pair_draws, summarise
from likeness.stats.clusters import cluster_codes, pair_clusters
from likeness.stats.paired import UNDECIDED, check_resolution, difference_of, holm, verdict
from likeness.stats.runs import draw_runs, each_run, split_runs
from likeness.stats.weighted import auc_of, equal_error_rate_of

MEASURES = {"auc": auc_of, "eer": equal_error_rate_of}
TESTED = ["a", "b", "difference", "low", "high", "p_value", "p_adjusted", "verdict", "n", "runs", "held"]
COLUMNS = ["scheme", "split", "metric", *TESTED]


def model_pairs(models: Sequence[str], baseline: str | None) -> list[tuple[str, str]]:
    """Return (A, B) to compare: each model against `baseline`, or all pairs in sorted order if it is None."""
    if baseline is None:
        return list(combinations(sorted(models), 2))
    if baseline not in models:
        raise ValueError(f"baseline {baseline!r} is not among the models {sorted(models)}")
    return [(model, baseline) for model in sorted(models) if model != baseline]


def _same_pairs(rows: pd.DataFrame, place: str) -> dict[str, list[pd.DataFrame]]:
    """Return {model: a table a run} in one common order; raise ValueError if two models saw different pairs."""
    tables = {
        model: [run.reset_index(drop=True) for run in split_runs(part)]
        for model, part in rows.groupby("model", sort=True)
    }
    first_name, (first, *_) = next(iter(tables.items()))
    for name, (part, *_) in tables.items():
        if not first[["left", "right", "same"]].equals(part[["left", "right", "same"]]):
            raise ValueError(
                f"{place}: {name} ({len(part)} pairs) was not scored on the pairs of {first_name} ({len(first)})"
            )
    return tables


def _compare_split(
    tables: dict[str, list[pd.DataFrame]],
    wanted: list[tuple[str, str]],
    metric: str,
    clusters: pd.Series,
    n_boot: int,
    seed: int,
) -> pd.DataFrame:
    """Compare the wanted models by one metric on one split; all runs of all models share the same resamples."""
    first = next(iter(tables.values()))[0]
    left, right = pair_clusters(first, clusters)
    values, draws = {}, {}
    for model, runs in tables.items():
        statistic = each_run([MEASURES[metric](first["same"], rows["score"]) for rows in runs])
        values[model] = statistic(np.ones((1, len(first))))[0]
        draws[model] = pair_draws(statistic, left, right, n_boot, seed)
    count = cluster_codes(left, right)[1]
    table = judge_runs(values, draws, wanted, count, seed=seed, larger_is_better=metric != "eer")
    return table.assign(n=len(first))


def judge_runs(
    values: Mapping[str, NDArray],
    draws: Mapping[str, NDArray],
    wanted: Sequence[tuple[str, str]],
    clusters: int,
    *,
    seed: int,
    larger_is_better: bool = True,
) -> pd.DataFrame:
    """Return the paired tests of wanted models A, B, with Holm's correction, and over how many runs each verdict held.

    values: {model: (runs,)}. draws: {model: (n_boot, runs)}, of resamples of so many clusters that all runs of all
    models share. The verdict is that of the means over runs, clusters and runs resampled together; none is given where
    some run's difference points the other way, whatever the p-value.
    runs: of the model that has more. held: in how many of them the verdict is the same for this run alone, as if each
    network had been trained once; a model with fewer runs begins again with its first.
    """

    def tests(value: Mapping[str, float], drawn: Mapping[str, NDArray]) -> pd.DataFrame:
        found = [
            {"a": a, "b": b, **vars(difference_of(value[a], value[b], drawn[a], drawn[b], clusters))} for a, b in wanted
        ]
        return holm_table(found, larger_is_better=larger_is_better)

    means = {model: value.mean() for model, value in values.items()}
    resampled = {model: draw_runs(drawn, seed, place) for place, (model, drawn) in enumerate(sorted(draws.items()))}
    table = tests(means, resampled)
    table["runs"] = [max(len(values[a]), len(values[b])) for a, b in wanted]
    lengths, table["held"] = {model: len(value) for model, value in values.items()}, 0
    for row, (a, b) in enumerate(wanted):
        each = [values[a][run % lengths[a]] - values[b][run % lengths[b]] for run in range(table["runs"][row])]
        if (np.sign(each) != np.sign(table["difference"][row])).any():
            table.loc[row, "verdict"] = UNDECIDED
    for run in range(table["runs"].max()):
        own = {model: run % length for model, length in lengths.items()}
        alone = tests(
            {model: values[model][place] for model, place in own.items()},
            {model: draws[model][:, place] for model, place in own.items()},
        )
        table["held"] += (alone["verdict"] == table["verdict"]) & (run < table["runs"])
    table.loc[table["runs"] == 1, "held"] = 1  # tested once; Holm's correction depends on the others' runs
    return table


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
    scheme and metric), verdict ("A better", "B better", "not distinguishable"), n, runs and held (see `judge_runs`).
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
            part = _compare_split(tables, wanted, metric, clusters, n_boot, seed)
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
