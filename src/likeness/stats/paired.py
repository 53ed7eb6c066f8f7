"""Are two models really different on the same pairs, or is it chance?

The p-value inverts the percentile interval of the paired cluster bootstrap: with b the number of resampled
differences on the far side of zero (zero itself included), p = 2 (b + 1) / (n_boot + 1), at most 1 and
never 0. So p < 0.05 exactly where the 95 % interval leaves zero out, up to the one added resample.
Where all of G clusters lie on one side, so does every resample, however few they are; with equal models chance alone
does that once in 2^(G - 1) studies, and p is never smaller: five clusters can show no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.stats.bootstrap import cluster_draws, interval
from likeness.stats.clusters import cluster_codes
from likeness.stats.weighted import mean_of

SIGNIFICANT = 0.05
UNDECIDED = "not distinguishable"
Verdict = Literal["A better", "B better", "not distinguishable"]


@dataclass(frozen=True)
class PairedResult:
    """Model A minus model B: difference with its 95 % interval, two-sided p-value, and the verdict in words."""

    difference: float
    low: float | None
    high: float | None
    p_value: float
    verdict: Verdict


def verdict(difference: float, p_value: float, *, larger_is_better: bool = True) -> Verdict:
    """Say which model is better, or that the data cannot tell (p_value >= 0.05)."""
    if not p_value < SIGNIFICANT or difference == 0:
        return UNDECIDED
    return "A better" if (difference > 0) == larger_is_better else "B better"


def bootstrap_p(draws: NDArray) -> float:
    """Two-sided p-value of resampled differences against zero, in (0, 1]; NaN draws are passed over."""
    draws = np.round(draws[~np.isnan(draws)], 12)  # the same sums in another order are not a difference
    beyond = min(int((draws <= 0).sum()), int((draws >= 0).sum()))
    return min(1.0, 2 * (beyond + 1) / (len(draws) + 1))


def least_p(clusters: int) -> float:
    """Return the smallest two-sided p-value of so many clusters: that all of them lie on one side by chance."""
    return 2.0 ** (1 - clusters)


def difference_of(
    value_a: float, value_b: float, draws_a: NDArray, draws_b: NDArray, clusters: int, *, larger_is_better: bool = True
) -> PairedResult:
    """Compare two values whose draws (n_boot,) come from the same resamples of so many clusters."""
    draws = draws_a - draws_b
    difference, p_value = float(value_a - value_b), max(bootstrap_p(draws), least_p(clusters))
    words = verdict(difference, p_value, larger_is_better=larger_is_better)
    return PairedResult(difference, *interval(draws), p_value, words)


def paired_query_test(
    value_a: ArrayLike, value_b: ArrayLike, clusters: ArrayLike, *, n_boot: int = 10_000, seed: int = 0
) -> PairedResult:
    """Test whether two models differ in the mean of a per-query value (n,), resampling the queries' clusters."""
    difference = np.asarray(value_a, dtype=float) - np.asarray(value_b, dtype=float)
    draws = cluster_draws(mean_of(difference), clusters, n_boot, seed)
    return difference_of(difference.mean(), 0.0, draws, np.zeros(n_boot), cluster_codes(clusters)[1])


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Return p-values (m,) adjusted for m comparisons so that any false claim has at most 5 % (Holm, 1979)."""
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def check_resolution(n_boot: int, comparisons: int) -> None:
    """Raise ValueError if `n_boot` is too small for any of so many comparisons to become significant."""
    needed = int(2 * comparisons / SIGNIFICANT) + 1
    if n_boot < needed:
        raise ValueError(
            f"n_boot {n_boot} cannot reach p < {SIGNIFICANT} after Holm over {comparisons} comparisons: "
            f"use at least {needed}"
        )
