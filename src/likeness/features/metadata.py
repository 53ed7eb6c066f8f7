"""What is known of a post without looking at its picture, and of the user who wrote it."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

HOURS, DAYS = 24, 7
TELLING = 20  # posts
PAST = ("past_log_ratio", "past_posts")
# Symbols that are drawn as emoji by themselves (Unicode's emoji-data, without what needs a selector) ...
_PICTURES = (
    "\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2600-\u2775\u2794-\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f170\U0001f171"
    "\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a"
    "\U0001f250\U0001f251\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f900-\U0001f9ff\U0001fa70-\U0001faff"
)
# ... and others that are only with the selector U+FE0F behind them, such as an arrow or the copyright sign.
_ONE = f"(?:[{_PICTURES}](?!\ufe0e)\ufe0f?|[\u00a9\u00ae\u203c-\u3299]\ufe0f)"
_TONED = f"{_ONE}[\U0001f3fb-\U0001f3ff]?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
EMOJI = re.compile(f"{_FLAG}|{_KEYCAP}|{_TONED}(?:\u200d{_TONED})*")


def metadata_features(posts: pd.DataFrame, *, user_past: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what is known of each post besides its picture: float columns, rows and index of `posts`.

    posts: taken_at, collected_at, caption, hashtags, mentions, is_ad, place.
    user_past: as `user_past` gives it for the same posts; its columns are added, as are those of `user_features`.
    Columns: hour_sin, hour_cos (UTC, with minutes; both 0, the middle of the circle, where the source gives days
    only), weekday_sin, weekday_cos (Monday is at angle 0), age_days (when the
    likes were counted), caption_length [characters], caption_words (between spaces: a Chinese sentence is one),
    emoji_count, hashtag_count, mention_count, is_ad and has_place (0 or 1).
    Raises ValueError naming a column that is missing, or a `user_past` of other posts.
    """
    _need(posts, ("taken_at", "collected_at", "caption", "hashtags", "mentions", "is_ad", "place"))
    taken = posts["taken_at"].dt
    hour = cyclic(taken.hour + taken.minute / 60, HOURS, "hour")
    tables = [
        hour * 0 if days_only(posts["taken_at"]) else hour,
        cyclic(taken.day_of_week, DAYS, "weekday"),
        pd.DataFrame(
            {
                "age_days": (posts["collected_at"] - posts["taken_at"]) / pd.Timedelta(days=1),
                "caption_length": posts["caption"].map(len),
                "caption_words": posts["caption"].map(lambda caption: len(caption.split())),
                "emoji_count": posts["caption"].map(count_emoji),
                "hashtag_count": posts["hashtags"].map(len),
                "mention_count": posts["mentions"].map(len),
                "is_ad": posts["is_ad"],
                "has_place": posts["place"] != "",
            }
        ),
        user_features(posts),
    ]
    if user_past is not None:
        if not user_past.index.equals(posts.index):
            raise ValueError(f"user_past has {len(user_past)} rows of other posts than the {len(posts)} of posts")
        tables.append(user_past)
    return pd.concat(tables, axis=1).astype(float)


def days_only(taken_at: pd.Series) -> bool:
    """Return True where a source gives days without a time: every post on the full hour, at one hour or two.

    Midnight somewhere is two hours in UTC, with and without daylight saving time. Fewer than 20 posts tell nothing.

    >>> days_only(pd.Series(pd.to_datetime(["2017-02-01 06:00", "2017-07-01 05:00"] * 10)))
    True
    """
    hours = taken_at.dt.floor("h")
    return len(taken_at) >= TELLING and bool(hours.eq(taken_at).all()) and hours.dt.hour.nunique() <= 2


def user_features(posts: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each post's user: log10_followers (float, at least 0), index of `posts`.

    posts: followers, at least 1. The number of the user's posts is no feature: it would look at posts held out.
    """
    _need(posts, ("followers",))
    few = posts.index[posts["followers"] < 1]
    if len(few):
        raise ValueError(
            f"row {few[0]}: followers {posts.loc[few[0], 'followers']}; the prepare stage keeps 1 and more"
        )
    return pd.DataFrame({"log10_followers": np.log10(posts["followers"].astype(float))})


def user_past(posts: pd.DataFrame, train: Sequence[bool] | np.ndarray | pd.Series) -> pd.DataFrame:
    """Return what each post's user had earned before, by training posts only: float columns, index of `posts`.

    posts: user_id, taken_at, likes, followers. train: bool, one a post: the posts whose likes may be known.
    past_posts: the user's training posts taken before this post. past_log_ratio: the mean of
    log10((likes + 1) / followers) over them; where there are none, over all training posts (0 without any), as every
    model but boosting needs a number. In a split by user that is every held-out post: the columns tell something only
    where a user has posts on both sides, as in the temporal split.
    Raises ValueError if `train` does not fit the posts.
    """
    _need(posts, ("user_id", "taken_at", "likes", "followers"))
    train = np.asarray(train)
    if train.shape != (len(posts),) or train.dtype != bool:
        raise ValueError(
            f"train is {train.dtype} of shape {train.shape}; it must be bool, one for each of {len(posts)} posts"
        )
    taken = posts["taken_at"].to_numpy()
    log_ratio = np.log10((posts["likes"].to_numpy(float) + 1) / posts["followers"].to_numpy(float))
    count, mean = np.zeros(len(posts)), np.full(len(posts), log_ratio[train].mean() if train.any() else 0.0)
    for rows in posts.groupby("user_id").indices.values():
        known = rows[train[rows]]
        known = known[np.argsort(taken[known], kind="stable")]
        count[rows] = np.searchsorted(taken[known], taken[rows], side="left")  # strictly before
        some = rows[count[rows] > 0]
        mean[some] = np.cumsum(log_ratio[known])[count[some].astype(int) - 1] / count[some]
    return pd.DataFrame(dict(zip(PAST, (mean, count), strict=True)), index=posts.index)


def cyclic(values: pd.Series, period: int, name: str) -> pd.DataFrame:
    """Return <name>_sin and <name>_cos of values on a circle of `period`, so that 23 h lies beside 0 h."""
    angle = 2 * np.pi * values / period
    return pd.DataFrame({f"{name}_sin": np.sin(angle), f"{name}_cos": np.cos(angle)})


def count_emoji(text: str) -> int:
    """Count the emoji that a reader sees: a flag, a keycap, a family joined of four people each count once.

    Symbols and dingbats (U+2600 to U+27BF: hearts, suns; no digits) count with and without the selector for colour.

    >>> count_emoji("sun \N{BLACK SUN WITH RAYS} and 3 cats \N{CAT FACE}\N{CAT FACE}")
    3
    """
    return len(EMOJI.findall(text))


def _need(posts: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in posts.columns]
    if missing:
        raise ValueError(f"posts lack the column {missing[0]!r}; they have {', '.join(map(str, posts.columns))}")
