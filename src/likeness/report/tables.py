"""Tables of the reports: a DataFrame as HTML, and the tables that several studies show.

Every cell is escaped, numbers are set right, wide tables scroll in their own box.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from likeness.params.section import Section
from likeness.report.html_text import (
    DASH,
    PAIRS,
    Html,
    Wording,
    counted,
    folded,
    interval,
    is_missing,
    note,
    percent,
    sheet,
    stack,
    styled_block,
    text,
    warning,
)

TABLE_CSS = sheet("table")
NAME, COLUMNS = 44, 4  # most characters and columns with which the first one does not wrap
LISTED = 50  # files in quarantine
UNCLEAR = 6  # comparisons without a verdict that a table shows at full length
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula


def table(
    rows: pd.DataFrame,
    caption: str | None = None,
    names: Mapping[str, str] | None = None,
    numeric: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    empty: str = "Nothing to show.",
) -> Html:
    """Return a DataFrame as <table class="lk-table"> inside a box that scrolls sideways on a phone.

    names: {column: heading}. numeric: columns set right; number columns are anyway. classes: one CSS class per row (""
    for none). The first column is the row's heading.
    """
    if rows.empty:
        return note(empty)
    names = names or {}
    right = {c for c in rows.columns if c in numeric or pd.api.types.is_numeric_dtype(rows[c].dtype)}
    right -= {c for c in rows.columns if pd.api.types.is_bool_dtype(rows[c].dtype)}
    head = "".join(_tag("th", names.get(c, c), c in right, ' scope="col"') for c in rows.columns)
    first = rows.columns[0]
    # Long paths may wrap, names of models should not, unless the last column would be out of sight.
    short = rows[first].astype(str).str.len().max() <= NAME and len(rows.columns) <= COLUMNS
    body = []
    for kind, row in zip(classes or [""] * len(rows), rows.to_dict("records"), strict=True):
        cells = [_tag("td", plain(row[c]), c in right) for c in rows.columns]
        heading = f' scope="row"{_class("lk-name" if short else "")}'
        cells[0] = _tag("th", plain(row[first]), False, heading)
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
    return interval(value) if isinstance(value, float) else value


def results_table(
    scores: pd.DataFrame,
    original: Mapping[str, float] | None = None,
    metric: str = "accuracy",
    wording: Wording = PAIRS,
) -> Html:
    """Return our numbers on the honest split and on pairs split at random (naive), and the original study's.

    scores: model, scheme ("naive", "honest", and "temporal" of posts), value (larger is better), low, high; one row per
    model and scheme (of `score_models`, one split and metric). original: {model: value of the seed study}.
    Sorted by our honest number, best first; models that only the original reports come last.
    """
    if scores.duplicated(["model", "scheme"]).any():
        twice = scores[scores.duplicated(["model", "scheme"])].iloc[0]
        raise ValueError(f"results_table: {twice['model']!r} has two {twice['scheme']} rows; filter split and metric")
    original = original or {}
    ours = {(row.scheme, row.model): row for row in scores.itertuples()}

    def key(model: str) -> tuple[bool, float, str]:
        row = ours.get(("honest", model))
        return row is None, 0.0 if row is None else -row.value, model

    models = sorted({*scores["model"], *original}, key=key)
    shown = pd.DataFrame({"model": models})
    schemes = ["honest", "temporal", "naive"] if scores["scheme"].eq("temporal").any() else ["honest", "naive"]
    for scheme in schemes:
        rows = [ours.get((scheme, model)) for model in models]
        shown[scheme] = [DASH if row is None else interval(row.value, row.low, row.high) for row in rows]
    if original:
        shown["original"] = [interval(original.get(model)) for model in models]
    names = {
        "original": f"original study, {wording.naive}",
        "naive": f"ours, {wording.naive}",
        "honest": "ours, honest split",
        "temporal": f"ours, later {wording.items}",
    }
    caption = f"{metric}, with 95 % intervals; best honest number first"
    return table(shown, caption, names=names, numeric=["original", *schemes])


def paired_table(comparisons: pd.DataFrame, metric: str, caption: str | None = None, wording: Wording = PAIRS) -> Html:
    """Return every comparison in words; where the test cannot tell two models apart, the row is greyed and says so.

    Of more than UNCLEAR such rows the table keeps none: they fold away below it.

    comparisons: columns a, b, difference (a minus b), low, high, p_adjusted (Holm) or p_value, and verdict
    ("A better", "B better", "not distinguishable"), and where networks have several training runs also runs and held
    (see `comparisons.judge_runs`). Sorted by p, then by the size of the difference.
    """
    p = "p_adjusted" if "p_adjusted" in comparisons else "p_value"
    comparisons = comparisons.assign(size=-comparisons["difference"].abs()).sort_values([p, "size", "a", "b"])
    caption = caption or f"paired tests on the same {wording.items}, {metric}"
    unclear = comparisons["verdict"] == "not distinguishable"
    if unclear.sum() <= UNCLEAR:
        return _paired_rows(comparisons, metric, caption)
    summary = f"{counted(int(unclear.sum()), 'comparison')} that the test can't tell from no difference: {caption}"
    rest = folded(summary, _paired_rows(comparisons[unclear], metric, f"{caption}: not distinguishable"))
    return stack([_paired_rows(comparisons[~unclear], metric, caption), rest] if not unclear.all() else [rest])


def _paired_rows(comparisons: pd.DataFrame, metric: str, caption: str) -> Html:
    p = "p_adjusted" if "p_adjusted" in comparisons else "p_value"
    several, rows = "runs" in comparisons and bool((comparisons["runs"] > 1).any()), []
    for row in comparisons.rename(columns={p: "p"}).itertuples():
        difference = ("+" if row.difference > 0 else "") + interval(row.difference, row.low, row.high)
        chance = DASH if is_missing(row.p) else "< 0.001" if row.p < 0.001 else f"{row.p:.3f}"
        verdict = {"A better": f"{row.a} is better", "B better": f"{row.b} is better"}.get(row.verdict, row.verdict)
        held = (f"{row.held} of {row.runs}" if row.runs > 1 else DASH,) if several else ()
        rows.append((f"{row.a} against {row.b}", difference, chance, verdict, *held))
    columns = ["comparison", "difference", "p", "verdict", *(["held"] if several else [])]
    return table(
        pd.DataFrame(rows, columns=columns),
        caption,
        names={
            "difference": f"difference in {metric} (95 %)",
            "p": "p (Holm)" if p == "p_adjusted" else "p",
            "held": "seeds that say so alone",
        },
        numeric=["difference", "p"],
        classes=["lk-dim" if verdict == "not distinguishable" else "" for verdict in comparisons["verdict"]],
        empty="No models to compare.",
    )


def audit_table(audit: pd.DataFrame, caption: str | None = None) -> Html:
    """Return the leak audit, folded under its result: what training shares with the photos a model is judged on.

    audit: columns scheme, shared, between, count, of, share, as photos.audit.leak_audit gives (both schemes may be
    put one below the other). Sites and arrangements shared by design are listed like the rest.
    """
    shown = audit[["scheme", "shared", "between"]].copy()
    shown["leak"] = [
        f"{'✓' if n == 0 else '✗'} {n:,} of {of:,}" for n, of in zip(audit["count"], audit["of"], strict=True)
    ]
    shown["share"] = [percent(share) for share in audit["share"]]
    own = audit.loc[audit["scheme"] == "honest", "count"]
    shared = int((own > 0).sum())
    result = f"Leak audit of the honest split: {shared} of {counted(len(own), 'check')} found anything shared"
    body = table(
        shown,
        caption or "leak audit: what train shares with val and test",
        names={"scheme": "split", "shared": "what", "leak": "shared"},
        numeric=["leak", "share"],
        classes=["lk-good" if n == 0 else "lk-bad" for n in audit["count"]],
    )
    return folded(result, body)


def quarantine_table(quarantine: pd.DataFrame) -> Html:
    """Return refused files by reason, the first 50. quarantine: columns path, reason, detail."""
    shown = quarantine.sort_values(["reason", "path"])[["path", "reason", "detail"]].head(LISTED)
    more = f", the first {LISTED} listed" if len(quarantine) > LISTED else ""
    return table(shown, f"{counted(len(quarantine), 'file')} in quarantine{more}", empty="No file was refused.")


def parameters_table(section: Section) -> Html:
    """Return the values of a run as a table that folds away: what a page shows before its answer."""
    rows = [(key, "(empty)" if value == "" else str(value)) for key, value in section.flat()]
    shown = table(pd.DataFrame(rows, columns=["parameter", "value"]))
    return folded(f"The {len(rows)} parameters of this run", shown)


def scorecard_table(scorecard: pd.DataFrame, message: str | None) -> Html:
    """Return the saliency scorecard, as explain.scorecard gives, under a warning (message) where a test was failed."""
    verdicts = {True: "✓ passed", False: "✗ failed"}
    shown = pd.DataFrame(
        {
            "method": scorecard["method"],
            "test": scorecard["test"],
            "value": [interval(row.value, row.low, row.high) for row in scorecard.itertuples()],
            "chance": [interval(value) for value in scorecard["chance"]],
            # A map may pass by less than a hundredth.
            "gain": [interval(row.gain, row.gain_low, row.gain_high, digits=3) for row in scorecard.itertuples()],
            "n": scorecard["n"],
            "verdict": [DASH if is_missing(passed) else verdicts[bool(passed)] for passed in scorecard["passed"]],
        }
    )
    numeric = ["value", "chance", "gain", "n"]
    card = table(shown, "what the saliency maps were tested for, with 95 % intervals", numeric=numeric)
    return stack([warning(message), card]) if message else card


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before text that a spreadsheet would take for a formula."""

    def safe(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

    return table.assign(**{name: table[name].map(safe) for name in table.select_dtypes(exclude="number")})
