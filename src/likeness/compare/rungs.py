"""The rungs of the ladder: from matrices of similarity to scores of pairs, in the shape of predictions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from likeness.models.pose.schemes import SCHEMES
from likeness.people.distances import pairwise
from likeness.people.joints import body_only, to_arrays

# Validation accuracy of the original study's networks (ResNet50, 355 photos of 14 sites, 82 validation pairs).
ORIGINAL = {"last-photo": 0.58, "full-photo": 0.65, "last-photo+skeleton": 0.68, "full-photo+skeleton": 0.76}
PLACE_POSE = "place x pose"


def untrained_similarities(
    photos: pd.DataFrame, keypoints: pd.DataFrame, features: Mapping[str, NDArray]
) -> dict[str, NDArray]:
    """Return {model: (n, n) float}, larger is more alike: whole-photo features, and the first person's body joints.

    The face's five joints are left out: they say where somebody looks. Joint distances are negated; they are NaN
    where a photo shows nobody. features: needs the view "photo".
    """
    joints = _first_bodies(photos, keypoints)
    return {
        "features, cosine": cosine_similarity(features["photo"]),
        "features, Euclidean": -euclidean_distances(features["photo"]),
        "joints, OKS": pairwise("oks", joints),
        "joints, torso distance": -pairwise("torso", joints),
        "joints, Procrustes": -pairwise("procrustes", joints),
    }


def _first_bodies(photos: pd.DataFrame, keypoints: pd.DataFrame) -> NDArray:
    return body_only(to_arrays(keypoints, list(photos["photo_id"]))[:, 0])


def held_out(pairs: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Return the pairs a scheme does not train on: left, right, same, kind, scheme, split ("val" or "test")."""
    split = pairs[SCHEMES[scheme]]
    kept = pairs.loc[split != "train", ["left", "right", "same", "kind"]]
    return kept.assign(scheme=scheme, split=split[split != "train"])


def of_pairs(matrix: NDArray, photo_ids: pd.Series, pairs: pd.DataFrame) -> NDArray[np.float64]:
    """Return (pairs,) the entries of an (n, n) matrix, aligned with `photo_ids`, at each pair's photos.

    Raises KeyError naming the first photo of a pair that is not in `photo_ids`.
    """
    place = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    left, right = ([place[photo_id] for photo_id in pairs[side]] for side in ("left", "right"))
    return np.asarray(matrix, dtype=np.float64)[left, right]


def untrained_predictions(
    similarities: Mapping[str, NDArray], photo_ids: pd.Series, pairs: pd.DataFrame
) -> pd.DataFrame:
    """Return predictions of models that need no training, for both schemes; they have no probability (NaN).

    similarities: {model: (n, n) float}, larger is more alike, NaN where undefined.
    """
    tables = []
    for model, matrix in similarities.items():
        for scheme in SCHEMES:
            table = held_out(pairs, scheme)
            tables.append(table.assign(model=model, probability=np.nan, score=of_pairs(matrix, photo_ids, table)))
    return pd.concat(tables, ignore_index=True)


def place_and_pose(
    photos: pd.DataFrame, keypoints: pd.DataFrame, features: Mapping[str, NDArray], pairs: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Fit the study's own definition of alike, same pose and same place, on each scheme's training pairs.

    Pose is the torso-scaled joint distance of the first person; place is the cosine similarity of the
    backgrounds (features of the view "background", people filled in).
    Returns predictions of both schemes, and the honest model's probability (n, n) for every two photos.
    """
    joints = _first_bodies(photos, keypoints)
    inputs = pairwise("torso", joints), cosine_similarity(features["background"])
    tables, everywhere = [], None
    for scheme, column in SCHEMES.items():
        train, rest = pairs[pairs[column] == "train"], held_out(pairs, scheme)
        known, new = (
            np.column_stack([of_pairs(matrix, photos["photo_id"], part) for matrix in inputs]) for part in (train, rest)
        )
        fitted = fit_place_pose(known, train["same"].to_numpy())
        probability = place_pose_probability(fitted, new)
        tables.append(rest.assign(model=PLACE_POSE, probability=probability, score=probability))
        if scheme == "honest":
            everywhere = place_pose_probability(fitted, np.column_stack([matrix.ravel() for matrix in inputs]))
    return pd.concat(tables, ignore_index=True), everywhere.reshape(inputs[0].shape)


def fit_place_pose(features: NDArray, same: NDArray) -> Pipeline:
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


def place_pose_probability(model: Pipeline, features: NDArray) -> NDArray:
    """Return the probability (pairs,) that both photos show the same pose at the same place."""
    features = np.asarray(features, dtype=np.float64)
    _check(features)
    return model.predict_proba(features)[:, 1]


def _check(features: NDArray) -> None:
    if features.ndim != 2 or features.shape[1] != 2:
        raise ValueError(f"features {features.shape} must be (pairs, 2): joint distance, background similarity")


def reported(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the rows of `score_models` that a report shows for `metric`: honest test pairs, naive validation pairs."""
    shown = ((scores["scheme"] == "honest") & (scores["split"] == "test")) | (scores["scheme"] == "naive")
    return scores[shown & (scores["metric"] == metric)].reset_index(drop=True)
