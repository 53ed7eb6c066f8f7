"""The study's own definition of "similar", as a model: the same place, and the same pose."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def fit_place_pose(features: np.ndarray, same: np.ndarray) -> Pipeline:
    """Fit a logistic regression on what two photos share of pose and of place.

    features: (pairs, 2) float: joint distance (NaN where a photo shows nobody), similarity of the backgrounds.
    same: (pairs,) bool. A missing distance becomes the training pairs' median and an indicator of its own.
    Raises ValueError for another shape or where all pairs are of one kind.
    """
    features, same = np.asarray(features, dtype=np.float64), np.asarray(same, dtype=bool)
    _check(features)
    if same.all() or not same.any():
        raise ValueError(f"{len(same)} pairs are all of one kind; both are needed")
    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(),
    )
    return model.fit(features, same)


def place_pose_probability(model: Pipeline, features: np.ndarray) -> np.ndarray:
    """Return the probability (pairs,) that both photos show the same pose at the same place."""
    features = np.asarray(features, dtype=np.float64)
    _check(features)
    return model.predict_proba(features)[:, 1]


def _check(features: np.ndarray) -> None:
    if features.ndim != 2 or features.shape[1] != 2:
        raise ValueError(f"features {features.shape} must be (pairs, 2): joint distance, background similarity")
