"""Which section of params.yaml belongs to which stage."""

from typing import NamedTuple

from likeness.params import faces, likability, pose
from likeness.params.section import NoVariant, Section
from likeness.params.shared import Engine, Nothing, flat_keys


class Stage(NamedTuple):
    """A stage of dvc.yaml: its study, its name in the study, its knobs, the keys of its matrix, and those it shares."""

    study: str
    name: str
    knobs: type[Section]
    variant: type[Section] = NoVariant
    notebook: bool = True
    shared: type[Section] = Nothing

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
        """What the stage reads of params.yaml, such as pose.features, engine, spark.master."""
        return [self.section, *flat_keys(self.shared).values()]


STAGES = {
    stage.title: stage
    for stage in (
        Stage("demo", "pose", pose.Demo, notebook=False),
        Stage("pose", "prepare", pose.Prepare),
        Stage("pose", "features", pose.Features, shared=Engine),
        Stage("pose", "finetune", pose.Finetune, pose.FinetuneVariant),
        Stage("pose", "report", pose.Report),
        Stage("demo", "likability", likability.Demo, notebook=False),
        Stage("likability", "prepare", likability.Prepare),
        Stage("likability", "features", likability.Features, shared=Engine),
        Stage("likability", "classify", likability.Classify, shared=Engine),
        Stage("likability", "finetune", likability.Finetune, likability.FinetuneVariant),
        Stage("likability", "report", likability.Report),
        Stage("likability", "curate", likability.Curate),
        Stage("demo", "faces", faces.Demo, notebook=False),
        Stage("faces", "detector", faces.Detector),
        Stage("faces", "prepare", faces.Prepare),
        Stage("faces", "features", faces.Features, shared=Engine),
        Stage("faces", "index", faces.Index),
        Stage("faces", "report", faces.Report),
    )
}
