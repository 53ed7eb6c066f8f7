"""Liked or not: likes per follower against a line."""

import pandas as pd

TARGETS = ("median", "ratio", "rank")
FIXED = 0.35  # likes per follower, of one of the original studies


def like_ratio(posts: pd.DataFrame) -> pd.Series:
    """Return likes per follower, at least 0. posts: likes, followers (at least 1).

    >>> like_ratio(pd.DataFrame({"likes": [30, 0], "followers": [120, 50]})).tolist()
    [0.25, 0.0]
    """
    return (posts["likes"] / posts["followers"]).rename("ratio")


def can_be_ranked(posts: pd.DataFrame) -> pd.Series:
    """Return which posts are of users that have a post above their own median; posts: user_id, likes, followers.

    Others have a single post, equal ones, or as many at the top that their median is the top: nothing is above it.
    """
    ratio = like_ratio(posts)
    own = ratio.groupby(posts["user_id"])
    return (own.transform("max") > own.transform("median")).rename("can_be_ranked")


def liked(
    posts: pd.DataFrame, target: str, *, fixed: float = FIXED, train: pd.Series | None = None
) -> tuple[pd.Series, float | None]:
    """Return (liked as bool, the line on the ratio that a post must exceed; None for "rank").

    posts: user_id, likes, followers. target: "median": above the median ratio of the posts in the bool mask `train`
    (all, if None), so that no test post helps to draw the line; "ratio": above `fixed`; "rank": above the user's
    own median, of all their posts: there is no common line, and no other user's post has a say.
    Raises ValueError for an unknown target, for no training posts, for users that cannot be ranked (filter them first
    with `can_be_ranked`, so that the funnel counts them), and where no post or every post would be liked.

    >>> posts = pd.DataFrame({"likes": [10, 50, 90], "followers": 100})
    >>> answer, line = liked(posts, "median")
    >>> answer.tolist(), line
    ([False, False, True], 0.5)
    """
    if target not in TARGETS:
        raise ValueError(f"target {target!r}: use one of {', '.join(TARGETS)}")
    ratio, line = like_ratio(posts), None
    if target == "rank":
        if (lost := ~can_be_ranked(posts)).any():
            raise ValueError(
                f"target rank: {int(lost.sum())} posts of {posts.loc[lost, 'user_id'].nunique()} users, such as "
                f"{posts.loc[lost, 'user_id'].iloc[0]}, have nothing above their median; filter with can_be_ranked"
            )
        answer = ratio > ratio.groupby(posts["user_id"]).transform("median")
    else:
        chosen = ratio if train is None else ratio[train]
        if target == "median" and chosen.empty:
            raise ValueError("target median: there is no training post to draw the line; split posts first")
        line = float(chosen.median()) if target == "median" else float(fixed)
        answer = ratio > line
    if answer.all() or not answer.any():
        kind = "every" if answer.all() else "no"
        words = "above its user's median" if line is None else f"above {line:.4g} likes per follower"
        raise ValueError(f"{kind} post of {len(posts)} is {words}; choose another target or ratio")
    return answer.rename("liked").astype(bool), line
