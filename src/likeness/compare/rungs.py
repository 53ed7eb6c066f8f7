"""The rungs of the ladder: from matrices of similarity to scores of pairs, in the shape of predictions."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from likeness.compare.ladder import Ladder, ladder_hits
from likeness.models.pose.schemes import SCHEMES
from likeness.people.distances import pairwise
from likeness.people.joints import body_only, to_arrays
from likeness.photos.pairs import pair_values
from likeness.stats.clusters import cluster_kind, name_clusters
from likeness.studies.pose import Study

# Validation accuracy of the original study's networks (ResNet50, 355 photos of 14 sites, 82 validation pairs).
ORIGINAL = {"last-photo": 0.58, "full-photo": 0.65, "last-photo+skeleton": 0.68, "full-photo+skeleton": 0.76}
BASELINE, PLACE_POSE = "features, cosine", "place x pose"
LANDMARKS = [BASELINE, "joints, OKS", PLACE_POSE, "last-photo", "full-photo"]  # of the ladder: one of each kind


class Rungs(NamedTuple):
    """Every model of the study.

    predictions: a row per model and held-out pair of both schemes. unseen: those of the honest scheme. networks: of
    these, those of the trained networks. matrices: {model: (t, t) float, of networks (runs, t, t)} of the honest models
    among the test photos that can be judged (`Study.judged`), larger is more alike. untrained: {model: (n, n) float}
    among all photos, of those that need no training.
    """

    predictions: pd.DataFrame
    unseen: pd.DataFrame
    networks: pd.DataFrame
    matrices: dict[str, NDArray]
    untrained: dict[str, NDArray]


def every_rung(study: Study) -> Rungs:
    """Return what each model of the study says: frozen features, joints, place x pose, the trained networks."""
    photos, keypoints, features, pairs = study.photos, study.keypoints, study.features, study.pairs
    untrained = untrained_similarities(photos, keypoints, features)
    joined, everywhere = place_and_pose(photos, keypoints, features, pairs)
    tables = [untrained_predictions(untrained, photos["photo_id"], pairs), joined, study.predictions]
    predictions = pd.concat(tables, ignore_index=True)
    unseen = predictions[predictions["scheme"] == "honest"]
    networks = unseen[unseen["model"].isin(study.variants)]
    part = study.judged("test")
    places = np.searchsorted(np.flatnonzero(photos["split"] == "test"), part)
    networks_say = {name: matrix[:, places][:, :, places] for name, matrix in study.similarities.items()}
    matrices = {**among({**untrained, PLACE_POSE: everywhere}, part), **networks_say}
    return Rungs(predictions, unseen, networks, matrices, untrained)


def among(matrices: Mapping[str, NDArray], rows: NDArray) -> dict[str, NDArray]:
    """Return {model: (rows, rows)}: the part of matrices {model: (n, n)} that some photos take."""
    return {name: matrix[np.ix_(rows, rows)] for name, matrix in matrices.items()}


def untrained_similarities(
    photos: pd.DataFrame, keypoints: pd.DataFrame, features: Mapping[str, NDArray]
) -> dict[str, NDArray]:
    """Return {model: (n, n) float}, larger is more alike: whole-photo features, and the first person's body joints.

    The face's five joints are left out: they say where somebody looks. Joint distances are negated; they are NaN
    where a photo shows nobody. features: needs the view "photo".
    """
    joints = _first_bodies(photos, keypoints)
    return {
        BASELINE: cosine_similarity(features["photo"]),
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
            tables.append(
                table.assign(
                    model=model,
                    run=0,
                    probability=np.nan,
                    score=pair_values(matrix, photo_ids, table).astype(np.float64),
                )
            )
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
            np.column_stack([pair_values(matrix, photos["photo_id"], part) for matrix in inputs])
            for part in (train, rest)
        )
        fitted = fit_place_pose(known, train["same"].to_numpy())
        probability = place_pose_probability(fitted, new)
        tables.append(rest.assign(model=PLACE_POSE, run=0, probability=probability, score=probability))
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
    """Return the probability (pairs,) that both photos show the same pose at the same place.

    >>> inputs = np.array([[0.1, 0.9], [0.2, 0.8], [2.0, 0.1], [3.0, 0.2]])
    >>> model = fit_place_pose(inputs, np.array([True, True, False, False]))
    >>> (place_pose_probability(model, inputs) > 0.5).tolist()
    [True, True, False, False]
    """
    features = np.asarray(features, dtype=np.float64)
    _check(features)
    return model.predict_proba(features)[:, 1]


def _check(features: NDArray) -> None:
    if features.ndim != 2 or features.shape[1] != 2:
        raise ValueError(f"features {features.shape} must be (pairs, 2): joint distance, background similarity")


def reported(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the rows of `score_models` that a report shows for `metric`: honest test pairs, naive validation pairs.

    >>> scores = pd.DataFrame({"scheme": ["honest", "honest", "naive"], "split": ["val", "test", "val"]})
    >>> reported(scores.assign(metric="auc"), "auc")["split"].tolist()
    ['test', 'val']
    """
    shown = ((scores["scheme"] == "honest") & (scores["split"] == "test")) | (scores["scheme"] == "naive")
    return scores[shown & (scores["metric"] == metric)].reset_index(drop=True)


def hits_among(study: Study, models: Rungs, split: str | None, relevant: int, n_boot: int, seed: int) -> Ladder:
    """Return hit@1, 5 and 10 of each model where every photo of a split is asked for among the others.

    split: "test", or None: all photos, and only the models that need no training. relevant: how many photos count as
    hits where no arrangement is known. Every model is tested against cosine on raw features.
    """
    rows = study.judged(split)
    matrices = models.matrices if split else among(models.untrained, rows)
    photos = study.photos.iloc[rows]
    truth, clusters = study.relevant(relevant, rows), name_clusters(photos, cluster_kind(photos))
    return ladder_hits(matrices, truth, clusters, (1, 5, 10), baseline=BASELINE, n_boot=n_boot, seed=seed)
