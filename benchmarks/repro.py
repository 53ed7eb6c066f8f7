"""`make repro` again: nothing changed, one parameter changed, everything.

`python benchmarks/repro.py FOLDER` takes a finished clone (git clone, then `make repro` in it), which it leaves as it
found it, and writes benchmarks/results/repro.json and repro.md; `--everything` empties it first and times it whole.
"""

import argparse
import os
import re
import subprocess
import time
from pathlib import Path

from machine import describe_machine
from words import machine_line, markdown_table

from likeness import paths

RESULTS = Path(__file__).parent / "results"
NO_OP, GOAL, TIMES = "nothing changed", 3.0, 5
CHANGES = (
    ("a number of the pose report (pose.report.neighbours)", r"(?m)^(  report:\n(?:.*\n)*?    neighbours: )5"),
    ("the seed of all siamese networks (pose.finetune.seed)", r"(?m)^(  finetune:\n(?:.*\n)*?    seed: )7"),
)


def main() -> None:
    """Measure everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--everything", action="store_true", help="also the whole run, from nothing")
    asked = parser.parse_args()
    clone = asked.clone.resolve()
    rows = []
    if asked.everything:
        subprocess.run(["make", "clean"], cwd=clone, check=True, capture_output=True)
        rows.append({"what": "everything, from nothing", **repro(clone)})
    rows.append({"what": NO_OP, **min((repro(clone) for _ in range(TIMES)), key=lambda row: row["seconds"])})
    for what, pattern in CHANGES:
        rows.append({"what": what, **changed(clone, pattern)})
    result = {"machine": describe_machine(["dvc", "papermill"]), "rows": rows, "table": table(rows)}
    paths.write_json(result, RESULTS / "repro.json")
    paths.write_text(as_markdown(result), RESULTS / "repro.md")


def repro(clone: Path) -> dict[str, object]:
    """Return the seconds of `make repro`, and how many stages ran."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    start = time.perf_counter()
    done = subprocess.run(["make", "repro"], cwd=clone, env=environment, capture_output=True, text=True, check=True)
    return {"seconds": time.perf_counter() - start, "stages": len(re.findall(r"^Running stage", done.stdout, re.M))}


def changed(clone: Path, pattern: str) -> dict[str, object]:
    """Return what a run costs in which one number of params.yaml is another; then put all back."""
    file = clone / "params.yaml"
    before = file.read_text(encoding="utf-8")
    text, count = re.subn(pattern, lambda found: f"{found[1]}8", before, count=1)
    if count != 1:
        raise ValueError(f"{file}: no place like {pattern}")
    try:
        return _repro_with(text, clone)
    finally:
        _repro_with(before, clone)  # quick: DVC's run cache holds the outputs


def _repro_with(params: str, clone: Path) -> dict[str, object]:
    (clone / "params.yaml").write_text(params, encoding="utf-8")
    fix = [str(clone / ".venv/bin/likeness"), "check", "--fix"]
    subprocess.run(fix, cwd=clone, check=True, capture_output=True)
    return repro(clone)


def table(rows: list[dict]) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    return [
        {"what": "make repro", "ours": f"{row['seconds']:.1f} s", "beside": row["what"],
         "figure": f"{row['stages']} stages",
         "goal": f"under {GOAL:g} s" if row["what"] == NO_OP else "",
         "met": row["seconds"] < GOAL if row["what"] == NO_OP else True, "growth": ""}
        for row in rows
    ]  # fmt: skip


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    rows = [[row["what"], f"{row['seconds']:.1f}", str(row["stages"])] for row in result["rows"]]
    return (
        "# make repro, again\n\nWritten by `python benchmarks/repro.py`; do not edit. All three studies with their "
        f"demo corpora. {machine_line(result['machine'])}\n\n"
        + markdown_table(["what changed", "seconds", "stages run"], rows)
    )


if __name__ == "__main__":
    main()
