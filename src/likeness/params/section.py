"""What all sections of params.yaml have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A section of params.yaml: unknown keys, other types and impossible values are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoVariant(Section):
    """A stage that is run once, without a matrix."""
