"""The keys above the studies, which several stages share: which engine does the work, and where."""

import re
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from likeness.params.section import Section

MASTER = re.compile(r"local(\[[^]]+\])?|spark://\S+|yarn|k8s://\S+")


def _is_master(text: str) -> str:
    if not MASTER.fullmatch(text):
        raise ValueError(
            f"is {text!r}, but must be local[*], local[<cores>], spark://<host>:<port>, yarn or k8s://<address>"
        )
    return text


class Spark(Section):
    """Where Spark runs; read only with engine spark."""

    master: Annotated[str, AfterValidator(_is_master)]


class Engine(Section):
    """What computes features and MLlib's classifiers."""

    engine: Literal["local", "spark"]
    spark: Spark


class Nothing(Section):
    """A stage that reads its own section alone."""


def flat_keys(shared: type[Section]) -> dict[str, str]:
    """Return {parameter of the notebook: key of params.yaml}, such as {"spark_master": "spark.master"}."""
    keys = {}
    for name, knob in shared.model_fields.items():
        inner = knob.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            keys |= {f"{name}_{parameter}": f"{name}.{key}" for parameter, key in flat_keys(inner).items()}
        else:
            keys[name] = name
    return keys


def flat_values(shared: Section) -> dict[str, Any]:
    """Return {parameter of the notebook: value}, in the order of `flat_keys`."""
    return {parameter: attrgetter(key)(shared) for parameter, key in flat_keys(type(shared)).items()}
