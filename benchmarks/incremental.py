"""What a change costs in a finished pipeline: the stages that run, the networks that are trained, and the time.

`python benchmarks/incremental.py` clones the commit that is checked out and runs all of it first; `--have FOLDER` takes
a clone in which `make repro` has ended, and puts it back as it was. Each change is made, run and taken back. Writes
benchmarks/results/incremental.json and incremental.md.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from repro import RESULTS, asked_clone, git, make, repro, run, told
from words import machine_line, markdown_table

from likeness import paths
from likeness.machine import describe_machine

STATES = "data/cache/checkpoints"  # of training runs; a run that is trained anew is written anew


class Change(NamedTuple):
    """what: in words. file: that is edited. edit: its text -> its new text. goal, fits: most seconds, and trainings."""

    what: str
    file: str
    edit: Callable[[str], str]
    goal: float | None
    fits: int | None


def with_value(key: str, value: object) -> Callable[[str], str]:
    """Return an edit of a line `key: ...` that stands in params.yaml once, its comment kept."""
    return lambda text: re.sub(rf"^(\s+{key}: )[^\s#]+", rf"\g<1>{value}", text, count=1, flags=re.MULTILINE)


CHANGES = (
    Change("a docstring in a module that all studies use", "src/likeness/photos/decode.py",
           lambda text: text.replace('"""', '"""Now: ', 1), 5, 0),
    Change("a comment in the one training loop", "src/likeness/models/training/fit.py",
           lambda text: text.replace("\n\n\n", "\n\n\n# a comment\n", 1), 5, 0),
    Change("one colour of all figures", "src/likeness/report/palette.py",
           lambda text: text.replace("#0072b2", "#0071b2"), 90, 0),
    Change("one parameter of a report, pose.report.neighbours", "params.yaml", with_value("neighbours", 6), 20, 0),
    Change("epochs of the whole networks of pose, 2 to 3", "params.yaml",
           lambda text: re.sub(r"(full:.*?epochs: )2", r"\g<1>3", text, count=1, flags=re.DOTALL), None, 6),
    Change("another version of torch in the lock", "requirements.lock",
           lambda text: re.sub(r"^torch==[\d.]+", "torch==2.0.0", text, flags=re.MULTILINE), None, None),
)  # fmt: skip


def main() -> None:
    """Measure every change and write the results."""
    with asked_clone(__doc__) as (clone, _):
        make(clone, "repro")
        rows = [told(measure(clone, change)) for change in CHANGES]
        commit = git(clone, "rev-parse", "--short", "HEAD").strip()
    result = {"machine": describe_machine(["dvc", "papermill"]), "commit": commit, "rows": rows}
    paths.write_json({**result, "table": [table_line(row) for row in rows]}, RESULTS / "incremental.json")
    paths.write_text(as_markdown(result), RESULTS / "incremental.md")


def measure(clone: Path, change: Change) -> dict[str, object]:
    """Return what a change costs: seconds, stages, and the training runs whose state was written anew."""
    before, known = states(clone), runs(clone)
    with edited(clone / change.file, change.edit):
        # Another lock would install what it names; only which stages would run is asked.
        found = would_run(clone) if change.file == "requirements.lock" else repro(clone)
        new = states(clone).items() - before.items()
    for state, _ in new:  # as a first time: it would be recalled when this is measured again
        state.unlink()
    for run_of_change in runs(clone) - known:  # else DVC would restore it the next time it is measured
        shutil.rmtree(run_of_change)
    make(clone, "repro")
    return {"what": change.what, **found, "fits": len(new), "goal": change.goal, "most_fits": change.fits}


@contextmanager
def edited(file: Path, edit: Callable[[str], str]) -> Iterator[None]:
    """Edit a file for a while. Raises SystemExit where the edit changes nothing."""
    before = file.read_text(encoding="utf-8")
    after = edit(before)
    if after == before:
        raise SystemExit(f"incremental: {file}: the edit found nothing to change")
    file.write_text(after, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def would_run(clone: Path) -> dict[str, object]:
    """Return the stages that something has changed for, without running them; 0 seconds."""
    stale = run(clone, [str(clone / ".venv/bin/python"), "-c",
                       "from pathlib import Path; from likeness.repro import stale_stages; "
                       "print(*stale_stages(Path.cwd()), sep='\\n')"])  # fmt: skip
    return {"seconds": 0.0, "stages": stale.split()}


def states(clone: Path) -> dict[Path, int]:
    """Return the states of training runs with their inodes: one that is written anew has another."""
    return {path: path.stat().st_ino for path in (clone / STATES).rglob("last.ckpt")}


def runs(clone: Path) -> set[Path]:
    """Return the folders of the runs that DVC remembers and would restore instead of running them again."""
    return {path.parent for path in (clone / ".dvc/cache/runs").rglob("*") if path.is_file()}


def met(row: dict) -> bool | None:
    """Say whether a change kept to its goals; None where it has none."""
    bounds = [(row["seconds"], row["goal"]), (row["fits"], row["most_fits"])]
    asked = [value <= most for value, most in bounds if most is not None]
    return all(asked) if asked else None


def table_line(row: dict) -> dict[str, object]:
    """Return the line for the table of all benchmarks."""
    goal = [] if row["goal"] is None else [f"{row['goal']:g} s"]
    goal += [] if row["most_fits"] is None else [f"{row['most_fits']} trainings"]
    ours = f"{row['seconds']:.1f} s, {len(row['stages'])} stages, {row['fits']} trainings"
    return {"what": f"make repro after a change: {row['what']}", "ours": ours, "beside": "", "figure": "",
            "goal": "at most " + ", ".join(goal) if goal else "", "met": met(row), "growth": ""}  # fmt: skip


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    rows = [
        [row["what"], f"{row['seconds']:.1f}", str(len(row["stages"])), str(row["fits"]), ", ".join(row["stages"])]
        for row in result["rows"]
    ]
    heads = ["what was changed", "seconds", "stages run", "trainings", "which stages"]
    return (
        "# What a change costs\n\nWritten by `python benchmarks/incremental.py`; do not edit. A finished clone of "
        f"commit {result['commit']}; each change is made, `make repro` is timed, and all is put back. "
        f"{machine_line(result['machine'])}\n\n{markdown_table(heads, rows)}\n"
        "Another version in the lock: only which stages would run is asked, since it would have to be installed.\n"
    )


if __name__ == "__main__":
    main()
