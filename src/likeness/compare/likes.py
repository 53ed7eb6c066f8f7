"""What only the likability study compares: the best possible model, slices of the posts, and the original numbers.

A post is a "pair of itself" in the table of predictions (left = right = post_id, same = liked), and clusters names
each post's user: a resample draws users.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from likeness.stats.bootstrap import Estimate, cluster_bootstrap, cluster_draws, summarise
from likeness.stats.clusters import cluster_codes, photo_clusters
from likeness.stats.retrieval import nearest
from likeness.stats.runs import each_run, split_runs
from likeness.stats.verification import decide
from likeness.stats.weighted import auc_of, mean_of

BEST = "best possible"
SLICE_COLUMNS = ["slice", "value", "low", "high", "n", "liked", "called"]

# Test accuracy of the original studies. One figure, 57 % (60 % cross-validated), stands for all their models on
# AlexNet, whichever layer and classifier: it is put beside each of ours.
ORIGINAL = {
    "fc6, SVM": 0.57,
    "fc7, SVM": 0.57,
    "fc7, forest": 0.57,
    "fc7, SVM by SGD": 0.57,
    "alexnet": 0.57,
    "smallcnn": 0.51,
    "metadata, boosting": 0.82,
}
ORIGINAL_NOTE = (
    "For all models on AlexNet (its layers fc6 and fc7 with an SVM, a random forest or a distributed SVM, and the "
    "network tuned) the original gives one test accuracy, 0.57, and 0.60 cross-validated. Posts were split at random."
)


def originals(models: Iterable[str]) -> dict[str, float]:
    """Return {model: the original's number}, under our names: an AlexNet that is held beside bears its network's name.

    >>> originals(["fc7 of alexnet@none, SVM", "fc6, SVM", "smallcnn"])["fc7 of alexnet@none, SVM"]
    0.57

    What only the original has keeps its name.
    """
    plain = {re.sub(r" of alexnet@[^,]+", "", model): model for model in models}
    return {plain.get(model, model): value for model, value in ORIGINAL.items()}


def best_possible(expected: pd.Series, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return predictions of the model that knows all that can be known of a new user's post: "best possible".

    expected: by post_id, the planted likes per follower (in any unit that grows with them) without noise and without
    the user's own popularity. predictions: of any models; every post that one of them judged gets a row, so that
    `score_models` and `compare_models` treat the best possible like a model. It has no probability (NaN). Raises
    ValueError naming a post that `expected` does not know.
    """
    columns = ["left", "right", "same", "kind", "scheme", "split"]
    judged = predictions.drop_duplicates(["scheme", "split", "left"])[columns].reset_index(drop=True)
    score = judged["left"].map(expected).astype(float)
    if score.isna().any():
        unknown = judged["left"][score.isna()]
        raise ValueError(f"post {unknown.iloc[0]} has no planted value ({unknown.nunique()} such posts)")
    return judged.assign(model=BEST, run=0, probability=np.nan, score=score)


def ratio_to_best(
    predictions: pd.DataFrame, model: str, clusters: pd.Series, *, n_boot: int = 1000, seed: int = 0
) -> Estimate:
    """Return AUC(model) / AUC(best possible) on honest test posts, with an interval from paired resamples of users
    and of training runs.

    predictions: of both models. 1 means that the model ranks posts as well as anybody could.
    Raises ValueError if the two were not scored on the same posts.
    """
    own, other = (_honest_test(predictions, name) for name in (model, BEST))
    if not own[0]["left"].reset_index(drop=True).equals(other[0]["left"].reset_index(drop=True)):
        raise ValueError(
            f"{model} was scored on {len(own[0])} honest test posts, {BEST} on {len(other[0])}, not the same"
        )
    users = photo_clusters(own[0]["left"], clusters)
    statistic, ceiling = (each_run([auc_of(rows["same"], rows["score"]) for rows in runs]) for runs in (own, other))
    whole = np.ones((1, len(users)))
    value, drawn = statistic(whole)[0] / ceiling(whole)[0], cluster_draws(statistic, users, n_boot, seed)
    drawn = drawn / cluster_draws(ceiling, users, n_boot, seed)
    return summarise(value, drawn, len(users), cluster_codes(users)[1], seed=seed)


def _honest_test(predictions: pd.DataFrame, model: str) -> list[pd.DataFrame]:
    """The model's honest test posts, a table a run in one common order."""
    chosen = (predictions["scheme"] == "honest") & (predictions["split"] == "test") & (predictions["model"] == model)
    if not chosen.any():
        raise ValueError(f"{model!r} has no predictions of honest test posts")
    return split_runs(predictions[chosen])


def slice_scores(
    predictions: pd.DataFrame,
    slices: pd.DataFrame,
    clusters: pd.Series,
    *,
    threshold: float,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return a row per slice of one model's posts, in the order of `slices`: accuracy with its interval over users.

    predictions: rows of one model and split, a post once. slices: post_id, slice (names); a post may be in several
    slices, and posts that were not judged are passed over. threshold: of the score, chosen on validation posts.
    Columns: slice, value, low, high (95 %, NaN with one user), n; liked: the share of liked posts in the slice;
    called: the share called liked. A slice without a judged post has no row.
    """
    twice = predictions["left"][predictions["left"].duplicated()]
    if len(twice):
        raise ValueError(f"post {twice.iloc[0]} has two rows: give those of one model and split")
    judged = predictions.set_index("left")
    rows = []
    for name, members in slices.groupby("slice", sort=False):
        part = judged.loc[judged.index.isin(members["post_id"])]
        if part.empty:
            continue
        called, liked = decide(part["score"], threshold), part["same"].to_numpy(dtype=bool)
        users = photo_clusters(part.index.to_series(), clusters)
        estimate = cluster_bootstrap(mean_of(called == liked), users, n_boot, seed)
        rows.append({"slice": name, **estimate.to_dict(), "liked": liked.mean(), "called": called.mean()})
    return pd.DataFrame(rows, columns=SLICE_COLUMNS).astype({"low": float, "high": float})


def face_slices(posts: pd.DataFrame) -> pd.DataFrame:
    """Return slices by the number of faces: post_id, slice. posts: post_id, faces (-1: unknown, in no slice)."""
    names = {0: "no face", 1: "one face", 2: "several faces"}
    number = posts.loc[posts["faces"] >= 0, ["post_id", "faces"]].sort_values(["faces", "post_id"])
    return number.assign(slice=number["faces"].clip(upper=2).map(names))[["post_id", "slice"]].reset_index(drop=True)


def third_slices(measure: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Return slices of equal size by a measure: post_id, slice, the smallest third first.

    measure: by post_id; NaN is in no slice. names: of the three, such as ("dark", "middling", "bright"). Posts with
    equal values fall into one slice; with few distinct values a slice may be missing.
    """
    known = measure.dropna().sort_index().sort_values(kind="stable")
    third = np.minimum((known.rank(method="min").to_numpy() - 1) * 3 // max(len(known), 1), 2).astype(int)
    return pd.DataFrame({"post_id": known.index, "slice": np.asarray(names, dtype=object)[third]})


COLUMNS = ["query", "rank", "post_id", "value"]


def liked_neighbours(posts: pd.DataFrame, features: NDArray, queries: list[str], k: int) -> pd.DataFrame:
    """Return the k liked posts whose photos are most similar to each query's: query, rank (from 1), post_id, value.

    posts: post_id, photo_id ("" = no picture), group, liked. features: (posts, dim), rows aligned with posts.
    queries: post ids. value: cosine similarity in [-1, 1], larger is closer. Posts of the query's own group (its user,
    and whoever shares near-duplicates with that user) are passed over: a user's posts resemble each other anyway.
    Raises ValueError naming a query that is not among the posts or has no picture.
    """
    if len(features) != len(posts):
        raise ValueError(f"{len(features)} feature rows for {len(posts)} posts: give one each")
    place = {post_id: row for row, post_id in enumerate(posts["post_id"])}
    pictured = (posts["photo_id"] != "").to_numpy()
    for query in queries:
        if query not in place or not pictured[place[query]]:
            raise ValueError(f"query {query!r} is not among the posts with a picture")
    gallery = np.flatnonzero(pictured & posts["liked"].to_numpy(dtype=bool))
    groups, ids, parts = posts["group"].to_numpy(), posts["post_id"].to_numpy(), []
    for query in queries:
        others = gallery[groups[gallery] != groups[place[query]]]
        if not len(others):
            continue
        similarity = cosine_similarity(features[[place[query]]], features[others]).astype(float)
        index, value = nearest(similarity, k)
        rank = np.arange(1, index.shape[1] + 1)
        parts.append(pd.DataFrame({"query": query, "rank": rank, "post_id": ids[others[index[0]]], "value": value[0]}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
