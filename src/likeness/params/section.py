"""What all sections of params.yaml have in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Text = Annotated[str, Field(min_length=1)]
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "32", "bf16"]
Strategy = Literal["auto", "ddp"]
Tracker = Literal["none", "dvclive", "wandb"]
ImageSize = Annotated[int, Field(ge=32, le=1024)]
MaxPixels = Annotated[int, Field(ge=1, le=89_478_485)]  # more would switch Pillow's own guard off
HashDistance = Annotated[int, Field(ge=0, lt=256)]
Rate = Annotated[float, Field(gt=0, le=1)]
Bootstraps = Annotated[int, Field(ge=100, le=100_000)]


class Section(BaseModel):
    """A section of params.yaml: unknown keys, other types and impossible values are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoVariant(Section):
    """A stage that is run once, without a matrix."""
