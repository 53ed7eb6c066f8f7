"""Typed parameters: one pydantic model per stage, read from params.yaml, which is the only copy of a value."""

from typing import Any

from likeness import paths
from likeness.params.load import find_stage, load_parameters, read_params
from likeness.params.section import Section


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
