"""The rungs of the ladder: ways of comparing any photos with any others, and their scores of pairs as predictions.

A rung is a function of rows (a,) and rows (b,) of the photos: all with all, (a, b) float, larger is more alike, NaN
where undefined. It is asked for blocks, never for every two photos.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from likeness.compare.ladder import Ladder, answerable, ladder_hits, sample_queries
from likeness.features.vectors import cosines
from likeness.models.pose.schemes import SCHEMES, score_block
from likeness.models.pose.siamese import load_siamese
from likeness.people.distances import pairwise
from likeness.people.joints import body_only, to_arrays
from likeness.photos.pairs import Compare, pair_scores
from likeness.stats.clusters import cluster_kind, name_clusters
from likeness.stats.scores import MAJORITY
from likeness.studies.pose import Study

# Validation accuracy of the original study's networks (ResNet50, 355 photos of 14 sites, 82 validation pairs).
ORIGINAL = {"last-photo": 0.58, "full-photo": 0.65, "last-photo+skeleton": 0.68, "full-photo+skeleton": 0.76}
BASELINE, PLACE_POSE = "features, cosine", "place x pose"
# What learns nothing from the pairs.
FIXED = (BASELINE, "features, Euclidean", "joints, OKS", "joints, torso distance", "joints, Procrustes", MAJORITY)
LANDMARKS = [BASELINE, "joints, OKS", PLACE_POSE, "last-photo", "full-photo"]  # of the ladder: one of each kind


class Rungs(NamedTuple):
    """Every model of the study.

    predictions: a row per model and held-out pair of both schemes. unseen: those of the honest scheme. networks: of
    these, those of the trained networks. rungs: {model: a rung for each training run} of the honest models. untrained:
    of these, those that need no training.
    """

    predictions: pd.DataFrame
    unseen: pd.DataFrame
    networks: pd.DataFrame
    rungs: dict[str, list[Compare]]
    untrained: dict[str, list[Compare]]


def every_rung(study: Study) -> Rungs:
    """Return what each model of the study says: frozen features, joints, place x pose, the trained networks, if any."""
    photos, keypoints, features, pairs = study.photos, study.keypoints, study.features, study.pairs
    untrained = untrained_rungs(photos, keypoints, features)
    joined, place_pose = place_and_pose(photos, keypoints, features, pairs)
    tables = [untrained_predictions(untrained, photos["photo_id"], pairs), joined]
    if study.variants:
        tables.append(study.predictions)
    predictions = pd.concat(tables, ignore_index=True)
    unseen = predictions[predictions["scheme"] == "honest"]
    networks = unseen[unseen["model"].isin(study.variants)]
    trained = {name: network_rungs(study, name) for name in study.variants}
    alone = {name: [rung] for name, rung in untrained.items()}
    return Rungs(predictions, unseen, networks, {**alone, PLACE_POSE: [place_pose], **trained}, alone)


def network_rungs(study: Study, variant: str) -> list[Compare]:
    """Return what each run of a variant's honest network says of photos: its head's answer to their embeddings."""
    runs = zip(study.heads(variant), study.embeddings[variant], strict=True)
    return [partial(score_block, load_siamese(head)[0], embeddings) for head, embeddings in runs]


def untrained_rungs(
    photos: pd.DataFrame, keypoints: pd.DataFrame, features: Mapping[str, NDArray]
) -> dict[str, Compare]:
    """Return {model: rung}: whole-photo features, and the first person's body joints.

    The face's five joints are left out: they say where somebody looks. Joint distances are negated; they are NaN
    where a photo shows nobody. features: needs the view "photo".
    """
    vectors, joints = features["photo"], _first_bodies(photos, keypoints)
    return {
        BASELINE: cosines(vectors),
        "features, Euclidean": lambda a, b: -euclidean_distances(vectors[a], None if b is a else vectors[b]),
        "joints, OKS": lambda a, b: pairwise("oks", joints[a], joints[b]),
        "joints, torso distance": lambda a, b: -pairwise("torso", joints[a], joints[b]),
        "joints, Procrustes": lambda a, b: -pairwise("procrustes", joints[a], joints[b]),
    }


def _first_bodies(photos: pd.DataFrame, keypoints: pd.DataFrame) -> NDArray:
    return body_only(to_arrays(keypoints, list(photos["photo_id"]))[:, 0])


def held_out(pairs: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Return the pairs a scheme does not train on: left, right, same, kind, scheme, split ("val" or "test")."""
    split = pairs[SCHEMES[scheme]]
    kept = pairs.loc[split != "train", ["left", "right", "same", "kind"]]
    return kept.assign(scheme=scheme, split=split[split != "train"])


