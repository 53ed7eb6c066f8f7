"""Which posts can be compared: filters that say what to keep, and a funnel that loses none."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import median_abs_deviation

from likeness.errors import UserError
from likeness.photos.posts.hashtags import has_tag

Bounds = tuple[float, float]
EVERYBODY: Bounds = (0.0, np.inf)
SCALES = ("linear", "log10")
RULES = ("mad", "sd", "none")
TOLERANCE = 0.02  # of a square's sides
FUNNEL = ("step", "posts", "users")


def comparable(
    posts: pd.DataFrame, photos: pd.DataFrame, *, hashtag: str, min_age_days: int, square_only: bool
) -> dict[str, pd.Series]:
    """Return {what a post must be: which posts are}, in order, as `apply_filters` takes it.

    posts: hashtags, is_video, taken_at, collected_at, photo_id ("" where a post has no usable picture). photos:
    photo_id, width, height [px]; where there are none at all, no post is asked for a picture. hashtag: "" for any.
    Raises UserError where no post carries it, with the hashtags that are there.
    """
    tagged = has_hashtag(posts, hashtag)
    if len(posts) and not tagged.any():
        often = posts["hashtags"].explode().value_counts().head(5).index
        raise UserError(
            f"likability.prepare.hashtag: none of {len(posts)} posts carries {hashtag!r}; choose another, or leave it "
            f"empty; most frequent are {', '.join(often) or 'none: no post has a hashtag'}"
        )
    masks = {
        f"carries #{hashtag}" if hashtag else "any hashtag": tagged,
        "is no video": ~posts["is_video"],
        f"at least {min_age_days} days old": is_old_enough(posts, min_age_days),
    }
    if len(photos):
        masks["has a usable picture"] = posts["photo_id"] != ""
    if square_only:
        size = photos.set_index("photo_id")[["width", "height"]].reindex(posts["photo_id"]).set_axis(posts.index)
        masks["is square"] = is_square(size["width"], size["height"])
    return masks


def has_hashtag(posts: pd.DataFrame, hashtag: str) -> pd.Series:
    """Return which posts carry a hashtag ("#me" or "me", in any case); "" keeps all. posts: hashtags.

    >>> has_hashtag(pd.DataFrame({"hashtags": [["#me", "#sun"], ["#menu"]]}), "Me").tolist()
    [True, False]
    """
    wanted = hashtag.strip().lstrip("#")
    return pd.Series([not wanted or has_tag(tags, f"#{wanted}") for tags in posts["hashtags"]], posts.index, dtype=bool)


def is_old_enough(posts: pd.DataFrame, days: int) -> pd.Series:
    """Return which posts were at least `days` old when their likes were counted. posts: taken_at, collected_at."""
    return posts["collected_at"] - posts["taken_at"] >= pd.Timedelta(days=days)


def is_square(width: pd.Series, height: pd.Series) -> pd.Series:
    """Return which photos [px] are square up to 2 % of their longer side; those of unknown size (NaN) are not.

    >>> is_square(pd.Series([640, 640]), pd.Series([635, 480])).tolist()
    [True, False]
    """
    return (width - height).abs() <= TOLERANCE * np.maximum(width, height)


def user_followers(posts: pd.DataFrame) -> pd.Series:
    """Return the followers of each user, by user_id: the median over their posts.

    >>> user_followers(pd.DataFrame({"user_id": ["a", "a", "b"], "followers": [10, 14, 300]})).to_dict()
    {'a': 12.0, 'b': 300.0}
    """
    return posts.groupby("user_id")["followers"].median().sort_index()


def follower_bounds(followers: pd.Series, *, factor: float, scale: str, rule: str) -> Bounds:
    """Return the smallest and the largest number of followers that a rule keeps.

    followers: of each user, a user once, at least 1. rule: "mad": median +- factor x median absolute deviation (as it
    is, without the constant that makes it the SD of a normal distribution); "sd": mean +- factor x standard deviation
    (of these users, not corrected); "none": 0 to infinity. scale: "linear", or "log10": the rule is applied to the
    logarithm. Raises ValueError for another rule or scale.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r}: use one of {', '.join(RULES)}")
    if scale not in SCALES:
        raise ValueError(f"scale {scale!r}: use one of {', '.join(SCALES)}")
    if rule == "none" or followers.empty:
        return EVERYBODY
    values = followers.to_numpy(float) if scale == "linear" else np.log10(followers.to_numpy(float))
    if rule == "mad":
        middle, spread = np.median(values), median_abs_deviation(values)
    else:
        middle, spread = values.mean(), values.std()
    low, high = middle - factor * spread, middle + factor * spread
    return (float(low), float(high)) if scale == "linear" else (float(10**low), float(10**high))


def bounds_by_rule(followers: pd.Series, *, factor: float, scale: str) -> dict[str, Bounds]:
    """Return {rule: the bounds that it draws}, of all RULES; see `follower_bounds`.

    >>> bounds_by_rule(pd.Series([8, 10, 12, 1000]), factor=3, scale="linear")["mad"]
    (5.0, 17.0)
    """
    return {rule: follower_bounds(followers, factor=factor, scale=scale, rule=rule) for rule in RULES}


def has_followers_within(posts: pd.DataFrame, bounds: Bounds) -> pd.Series:
    """Return which posts are of users whose median followers (over their posts) lie within bounds, both included."""
    return posts["user_id"].map(user_followers(posts)).between(*bounds)


def apply_filters(
    posts: pd.DataFrame, masks: Mapping[str, pd.Series], funnel: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return (kept, dropped, funnel) after filters in order: kept + dropped = posts.

    masks: {what a post must be: bool by post, with the index of posts}. dropped: the posts with `why`, the first filter
    that took them. funnel: step, posts, users left after each step; continues the one given, else begins with "valid
    posts". Raises ValueError for a mask that is not one truth value per post.
    """
    left = posts
    rows = [] if funnel is not None else [("valid posts", len(posts), posts["user_id"].nunique())]
    dropped = [posts.iloc[:0].assign(why="")]
    for name, mask in masks.items():
        if mask.dtype != bool or not mask.index.equals(posts.index):
            raise ValueError(f"filter {name!r}: is no truth value for each of the {len(posts)} posts; give a bool mask")
        keep = mask.loc[left.index]
        dropped.append(left[~keep].assign(why=name))
        left = left[keep]
        rows.append((name, len(left), left["user_id"].nunique()))
    steps = pd.DataFrame(rows, columns=list(FUNNEL))
    gone = pd.concat([part for part in dropped if len(part)] or dropped[:1], ignore_index=True)
    if len(left) + len(gone) != len(posts):
        raise RuntimeError(f"{len(posts)} posts, but {len(left)} kept + {len(gone)} dropped")
    steps = steps if funnel is None else pd.concat([funnel, steps], ignore_index=True)
    return left.reset_index(drop=True), gone, steps
