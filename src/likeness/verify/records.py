"""What a run left behind, as one record that can be compared with another machine's."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from likeness.errors import UserError
from likeness.machine import describe_machine
from likeness.operations.table import COMPUTE, read_hashes
from likeness.paths import write_json

STUDIES = ("pose", "likability", "faces")


class VerifyError(UserError):
    """There is nothing to compare with, or it cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Stage:
    """One stage of dvc.lock: sha or md5 by path, and the parameters that it read."""

    inputs: dict[str, str]
    parameters: dict[str, Any]
    outputs: dict[str, str]


@dataclass(frozen=True)
class Record:
    """machine: as `describe_machine`. stages: {name: Stage}. scores, verdicts: {study: content of its file}.

    operations: {operation: hash}, of `likeness.operations`; empty where they were not hashed.
    """

    machine: dict[str, Any]
    stages: dict[str, Stage]
    scores: dict[str, Any]
    verdicts: dict[str, Any]
    operations: dict[str, str] = field(default_factory=dict)


def read_run(root: Path, operations: Mapping[str, str]) -> Record:
    """Return the record of the run whose outputs lie in the repository at `root`. Raises VerifyError without one."""
    if not (root / "dvc.lock").is_file():
        raise VerifyError("dvc.lock is missing: run `make repro` first")

    def text_of(name: str) -> str | None:
        return (root / name).read_text(encoding="utf-8") if (root / name).is_file() else None

    return _record(describe_machine(COMPUTE), text_of, operations)


def read_committed(root: Path) -> Record:
    """Return the record of the last commit, made on the machine that hashed the operations.

    Raises VerifyError where git cannot tell it.
    """
    known = read_hashes()
    return _record(known["machine"], lambda name: _committed(root, name), known["operations"])


def read_export(path: Path) -> Record:
    """Return a record that `write_export` wrote. Raises VerifyError naming the file if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stages = {name: Stage(**stage) for name, stage in content.pop("stages").items()}
        return Record(stages=stages, **content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise VerifyError(f"{path}: not a file that `likeness verify --export` wrote") from error


def write_export(record: Record, path: Path) -> Path:
    """Write a record as JSON, for `likeness verify --against` on another machine."""
    return write_json(asdict(record), path)


def _record(machine: dict[str, Any], text_of: Any, operations: Mapping[str, str]) -> Record:
    """Return a record. text_of: a path within the repository -> the file's text, or None where there is none."""
    files = {name: {s: text_of(f"reports/{s}/{name}.json") for s in STUDIES} for name in ("scores", "verdicts")}
    read = {name: {s: json.loads(text) for s, text in each.items() if text} for name, each in files.items()}
    return Record(machine, stages_of(text_of("dvc.lock") or ""), read["scores"], read["verdicts"], dict(operations))


def stages_of(lock: str) -> dict[str, Stage]:
    """Return the stages of a dvc.lock. Their parameters are flat: {"pose.prepare.people": 2}."""
    parsed = YAML(typ="safe").load(lock) or {}
    return {
        name: Stage(_sums(stage.get("deps")), _read(stage.get("params", {})),
                    _sums([*stage.get("outs", []), *stage.get("metrics", [])]))
        for name, stage in parsed.get("stages", {}).items()
    }  # fmt: skip


def _read(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of params.yaml that a stage read, and the fingerprint of its code as "code"."""
    codes = [code for file, values in params.items() if file != "params.yaml" for code in values.values()]
    return dict(_flat(params.get("params.yaml", {}))) | ({"code": codes[0]} if codes else {})


def _sums(entries: Any) -> dict[str, str]:
    return {entry["path"]: entry["md5"] for entry in entries or []}


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in values.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value)]
    return rows


def _committed(root: Path, name: str) -> str | None:
    """Return a file of the last commit, None where it holds none. Raises VerifyError where there is no commit."""
    git = ["git", "-C", str(root)]
    try:
        if subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, check=False).returncode:
            raise VerifyError("no commit to compare with: run this in a clone, or name a file with --against")
        shown = subprocess.run([*git, "show", f"HEAD:./{name}"], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise VerifyError("git is not installed: name a file to compare with by --against") from error
    return None if shown.returncode else shown.stdout.decode()