def untrained_predictions(rungs: Mapping[str, Compare], photo_ids: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return predictions of models that need no training, for both schemes; they have no probability (NaN)."""
    tables = []
    for model, rung in rungs.items():
        scored = pairs.assign(score=pair_scores(rung, photo_ids, pairs).astype(np.float64), probability=np.nan)
        for scheme in SCHEMES:
            table = held_out(pairs, scheme).assign(model=model, run=0)
            tables.append(table.join(scored[["probability", "score"]]))
    return pd.concat(tables, ignore_index=True)


def place_and_pose(
    photos: pd.DataFrame, keypoints: pd.DataFrame, features: Mapping[str, NDArray], pairs: pd.DataFrame
) -> tuple[pd.DataFrame, Compare]:
    """Fit the study's own definition of alike, same pose and same place, on each scheme's training pairs.

    Pose is the torso-scaled joint distance of the first person; place is the cosine similarity of the
    backgrounds (features of the view "background", people filled in).
    Returns predictions of both schemes, and the rung of the honest model: the probability that photos are the same.
    """
    joints = _first_bodies(photos, keypoints)
    inputs = (
        lambda a, b: pairwise("torso", joints[a], joints[b]),
        cosines(features["background"]),
    )
    seen = np.column_stack([pair_scores(compare, photos["photo_id"], pairs) for compare in inputs])
    tables, fitted = [], {}
    for scheme, column in SCHEMES.items():
        is_train = (pairs[column] == "train").to_numpy()
        fitted[scheme] = fit_place_pose(seen[is_train], pairs.loc[is_train, "same"].to_numpy())
        probability = place_pose_probability(fitted[scheme], seen[~is_train])
        named = held_out(pairs, scheme).assign(model=PLACE_POSE, run=0)
        tables.append(named.assign(probability=probability, score=probability))

    def rung(a: NDArray, b: NDArray) -> NDArray:
        both = np.column_stack([compare(a, b).ravel() for compare in inputs])
        return place_pose_probability(fitted["honest"], both).reshape(len(a), len(b))

    return pd.concat(tables, ignore_index=True), rung


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


def hits_among(
    study: Study,
    rungs: Mapping[str, Sequence[Compare]],
    gallery: NDArray,
    relevant: int,
    queries: int,
    n_boot: int,
    seed: int,
) -> Ladder:
    """Return hit@1, 5 and 10 of each model where photos of the gallery are asked for among the others.

    rungs: {model: a rung for each training run}. gallery: rows of the photos, as `Study.judged` gives. queries: how
    many are asked for, at most; where there are more, a seeded sample. relevant: how many photos count as hits where no
    arrangement is known. Every model is tested against cosine on raw features; sites are resampled where the gallery
    shows enough.
    """
    asked, kind = sample_queries(gallery, queries, seed), cluster_kind(study.photos.iloc[gallery])
    truth, clusters = partial(study.relevant, relevant), name_clusters(study.photos, kind).iloc[asked]
    draws = {"n_boot": n_boot, "seed": seed}
    return ladder_hits(rungs, truth, asked, gallery, clusters, (1, 5, 10), baseline=BASELINE, **draws)


def shown_queries(study: Study, gallery: NDArray, relevant: int, queries: int, most: int, seed: int) -> NDArray:
    """Return up to `most` of the queries of `hits_among` that some photo of the gallery answers, drawn at random."""
    asked = sample_queries(gallery, queries, seed)
    return sample_queries(answerable(partial(study.relevant, relevant), asked, gallery), most, seed)
