"""The table of all benchmarks as Markdown and as a page of HTML that needs no second file and fits a phone."""

from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from words import machine_line, markdown_table

from likeness.report.page.theme import SHEETS, check_offline, stylesheet
from likeness.report.tables import table

HEADS = {
    "what": "measured",
    "ours": "ours",
    "beside": "beside",
    "figure": "figure",
    "goal": "goal",
    "met": "outcome",
    "growth": "growth",
}
TITLE = "Benchmarks beside peers"
LEDE = (
    "Every script times us and the peers in one run, in turns. Read the ratios: seconds depend on the machine. "
    "Growth: the exponent b of seconds = a × work^b, from 1, 4 and 16 times the work."
)
PHONE = "44rem"  # a narrower screen shows each line as a block of its own
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ title }} · likeness</title>
<meta name="description" content="{{ lede }}">
{% include 'head.html.j2' %}
</head>
<body id="top">
<div class="lk-page">
<main>
<header class="lk-title">
<p class="lk-kicker">benchmarks</p>
<h1>{{ title }}</h1>
<div class="lk-lede"><p>{{ lede }}</p></div>
</header>
{{ table }}
<h2>Measured on</h2>
<ul>{% for line in machines %}<li>{{ line }}</li>{% endfor %}</ul>
</main>
</div>
</body>
</html>
"""


def as_markdown(lines: list[dict[str, Any]], results: dict[str, dict]) -> str:
    """Return the table for a reader of the repository."""
    cells = [[_cell(line, key).replace("|", "\\|") for key in HEADS] for line in lines]
    pages = ", ".join(f"[{name}]({name}.md)" for name, result in results.items() if "machine" in result)
    machines = "".join(f"- {line}\n" for line in machines_of(results))
    return (
        f"# {TITLE}\n\nWritten by `make bench`; do not edit. {LEDE}\n\n{markdown_table([*HEADS.values()], cells)}\n"
        f"{count_outcomes(lines)} Details: {pages or 'none yet'}.\n\nMeasured on\n\n{machines or '- nothing yet'}"
    )


def as_html(lines: list[dict[str, Any]], results: dict[str, dict]) -> str:
    """Return the same as a page of its own, light and dark; a narrow screen shows a block per line."""
    shown = pd.DataFrame([{key: _cell(line, key) for key in HEADS} for line in lines])
    classes = [{"met": "lk-good", "missed": "lk-bad"}.get(_cell(line, "met"), "") for line in lines]
    environment = Environment(loader=FileSystemLoader(SHEETS), autoescape=True, undefined=StrictUndefined)
    html = environment.from_string(PAGE).render(
        title=TITLE,
        lede=LEDE,
        table=table(shown, caption=count_outcomes(lines), names=HEADS, classes=classes),
        machines=machines_of(results),
        css=stylesheet("report") + phone_css(),
        script=None,
    )
    check_offline(html)
    return html


def _cell(line: dict[str, Any], key: str) -> str:
    if key != "met":
        return line[key]
    return "" if not line["goal"] else {True: "met", False: "missed", None: "not measured"}[line["met"]]


def count_outcomes(lines: list[dict[str, Any]]) -> str:
    """Return how many of the goals are met, in words."""
    outcomes = [line["met"] for line in lines if line["goal"]]
    missed, unknown = outcomes.count(False), outcomes.count(None)
    more = [f"{missed} missed"] * bool(missed) + [f"{unknown} not measured"] * bool(unknown)
    return f"{outcomes.count(True)} of {len(outcomes)} goals met{''.join(f', {words}' for words in more)}."


def machines_of(results: dict[str, dict]) -> list[str]:
    """Return a line per machine that something was measured on; several say which benchmarks each ran."""
    ran: dict[str, list[str]] = {}
    for name, result in results.items():
        if "machine" in result:
            line = machine_line({**result["machine"], "packages": {}}).rstrip(" ,.")
            ran.setdefault(line, []).append(name)
    return [f"{line}: {', '.join(names)}" for line, names in ran.items()]


def phone_css() -> str:
    """Return the rules that turn the table's lines into blocks where it is too wide for the screen."""
    labels = "".join(
        f'.lk-table td:nth-child({place}):not(:empty)::before {{ content: "{head}: "; color: var(--muted); }}\n'
        for place, head in enumerate(HEADS.values(), start=1)
    )
    return (
        f"@media (max-width: {PHONE}) {{\n"
        ".lk-table :is(thead, td:empty) { display: none; }\n"
        ".lk-table, .lk-table :is(caption, tbody, tr, th, td) { display: block; }\n"
        ".lk-table tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }\n"
        ".lk-table tr > :is(th, td) { border: 0 !important; padding: .1rem 0; white-space: normal; }\n"
        f".lk-table tbody th {{ font-weight: 650; }}\n{labels}}}\n"
    )
