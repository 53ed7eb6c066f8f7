"""Two questions to the model of the metadata, asked by shuffling: does it learn anything, and from which feature?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from likeness.models.likability.classifiers import boosting, one_thread
from likeness.stats.bootstrap import cluster_bootstrap
from likeness.stats.weighted import Statistic, auc_of

CYCLIC = re.compile(r"(.+)_(?:sin|cos)")


@dataclass(frozen=True)
class PermutationTest:
    """observed: AUC with the real labels. null: shuffle (from 1), auc. p_value: the real labels count as a shuffle."""

    observed: float
    null: pd.DataFrame
    p_value: float


@one_thread
def permutation_test(table: pd.DataFrame, posts: pd.DataFrame, *, shuffles: int = 50, seed: int = 0) -> PermutationTest:
    """Train gradient boosting on shuffled labels of the training posts; judge the true labels of the test posts.

    table: (posts, d) named features, rows aligned with posts: user_id, liked, split. One-sided: how often do shuffled
    labels reach the AUC of the real ones? A null away from 0.5 tells of a leak.
    """
    x, train, test = _parts(table, posts)
    liked, users = posts["liked"].to_numpy(dtype=bool), posts["user_id"].to_numpy(dtype=object)
    rng = np.random.default_rng(seed)

    def area(labels: NDArray[np.bool_]) -> float:
        model = boosting(seed).fit(x[train], labels)
        return float(roc_auc_score(liked[test], model.decision_function(x[test])))

    observed = area(liked[train])
    null = np.array([area(shuffle_by_user(liked[train], users[train], rng)) for _ in range(shuffles)])
    p_value = (1 + int((null >= observed).sum())) / (1 + shuffles)
    return PermutationTest(observed, pd.DataFrame({"shuffle": np.arange(1, shuffles + 1), "auc": null}), p_value)


def shuffle_by_user(
    liked: NDArray[np.bool_], users: NDArray[np.object_], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return the labels (n,) dealt anew: users in random order, the labels within each shuffled, laid over the rows.

    Rows are taken user by user, so labels that one user shared mostly land on one user again: the posts of a user
    are as alike as before, only nothing else explains them.
    """
    rows = np.argsort(users.astype(str), kind="stable")
    starts = np.flatnonzero(np.r_[True, users[rows][1:] != users[rows][:-1]])
    blocks = np.split(liked[rows], starts[1:])
    dealt = np.empty_like(liked)
    dealt[rows] = np.concatenate([rng.permutation(blocks[k]) for k in rng.permutation(len(blocks))])
    return dealt


@one_thread
def permutation_importance(
    table: pd.DataFrame, posts: pd.DataFrame, *, repeats: int = 20, n_boot: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Return how far the test AUC of gradient boosting falls when one feature of the test posts is shuffled.

    table: as `permutation_test`; posts also group, what is resampled together. Columns <name>_sin and <name>_cos are
    shuffled together, as one feature <name>: scikit-learn's own function shuffles single columns only, and the sine
    without its cosine is no time of day.
    Columns: feature, value (mean fall over the repeats), low, high (95 %, from resampling the test posts' groups), n
    (test posts); largest fall first.
    """
    x, train, test = _parts(table, posts)
    liked = posts["liked"].to_numpy(dtype=bool)
    model = boosting(seed).fit(x[train], liked[train])
    judged, truth, rng = x[test], liked[test], np.random.default_rng(seed)
    groups, whole = posts["group"].to_numpy(dtype=object)[test], auc_of(truth, model.decision_function(judged))
    rows = []
    for feature, columns in joint_columns(list(table.columns)).items():
        areas = []
        for _ in range(repeats):
            shuffled = judged.copy()
            shuffled[:, columns] = judged[rng.permutation(len(judged))][:, columns]
            areas.append(auc_of(truth, model.decision_function(shuffled)))
        fall = cluster_bootstrap(partial(_mean_fall, whole, areas), groups, n_boot, seed)
        rows.append({"feature": feature, **fall.to_dict()})
    falls = pd.DataFrame(rows).astype({"low": float, "high": float})
    return falls.sort_values(["value", "feature"], ascending=[False, True], ignore_index=True)


def _mean_fall(whole: Statistic, areas: Sequence[Statistic], weights: NDArray) -> NDArray[np.float64]:
    """Return (b,) how far the AUC falls in resamples of weights (b, n), the mean over the shuffles."""
    return whole(weights) - np.mean([area(weights) for area in areas], axis=0)


def joint_columns(names: list[str]) -> dict[str, list[int]]:
    """Return {feature: the columns that make it}: <name>_sin and <name>_cos are one feature where both are there."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        whole = CYCLIC.fullmatch(name)
        both = whole is not None and {f"{whole[1]}_sin", f"{whole[1]}_cos"} <= set(names)
        found.setdefault(whole[1] if both else name, []).append(place)
    return found


def _parts(
    table: pd.DataFrame, posts: pd.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (features, training rows, test rows); raise ValueError if they do not fit or a part is of one kind."""
    if len(table) != len(posts):
        raise ValueError(f"{len(table)} rows of features for {len(posts)} posts: give one each")
    split, liked = posts["split"].to_numpy(dtype=object), posts["liked"].to_numpy(dtype=bool)
    for part in ("train", "test"):
        if len(set(liked[split == part])) < 2:
            raise ValueError(f"split: the {(split == part).sum()} posts of {part!r} are not of both kinds")
    return table.to_numpy(dtype=float), split == "train", split == "test"
