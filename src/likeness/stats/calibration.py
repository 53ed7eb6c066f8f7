"""From scores to probabilities: how they are scaled, and whether one of 0.8 comes true in 80 % of the pairs."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from likeness.stats.weighted import calibration_error_of


def _checked(same: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return (n,) bool and (n,) float, or raise ValueError if a probability leaves [0, 1] or is missing."""
    same, probability = np.asarray(same, dtype=bool), np.asarray(probability, dtype=float)
    if same.shape != probability.shape or same.ndim != 1 or not same.size:
        raise ValueError(f"same has shape {same.shape}, probability {probability.shape}: both must be (n,)")
    wrong = ~((probability >= 0) & (probability <= 1))
    if wrong.any():
        raise ValueError(f"probability {probability[wrong][0]} lies outside [0, 1] ({wrong.sum()} such pairs)")
    return same, probability


def reliability_table(same: ArrayLike, probability: ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Return one row per equal-width bin: low, high, n, mean probability, share that was the same.

    Empty bins are kept, with n 0 and NaN means: a reliability diagram should show where nothing was predicted.
    """
    same, probability = _checked(same, probability)
    edges = np.linspace(0, 1, bins + 1)
    which = np.minimum((probability * bins).astype(int), bins - 1)
    n = np.bincount(which, minlength=bins)
    filled = np.where(n > 0, n, np.nan)
    return pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            "n": n,
            "probability": np.bincount(which, weights=probability, minlength=bins) / filled,
            "share": np.bincount(which, weights=same, minlength=bins) / filled,
        }
    )


def expected_calibration_error(same: ArrayLike, probability: ArrayLike, bins: int = 10) -> float:
    """Mean gap between promised and observed share over equal-width bins, weighted by pairs, in [0, 1].

    Smaller is better (Naeini et al., 2015, with the signed gap taken per bin).

    >>> expected_calibration_error([True, True, False, False], [0.5, 0.5, 0.5, 0.5])
    0.0
    """
    same, probability = _checked(same, probability)
    return float(calibration_error_of(same, probability, bins)(np.ones((1, len(same))))[0])


def platt_scale(score: np.ndarray, same: np.ndarray) -> tuple[float, float]:
    """Return (slope, intercept): the logit of same is slope * score + intercept (Platt, 1999).

    score: (n,) float, on validation pairs. Lightly regularised, for scores that separate the pairs perfectly.
    Raises ValueError where all pairs are of one kind.
    """
    if len(set(np.asarray(same).tolist())) < 2:
        raise ValueError(f"{len(same)} validation pairs are all of one kind; both are needed to scale scores")
    model = LogisticRegression(C=100.0).fit(np.asarray(score, dtype=np.float64).reshape(-1, 1), same)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
