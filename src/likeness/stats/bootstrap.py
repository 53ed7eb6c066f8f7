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

from likeness.stats.weighted import Statistic

FEW = 6  # with fewer clusters an interval that lies on one side of a bound proves nothing: see paired.least_p
CELLS = 4_000_000  # weights held at once: 32 MB
WeightsOf = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; low and high are None where no resampling makes sense.

    n: how many pairs or queries the number rests on.
    """

    value: float
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, float | int | None]:
        """Return {value, low, high, n} as metrics.json holds it."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def cluster_codes(*columns: ArrayLike) -> tuple[list[NDArray[np.intp]], int]:
    """Number the clusters named in `columns` (each (n,)) together, in sorted order; return codes and how many.

    Raises ValueError on a missing name: give a photo without a cluster one of its own.
    """
    parts = [np.asarray(column, dtype=object) for column in columns]
    names = np.concatenate(parts)
    missing = int(pd.isna(names).sum())
    if missing:
        raise ValueError(f"{missing} rows have no cluster: give a photo without a cluster one of its own")
    if any(type(name) is not str for name in names):
        names = np.array([str(name) for name in names], dtype=object)
    codes, unique = pd.factorize(names, sort=True)
    return np.split(codes, np.cumsum([len(part) for part in parts])[:-1]), len(unique)


def _draws(
    statistic: Statistic, weights_of: WeightsOf, n: int, clusters: int, n_boot: int, seed: int
) -> NDArray[np.float64]:
    """Return (n_boot,) values of the statistic, a block of resamples at a time to bound memory.

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
    """Return (n_boot,) resampled values of `statistic` over pairs of photos that belong to clusters (n,), (n,).

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


def summarise(value: float, draws: NDArray, n: int, clusters: int, *, centred: bool = False) -> Estimate:
    """Join a value and its resampled draws into an Estimate.

    Where all draws are one number, as of a model without an error, they cannot tell how sure that is: no interval.
    clusters: with fewer than two there is nothing to resample, and the interval is None.
    centred: move the draws so that their mean is the value (not below 0). For measures that sampling noise
        can only push upwards, as the calibration error: their draws lie above the value by that noise.
    """
    if clusters < 2:
        return Estimate(float(value), None, None, n)
    if centred:
        draws = np.maximum(draws - np.nanmean(draws) + value, 0)
    low, high = interval(draws)
    return Estimate(float(value), None, None, n) if low == high else Estimate(float(value), low, high, n)


def cluster_bootstrap(statistic: Statistic, clusters: ArrayLike, n_boot: int = 1000, seed: int = 0) -> Estimate:
    """Estimate `statistic` over rows, with an interval from resampling their clusters.

    statistic: weights (b, n) -> values (b,); see weighted.py. Its value is that of all weights 1.
    clusters: (n,) names; rows of one cluster are drawn together.
    """
    (code,), count = cluster_codes(clusters)
    value = statistic(np.ones((1, len(code))))[0]
    return summarise(value, cluster_draws(statistic, clusters, n_boot, seed), len(code), count)


def pair_bootstrap(
    statistic: Statistic,
    left_cluster: ArrayLike,
    right_cluster: ArrayLike,
    n_boot: int = 1000,
    seed: int = 0,
    *,
    centred: bool = False,
) -> Estimate:
    """Estimate `statistic` over pairs, with an interval from resampling the clusters of both photos."""
    (left, right), count = cluster_codes(left_cluster, right_cluster)
    value = statistic(np.ones((1, len(left))))[0]
    draws = _coded_pair_draws(statistic, left, right, count, n_boot, seed)
    return summarise(value, draws, len(left), count, centred=centred)


def name_clusters(photos: pd.DataFrame) -> pd.Series:
    """Return what is resampled together, by photo id: the arrangement, or else the group of near-duplicates.

    photos: photo_id, arrangement (missing where the site is shown alone), duplicate_group.

    >>> photos = pd.DataFrame({"photo_id": ["a", "b"], "arrangement": ["x/y", None], "duplicate_group": ["a", "b"]})
    >>> name_clusters(photos).to_dict()
    {'a': 'x/y', 'b': 'b'}
    """
    named = photos.set_index("photo_id")
    return named["arrangement"].fillna(named["duplicate_group"])


def photo_clusters(photo_ids: pd.Series, clusters: pd.Series) -> NDArray[np.object_]:
    """Return (n,) cluster names; a photo whose cluster is missing gets one of its own.

    Raises ValueError if a photo is not in the index of `clusters`, or twice.
    """
    if not clusters.index.is_unique:
        raise ValueError(f"clusters names photo {clusters.index[clusters.index.duplicated()][0]} twice")
    unknown = photo_ids[~photo_ids.isin(clusters.index)]
    if len(unknown):
        raise ValueError(f"photo {unknown.iloc[0]} has no row in clusters ({unknown.nunique()} such photos)")
    found = clusters.reindex(photo_ids).astype(object)
    own = ("photo " + photo_ids.astype(str)).to_numpy(dtype=object)
    return np.where(found.isna().to_numpy(), own, found.to_numpy(dtype=object))


def pair_clusters(rows: pd.DataFrame, clusters: pd.Series) -> tuple[NDArray, NDArray]:
    """Return the cluster names (n,), (n,) of the left and right photos of table rows."""
    return photo_clusters(rows["left"], clusters), photo_clusters(rows["right"], clusters)


def estimate_pairs(
    statistic: Statistic, rows: pd.DataFrame, clusters: pd.Series | None, n_boot: int = 1000
) -> Estimate:
    """Estimate a statistic over table rows (left, right), with a 95 % interval that resamples `clusters` of photos.

    statistic: see weighted.py. Without clusters there is no interval.
    """
    if clusters is None:
        return Estimate(float(statistic(np.ones((1, len(rows))))[0]), None, None, len(rows))
    return pair_bootstrap(statistic, *pair_clusters(rows, clusters), n_boot)
