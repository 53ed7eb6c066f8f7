"""What all sections of params.yaml have in common, the one that all studies share, and which stage reads which."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Seeds = Annotated[int, Field(ge=1, le=20)]  # how many training runs, from `seed` on
Text = Annotated[str, Field(min_length=1)]
ImageSize = Annotated[int, Field(ge=32, le=1024)]
HashDistance = Annotated[int, Field(ge=0, lt=256)]
Rate = Annotated[float, Field(gt=0, le=1)]
Decay = Annotated[float, Field(ge=0, le=1)]
Bootstraps = Annotated[int, Field(ge=100, le=100_000)]
MASTER = re.compile(r"local(\[[^]]+\])?|spark://\S+|yarn|k8s://\S+")
SIGHT = re.compile(r"[^@,\s]+@[^@,\s]([^@,]*[^@,\s])?")
EMBED = ("engine", "spark_master", "device", "precision")  # read by the stages that extract features
TRAIN = ("devices", "strategy", "precision", "tracker")  # read by those that train networks


def _are_sights(text: str) -> str:
    entries = [entry.strip() for entry in text.split(",")] if text.strip() else []
    if not all(SIGHT.fullmatch(entry) for entry in entries) or len(set(entries)) < len(entries):
        raise ValueError(
            f"is {text!r}, but must list each network once, as NETWORK@WEIGHTS with commas between, such as "
            "resnet50@IMAGENET1K_V1, vgg16@none"
        )
    return text


Sights = Annotated[str, AfterValidator(_are_sights)]  # networks and what they have seen; features/sight.py reads it


class Section(BaseModel):
    """A section of params.yaml: unknown keys, other types and impossible values are refused.

    Its values are attributes, `p.recipe.epochs`, and keywords of a call, `fit(net, **p.recipe)`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def keys(self) -> list[str]:
        """Return the names of the values, which with `[]` makes `**section` work."""
        return list(type(self).model_fields)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, key)

    def flat(self) -> Iterator[tuple[str, Any]]:
        """Yield (key, value) of every value, the keys of a section inside joined by a dot."""
        for key in self.keys():
            value = self[key]
            if isinstance(value, Section):
                yield from ((f"{key}.{inner}", found) for inner, found in value.flat())
            else:
                yield key, value


class NoVariant(Section):
    """A stage that is run once, without a matrix."""


class Limits(Section):
    """Which photos are read; the others go to quarantine."""

    max_pixels: Annotated[int, Field(ge=1, le=89_478_485)]  # more would switch Pillow's own guard off
    min_side: Count


class Split(Section):
    """A section with validation_share and test_share, which it declares where the page shows them."""

    @model_validator(mode="after")
    def leaves_a_share(self) -> Self:
        """Validation and test together must leave a share for training."""
        if (held_out := self.validation_share + self.test_share) >= 1:
            raise ValueError(
                f"validation_share + test_share = {held_out:g} leaves nothing to train on; choose a sum below 1"
            )
        return self


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
    tracker: Literal["none", "dvclive", "wandb"]


@cache
def machine_section(keys: tuple[str, ...]) -> type[Section]:
    """Return the part of `Machine` that a stage reads: a key that it doesn't list in dvc.yaml is not there."""
    fields = {key: (Machine.model_fields[key].rebuild_annotation(), ...) for key in keys}
    return create_model("Machine", __base__=Section, **fields)


class Stage(NamedTuple):
    """A stage of dvc.yaml: its study, its name, its section, the keys of its matrix, what it reads of `machine`."""

    study: str
    name: str
    knobs: type[Section]
    variant: type[Section] = NoVariant
    notebook: bool = True
    machine: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The stage's name in dvc.yaml, such as pose-report."""
        return f"{self.study}-{self.name}"

    @property
    def section(self) -> str:
        """The stage's section in params.yaml, such as pose.report."""
        return f"{self.study}.{self.name}"

    @property
    def reads(self) -> list[str | dict[str, list[str]]]:
        """What dvc.yaml lists as the stage's params; of a section for each variant a variant reads its own.

        The last entry is the fingerprint of the code that the stage reaches (likeness.fingerprint).
        """
        own = [f"{self.section}.${{item.{self.split_by}}}"] if self.split_by else []
        keys = [f"{self.section}.{key}" for key in self.common] if self.split_by else [self.section]
        code = {f"data/code/{self.study}.json": [self.name]}
        if not self.notebook:
            code = {f"data/code/{self.name}.json": [self.study]}
        return [*own, *keys, *(f"machine.{key}" for key in self.machine), code]

    @property
    def split_by(self) -> str | None:
        """The key of the matrix whose choices have a section each, such as tune: pose.finetune.last and .full."""
        chosen = {key: get_args(field.annotation) for key, field in self.variant.model_fields.items()}
        return next((key for key, choices in chosen.items() if {*choices} <= {*self.knobs.model_fields}), None)

    @property
    def common(self) -> list[str]:
        """The keys of the section that all variants read."""
        others = get_args(self.variant.model_fields[self.split_by].annotation) if self.split_by else ()
        return [key for key in self.knobs.model_fields if key not in others]

    def parameters(self, choices: Mapping[str, str]) -> type[Section]:
        """Return the class of what the notebook is told: the variant's keys, its part of the section, `machine`.

        choices: {key of the matrix: choice}. Of a section for each variant it has this variant's alone, also as `own`.
        """
        fields: dict[str, Any] = {key: (field.annotation, ...) for key, field in self.variant.model_fields.items()}
        base = self.knobs
        if self.split_by:
            base = type(base.__name__, (Section,), {"own": property(lambda p: p[p[self.split_by]])})
            read = [*self.common, choices[self.split_by]]
            fields |= {key: (field.annotation, ...) for key, field in self.knobs.model_fields.items() if key in read}
        if self.machine:
            fields["machine"] = (machine_section(self.machine), ...)
        return create_model(self.knobs.__name__, __base__=base, **fields)

    def path(self, root: Path) -> Path:
        """Return notebooks/<study>/<stage>.ipynb."""
        return root / "notebooks" / self.study / f"{self.name}.ipynb"
