"""The whole pipeline, its studies side by side: each notebook computes with one thread, and most have one to spare.

DVC runs one stage after the other, and lets several `dvc repro` of independent stages run at once
(https://dvc.org/doc/command-reference/repro, parallel stage execution).
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from likeness import progress
from likeness.errors import UserError
from likeness.machine import cores
from likeness.params import STAGES, STUDIES

DVC = (sys.executable, "-m", "dvc")
YIELDING = ("nice", "-n", "5")
FAILED = "{}: a stage failed, its message is above; the other studies went on, and `make repro` goes on from here"


class ReproFailed(UserError):
    """A stage failed: DVC has said which and why."""


def repro(root: Path, studies: Sequence[str] = ()) -> None:
    """Run what has changed: the studies that it is in side by side, then what all of them lead to.

    root: of the repository. studies: run only these, such as pose; default all, which gives what `dvc repro` gives.
    Raises ReproFailed after all studies have ended. A study whose folder holds what DVC cannot read is left out.
    """
    progress.watch()
    blocked = obstacles(root)
    if any(blocked.values()):
        _run_others(root, studies, blocked)
        return
    stale = stale_stages(root)
    if not stale:
        print("Data and pipelines are up to date.")
        return
    chosen = [study for study in studies_of(stale) if study in studies or not studies]
    if len(chosen) > 1 or studies:
        _run(root, chosen)
    if not studies and subprocess.run([*DVC, "repro"], cwd=root, check=False).returncode:
        raise ReproFailed("a stage failed; its message is above, and `make repro` goes on from here")


def obstacles(root: Path) -> dict[str, str]:
    """Return {study: what in a folder that one of its stages depends on stops DVC, in one line, or ""}.

    DVC gives up, for all studies, at a link to nowhere and at a name that is not UTF-8.
    """
    try:
        stages = _yaml(root / "dvc.yaml").get("stages") or {}
        values = _yaml(root / "params.yaml")
    except (OSError, YAMLError, AttributeError):
        return {}  # DVC says what is wrong with them
    found: dict[str, str] = {}
    known: dict[str, str] = {}
    for name, stage in stages.items():
        study = name.removeprefix("demo-").partition("-")[0]
        if study not in STUDIES:
            continue
        found.setdefault(study, "")
        for dependency in (stage or {}).get("deps") or ():
            folder = re.sub(r"\$\{([\w.]+)\}", lambda key: str(_value(values, key[1])), str(dependency))
            if folder not in known:
                known[folder] = _obstacle(root / folder)
            found[study] = found[study] or known[folder]
    return found


def _yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}


def _value(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _obstacle(folder: Path) -> str:
    """Name the first file below a folder that DVC cannot read, and say what to do; "" if there is none."""
    for parent, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            written = os.fsencode(name).decode("utf-8", "backslashreplace")
            path = Path(parent) / name
            if written != name:
                return f"{Path(parent) / written}: the name is not UTF-8; rename it"
            if path.is_symlink() and not os.path.exists(path):  # noqa: PTH110 (Path.exists raises for a loop)
                return f"{path}: a link to {path.readlink()}, which leads nowhere; mend or remove it"
    return ""


def _run_others(root: Path, studies: Sequence[str], blocked: dict[str, str]) -> None:
    """Run the studies that nothing blocks, then say in one line what blocks the others."""
    wanted = [study for study in blocked if study in studies or not studies]
    fault = None
    try:
        _run(root, [study for study in wanted if not blocked[study]])
    except ReproFailed as error:
        fault = error
    lines = [f"{blocked[study]} ({study} was left out)" for study in wanted if blocked[study]]
    if lines or fault:
        raise ReproFailed("; ".join([*lines, *([str(fault)] if fault else ["the other studies went on"])]))


def _run(root: Path, studies: Sequence[str]) -> None:
    """Run the stages of studies side by side. Raises ReproFailed, after all have ended, if one fails."""
    crowded = len(studies) > cores()
    running = {study: _start(root, study, row, yielding=crowded and row > 0) for row, study in enumerate(studies)}
    if failed := [study for study, process in running.items() if process.wait()]:
        raise ReproFailed(FAILED.format(" and ".join(failed)))


def stale_stages(root: Path) -> list[str]:
    """Return the names of the stages of which something changed. Raises ReproFailed if DVC cannot tell."""
    told = subprocess.run([*DVC, "status", "--json"], cwd=root, check=False, stdout=subprocess.PIPE, text=True)
    if told.returncode:
        raise ReproFailed("`dvc status` failed; its message is above")
    return list(json.loads(told.stdout))


def studies_of(stages: Iterable[str]) -> list[str]:
    """Return the studies of stages such as demo-pose and pose-finetune@full-photo, the one with the most stages first.

    The index of the reports belongs to none: it waits for all of them.
    """
    known = [STAGES[name] for name in (stage.partition("@")[0] for stage in stages) if name in STAGES]
    counts = Counter(stage.name if stage.study == "demo" else stage.study for stage in known)
    return [study for study, _ in counts.most_common()]


def _start(root: Path, study: str, row: int, *, yielding: bool) -> subprocess.Popen:
    """Start `dvc repro` of a study's stages; its progress bars are drawn `row` lines below the cursor.

    yielding: give way to the first study, which takes longest, where there are fewer cores than studies.
    """
    command = [*(YIELDING if yielding else ()), *DVC, "--wait-for-lock", "repro", "--glob", f"{study}-*"]
    return subprocess.Popen(command, cwd=root, env=os.environ | {progress.ROW: str(row)})
