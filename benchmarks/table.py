"""All benchmarks in one table: `python benchmarks/table.py` writes benchmarks/results/README.md and index.html.

Each results/<name>.json has a key "table", a list of lines: what, ours, beside, figure, goal, met (true, false, or null
where it was not measured), growth.
"""

import json
from html import escape
from pathlib import Path

from words import machine_line, markdown_table

from likeness import paths
from likeness.report.theme import stylesheet

RESULTS = Path(__file__).parent / "results"
NAMES = ("features", "faces", "finetune", "index", "svm", "repro", "collect")
HEADS = ("measured", "ours", "beside", "figure", "goal", "", "growth")
MET = {True: "met", False: "missed", None: "not measured"}


def main() -> None:
    """Collect the lines and write both pages."""
    found = {name: json.loads(path.read_text(encoding="utf-8")) for name in NAMES if (path := _path(name)).is_file()}
    lines = [line for name in NAMES for line in found.get(name, {}).get("table", [_absent(name)])]
    shown = ("what", "ours", "beside", "figure", "goal", "met", "growth")
    cells = [[MET[line[key]] if key == "met" else line[key] for key in shown] for line in lines]
    machines = sorted({machine_line({**result["machine"], "packages": {}}).rstrip(" ,.") for result in found.values()})
    paths.write_text(_markdown(cells, machines), RESULTS / "README.md")
    paths.write_text(_html(cells, machines), RESULTS / "index.html")


def _path(name: str) -> Path:
    return RESULTS / f"{name}.json"


def _absent(name: str) -> dict[str, object]:
    return {"what": name, "ours": "", "beside": "", "figure": "", "goal": "", "met": None, "growth": ""}


def _markdown(cells: list[list[str]], machines: list[str]) -> str:
    return (
        "# Benchmarks beside peers\n\nWritten by `make bench`; do not edit. Every script times us and the peers in "
        f"one run, in turns. Read the ratios: seconds hang on the machine ({'; '.join(machines)}). Details: the page "
        f"of each in this folder.\n\n{markdown_table(HEADS, cells)}"
    )


def _html(cells: list[list[str]], machines: list[str]) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in HEADS)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>\n" for row in cells)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Benchmarks beside peers</title>
<style>{stylesheet("report")}</style>
</head>
<body>
<main>
<h1>Benchmarks beside peers</h1>
<p>Every script times us and the peers in one run, in turns. Read the ratios: seconds hang on the machine
({escape("; ".join(machines))}).</p>
<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>
{body}</tbody></table></div>
</main>
</body>
</html>
"""


if __name__ == "__main__":
    main()
