"""Hold params.yaml, the notebooks' parameters cells and dvc.yaml together; name the key that drifted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from likeness.params.cells import notebook_path, read_parameters
from likeness.params.load import ParamsError, load_parameters, load_variant, read_params
from likeness.params.section import NoVariant
from likeness.params.shared import flat_keys
from likeness.params.stages import STAGES, Stage


def find_drift(root: Path) -> list[str]:
    """Return one line per disagreement between params.yaml, dvc.yaml and the notebooks; [] when all agree."""
    values = read_params(root / "params.yaml")
    pipeline = YAML(typ="safe", pure=True).load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    problems = _unknown_sections(values)
    for stage in STAGES.values():
        try:
            section = load_parameters(values, stage)
        except ParamsError as error:
            problems.append(str(error))
            continue
        problems += _compare_stage(root, stage, section, pipeline.get(stage.title))
    return list(dict.fromkeys(problems))  # of a key that stages share, once


def _unknown_sections(values: dict[str, Any]) -> list[str]:
    known = {stage.section for stage in STAGES.values()}
    shared = {name for stage in STAGES.values() for name in stage.shared.model_fields}
    values = {name: value for name, value in values.items() if name not in shared}
    studies = {study: section for study, section in values.items() if isinstance(section, dict)}
    found = [f"{study}.{name}" for study, section in studies.items() for name in section]
    return [
        f"params.yaml: {name}: is {values[name]!r}, but must be a study with a section per stage; correct or remove it"
        for name in values
        if name not in studies
    ] + [
        f"params.yaml: {name}: unknown section; known are {', '.join(sorted(known))}"
        for name in found
        if name not in known
    ]


def _compare_stage(root: Path, stage: Stage, section: dict[str, Any], entry: dict[str, Any] | None) -> list[str]:
    if entry is None:
        return [f"dvc.yaml: stage {stage.title} is missing"]
    matrix = entry.get("matrix", {})
    problems = _compare_dependencies(stage, entry) + _compare_matrix(stage, matrix)
    if stage.notebook:
        path = notebook_path(root, stage)
        first = {key: choices[0] for key, choices in matrix.items()}
        problems += compare_parameters(
            read_parameters(path),
            {**section, **first},
            path.relative_to(root),
            stage.section,
            shared=flat_keys(stage.shared),
        )
    return problems


def _compare_dependencies(stage: Stage, entry: dict[str, Any]) -> list[str]:
    if entry.get("params") == stage.reads:
        return []
    exactly = ", ".join(stage.reads)
    return [f"dvc.yaml: stage {stage.title} lists params {entry.get('params')}; it reads exactly [{exactly}]"]


def _compare_matrix(stage: Stage, matrix: dict[str, list[Any]]) -> list[str]:
    known = () if stage.variant is NoVariant else tuple(stage.variant.model_fields)
    if tuple(matrix) != known:
        return [f"dvc.yaml: stage {stage.title} has the matrix {list(matrix)}; its variants are {list(known)}"]
    problems = []
    for key, choices in matrix.items():
        for choice in choices:
            try:
                load_variant(stage, {**{name: matrix[name][0] for name in matrix}, key: choice})
            except ParamsError as error:
                problems.append(f"dvc.yaml: {error}")
    return problems


def compare_parameters(
    cell: dict[str, Any], section: dict[str, Any], notebook: Path, name: str, *, shared: Mapping[str, str] | None = None
) -> list[str]:
    """Return one line per key of which name, value or type differs between a cell and its section.

    shared: {parameter: key of params.yaml} of those parameters that are not of the section `name`.
    """
    full = {key: (shared or {}).get(key, f"{name}.{key}") for key in (*cell, *section)}
    problems = [
        f"{notebook}: {full[key]} is not in params.yaml; remove it from the parameters cell"
        for key in cell
        if key not in section
    ]
    problems += [f"{notebook}: {full[key]} is missing from the parameters cell" for key in section if key not in cell]
    for key in section.keys() & cell.keys():
        if (type(cell[key]), cell[key]) != (type(section[key]), section[key]):
            problems.append(
                f"{notebook}: {full[key]} is {cell[key]!r} ({type(cell[key]).__name__}) in the parameters cell, "
                f"{section[key]!r} ({type(section[key]).__name__}) in params.yaml"
            )
    return sorted(problems)
