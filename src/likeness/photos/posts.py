"""The table of posts, whatever its origin: one row per post, checked row by row, nothing lost."""

import warnings
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from likeness.repeatable import NO_NEWS

POST_TYPES = {
    "post_id": "str",
    "user_id": "str",
    "image": "str",
    "likes": "int64",
    "followers": "int64",
    "taken_at": "datetime64[us]",
    "collected_at": "datetime64[us]",
    "caption": "str",
    "hashtags": "object",
    "mentions": "object",
    "is_ad": "bool",
    "is_video": "bool",
    "place": "str",
    "path": "str",
}
REFUSED = ("path", "post_id", "reason", "detail")
REFUSALS = {  # reason -> what to do; of several the first is given
    "unreadable-file": "cannot be read as posts; fetch it again, or remove it",
    "bad-row": "has more or fewer cells than the header; put quotes around cells that hold commas",
    "no-id": "post_id is empty; give every post an id",
    "no-user": "user_id is empty; say whose post it is",
    "bad-number": "likes or followers is missing or no whole number; correct it, or add the account's own file",
    "negative-likes": "likes are below 0, as where counts are hidden; leave the post out or collect it again",
    "zero-followers": "followers are below 1, and likes per follower have no meaning; collect the account again",
    "bad-date": "taken_at or collected_at is no date, or that of an unset clock; write it as 2017-04-30T05:00:00",
    "future-date": "taken_at lies after collected_at; check the clock, the time zone or collected_at",
    "bad-caption": "caption is no text; write an empty one where there is none",
    "bad-list": "hashtags or mentions is no list of words; separate them by spaces",
    "bad-flag": "is_ad or is_video is neither true nor false; write True or False",
    "bad-image": "image lies outside the repository; put or link the pictures under data/raw/",
    "duplicate-post": "the same post_id stands further up; the first row is kept",
}
MISSING = {  # column -> why a row is refused whose cell holds nothing that can be used
    "likes": "bad-number",
    "followers": "bad-number",
    "taken_at": "bad-date",
    "collected_at": "bad-date",
    "caption": "bad-caption",
    "hashtags": "bad-list",
    "mentions": "bad-list",
    "is_ad": "bad-flag",
    "is_video": "bad-flag",
    "image": "bad-image",
}
UNSET_CLOCK = pd.Timestamp(1970, 1, 2)  # a count of 0 seconds is no date of a post, in any time zone
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no", "")
BRACKETS = "[](){}'\""  # around lists that were written as Python or JSON writes them


class LostPosts(RuntimeError):
    """Valid and refused posts do not add up to the posts found."""


def validate_posts(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (posts, refused) of a table as a reader gives it.

    raw: the columns of POST_TYPES as the source wrote them: text or values, dates in any ISO form (naive ones count
    as UTC), lists as lists or as words between spaces or commas; path says where a row comes from.
    posts: POST_TYPES, in the order found; hashtags and mentions in lower case with their # and @.
    refused: path, post_id, reason (REFUSALS), detail. Of valid rows with the same post_id the first is kept.
    Raises LostPosts unless valid + refused = found.
    """
    found = raw.reset_index(drop=True)
    table = parsed(found)
    reason = first_reason(table)
    is_bad = reason != ""
    posts = table.loc[~is_bad, list(POST_TYPES)].astype(POST_TYPES).reset_index(drop=True)
    refused = refusals(found.loc[is_bad, "path"], table.loc[is_bad, "post_id"], reason[is_bad])
    if len(posts) + len(refused) != len(raw):
        raise LostPosts(f"{len(raw)} posts found, but {len(posts)} valid + {len(refused)} refused")
    return posts, refused


def refusals(path: pd.Series, post_id: pd.Series, reason: pd.Series) -> pd.DataFrame:
    """Return rows of the table of refused posts, their detail from REFUSALS."""
    columns = (path, post_id, reason, reason.map(REFUSALS))
    return pd.DataFrame({name: list(values) for name, values in zip(REFUSED, columns, strict=True)}, dtype="str")


def parsed(raw: pd.DataFrame) -> pd.DataFrame:
    """Return typed values; what cannot be used is missing: NaN, NaT or None."""
    table = raw[["path"]].copy()
    for name in ("post_id", "user_id", "place"):
        table[name] = raw[name].map(words)
    for name, parse in (("likes", whole_number), ("followers", whole_number)):
        table[name] = raw[name].map(parse).astype(float)
    for name in ("taken_at", "collected_at"):
        table[name] = dates(raw[name])
    for name, parse in (("image", inner_path), ("caption", text), ("is_ad", flag), ("is_video", flag)):
        table[name] = pd.Series([parse(value) for value in raw[name]], index=raw.index, dtype=object)
    for name, sign in (("hashtags", "#"), ("mentions", "@")):
        values = [signed_words(value, sign) for value in raw[name]]
        table[name] = pd.Series(values, index=raw.index, dtype=object)
    return table


def first_reason(table: pd.DataFrame) -> pd.Series:
    """Return why each row is refused, "" where it is not: the first failed check in the order of REFUSALS."""
    rank = {name: place for place, name in enumerate(REFUSALS)}
    failed = failures(table).map(rank).groupby(level=0).min()
    reason = pd.Series("", index=table.index, dtype=object)
    reason.loc[failed.index] = [list(REFUSALS)[place] for place in failed]
    valid = table[reason == ""]
    reason.loc[valid.index[valid["post_id"].duplicated()]] = "duplicate-post"
    return reason


def failures(table: pd.DataFrame) -> pd.Series:
    """Return every failed check of the parsed table: its reason, by row label, a row once per check."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", NO_NEWS, FutureWarning)
        return _failures(table)


