"""Which section of params.yaml belongs to which stage."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import create_model

from likeness.params import faces, likability, pose
from likeness.params.section import EMBED, TRAIN, NoVariant, Section, machine_section


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
    def reads(self) -> list[str]:
        """What dvc.yaml lists as the stage's params; of a section for each variant a variant reads its own."""
        own = [f"{self.section}.${{item.{self.split_by}}}"] if self.split_by else []
        keys = [f"{self.section}.{key}" for key in self.common] if self.split_by else [self.section]
        return [*own, *keys, *(f"machine.{key}" for key in self.machine)]

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


STAGES = {
    stage.title: stage
    for stage in (
        Stage("demo", "pose", pose.Demo, notebook=False),
        Stage("pose", "prepare", pose.Prepare, machine=("device",)),
        Stage("pose", "features", pose.Features, machine=EMBED),
        Stage("pose", "finetune", pose.Finetune, pose.FinetuneVariant, machine=TRAIN),
        Stage("pose", "report", pose.Report),
        Stage("demo", "likability", likability.Demo, notebook=False),
        Stage("likability", "prepare", likability.Prepare, machine=("device",)),
        Stage("likability", "features", likability.Features, machine=EMBED),
        Stage("likability", "classify", likability.Classify, machine=("engine", "spark_master")),
        Stage("likability", "finetune", likability.Finetune, likability.FinetuneVariant, machine=TRAIN),
        Stage("likability", "report", likability.Report),
        Stage("likability", "curate", likability.Curate),
        Stage("demo", "faces", faces.Demo, notebook=False),
        Stage("faces", "detector", faces.Detector, machine=TRAIN),
        Stage("faces", "prepare", faces.Prepare, machine=("device",)),
        Stage("faces", "features", faces.Features, machine=EMBED),
        Stage("faces", "index", faces.Index),
        Stage("faces", "report", faces.Report),
    )
}
