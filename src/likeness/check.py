"""Is every value of params.yaml valid, and does dvc.yaml list what each stage reads? Name the key that is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from likeness.params import STAGES, ParamsError, load_machine, load_section, load_variant, read_params
from likeness.params.matrix import read_pipeline
from likeness.params.section import NoVariant, Stage


def find_drift(root: Path) -> list[str]:
    """Return one line per value of params.yaml that is not valid, and per stage that dvc.yaml describes otherwise."""
    values, pipeline = read_params(root / "params.yaml"), read_pipeline(root)
    problems = _unknown_sections(values) + _complaint(load_machine, values)
    for stage in STAGES.values():
        problems += _complaint(load_section, values, stage) + _compare_stage(stage, pipeline.get(stage.title))
    return problems


def _complaint(load: Callable[..., Any], *given: Any) -> list[str]:
    try:
        load(*given)
    except ParamsError as error:
        return [str(error)]
    return []


def _unknown_sections(values: dict[str, Any]) -> list[str]:
    known = {stage.section for stage in STAGES.values()}
    values = {name: value for name, value in values.items() if name != "machine"}
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


def _compare_stage(stage: Stage, entry: dict[str, Any] | None) -> list[str]:
    if entry is None:
        return [f"dvc.yaml: stage {stage.title} is missing"]
    problems = _compare_matrix(stage, entry.get("matrix", {}))
    if entry.get("params") != stage.reads:
        exactly = ", ".join(map(str, stage.reads))
        problems.append(
            f"dvc.yaml: stage {stage.title} lists params {entry.get('params')}; it reads exactly [{exactly}]"
        )
    return problems


def _compare_matrix(stage: Stage, matrix: dict[str, list[Any]]) -> list[str]:
    known = () if stage.variant is NoVariant else tuple(stage.variant.model_fields)
    if tuple(matrix) != known:
        return [f"dvc.yaml: stage {stage.title} has the matrix {list(matrix)}; its variants are {list(known)}"]
    first = {name: choices[0] for name, choices in matrix.items()}
    variants = [{**first, key: choice} for key, choices in matrix.items() for choice in choices]
    return [f"dvc.yaml: {problem}" for variant in variants for problem in _complaint(load_variant, stage, variant)]
