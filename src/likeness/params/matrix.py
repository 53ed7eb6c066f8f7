"""What the stages of dvc.yaml make: the variants of a matrix, and the pages of a study.

Asked of dvc.yaml and not of the folders: DVC leaves the files of a variant that was taken out of a matrix.
"""

from itertools import product
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from likeness.errors import UserError, words


def read_pipeline(root: Path) -> dict[str, Any]:
    """Return {stage: entry}, the `stages` of dvc.yaml. Raises UserError in one line where they cannot be read."""
    file = root / "dvc.yaml"
    try:
        held = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, ValueError) as error:
        raise UserError(f"{file}: is no YAML; restore it from the repository: {words(error)}") from error
    stages = held.get("stages") if isinstance(held, dict) else None
    if not isinstance(stages, dict):
        raise UserError(f"{file}: holds no `stages`; restore it from the repository")
    return stages


def variants_of(root: Path, stage: str) -> list[str]:
    """Return the names of a stage's variants, such as last-photo, in the order of its matrix; [] without a matrix.

    stage: its name in dvc.yaml, such as pose-finetune. Raises ValueError if dvc.yaml has no such stage.
    """
    stages = read_pipeline(root)
    if stage not in stages:
        raise ValueError(f"dvc.yaml: no stage {stage!r}; there are {', '.join(stages)}")
    return _names(stages[stage])


def pages_of(root: Path) -> dict[str, list[str]]:
    """Return {study: names of its pages}, both in the order of dvc.yaml: pose-report makes the page report of pose."""
    pages: dict[str, list[str]] = {}
    for title, entry in read_pipeline(root).items():
        study, _, name = title.partition("-")
        pages.setdefault(study, []).extend("-".join([name, variant]) for variant in _names(entry))
        if "matrix" not in entry:
            pages[study].append(name)
    return pages


def _names(entry: dict[str, Any]) -> list[str]:
    matrix = entry.get("matrix")
    return ["-".join(map(str, choice)) for choice in product(*matrix.values())] if matrix else []
