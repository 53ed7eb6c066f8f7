"""Numbers of likes and followers as tables write them: what may mean two numbers is refused, never guessed."""

import re

import numpy as np
import pandas as pd

from likeness.errors import LayoutError

MARKS = {".": ",", ",": "."}  # each, and what the other one is then
GROUPS = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")  # 1 234 567, 1'234: spaces of any width
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")  # 1.000, 1,234
SHORT = re.compile(r"[+-]?[\d.,\s]*\d\s?[^\W\d_]{1,4}\.?")  # 1.2k, 3 Mio.
MOST = 2**53  # whole numbers above are not exact as floats


def whole_number(value: object) -> float:
    """Return a cell as a whole number, NaN where it holds none (truth values, 1_000, 1.000 and 1e400 are none)."""
    if isinstance(value, bool | np.bool_):
        return np.nan
    return _whole(number(value, "") if isinstance(value, str) else _float(value))


def is_short(value: object) -> bool:
    """Say whether a cell holds a shortened number, such as 1.2k: a rounded one."""
    return isinstance(value, str) and SHORT.fullmatch(value.strip()) is not None


def number(text: str, decimal: str) -> float:
    """Return a number written with digits, NaN for other text and for what may mean two numbers.

    decimal: "." or ",", the other mark then groups thousands; "": as the text itself shows (1,234.0; 1.200.000).
    """
    plain = GROUPS.sub("", text.strip())
    decimal = decimal or _shown_decimal(plain)
    if not decimal or "_" in plain:
        return np.nan
    group = re.escape(MARKS[decimal])
    if not re.fullmatch(rf"[+-]?(\d{{1,3}}({group}\d{{3}})+|\d+)([{decimal}]\d+)?([eE][+-]?\d+)?", plain):
        return np.nan
    return float(plain.replace(MARKS[decimal], "").replace(decimal, "."))


def counts(values: pd.Series, where: pd.Series, *, decimal: str = "", thousands: str = "") -> pd.Series:
    """Return a column's cells with text such as 1.234 as int; other cells as they are, digits too.

    where: the place of each cell, such as "posts.csv, row 3". decimal, thousands: what stands before the fraction and
    between thousands, "." or ","; one tells the other, "" where nobody said.
    Raises LayoutError naming the first cell that may mean two numbers, or that is written in another way than others.
    """
    mark = decimal or MARKS.get(thousands, "")
    if not mark:
        _refuse_unclear(values, where)
    return pd.Series([_read(value, mark) for value in values], index=values.index, dtype=object, name=values.name)


def _read(value: object, decimal: str) -> object:
    if not isinstance(value, str) or not value.strip() or value.strip().isdecimal() or is_short(value):
        return value
    found = _whole(number(value, decimal))
    return int(found) if not np.isnan(found) else None if decimal else value


def _refuse_unclear(values: pd.Series, where: pd.Series) -> None:
    shown: dict[str, str] = {}  # decimal mark -> the first cell that shows it
    for value, place in zip(values, where, strict=True):
        if not isinstance(value, str) or not set(value) & set(MARKS):
            continue
        plain = GROUPS.sub("", value.strip())
        if AMBIGUOUS.fullmatch(plain):
            mark = "." if "." in plain else ","
            raise LayoutError(
                f"{place}: {values.name} {plain!r} may be {plain.split(mark)[0]} or {plain.replace(mark, '')}; set "
                f"likability.prepare.thousands in params.yaml to {mark!r} where it stands between thousands, or "
                f"likability.prepare.decimal where it stands before a fraction"
            )
        if not np.isnan(number(plain, "")):
            shown.setdefault(_shown_decimal(plain), value.strip())
    if len(shown) > 1:
        ways = " and ".join(map(repr, shown.values()))
        raise LayoutError(
            f"{where.iloc[0]} and below: {values.name} is written in two ways, {ways}; write it in one, or set "
            "likability.prepare.decimal in params.yaml to the mark before a fraction"
        )


def _shown_decimal(text: str) -> str:
    """Return the decimal mark that a number shows, "." where it has no mark, "" where it may be either."""
    marks = [letter for letter in text if letter in MARKS]
    if not marks:
        return "."
    if len({*marks}) == 1:
        is_group = len(marks) > 1
        return "" if AMBIGUOUS.fullmatch(text) else MARKS[marks[0]] if is_group else marks[0]
    return marks[-1]


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.nan


def _whole(value: float) -> float:
    return value if np.isfinite(value) and value == int(value) and abs(value) < MOST else np.nan
