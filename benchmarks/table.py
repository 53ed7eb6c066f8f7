"""All benchmarks in one table: `python benchmarks/table.py` writes benchmarks/results/README.md and index.html.

benchmarks/README.md says what a results/<name>.json must hold.
"""

import json
from pathlib import Path
from typing import Any

from table_pages import as_html, as_markdown

from likeness import paths

RESULTS = Path(__file__).parent / "results"
EXPECTED = {
    "features": "from JPEG to feature",
    "faces": "face detection",
    "finetune": "fine-tune step",
    "index": "nearest neighbours",
    "svm": "SVM C sweep",
    "repro": "make repro, again",
    "collect": "collecting from a service",
}
KEYS = ("what", "ours", "beside", "figure", "goal", "met", "growth")


class BadResult(ValueError):
    """A results file whose lines are not as the contract says."""


def main() -> None:
    """Collect the lines and write both pages."""
    try:
        results = read_results(RESULTS)
        lines = [line for result in results.values() for line in result["table"]]
    except BadResult as error:
        raise SystemExit(f"table: {error}") from None
    paths.write_text(as_markdown(lines, results), RESULTS / "README.md")
    paths.write_text(as_html(lines, results), RESULTS / "index.html")


def read_results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return {name: result}, the expected ones first; one that is absent has a line that says so.

    A result that nobody expects, and that has no "table", is left out.
    Raises BadResult naming the file and the line.
    """
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    names = [*EXPECTED, *(name for name, result in found.items() if name not in EXPECTED and "table" in result)]
    results = {}
    for name in names:
        result = found.get(name, {})
        results[name] = result if "table" in result else {"table": [absent(EXPECTED[name])]}
        for number, line in enumerate(results[name]["table"], start=1):
            check(line, f"{name}.json, line {number} of its table")
    return results


def absent(what: str) -> dict[str, Any]:
    """Return the line of a benchmark without a result."""
    return {**dict.fromkeys(KEYS, ""), "what": what, "figure": "not measured", "met": None}


def check(line: dict[str, Any], where: str) -> None:
    """Raise BadResult if a line is not as benchmarks/README.md says."""
    if set(line) != set(KEYS):
        raise BadResult(f"{where}: has the keys {', '.join(line)}, but must have {', '.join(KEYS)}")
    for key in KEYS:
        kinds = (bool, type(None)) if key == "met" else (str,)
        if not isinstance(line[key], kinds):
            raise BadResult(f"{where}: {key} is {line[key]!r}")


if __name__ == "__main__":
    main()
