"""Small pieces of HTML: escaped text, notes, warnings, figures with captions, a strip of headline numbers; and words.

Every function escapes what it is given, unless it is already `Html`. The pieces carry a short <style> whose
rules have no specificity (`:where`), so that JupyterLab shows them well and the report's own CSS wins.
"""

import math
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import pandas as pd

from likeness.report.palette import RIGHT, WRONG

DASH = "–"


class Html(str):
    """A fragment of HTML that is safe to show: notebooks render it, and `text` does not escape it again."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    __html__ = _repr_html_  # what Jinja asks a value for before it escapes it

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"<Html of {len(self):,} characters>")  # else the notebook would hold everything twice


def sheet(name: str) -> str:
    """Return the style of a piece of HTML, pieces/<name>.css on one line; FileNotFoundError for an unknown name."""
    lines = (Path(__file__).parent / "pieces" / f"{name}.css").read_text(encoding="utf-8").splitlines()
    return Template("".join(line.strip() for line in lines)).substitute(right=RIGHT, wrong=WRONG)


BASE_CSS, NOTE_CSS, NUMBERS_CSS = map(sheet, ("figure", "note", "numbers"))


def text(value: Any) -> str:
    """Return `value` as HTML text, quotes escaped too; `Html` passes as it is, a missing value is a dash."""
    if isinstance(value, Html):
        return str(value)
    return DASH if is_missing(value) else escape(str(value))


def is_missing(value: Any) -> bool:
    """Return True for None, NaN, NaT and pandas.NA."""
    if value is None or type(value).__name__ in {"NaTType", "NAType"}:
        return True
    return isinstance(value, float) and math.isnan(value)


def styled_block(css: str, body: str) -> Html:
    """Return `body` after a <style> with `css`."""
    return Html(f"<style>{css}</style>{body}")


def note(message: Any) -> Html:
    """Return a quiet box with one remark."""
    return styled_block(NOTE_CSS, f'<div class="lk-note" role="note">{text(message)}</div>')


def warning(message: Any) -> Html:
    """Return a box that a reader cannot miss; it starts with the word Warning, so colour is not alone."""
    body = f'<div class="lk-warning" role="alert"><strong>⚠ Warning.</strong> {text(message)}</div>'
    return styled_block(NOTE_CSS, body)


def figure(body: str, caption: Any = None, css: str = "") -> Html:
    """Wrap HTML `body` in <figure class="lk-figure"> with an optional caption."""
    below = "" if caption is None else f"<figcaption>{text(caption)}</figcaption>"
    return styled_block(BASE_CSS + css, f'<figure class="lk-figure">{body}{below}</figure>')


def folded(summary: str, body: Html) -> Html:
    """Return what a page shows at a click: a line that says what it is, and the rest below it."""
    return Html(f'<details class="lk-folded"><summary>{text(summary)}</summary>{body}</details>')


def stack(parts: Iterable[str]) -> Html:
    """Return fragments one below the other; plain strings among them are escaped as paragraphs."""
    return Html("".join(p if isinstance(p, Html) else f"<p>{text(p)}</p>" for p in parts))


def signed(value: float) -> str:
    """Return a difference with its sign, "+0.12" or "−0.12"."""
    return f"{_rounded(value, 2):+.2f}".replace("-", "−")


def _rounded(value: float, digits: int) -> float:
    """Round, and take the sign off a zero: −0.001 reads 0.00."""
    return round(float(value), digits) + 0.0


def interval(value: Any, low: Any = None, high: Any = None, digits: int = 2) -> str:
    """Return "0.58 (0.52–0.64)", "0.58" without an interval, or a dash without a value.

    >>> interval(0.58, 0.52, 0.64), interval(None)
    ('0.58 (0.52–0.64)', '–')
    """
    if is_missing(value):
        return DASH
    shown, between = f"{_rounded(value, digits):.{digits}f}".replace("-", "−"), bounds(low, high, digits)
    return f"{shown} ({between})" if between else shown


def bounds(low: Any, high: Any, digits: int = 2) -> str:
    """Return "0.52–0.64", "−0.08 to 0.05" (a dash beside a minus sign is unreadable), or "" where one is missing."""
    if is_missing(low) or is_missing(high):
        return ""
    low, high = _rounded(low, digits), _rounded(high, digits)
    return f"{low:.{digits}f}{DASH if low >= 0 else ' to '}{high:.{digits}f}".replace("-", "−")


def percent(share: float, digits: int = 0) -> str:
    """Return a share in [0, 1] as "16 %", with a space that does not break; a dash for a missing one."""
    return DASH if is_missing(share) else f"{100 * share:.{digits}f}\u00a0%"


def counted(n: int, noun: str) -> str:
    """Return "1 pair" or "1,200 pairs".

    >>> counted(1, "pair"), counted(1200, "pair")
    ('1 pair', '1,200 pairs')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def most_frequent(reasons: pd.Series, most: int = 3) -> str:
    """Return "12 not-an-image, 3 too-small": the most frequent reasons and how often each was given."""
    return ", ".join(f"{count:,} {reason}" for reason, count in reasons.value_counts().head(most).items())


def number(label: str, row: Any) -> dict[str, Any]:
    """Return a headline number from what has value, low and high: an Estimate, or a row of a table of numbers."""
    found = {name: getattr(row, name) for name in ("low", "high")}
    return {"label": label, "value": float(row.value)} | {k: float(v) for k, v in found.items() if not is_missing(v)}


def headline_numbers(numbers: Iterable[dict[str, Any]]) -> Html:
    """Return a strip of large numbers: dicts with `label`, `value` (number or text), maybe `low` and `high` (95 %)."""
    parts = []
    for entry in numbers:
        between = bounds(entry.get("low"), entry.get("high"))
        small = f"<small>95 % interval {between}</small>" if between else ""
        parts.append(f"<div><dt>{text(entry['label'])}</dt><dd>{text(large(entry['value']))}{small}</dd></div>")
    return styled_block(NUMBERS_CSS, f'<dl class="lk-numbers">{"".join(parts)}</dl>')


def large(value: Any) -> str:
    """Return a headline's value: text as it is, whole numbers with thousands separators, others with two decimals."""
    if isinstance(value, str):
        return value
    return interval(value) if isinstance(value, float) or is_missing(value) else f"{value:,}"


class Wording(NamedTuple):
    """What a report calls the things that a model tells apart; the defaults are those of pairs of photos."""

    item: str = "pair"
    positive: str = "same"  # "probability of same"
    positives: str = "same pairs"
    negatives: str = "different pairs"
    up: str = "same pose"  # in the legend of a histogram of both kinds
    down: str = "different"
    called: str = "the same"  # what a model calls the positive ones
    naive: str = "pairs at random"
    honest: str = "photos and sites apart"
    new: str = "new places"  # what only the honest split can speak of

    @property
    def items(self) -> str:
        """The plural of `item`."""
        return f"{self.item}s"


PAIRS = Wording()
POSTS = Wording(
    item="post",
    positive="liked",
    positives="liked posts",
    negatives="not-liked posts",
    up="liked",
    down="not liked",
    called="liked",
    naive="posts at random",
    honest="users apart",
    new="new users",
)
SCHEMES = {"honest": POSTS.honest, "naive": POSTS.naive}  # of posts, those that every model is judged on
