"""How the stages of each study grow with the photos: processor seconds, peak memory of all processes, exponents.

`python benchmarks/scale.py` clones the commit that is checked out into a temporary folder, draws small photos, and
runs every stage of each study on 1,000, 4,000 and 16,000 of them with cheap parameters. `--sizes 1000 4000 100000` asks
for others, `--studies pose` for some studies alone. Writes benchmarks/results/scale.json and scale.md, which keep what
earlier runs said of other studies. Nothing else should run meanwhile. Needs psutil, which Jupyter's kernel brings.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import psutil
from growth import exponent
from repro import RESULTS, clone_of, git
from ruamel.yaml import YAML
from scale_photos import draw_photos
from words import machine_line, markdown_table

from likeness import paths
from likeness.machine import describe_machine
from likeness.params.matrix import read_pipeline

STUDIES, SIZES = ("pose", "likability", "faces"), (1000, 4000, 16_000)
EVERY = 0.1  # s between two looks at the memory
NETWORK = {"backbone": "shufflenet_v2_x0_5", "weights": "none", "image_size": 32}
SALIENCY = {"steps": 5, "seeds": 1}
CHEAP = {  # what a study is told beside where its photos are
    "pose": {
        "prepare": {"layout": "flat"},
        "features": NETWORK,
        "finetune": {"last": {"epochs": 1}, "full": {"epochs": 1, **NETWORK}, "drawing": {"pose_size": 32}},
        "report": {"bootstraps": 200, "saliency": {"pairs": 2, **SALIENCY}},
    },
    "likability": {
        "prepare": {"hashtag": "", "faces": "none", "followers": {"rule": "none"}},
        "features": {"image_size": 64},
        "classify": {"c_lowest": -4, "c_highest": 0, "trees": 20, "shuffles": 10, "repeats": 5, "members": 5},
        "finetune": {"alexnet": {"iterations": 13}, "recipe": {"epochs": 1}},
        "report": {"bootstraps": 200, "saliency": {"posts": 2, **SALIENCY}},
    },
    "faces": {
        "detector": {"recipe": {"epochs": 1}},
        "prepare": {"layout": "pictures", "detector": "annotations", "fraction": 1.0},
        "features": {"networks": "resnet18", "image_size": 32},
        "index": {"network": "resnet18", "view": "general"},
        "report": {"bootstraps": 200, "saliency": {"pairs": 2, **SALIENCY}},
    },
}  # where marks lie beside the photos: key of the stage prepare
MARKS = {"pose": "annotations", "faces": "truth"}


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--studies", nargs="+", choices=STUDIES, default=STUDIES)
    asked = parser.parse_args()
    file = RESULTS / "scale.json"
    known = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.is_file() else []
    rows = [row for row in known if row["study"] not in asked.studies]
    for study, size in product(asked.studies, sorted(asked.sizes)):
        with clone_of(paths.root()) as clone:  # a new one: nothing is recalled
            for row in measure(clone, study, size):
                rows.append({"study": study, "photos": size, **row})
                print(
                    "scale: {study}, {photos:,}: {stage}: {cpu:.0f} s, {peak_mb:.0f} MB".format(**rows[-1]), flush=True
                )
                write_results(rows)  # hours of stages are not lost where a later one fails


def write_results(rows: list[dict[str, object]]) -> None:
    """Write scale.json and scale.md."""
    commit = git(paths.root(), "rev-parse", "--short", "HEAD").strip()
    machine = describe_machine(["torch", "scikit-learn"])
    result = {"machine": machine, "commit": commit, "rows": rows, "growth": growth(rows)}
    paths.write_json(result, RESULTS / "scale.json")
    paths.write_text(as_markdown(result), RESULTS / "scale.md")


def measure(clone: Path, study: str, size: int) -> Iterator[dict[str, object]]:
    """Yield stage, seconds, cpu (processor seconds) and peak_mb of every stage of a study on so many photos."""
    folder = clone / f"data/raw/scale-{study}"
    draw_photos(study, folder, size)
    values = json.loads(json.dumps(CHEAP[study]))
    values["prepare"]["folder"] = str(folder.relative_to(clone))
    if study in MARKS:
        values["prepare"][MARKS[study]] = str(folder.relative_to(clone))
    if study == "likability":
        values["report"]["truth"] = str(folder.relative_to(clone))
        values["curate"] = {"album": f"{folder.relative_to(clone)}/images"}
    if study == "faces":  # its detector learns from the demo's pictures, however many photos there are
        watched(clone, ["demo", "faces"])
    overlay = clone / ".likeness/scale.yaml"
    overlay.parent.mkdir(exist_ok=True)
    with overlay.open("w", encoding="utf-8") as stream:
        YAML().dump({study: values}, stream)
    watched(clone, ["use", str(overlay)])
    for title, choices in stages_of(clone, study):
        words = [word for key, value in choices.items() for word in ("--variant", f"{key}={value}")]
        name = "-".join([title, *choices.values()])
        yield {"stage": name.removeprefix(f"{study}-"), **watched(clone, ["run", title, *words])}


def stages_of(root: Path, study: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the stages of a study that run a notebook, each variant of a matrix alone, in the order of dvc.yaml."""
    for title, entry in read_pipeline(root).items():
        if title.startswith(f"{study}-") and entry["cmd"].startswith("likeness run"):
            matrix = entry.get("matrix", {})
            for choice in product(*matrix.values()):
                yield title, dict(zip(matrix, map(str, choice), strict=True))


