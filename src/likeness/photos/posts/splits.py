"""Splits of posts: by user before anything is fitted, by date, and at random as the original studies did."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from likeness.photos.duplicates import join
from likeness.photos.splits import JOINED, SPLITS, shares_of, split_by_group

COLUMNS = ("split", "temporal_split", "naive_split")


class OneKindOfPosts(ValueError):
    """A split holds liked or not-liked posts only, so that nothing can be learnt or measured on it."""


def with_groups(posts: pd.DataFrame, photos: pd.DataFrame) -> pd.DataFrame:
    """Return posts with duplicate_group, that of the photo ("" without one), and group, what a split may not cut.

    posts: user_id, photo_id. photos: photo_id, duplicate_group.
    """
    groups = dict(zip(photos["photo_id"], photos["duplicate_group"], strict=True))
    spread_to_posts = pd.Series([groups.get(photo, "") for photo in posts["photo_id"]], index=posts.index, dtype="str")
    posts = posts.assign(duplicate_group=spread_to_posts)
    return posts.assign(group=group_users(posts))


def with_splits(posts: pd.DataFrame, *, validation_share: float, test_share: float, seed: int) -> pd.DataFrame:
    """Return posts with the COLUMNS of the honest split (by user), the one by date and the naive one.

    posts: as `user_split` and `temporal_split` take them. Raises ValueError as `shares_of` and `user_split`.
    """
    shares = shares_of(validation_share, test_share)
    honest, naive = user_split(posts, shares, seed), random_split(posts, shares, seed)
    return posts.assign(split=honest, temporal_split=temporal_split(posts, shares), naive_split=naive)


def group_users(posts: pd.DataFrame) -> pd.Series:
    """Return the group of every post that a split may not cut: its user, joined with users who show the same photo.

    posts: user_id, duplicate_group ("" where a post has no picture). Users are also joined along a chain. A group is
    named after its users in order of their ids: "first", "first + second".
    """
    users, names = pd.factorize(posts["user_id"], sort=True)
    shows = (posts["duplicate_group"] != "").to_numpy()
    copies = pd.factorize(posts["duplicate_group"])[0] + len(names)
    joined = join(users[shows], copies[shows], len(names) + len(posts))[: len(names)]
    label = pd.Series(names.astype(object)).groupby(joined).agg(JOINED.join)
    return pd.Series(label.loc[joined[users]].to_numpy(), index=posts.index, dtype="str", name="group")


def user_split(posts: pd.DataFrame, shares: Mapping[str, float], seed: int) -> pd.Series:
    """Return the honest split, "train", "val" or "test": whole groups, about these shares of the groups.

    posts: group. shares: as `shares_of` gives. Raises ValueError for fewer groups than splits.
    """
    if (count := posts["group"].nunique()) < len(shares):
        raise ValueError(
            f"{count} groups of users cannot fill the splits {', '.join(shares)}: a user is never cut; bring posts of "
            "more users, loosen the filters, or lower duplicate_distance if unlike photos were joined"
        )
    return split_by_group(posts["group"], shares, seed)


def temporal_split(posts: pd.DataFrame, shares: Mapping[str, float]) -> pd.Series:
    """Return the split by date: the oldest posts train, then those to validate with, the newest test.

    posts: post_id, taken_at, duplicate_group ("" where a post has no picture). shares: as `shares_of` gives.
    Users may be on several sides: the question is how the same accounts' later posts fare. Near-duplicates stay
    together on the side of the oldest of them, so that no photo is judged that was trained on; otherwise no post is
    newer than one of a later side. Posts of the same moment are ordered by their ids.
    """
    copies = pd.Series(pd.factorize(posts["duplicate_group"])[0])
    alone = (posts["duplicate_group"] == "").to_numpy()
    copies[alone] = len(posts) + np.arange(alone.sum())
    oldest = posts["taken_at"].reset_index(drop=True).groupby(copies).transform("min")
    order = pd.DataFrame({"oldest": oldest, "post_id": posts["post_id"].to_numpy()}).sort_values(["oldest", "post_id"])
    place = pd.Series(np.arange(len(posts)), index=order.index).sort_index().groupby(copies).transform("min")
    return by_place(place.to_numpy(), shares, posts.index, "temporal_split")


def random_split(posts: pd.DataFrame, shares: Mapping[str, float], seed: int) -> pd.Series:
    """Return the naive split of the original studies: each post by a hash of its post_id, whoever made it."""
    return split_by_group(posts["post_id"], shares, seed).rename("naive_split")


def by_place(place: np.ndarray, shares: Mapping[str, float], index: pd.Index, name: str) -> pd.Series:
    """Return the split of posts from their place in an order, from 0: the first shares[train] train, and so on."""
    cuts = np.rint(np.cumsum(list(shares.values()))[:-1] * len(place))
    side = np.searchsorted(cuts, place, side="right")
    return pd.Series(np.array(list(shares))[side], index=index, dtype="str", name=name)


def assert_two_kinds(posts: pd.DataFrame, columns: Iterable[str] = COLUMNS) -> None:
    """Raise OneKindOfPosts unless every part of every split holds liked posts and others.

    columns: of the splits. posts: liked, and those columns.
    """
    for column in columns:
        for name in SPLITS:
            part = posts.loc[posts[column] == name, "liked"]
            counts = int(part.sum()), int((~part).sum())
            if not all(counts):
                raise OneKindOfPosts(
                    f"{column}: {name} has {counts[0]} liked and {counts[1]} other posts; both kinds are needed: bring "
                    "more posts, give the split a larger share, or try another seed"
                )