def _failures(table: pd.DataFrame) -> pd.Series:
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    schema = pa.DataFrameSchema(
        {
            "post_id": pa.Column(None, pa.Check.ne("", error="no-id")),
            "user_id": pa.Column(None, pa.Check.ne("", error="no-user")),
            **{name: pa.Column(None) for name in MISSING},  # a missing value fails as "not_nullable"
            "likes": pa.Column(None, pa.Check.ge(0, error="negative-likes")),
            "followers": pa.Column(None, pa.Check.ge(1, error="zero-followers")),
            "age": pa.Column(None, pa.Check.ge(pd.Timedelta(0), error="future-date"), nullable=True),
        }
    )
    try:
        schema.validate(table.assign(age=table["collected_at"] - table["taken_at"]), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        reason = cases["check"].where(cases["check"] != "not_nullable", cases["column"].map(MISSING))
        return pd.Series(reason.to_numpy(), index=cases["index"].astype(int))
    return pd.Series(dtype=object, index=pd.Index([], dtype=int))


def is_absent(value: object) -> bool:
    """Say whether a cell holds nothing: None, NaN or NaT."""
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def words(value: object) -> str:
    """Return a text or a number without spaces around it, "" for anything else."""
    if is_absent(value) or not isinstance(value, str | int | float | np.number):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def text(value: object) -> str | None:
    """Return a caption, "" where there is none, None where the cell holds something else than text."""
    return "" if is_absent(value) else value if isinstance(value, str) else None


def inner_path(value: object) -> str | None:
    """Return a path that stays inside the folder that it is relative to, None for another; "" where there is none."""
    path = PurePosixPath(words(value))
    leaves = path.is_absolute() or ".." in path.parts or "\0" in str(path)
    return None if leaves else words(value)


def whole_number(value: object) -> float:
    """Return a cell as a whole number, NaN where it holds none (truth values, 1_000 and 1e400 are none)."""
    if isinstance(value, bool | np.bool_) or "_" in str(value):
        return np.nan
    try:
        number = float(str(value))
    except ValueError:
        return np.nan
    return number if number.is_integer() and abs(number) < 2**53 else np.nan


def dates(values: pd.Series) -> pd.Series:
    """Return cells as naive UTC dates, NaT where a cell holds none: numbers, and days before 2 January 1970."""
    written = [value if isinstance(value, str) or hasattr(value, "isoformat") else None for value in values]
    when = pd.to_datetime(pd.Series(written, index=values.index, dtype=object), errors="coerce", utc=True,
                          format="ISO8601")  # fmt: skip
    naive = when.dt.tz_localize(None).astype("datetime64[us]")
    return naive.where(naive >= UNSET_CLOCK)


def signed_words(value: object, sign: str) -> list[str] | None:
    """Return words in lower case, each with its sign in front; None where the cell is neither text nor a list of it."""
    if is_absent(value):
        return []
    if isinstance(value, str):
        value = [word.strip(BRACKETS) for word in value.replace(",", " ").split()]
    if not isinstance(value, list | tuple | np.ndarray) or not all(isinstance(word, str) for word in value):
        return None
    bare = [word.strip().lstrip(sign).lower() for word in value]
    return [sign + word for word in bare if word]


def flag(value: object) -> bool | None:
    """Return a cell as a truth value, None where it is neither true nor false; an empty one is false."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    written = words(value).lower() if is_absent(value) or isinstance(value, str | int | float) else "?"
    return True if written in TRUE else False if written in FALSE else None
