"""Typed parameters: one pydantic model per stage, read strictly from params.yaml, the only copy of a value."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from likeness import paths
from likeness.errors import UserError
from likeness.params.section import Machine, NoVariant, Section, Stage

STUDIES = ("pose", "likability", "faces")  # each has a module of its name here, with its sections and its STAGES
STAGES: dict[str, Stage] = {
    stage.title: stage for study in STUDIES for stage in import_module(f"likeness.params.{study}").STAGES
}


class ParamsError(UserError):
    """A key of params.yaml, or of a variant, that can't be used; the message is one line."""


def parameters(section: str, /, **overrides: Any) -> Section:
    """Return the values that a stage is run with, read from params.yaml now.

    section: of the stage, such as "pose.finetune". overrides: the keys of the stage's matrix, and values to use in
    place of those of params.yaml, nested as they are there: `recipe={"epochs": 2}`.
    Returns a record: `p.recipe.epochs`, `**p.recipe`; `p.machine` holds what the stage reads of `machine`.
    Raises ParamsError, one line that names the key, for an unknown key or an impossible value.

    >>> p = parameters("pose.report", bootstraps=200)
    >>> p.bootstraps
    200
    """
    return load_parameters(read_params(paths.root() / "params.yaml"), find_stage(section.replace(".", "-")), overrides)


def read_params(path: Path) -> dict[str, Any]:
    """Parse params.yaml as YAML 1.2 (`1e-5` is a number, `no` is a string)."""
    try:
        values = YAML(typ="safe", pure=True).load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(f"{path}: not found; run inside a clone of likeness") from None
    except UnicodeDecodeError as error:
        raise ParamsError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8 text") from None
    except YAMLError as error:
        raise ParamsError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise ParamsError(f"{path}: must hold one section per study, such as `pose:`")
    return values


def find_stage(title: str) -> Stage:
    """Return the stage that dvc.yaml calls `title`; the error lists what there is."""
    if title not in STAGES:
        raise ParamsError(f"unknown stage {title!r}; choose one of {', '.join(STAGES)}")
    return STAGES[title]


def load_section(values: Mapping[str, Any], stage: Stage, *, source: str = "params.yaml") -> Section:
    """Validate the stage's section of the parsed params.yaml."""
    return _validate(stage.knobs, _section(values, stage, source), f"{source}: {stage.section}")


def load_machine(values: Mapping[str, Any], *, source: str = "params.yaml") -> Machine:
    """Validate the section `machine` of the parsed params.yaml."""
    if not isinstance(values.get("machine"), Mapping):
        raise ParamsError(f"{source}: section machine is missing; add it, or take it from the repository's version")
    return _validate(Machine, dict(values["machine"]), f"{source}: machine")


def load_parameters(values: Mapping[str, Any], stage: Stage, overrides: Mapping[str, Any]) -> Section:
    """Return all that the stage's notebook is told: the variant's keys, its section, what it reads of `machine`.

    overrides: the variant's keys, and values in place of those of params.yaml, nested as they are there.
    """
    choices = {key: overrides[key] for key in stage.variant.model_fields if key in overrides}
    load_variant(stage, choices, source=stage.section)
    section, machine = load_section(values, stage), load_machine(values)
    told = section.model_dump(include={*stage.common, *choices.values()})
    told |= {"machine": machine.model_dump(include=set(stage.machine))} if stage.machine else {}
    return _validate(stage.parameters(choices), _merged(told, overrides), stage.section)


def load_variant(stage: Stage, choices: Mapping[str, str], *, source: str = "--variant of {}") -> Section:
    """Validate the keys of a stage's matrix. source: who gave them, for the message."""
    if stage.variant is NoVariant and choices:
        raise ParamsError(f"stage {stage.title} has no variants, but --variant {next(iter(choices))} was given")
    return _validate(stage.variant, dict(choices), source.format(stage.title))


def _section(values: Mapping[str, Any], stage: Stage, source: str) -> dict[str, Any]:
    section = values.get(stage.study)
    section = section.get(stage.name) if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping):
        raise ParamsError(
            f"{source}: section {stage.section} is missing; add it, or take it from the repository's version"
        )
    return dict(section)


def _merged(values: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(values)
    for key, value in new.items():
        nested = isinstance(value, Mapping) and isinstance(values.get(key), Mapping)
        both[key] = _merged(values[key], value) if nested else value
    return both


def _validate(model: type[Section], values: dict[str, Any], where: str) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ParamsError("; ".join(_one_line(item, where, model) for item in error.errors())) from None


def _one_line(item: Any, where: str, model: type[Section]) -> str:
    name = ".".join([where, *map(str, item["loc"])])
    if item["type"] == "extra_forbidden":
        return f"{name}: unknown key; known keys are {', '.join(_fields(model, item['loc'][:-1])) or 'none'}"
    if item["type"] == "missing":
        return f"{name}: missing; it must be set"
    if item["type"] == "value_error":
        return f"{name}: {item['ctx']['error']}"
    return f"{name}: is {item['input']!r}, but {item['msg'][0].lower()}{item['msg'][1:]}"


def _fields(model: Any, inside: tuple[Any, ...]) -> list[str]:
    """Return the names of the fields of a section, or of the section inside it that a path of names leads to."""
    for name in inside:
        model = model.model_fields[name].annotation
    return list(model.model_fields)
