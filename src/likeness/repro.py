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
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from likeness import progress, repeatable
from likeness.errors import UserError
from likeness.fingerprint import STUDIES, write_fingerprints
from likeness.kernel import set_own_folders
from likeness.machine import cores
from likeness.obstacles import obstacles
from likeness.params import STAGES
from likeness.warm import warm_parent

DVC = (sys.executable, "-m", "dvc")
FEW = 3  # stages that load their libraries themselves in less time than a parent of all kernels takes to start
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
    _leave_git_out(root)
    blocked = obstacles(root)
    stale = [] if any(blocked.values()) else stale_stages(root)
    if not stale and not any(blocked.values()):
        print("Data and pipelines are up to date.")
        return
    set_own_folders(root / ".likeness")
    few = 0 < len(stale) <= FEW
    with nullcontext({}) if few else warm_parent(repeatable.variables(os.environ)) as address:
        environment = os.environ | address
        if any(blocked.values()):
            _run_others(root, studies, blocked, environment)
            return
        chosen = [study for study in studies_of(stale) if study in studies or not studies]
        if len(chosen) > 1 or studies:
            _run(root, chosen, environment)
        if not studies and subprocess.run([*DVC, "repro"], cwd=root, env=environment, check=False).returncode:
            raise ReproFailed("a stage failed; its message is above, and `make repro` goes on from here")


def _run_others(root: Path, studies: Sequence[str], blocked: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Run the studies that nothing blocks, then say in one line what blocks the others."""
    wanted = [study for study in blocked if study in studies or not studies]
    fault = None
    try:
        _run(root, [study for study in wanted if not blocked[study]], environment)
    except ReproFailed as error:
        fault = error
    lines = [f"{blocked[study]} ({study} was left out)" for study in wanted if blocked[study]]
    if lines or fault:
        raise ReproFailed("; ".join([*lines, *([str(fault)] if fault else ["the other studies went on"])]))


def _run(root: Path, studies: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run the stages of studies side by side. Raises ReproFailed, after all have ended, if one fails."""
    crowded = len(studies) > cores()
    running = {
        study: _start(root, study, dict(environment) | {progress.ROW: str(row)}, yielding=crowded and row > 0)
        for row, study in enumerate(studies)
    }
    if failed := [study for study, process in running.items() if process.wait()]:
        raise ReproFailed(FAILED.format(" and ".join(failed)))


def _leave_git_out(root: Path) -> None:
    """Tell DVC where a copy has no history: it would stop. Raises ReproFailed for a copy without hidden files."""
    if not (root / ".dvc").is_dir():
        raise ReproFailed(
            f"{root}: .dvc is missing; copy the project with its hidden files, or run `dvc init --no-scm`"
        )
    told = "".join(file.read_text(encoding="utf-8") for file in sorted((root / ".dvc").glob("config*")))
    has_git = any((folder / ".git").exists() for folder in (root, *root.parents))
    if not has_git and not re.search(r"^\s*no_scm", told, re.MULTILINE):
        subprocess.run([*DVC, "config", "--local", "core.no_scm", "true"], cwd=root, check=False)


def stale_stages(root: Path) -> list[str]:
    """Return the names of the stages of which something changed. Raises ReproFailed if DVC cannot tell."""
    write_fingerprints(root, *STUDIES, "index")
    told = subprocess.run([*DVC, "status", "--json"], cwd=root, check=False, stdout=subprocess.PIPE, text=True)
    if told.returncode:
        raise ReproFailed("`dvc status` failed; its message is above")
    return [name for name in json.loads(told.stdout) if not name.startswith("code@")]  # those are always run


def studies_of(stages: Iterable[str]) -> list[str]:
    """Return the studies of stages such as demo-pose and pose-finetune@full-photo, the one with the most stages first.

    The index of the reports belongs to none: it waits for all of them.
    """
    known = [STAGES[name] for name in (stage.partition("@")[0] for stage in stages) if name in STAGES]
    counts = Counter(stage.name if stage.study == "demo" else stage.study for stage in known)
    return [study for study, _ in counts.most_common()]


def _start(root: Path, study: str, environment: Mapping[str, str], *, yielding: bool) -> subprocess.Popen:
    """Start `dvc repro` of a study's stages.

    yielding: give way to the first study, which takes longest, where there are fewer cores than studies.
    """
    command = [*(YIELDING if yielding else ()), *DVC, "--wait-for-lock", "repro", "--glob", f"{study}-*"]
    return subprocess.Popen(command, cwd=root, env=dict(environment))
