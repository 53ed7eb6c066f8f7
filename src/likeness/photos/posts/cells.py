"""Cells of a table of posts as values; None, "" or a missing date where a cell holds nothing that can be used."""

import re
import unicodedata
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

UNSET_CLOCK = pd.Timestamp(1970, 1, 2)  # a count of 0 seconds is no date of a post, in any time zone
TRUE = (
    "true",
    "1",
    "1.0",
    "yes",
    "y",
    "t",
    "wahr",
    "ja",
    "vrai",
    "oui",
    "verdadero",
    "s\u00ed",
    "vero",
    "s\u00ec",
    "waar",
)
FALSE = ("false", "0", "0.0", "no", "n", "f", "falsch", "nein", "faux", "non", "falso", "onwaar", "nee", "")
ZONE = re.compile(r"\s*(UTC|GMT)$")
DAY = 8  # characters of 20170430; what is shorter names no day
ROUNDED_ID = re.compile(r"\d+([.,]\d+)?[eE]\+\d+")  # 1.47907E+18, as a spreadsheet shows a long number
HIDDEN = "hidden"  # what readers write for likes that the account does not show


def is_absent(value: object) -> bool:
    """Say whether a cell holds nothing: None, NaN or NaT."""
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def words(value: object) -> str:
    """Return a text or a number, composed (NFC) and without spaces around it, "" for anything else."""
    if is_absent(value) or not isinstance(value, str | int | float | np.number):
        return ""
    written = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return unicodedata.normalize("NFC", written)


def as_written(value: object) -> str:
    """Return text or a number without spaces around it, its letters as they are: a file's name on the disk."""
    return value.strip() if isinstance(value, str) else words(value)


def is_rounded(value: object) -> bool:
    """Say whether an id is a number of which digits are lost."""
    is_float = isinstance(value, float | np.floating) and abs(value) >= 2**53
    return bool(is_float) or (isinstance(value, str) and ROUNDED_ID.fullmatch(value.strip()) is not None)


def is_hidden(value: object) -> bool:
    """Say whether a cell tells that the likes are hidden."""
    return isinstance(value, str) and value.strip().lower() == HIDDEN


def text(value: object) -> str | None:
    """Return a caption, "" where there is none, None where the cell holds something else than text."""
    return "" if is_absent(value) else value if isinstance(value, str) else None


def inner_path(value: object) -> str | None:
    """Return a path that stays inside the folder that it is relative to, None for another; "" where there is none."""
    written = as_written(value)
    path = PurePosixPath(written)
    leaves = path.is_absolute() or ".." in path.parts or "\0" in str(path)
    return None if leaves else written


def dates(values: pd.Series) -> pd.Series:
    """Return cells as naive UTC dates, NaT where a cell holds none: numbers, months, days before 2 January 1970."""
    written = [iso(value) if isinstance(value, str) or hasattr(value, "isoformat") else None for value in values]
    when = pd.to_datetime(pd.Series(written, index=values.index, dtype=object), errors="coerce", utc=True,
                          format="ISO8601")  # fmt: skip
    naive = when.dt.tz_localize(None).astype("datetime64[us]")
    return naive.where(naive >= UNSET_CLOCK)


def iso(value: object) -> object:
    """Return a date with UTC as ISO writes it, None for text that is too short to name a day."""
    if not isinstance(value, str):
        return value
    written = value.strip()
    return ZONE.sub("Z", written) if len(written) >= DAY else None


def flag(value: object) -> bool | None:
    """Return a cell as a truth value, None where it is neither true nor false; an empty one is false."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    written = words(value).lower() if is_absent(value) or isinstance(value, str | int | float) else "?"
    return True if written in TRUE else False if written in FALSE else None
