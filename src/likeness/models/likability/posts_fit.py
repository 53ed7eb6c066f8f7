"""Networks of posts trained on the honest and on the naive split, and what they say of held-out posts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from likeness.models.likability.posts_module import PostArrays, PostModule, PostPlan, post_logits
from likeness.models.likability.posts_net import PostConfig, PostNet, make_post_net
from likeness.models.likability.predictions import COLUMNS, tell_posts
from likeness.models.training.batches import cut_batches
from likeness.models.training.fit import FitResult, Fits, fit_each, fit_run, split_settings
from likeness.studies.likability import SCHEMES

ORDER = ("train", "val", "test")
TRAINED = ("honest", "naive")  # a network takes too long for the temporal split too
PAIRS = {"days": 60.0, "factor": 1.5, "most_per_user": 20}


@dataclass(frozen=True)
class Source:
    """Where a network starts. config: of the network. backbone, weights: see `make_post_net`."""

    config: PostConfig
    backbone: str = ""
    weights: str = "none"


def fit_posts(
    source: Source,
    arrays: PostArrays,
    posts: pd.DataFrame,
    *,
    column: str,
    pairs: dict[str, float] | None = None,
    iterations: int = 0,
    **settings: Any,
) -> FitResult:
    """Train a network on the "train" posts of a split until its "val" posts stop improving.

    arrays: of `posts`, in their order. column: of the split. pairs: days, factor and most_per_user of
    `within_user_pairs`, for the ranker. iterations: at most so many steps, in whole epochs, at
    least one, whatever `epochs` says; 0: `epochs` counts. settings: the fields of `PostPlan` and of `Machine`.
    Raises ValueError for a setting that cannot be used, or where there is too little to learn from.
    """
    plan, machine = split_settings(PostPlan, settings)
    examples = [examples_of(source.config, posts, column, part, pairs or PAIRS, plan.seed) for part in ("train", "val")]
    if iterations:
        steps = 1 + len(cut_batches(len(examples[0]), plan.batch_size))
        plan = replace(plan, epochs=max(1, iterations // steps))
    net = make_post_net(source.config, backbone=source.backbone, weights=source.weights, seed=plan.seed)
    if source.config.metadata:
        train = (posts[column] == "train").to_numpy()
        net.begin(torch.from_numpy(arrays.metadata[train]), torch.from_numpy(arrays.liked[train]))
    return fit_run(PostModule, net, arrays, examples, plan, machine)


def examples_of(
    config: PostConfig, posts: pd.DataFrame, column: str, part: str, pairs: dict[str, float], seed: int
) -> np.ndarray:
    """Return the rows of one part of a split: (m, 1) posts, or for the ranker (m, 2) winners and losers.

    Raises ValueError where posts are all of one kind, or the ranker finds fewer than two pairs.
    """
    rows = np.flatnonzero((posts[column] == part).to_numpy())
    if config.network != "ranker":
        if posts["liked"].iloc[rows].nunique() < 2:
            raise ValueError(f"{column}: the {len(rows)} posts of {part!r} are not of both kinds; check the split")
        return rows[:, None]
    found = pairs_of(posts, column, part, pairs, seed)
    if len(found) < 2:
        raise ValueError(
            f"{column}: {len(found)} pairs of posts of one user in {part!r}; raise pairs.days or lower pairs.factor"
        )
    place = pd.Series(np.arange(len(posts)), index=posts["post_id"])
    return np.stack([place.loc[found[side]].to_numpy() for side in ("winner", "loser")], axis=1)


def pairs_of(posts: pd.DataFrame, column: str, part: str, pairs: dict[str, float], seed: int) -> pd.DataFrame:
    """Return the within-user pairs of one part of a split: a pair belongs to the later part of its two posts.

    Where users are apart both posts are of one part anyway; posts dealt at random rarely put two of a user into "val".
    """
    earlier = list(ORDER[: ORDER.index(part) + 1])
    found = within_user_pairs(posts[posts[column].isin(earlier)], **pairs, seed=seed)
    place = posts.set_index("post_id")[column]
    sides = [place.loc[found[side]].to_numpy() == part for side in ("winner", "loser")]
    return found[sides[0] | sides[1]].reset_index(drop=True)


def within_user_pairs(
    posts: pd.DataFrame, *, days: float, factor: float, most_per_user: int, seed: int
) -> pd.DataFrame:
    """Return pairs of posts of one user, close in time, one with clearly more likes: winner, loser, user_id.

    posts: post_id, user_id, taken_at, likes. days: at most so far apart. factor: the winner has at least so many times
    the loser's likes. Of each user at most `most_per_user` pairs are drawn. (Ding, Ma and Wang, 2019.)
    Copies of one photo are no pair: near-duplicates (duplicate_group) look alike, whatever they got.
    """
    rng, found = np.random.default_rng(seed), []
    for user, part in posts.sort_values("post_id").groupby("user_id", sort=True):
        likes, when = part["likes"].to_numpy(float), part["taken_at"].to_numpy("datetime64[s]").astype(float)
        copies = part["duplicate_group"].to_numpy()
        near = np.abs(when[:, None] - when[None]) <= days * 86_400
        clear = likes[:, None] >= factor * np.maximum(likes[None], 1)
        winners, losers = np.nonzero(near & clear & (copies[:, None] != copies[None]))
        chosen = np.sort(rng.permutation(len(winners))[:most_per_user])
        ids = part["post_id"].to_numpy()
        found += [(ids[winners[k]], ids[losers[k]], user) for k in chosen]
    return pd.DataFrame(found, columns=["winner", "loser", "user_id"])


def fit_post_schemes(
    source: Source,
    arrays: PostArrays,
    posts: pd.DataFrame,
    *,
    seed: int,
    seeds: int = 1,
    tracker_folder: Path | None = None,
    **settings: Any,
) -> Fits:
    """Return {scheme: its training runs} for the honest and the naive split, each from the initial weights of its seed.

    seeds: how many runs of the honest split, from `seed` on (see `fit_each`). settings: passed to `fit_posts`; a
    `tracker_folder` gets one subfolder per run.
    """

    def fit(scheme: str, seed: int, **kept: Any) -> FitResult:
        return fit_posts(source, arrays, posts, column=SCHEMES[scheme], seed=seed, **kept, **settings)

    return fit_each(TRAINED, range(seed, seed + seeds), fit, tracker_folder)


def predict_posts(
    net: PostNet, arrays: PostArrays, posts: pd.DataFrame, *, scheme: str, model: str, run: int
) -> pd.DataFrame:
    """Return the predictions of a scheme's held-out posts by one training run: COLUMNS.

    score: the network's answer, scaled to probabilities as for every classifier: a ranker's has no level of its own.
    """
    column = SCHEMES[scheme]
    rows = np.flatnonzero((posts[column] != "train").to_numpy())
    told = tell_posts(posts, column, rows, post_logits(net, arrays, rows).double().cpu().numpy())
    return told.assign(scheme=scheme, model=model, run=run)[COLUMNS]


def ranked_pairs(nets: Sequence[PostNet], arrays: PostArrays, posts: pd.DataFrame, **choice: Any) -> pd.DataFrame:
    """Return within-user pairs of honest test posts: winner, loser, user_id, and right 0, right 1 ... of each network.

    right: whether the winner scores higher. nets: the training runs of one network.
    Posts of one user: knowing the account is no help here. choice: days, factor, most_per_user and seed of
    `within_user_pairs`.
    """
    found = within_user_pairs(posts[posts["split"] == "test"], **choice)
    if found.empty:
        return found
    place = pd.Series(np.arange(len(posts)), index=posts["post_id"])
    for run, net in enumerate(nets):
        winner, loser = (post_logits(net, arrays, place.loc[found[side]].to_numpy()) for side in ("winner", "loser"))
        found[f"right {run}"] = (winner > loser).cpu().numpy()
    return found


def parameters_of(source: Source, seed: int) -> int:
    """Return how many weights are trained."""
    net = make_post_net(source.config, backbone=source.backbone, weights=source.weights, seed=seed)
    return sum(parameter.numel() for parameter in net.parameters())
