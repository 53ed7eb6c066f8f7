"""From scores to probabilities."""

import numpy as np
from sklearn.linear_model import LogisticRegression


def platt_scale(score: np.ndarray, same: np.ndarray) -> tuple[float, float]:
    """Return (slope, intercept): the logit of same is slope * score + intercept (Platt, 1999).

    score: (n,) float, on validation pairs. Lightly regularised, for scores that separate the pairs perfectly.
    Raises ValueError where all pairs are of one kind.
    """
    if len(set(np.asarray(same).tolist())) < 2:
        raise ValueError(f"{len(same)} validation pairs are all of one kind; both are needed to scale scores")
    model = LogisticRegression(C=100.0).fit(np.asarray(score, dtype=np.float64).reshape(-1, 1), same)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
