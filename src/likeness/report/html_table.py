"""A DataFrame as an HTML table: every cell escaped, numbers set right, wide ones scroll in their own box."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from likeness.report.html_text import DASH, Html, is_missing, note, styled_block, text
from likeness.report.palette import RIGHT, WRONG

TABLE_CSS = (
    ":where(.lk-scroll){overflow-x:auto;max-width:100%;margin:1em 0}"
    ":where(.lk-table){border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ":where(.lk-table caption){text-align:left;opacity:.8;font-size:.9em;padding-bottom:.4em}"
    ":where(.lk-table th,.lk-table td){padding:.3em .9em .3em 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid rgba(127,127,127,.3)}"
    ":where(.lk-table .lk-name){white-space:nowrap;font-weight:500}"
    ":where(.lk-table .num){text-align:right;white-space:nowrap}"
    ":where(.lk-table .lk-dim){opacity:.68}:where(.lk-table .lk-best td){font-weight:600}"
    f":where(.lk-table .lk-bad td:last-child){{border-right:4px solid {WRONG}}}"
    f":where(.lk-table .lk-good td:last-child){{border-right:4px solid {RIGHT}}}"
)
NAME = 44  # characters
Format = Callable[[Any], Any]


def table(
    rows: pd.DataFrame,
    caption: str | None = None,
    formats: Mapping[str, Format] | None = None,
    names: Mapping[str, str] | None = None,
    numeric: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    empty: str = "Nothing to show.",
) -> Html:
    """Return a DataFrame as <table class="lk-table"> inside a box that scrolls sideways on a phone.

    formats: {column: function of a value}. names: {column: heading}. numeric: columns set right; number columns
    are anyway. classes: one CSS class per row ("" for none). The first column is the row's heading.
    """
    if rows.empty:
        return note(empty)
    formats, names = formats or {}, names or {}
    right = {c for c in rows.columns if c in numeric or pd.api.types.is_numeric_dtype(rows[c].dtype)}
    right -= {c for c in rows.columns if pd.api.types.is_bool_dtype(rows[c].dtype)}
    head = "".join(_tag("th", names.get(c, c), c in right, ' scope="col"') for c in rows.columns)
    first = rows.columns[0]
    short = rows[first].astype(str).str.len().max() <= NAME  # long paths may wrap, names of models should not
    body = []
    for kind, row in zip(classes or [""] * len(rows), rows.to_dict("records"), strict=True):
        cells = [_tag("td", formats.get(c, plain)(row[c]), c in right) for c in rows.columns]
        heading = f' scope="row"{_class("lk-name" if short else "")}'
        cells[0] = _tag("th", formats.get(first, plain)(row[first]), False, heading)
        body.append(f"<tr{_class(kind)}>{''.join(cells)}</tr>")
    title = "" if caption is None else f"<caption>{text(caption)}</caption>"
    label = f' aria-label="{text(caption or "table")}"'
    return styled_block(
        TABLE_CSS,
        f'<div class="lk-scroll" role="region" tabindex="0"{label}><table class="lk-table">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>",
    )


def _tag(tag: str, value: Any, right: bool, more: str = "") -> str:
    return f"<{tag}{more}{_class('num' if right else '')}>{text(value)}</{tag}>"


def _class(name: str) -> str:
    return f' class="{text(name)}"' if name else ""


def plain(value: Any) -> Any:
    """Return yes or no for a bool, two decimals for a float, thousands separators for an int, the rest as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_missing(value):
        return DASH
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}".replace("-", "−") if isinstance(value, float) else value
