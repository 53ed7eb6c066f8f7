"""What a run is computed with: one section for all studies, of which each stage reads the keys it needs."""

import re
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, create_model

from likeness.params.section import Section, Tracker

MASTER = re.compile(r"local(\[[^]]+\])?|spark://\S+|yarn|k8s://\S+")
EMBED = ("engine", "spark_master", "device", "precision")  # read by the stages that extract features
TRAIN = ("devices", "strategy", "precision", "tracker")  # read by those that train networks


def _is_master(text: str) -> str:
    if not MASTER.fullmatch(text):
        raise ValueError(
            f"is {text!r}, but must be local[*], local[<cores>], spark://<host>:<port>, yarn or k8s://<address>"
        )
    return text


class Machine(Section):
    """Which engine, devices and arithmetic do the work, and who keeps the log."""

    engine: Literal["local", "spark"]
    spark_master: Annotated[str, AfterValidator(_is_master)]
    device: Literal["auto", "cpu", "cuda", "mps"]
    devices: Annotated[int, Field(ge=1)]
    strategy: Literal["auto", "ddp"]
    precision: Literal["auto", "32", "bf16"]
    tracker: Tracker


@cache
def machine_section(keys: tuple[str, ...]) -> type[Section]:
    """Return the part of `Machine` that a stage reads: a key that it doesn't list in dvc.yaml is not there."""
    fields = {key: (Machine.model_fields[key].rebuild_annotation(), ...) for key in keys}
    return create_model("Machine", __base__=Section, **fields)
