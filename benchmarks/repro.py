"""`make repro`: everything, then again with nothing changed, with a late parameter changed, and with an early one.

`python benchmarks/repro.py` clones the commit that is checked out into a temporary folder, with caches of its own, and
runs all of it: about a quarter of an hour on two cores. `--have FOLDER` takes a clone in which `make repro` has ended,
leaves out the whole run, and puts the folder back as it was. Writes benchmarks/results/repro.json and repro.md.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from repro_words import as_markdown, table_lines

from likeness import paths
from likeness.machine import describe_machine

RESULTS = Path(__file__).parent / "results"
TIMES = 5  # that nothing is changed
CHANGES = (  # (words, key, another value of the same kind)
    ("a late parameter", "pose.report.neighbours", 6),
    ("an early parameter", "pose.features.seed", 8),
)
FOREIGN = ("PYTHON", "MAKE", "MFLAGS", "VIRTUAL_ENV")  # what a surrounding make or interpreter would pass on


def main() -> None:
    """Measure everything and write the results."""
    with asked_clone(__doc__) as (clone, has_run):
        make(clone, ".venv/.installed")
        rows = [] if has_run else [told({"what": "everything", **repro(clone)})]
        rows.append(told({"what": "nothing changed", **nothing_changed(clone)}))
        rows += [told({"what": f"{words} changed, {key}", **changed(clone, key, to)}) for words, key, to in CHANGES]
        commit = git(clone, "rev-parse", "--short", "HEAD").strip()
    result = {"machine": describe_machine(["dvc", "papermill"]), "commit": commit, "rows": rows}
    paths.write_json({**result, "table": table_lines(rows)}, RESULTS / "repro.json")
    paths.write_text(as_markdown(result), RESULTS / "repro.md")


@contextmanager
def asked_clone(description: str | None) -> Iterator[tuple[Path, bool]]:
    """Yield the clone that the command line asks for, and whether all of it has run: that of --have, else a new one."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--have", type=Path, metavar="FOLDER", help="a finished clone; the whole run is left out")
    have = parser.parse_args().have
    with clone_of(paths.root()) if have is None else existing(have) as clone:
        yield clone, have is not None


@contextmanager
def clone_of(root: Path) -> Iterator[Path]:
    """Yield a new clone of the commit that is checked out; it is deleted afterwards."""
    if git(root, "status", "--porcelain"):
        print("repro: what is not committed is not measured", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        git(root, "clone", "--quiet", "--no-hardlinks", ".", f"{name}/likeness")
        yield Path(name) / "likeness"


@contextmanager
def existing(folder: Path) -> Iterator[Path]:
    """Yield a finished clone; say so if its files differ from before at the end."""
    folder = folder.resolve()
    before = git(folder, "status", "--porcelain") + git(folder, "diff")
    yield folder
    if git(folder, "status", "--porcelain") + git(folder, "diff") != before:
        print(f"repro: files in {folder} changed; see git status there", file=sys.stderr)


def nothing_changed(clone: Path) -> dict[str, object]:
    """Return the median seconds of several runs with nothing to do, and all of them."""
    if ran := repro(clone)["stages"]:  # the first one is not counted: files are not yet in memory
        raise SystemExit(f"repro: {clone}: {len(ran)} stages had still to run, {ran[0]} first; run `make repro` there")
    every = [repro(clone)["seconds"] for _ in range(TIMES)]
    return {"seconds": median(every), "every": every, "stages": []}


def changed(clone: Path, key: str, value: object) -> dict[str, object]:
    """Return the seconds and stages of a run with another value of a key of params.yaml; then put all back."""
    params = clone / "params.yaml"
    before = params.read_bytes()
    with tempfile.TemporaryDirectory() as name:
        overlay = paths.write_text(overlay_of(key, value), Path(name) / "overlay.yaml")
        try:
            run(clone, [str(clone / ".venv/bin/likeness"), "use", str(overlay)])
            return repro(clone)
        finally:
            params.write_bytes(before)
            make(clone, "repro")


def overlay_of(key: str, value: object) -> str:
    """Return the YAML that sets one key: {a: {b: value}} for a.b."""
    return "".join(f"{'  ' * depth}{part}:\n" for depth, part in enumerate(key.split(".")))[:-1] + f" {value}\n"


def repro(clone: Path) -> dict[str, object]:
    """Return the seconds of `make repro`, and the stages that ran."""
    start = time.perf_counter()
    output = make(clone, "repro")
    return {"seconds": time.perf_counter() - start, "stages": stages_in(output)}


def stages_in(output: str) -> list[str]:
    """Return the stages that DVC ran, from what it printed; stages that it skipped or restored are none.

    Nor are those that are always run, to look at the code.
    """
    ran = re.findall(r"^Running stage '(.+?)':$", output, re.MULTILINE)
    return [stage for stage in ran if not stage.startswith("code@")]


def make(clone: Path, target: str) -> str:
    """Run a target; return what it printed."""
    return run(clone, ["make", target])


def git(folder: Path, *words: str) -> str:
    """Run git in a folder; return what it printed."""
    return run(folder, ["git", *words])


def run(folder: Path, command: list[str]) -> str:
    """Return what a command printed. Raises SystemExit with its last lines where it failed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environment["PATH"] += f"{os.pathsep}{paths.root() / '.uv/bin'}"  # a clone need not install uv once more
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SystemExit(f"repro: {' '.join(command)} ended with exit code {done.returncode} in {folder}:\n{tail}")
    return done.stdout


def told(row: dict[str, object]) -> dict[str, object]:
    """Print a row as soon as it is known, and return it."""
    print(f"repro: {row['what']}: {row['seconds']:.1f} s, {len(row['stages'])} stages", flush=True)
    return row


if __name__ == "__main__":
    main()
