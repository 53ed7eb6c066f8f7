"""Statistics of pairs under many sets of weights at once: what makes a thousand resamples cheap.

Each function takes what does not change between resamples and returns a statistic: a callable from weights
(b, n), not negative, to values (b,). A resample whose value is undefined (no same pair drawn) gives NaN.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def rank_undefined_last(score: ArrayLike) -> NDArray[np.float64]:
    """Return (n,) float scores with every NaN put one below the smallest defined score (0 if none is).

    Raises ValueError on infinite scores: they would hide an overflow upstream.
    """
    score = np.asarray(score, dtype=float)
    if np.isinf(score).any():
        raise ValueError(f"{np.isinf(score).sum()} of {score.size} scores are infinite; give NaN if undefined")
    undefined = np.isnan(score)
    lowest = 0.0 if undefined.all() else score[~undefined].min() - 1.0
    return np.where(undefined, lowest, score)


def check_pairs(same: ArrayLike, score: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return (n,) bool truth and (n,) float scores without NaN, or raise ValueError if they cannot be compared."""
    same, score = np.asarray(same, dtype=bool), rank_undefined_last(score)
    if same.shape != score.shape or same.ndim != 1:
        raise ValueError(f"same has shape {same.shape}, score {score.shape}: both must be (n,)")
    if same.all() or not same.any():
        raise ValueError(f"{int(same.sum())} of {same.size} pairs are the same: need some of each kind")
    return same, score


def _ratio(above: NDArray, below: NDArray) -> NDArray[np.float64]:
    """Divide, with NaN where the denominator is 0."""
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def mean_of(values: ArrayLike) -> Statistic:
    """Weighted mean of (n,) values: accuracy if they say whether each pair was decided correctly.

    >>> mean_of([True, False, True])(np.array([[1.0, 1.0, 2.0], [0.0, 1.0, 0.0]])).tolist()
    [0.75, 0.0]
    """
    values = np.asarray(values, dtype=float)
    if np.isnan(values).any():
        raise ValueError(f"{np.isnan(values).sum()} of {values.size} values are NaN: leave none undefined")
    return lambda weights: _ratio(weights @ values, weights.sum(axis=-1))


def _masses(same: NDArray, score: NDArray) -> Callable[[NDArray], tuple[NDArray, NDArray]]:
    """Return a function from weights (b, n) to the mass of same and of different pairs at each score (b, u)."""
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=-np.inf) > 0)  # of each group of tied scores
    ordered = same[order].astype(float)

    def masses(weights: NDArray) -> tuple[NDArray, NDArray]:
        weights = weights[:, order]
        positive = weights * ordered
        return (np.add.reduceat(positive, starts, axis=1), np.add.reduceat(weights - positive, starts, axis=1))

    return masses


def auc_of(same: ArrayLike, score: ArrayLike) -> Statistic:
    """Weighted area under the ROC curve: scores are sorted once, each resample costs two running sums."""
    masses = _masses(*check_pairs(same, score))

    def statistic(weights: NDArray) -> NDArray:
        positive, negative = masses(weights)
        below = np.cumsum(negative, axis=1) - negative / 2  # a tie counts half
        total = positive.sum(axis=1) * negative.sum(axis=1)
        return _ratio(np.einsum("bu,bu->b", positive, below), total)

    return statistic


def equal_error_rate_of(same: ArrayLike, score: ArrayLike) -> Statistic:
    """Weighted equal error rate, read off the ROC polygon as in verification.equal_error_rate."""
    masses = _masses(*check_pairs(same, score))

    def statistic(weights: NDArray) -> NDArray:
        positive, negative = (mass[:, ::-1] for mass in masses(weights))
        start = np.zeros((len(weights), 1))
        false_positive = np.hstack([start, _ratio(np.cumsum(negative, 1), negative.sum(1, keepdims=True))])
        true_positive = np.hstack([start, _ratio(np.cumsum(positive, 1), positive.sum(1, keepdims=True))])
        gap = 1 - true_positive - false_positive
        after = np.maximum(np.argmax(gap <= 1e-12, axis=1), 1)  # running sums end a rounding error off -1
        rows = np.arange(len(weights))
        share = gap[rows, after - 1] / (gap[rows, after - 1] - gap[rows, after])
        rate = false_positive[rows, after - 1]
        return rate + share * (false_positive[rows, after] - rate)

    return statistic


def true_positive_rate_of(same: ArrayLike, score: ArrayLike, false_positive_rate: float) -> Statistic:
    """Share of the same pairs found at the threshold that calls no more than `false_positive_rate` of the others same.

    The verification rate (TAR at FAR) of face recognition: of all thresholds that keep to the rate, the lowest.

    >>> true_positive_rate_of([True, True, False, False], [0.9, 0.3, 0.5, 0.1], 0.25)(np.ones((1, 4))).tolist()
    [0.5]
    """
    masses = _masses(*check_pairs(same, score))

    def statistic(weights: NDArray) -> NDArray:
        positive, negative = (mass[:, ::-1] for mass in masses(weights))
        false_positive = _ratio(np.cumsum(negative, 1), negative.sum(1, keepdims=True))
        true_positive = _ratio(np.cumsum(positive, 1), positive.sum(1, keepdims=True))
        found = np.where(false_positive <= false_positive_rate + 1e-12, true_positive, 0).max(axis=1)
        return np.where(np.isnan(false_positive[:, 0] + true_positive[:, 0]), np.nan, found)

    return statistic


def calibration_error_of(same: ArrayLike, probability: ArrayLike, bins: int) -> Statistic:
    """Weighted expected calibration error over `bins` equal-width bins of probability."""
    same, probability = np.asarray(same, dtype=float), np.asarray(probability, dtype=float)
    member = np.eye(bins)[np.minimum((probability * bins).astype(int), bins - 1)]
    surplus = member * (same - probability)[:, None]
    return lambda weights: _ratio(np.abs(weights @ surplus).sum(axis=1), weights.sum(axis=1))
