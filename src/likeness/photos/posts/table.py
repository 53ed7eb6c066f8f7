"""The table of posts, whatever its origin: one row per post, checked row by row, nothing lost."""

import warnings

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.posts.cells import dates, flag, inner_path, is_hidden, is_rounded, text, words
from likeness.photos.posts.counts import is_short, whole_number
from likeness.photos.posts.hashtags import signed_words
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
    "unreadable-file": "cannot be read as posts: damaged, or laid out otherwise; fetch it again, or remove it",
    "bad-row": "has more or fewer cells than the header; put quotes around cells that hold commas",
    "bad-name": "the name of the file or of its folder is not UTF-8; rename it",
    "no-id": "post_id is empty; give every post an id",
    "no-user": "user_id is empty; say whose post it is",
    "rounded-id": "post_id or user_id was rounded, as in 1.47907E+18; export it as text",
    "hidden-likes": "the account hides its likes (like_and_view_counts_disabled), no count is known; leave it out",
    "short-number": "likes or followers is shortened and so rounded, as in 1.2k; export the whole number",
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
UNSURE = {  # mark -> the columns that are looked at, what to look for, and why such a row is refused
    "rounded": (("post_id", "user_id"), is_rounded, "rounded-id"),
    "hidden": (("likes",), is_hidden, "hidden-likes"),
    "short": (("likes", "followers"), is_short, "short-number"),
}


class LostPosts(RuntimeError):
    """Valid and refused posts do not add up to the posts found."""


def validate_posts(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (posts, refused) of a table as a reader gives it.

    raw: the columns of POST_TYPES as the source wrote them: text or values, dates in any ISO form (naive ones count
    as UTC), lists as `hashtags.signed_words` reads them; path says where a row comes from.
    posts: POST_TYPES, in the order found; hashtags and mentions in lower case with their # and @.
    refused: path, post_id, reason (REFUSALS), detail. Of valid rows with the same post_id the first is kept.
    Raises LostPosts unless valid + refused = found.
    """
    found = raw.reset_index(drop=True)
    found.attrs = {}  # what a reader says of its source would be written into every table that is made of this one
    table = parsed(found)
    reason = first_reason(table)
    is_bad = reason != ""
    posts = table.loc[~is_bad, list(POST_TYPES)].astype(POST_TYPES).reset_index(drop=True)
    refused = refusals(found.loc[is_bad, "path"], table.loc[is_bad, "post_id"], reason[is_bad])
    if len(posts) + len(refused) != len(raw):
        raise LostPosts(f"{len(raw)} posts found, but {len(posts)} valid + {len(refused)} refused")
    return posts, refused


def sort_posts(raw: pd.DataFrame, unread: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (posts, refused) of what `posts.readers.read_posts` gives; refused holds what cannot be read too.

    Raises LayoutError where not one post is valid, with the most frequent reason and an example.
    """
    posts, invalid = validate_posts(raw)
    refused = pd.concat([unread, invalid], ignore_index=True)
    if posts.empty and len(refused):
        why = refused["reason"].mode().iloc[0]
        example = refused[refused["reason"] == why].iloc[0]
        raise LayoutError(
            f"{example['path']}: {why}: {example['detail']}; none of {len(refused)} posts or files can be used, "
            f"{int((refused['reason'] == why).sum())} for this reason"
        )
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
    for name in ("likes", "followers"):
        table[name] = raw[name].map(whole_number).astype(float)
    for name, (columns, is_so, _) in UNSURE.items():
        table[name] = [any(map(is_so, cells)) for cells in zip(*(raw[column] for column in columns), strict=True)]
        table[name] = table[name].astype(bool)
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
            **{
                name: pa.Column(None, pa.Check.eq(False, error=why), required=False)
                for name, (_, _, why) in UNSURE.items()
            },
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