def watched(clone: Path, words: list[str]) -> dict[str, float]:
    """Run `likeness` with these words in the clone; return seconds, cpu and peak_mb of it and all that it starts.

    Memory is what the processes have resident, shared pages counted once a process that has them divided among these
    (PSS), looked at every EVERY seconds. Raises SystemExit with its last lines where it fails.
    """
    environment = os.environ | {"PYTHONPATH": str(clone / "src")}
    start, before, peak = time.perf_counter(), os.times(), 0
    program = [sys.executable, "-m", "likeness.cli", *words]
    with (clone / ".scale.log").open("w+", encoding="utf-8") as said:
        running = subprocess.Popen(program, cwd=clone, env=environment, stdout=said, stderr=subprocess.STDOUT)
        while running.poll() is None:
            peak = max(peak, tree_memory(running.pid))
            time.sleep(EVERY)
        said.seek(0)
        if running.returncode:
            raise SystemExit("\n".join([f"scale: likeness {' '.join(words)} failed:", *said.read().splitlines()[-20:]]))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": time.perf_counter() - start, "cpu": cpu, "peak_mb": peak / 1e6}


def tree_memory(pid: int) -> int:
    """Return the bytes that a process and its descendants have in memory, those that are gone meanwhile left out."""
    total = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            found = process.memory_full_info()
            total += getattr(found, "pss", found.rss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def growth(rows: list[dict]) -> list[dict]:
    """Return study, stage, photos, cpu and peak_mb (lists), and the exponents of both; of one size none."""
    found: dict[tuple[str, str], list[dict]] = {}
    for row in rows:
        found.setdefault((row["study"], row["stage"]), []).append(row)
    table = []
    for (study, stage), own in found.items():
        columns = {name: [row[name] for row in own] for name in ("photos", "cpu", "peak_mb")}
        several = len(own) > 1
        powers = {f"{name}_exponent": exponent(columns["photos"], columns[name]) if several else None
                  for name in ("cpu", "peak_mb")}  # fmt: skip
        table.append({"study": study, "stage": stage, **columns, **powers})
    return table


def as_markdown(result: dict) -> str:
    """Return the results as a page."""
    heads = ["study", "stage", "photos", "processor seconds", "exponent", "peak memory [MB]", "exponent"]
    lines = []
    for row in result["growth"]:
        cells = [", ".join(f"{value:,.0f}" for value in row[name]) for name in ("photos", "cpu", "peak_mb")]
        power = ["" if row[name] is None else f"{row[name]:.2f}" for name in ("cpu_exponent", "peak_mb_exponent")]
        lines.append([row["study"], row["stage"], cells[0], cells[1], power[0], cells[2], power[1]])
    return (
        "# How the stages grow with the photos\n\n"
        f"{machine_line(result['machine'])} Commit {result['commit']}. Small drawn photos, cheap parameters, one "
        "epoch; memory is that of all processes of a stage. The exponents are fitted to all sizes: what a stage needs "
        "however many photos there are, such as imports, makes them small; the last two sizes tell more.\n\n"
        f"{markdown_table(heads, lines)}"
    )


if __name__ == "__main__":
    main()
