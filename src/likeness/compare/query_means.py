"""From one value per query and model to rows of numbers with intervals, and to paired tests on the same queries."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import cluster_codes, mean_draws, summarise
from likeness.stats.paired import difference_of


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
