"""Intervals from resampling whole clusters, because photos of one arrangement are not independent.

A resample draws as many clusters as there are, with replacement. A photo's weight is how often its cluster
was drawn. For pairs the weight is the product of both counts (the vertex bootstrap of Snijders & Borgatti,
1999; on two-way tables the pigeonhole bootstrap of Owen, 2007), and a pair inside one cluster counts that
cluster once. The product is exact for what clusters share and overstates the noise that belongs to a pair
between two clusters alone, by up to a factor of three in variance: intervals err on the wide side.
In simulated studies of 12 to 60 clusters the 95 % intervals held the truth in 92 to 99 % of the studies
(resampling single pairs: 87 to 96 %), and the paired test called equal models different in 1 to 3 %.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.stats.clusters import cluster_codes, pair_clusters
from likeness.stats.runs import draw_runs
from likeness.stats.weighted import Statistic

CELLS = 4_000_000  # weights held at once: 32 MB
WeightsOf = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; low and high are None where no resampling makes sense.

    n: how many pairs or queries the number rests on. runs: how many training runs it is the mean of.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    runs: int = 1

    def to_dict(self) -> dict[str, float | int | None]:
        """Return {value, low, high, n} as scores.json holds it, and runs where there are several."""
        leaf = {"value": self.value, "low": self.low, "high": self.high, "n": self.n}
        return leaf | ({"runs": self.runs} if self.runs > 1 else {})


def _draws(
    statistic: Statistic, weights_of: WeightsOf, n: int, clusters: int, n_boot: int, seed: int
) -> NDArray[np.float64]:
    """Return (n_boot, ...) values of the statistic, a block of resamples at a time to bound memory.

    With a single cluster there is nothing to resample: all are NaN, so there is no interval and no p-value below 1.
    """
    if n_boot < 1:
        raise ValueError(f"n_boot is {n_boot}: at least one resample is needed")
    rng = np.random.default_rng(seed)
    share = np.full(clusters, 1 / clusters)
    block = max(1, CELLS // max(n, clusters))
    parts = []
    for start in range(0, n_boot, block):
        counts = rng.multinomial(clusters, share, size=min(block, n_boot - start)).astype(float)
        parts.append(statistic(weights_of(counts)))
    draws = np.concatenate(parts)
    return draws if clusters > 1 else np.full_like(draws, np.nan)


def cluster_draws(statistic: Statistic, clusters: ArrayLike, n_boot: int, seed: int) -> NDArray[np.float64]:
    """Return (n_boot,) resampled values of `statistic` over rows that belong to `clusters` (n,)."""
    (code,), count = cluster_codes(clusters)
    return _draws(statistic, lambda counts: counts[:, code], len(code), count, n_boot, seed)


def mean_draws(values: ArrayLike, clusters: ArrayLike, n_boot: int, seed: int) -> NDArray[np.float64]:
    """Return (n_boot, m) resampled column means of values (n, m): the draws of `cluster_draws`, all columns at once."""
    values = np.asarray(values, dtype=float)
    (code,), count = cluster_codes(clusters)
    totals = np.zeros((count, values.shape[1] + 1))
    np.add.at(totals, code, np.column_stack([values, np.ones(len(code))]))

    def means(weights: NDArray) -> NDArray:
        sums = weights @ totals
        return sums[:, :-1] / sums[:, -1:]

    return _draws(means, lambda counts: counts, len(code), count, n_boot, seed)


def pair_draws(
    statistic: Statistic, left_cluster: ArrayLike, right_cluster: ArrayLike, n_boot: int, seed: int
) -> NDArray[np.float64]:
    """Return (n_boot, ...) resampled values of `statistic` over pairs of photos that belong to clusters (n,), (n,).

    Two calls with the same clusters, n_boot and seed use the same resamples, so their differences are paired.
    """
    (left, right), count = cluster_codes(left_cluster, right_cluster)
    return _coded_pair_draws(statistic, left, right, count, n_boot, seed)


def _coded_pair_draws(
    statistic: Statistic, left: NDArray[np.intp], right: NDArray[np.intp], count: int, n_boot: int, seed: int
) -> NDArray[np.float64]:
    """Return what `pair_draws` does of clusters that `cluster_codes` has numbered."""
    once = left == right

    def weights_of(counts: NDArray) -> NDArray:
        weights = counts[:, left]
        weights[:, ~once] *= counts[:, right[~once]]
        return weights

    return _draws(statistic, weights_of, len(left), count, n_boot, seed)


def interval(draws: NDArray, level: float = 0.95) -> tuple[float | None, float | None]:
    """Return the central `level` of the draws (percentile method), or (None, None).

    Resamples without a value (NaN: no same pair was drawn) are passed over; where they are the majority, or
    all draws come from one cluster only, there is no honest interval.
    """
    defined = draws[~np.isnan(draws)]
    if len(defined) <= len(draws) / 2:
        return None, None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def summarise(
    value: float | NDArray, draws: NDArray, n: int, clusters: int, *, centred: bool = False, seed: int = 0
) -> Estimate:
    """Join a value and its resampled draws (n_boot,) into an Estimate, or values (runs,) and draws (n_boot, runs).

    Of several training runs the value is their mean, and the runs are resampled too (runs.py), by `seed`.
    Where all draws are one number, as of a model without an error, they cannot tell how sure that is: no interval.
    clusters: with fewer than two there is nothing to resample, and the interval is None.
    centred: move the draws so that their mean is the value (not below 0). For measures that sampling noise
        can only push upwards, as the calibration error: their draws lie above the value by that noise.
    """
    runs = np.size(value)
    value, draws = float(np.mean(value)), draw_runs(draws.reshape(len(draws), runs), seed, runs)
    if clusters < 2:
        return Estimate(value, None, None, n, runs)
    if centred:
        draws = np.maximum(draws - np.nanmean(draws) + value, 0)
    low, high = interval(draws)
    return Estimate(value, None, None, n, runs) if low == high else Estimate(value, low, high, n, runs)


def cluster_bootstrap(statistic: Statistic, clusters: ArrayLike, n_boot: int = 1000, seed: int = 0) -> Estimate:
    """Estimate `statistic` over rows, with an interval from resampling their clusters.

    statistic: weights (b, n) -> values (b,); see weighted.py. Its value is that of all weights 1.
    clusters: (n,) names; rows of one cluster are drawn together.

    >>> from likeness.stats.weighted import mean_of
    >>> found = cluster_bootstrap(mean_of([1, 1, 0, 0]), ["a", "a", "b", "b"], n_boot=200, seed=7)
    >>> found.value, found.low, found.high, found.n
    (0.5, 0.0, 1.0, 4)
    """
    (code,), count = cluster_codes(clusters)
    value = statistic(np.ones((1, len(code))))[0]
    return summarise(value, cluster_draws(statistic, clusters, n_boot, seed), len(code), count, seed=seed)


def pair_bootstrap(
    statistic: Statistic,
    left_cluster: ArrayLike,
    right_cluster: ArrayLike,
    n_boot: int = 1000,
    seed: int = 0,
    *,
    centred: bool = False,
) -> Estimate:
    """Estimate `statistic` over pairs, with an interval from resampling the clusters of both photos.

    statistic: of one model, or of each of its training runs (`runs.each_run`), which are then resampled too.
    """
    (left, right), count = cluster_codes(left_cluster, right_cluster)
    value = statistic(np.ones((1, len(left))))[0]
    draws = _coded_pair_draws(statistic, left, right, count, n_boot, seed)
    return summarise(value, draws, len(left), count, centred=centred, seed=seed)


def estimate_pairs(
    statistic: Statistic, rows: pd.DataFrame, clusters: pd.Series | None, n_boot: int = 1000
) -> Estimate:
    """Estimate a statistic over table rows (left, right), with a 95 % interval that resamples `clusters` of photos.

    statistic: see weighted.py. Without clusters there is no interval.
    """
    if clusters is None:
        value = statistic(np.ones((1, len(rows))))[0]
        return Estimate(float(np.mean(value)), None, None, len(rows), np.size(value))
    return pair_bootstrap(statistic, *pair_clusters(rows, clusters), n_boot)
