"""The parameters of the faces study, one class per stage."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from likeness.params.section import (
    EMBED,
    TRAIN,
    Bootstraps,
    Count,
    Decay,
    HashDistance,
    ImageSize,
    Limits,
    Rate,
    Section,
    Seed,
    Share,
    Sights,
    Split,
    Stage,
    Text,
)

Probability = Annotated[float, Field(gt=0, lt=1)]
Marks = Literal["auto", "upright", "stored"]


class Demo(Section):
    """The generated corpora: paintings, and cartoon characters."""

    identities: Annotated[int, Field(ge=6, le=500)]
    styles: Annotated[int, Field(ge=2, le=6)]
    groups: Annotated[int, Field(ge=0, le=500)]
    landscapes: Annotated[int, Field(ge=1, le=500)]
    characters: Annotated[int, Field(ge=12, le=2000)]
    seed: Seed


class Recipe(Section):
    """How the detector is trained."""

    learning_rate: Rate
    weight_decay: Decay
    batch_size: Count
    epochs: Count
    patience: Count


class Detector(Split):
    """A face detector of our own, from pictures with Pascal VOC annotations."""

    folder: Text
    marks: Marks
    network: Text
    weights: Text
    image_size: ImageSize
    validation_share: Share
    test_share: Share
    confidence: Probability
    recipe: Recipe
    seed: Seed


class Prepare(Split):
    """From a collection of pictures to pictures, faces, crops and splits."""

    folder: Text
    layout: Literal["museum", "identities", "voc", "pictures"]
    element: Text
    marks: Marks
    truth: Text
    fraction: Annotated[float, Field(gt=0, le=1)]
    limits: Limits
    duplicate_distance: HashDistance
    detector: Literal["mtcnn", "agreement", "fasterrcnn", "annotations"]
    face_size: ImageSize
    min_face: Annotated[int, Field(ge=12, le=1024)]
    thresholds: Text
    face_confidence: Probability
    normalise: Literal["none", "brightness", "saturation", "both"]
    margin: Annotated[float, Field(ge=0, le=2)]
    validation_share: Share
    test_share: Share
    seed: Seed

    @field_validator("thresholds")
    @classmethod
    def are_three(cls, text: str) -> str:
        """Three numbers between 0 and 1, such as 0.6 0.7 0.7."""
        try:
            numbers = [float(word) for word in text.split()]
        except ValueError:
            numbers = []
        if len(numbers) != 3 or not all(0 < number < 1 for number in numbers):
            raise ValueError(f"is {text!r}, but must be three numbers between 0 and 1, such as 0.6 0.7 0.7")
        return text


class Features(Section):
    """What networks see of whole pictures and of faces."""

    networks: Annotated[Sights, Field(min_length=1)]
    align: Literal["landmarks", "box"]
    image_size: Annotated[int, Field(ge=0, le=1024)]
    whiten: Annotated[int, Field(ge=0, le=4096)]
    batch_size: Count
    seed: Seed

    @field_validator("image_size")
    @classmethod
    def is_a_size(cls, size: int) -> int:
        """0, or at least 32 px."""
        if 0 < size < 32:
            raise ValueError(f"is {size}, but must be 0 (each network's own size) or at least 32 px")
        return size


class Index(Section):
    """Search among very many faces."""

    network: Text
    view: Literal["general", "face", "faces", "combined"]
    metric: Literal["cosine", "euclidean"]
    recall: Annotated[float, Field(ge=0.5, le=1)]
    k: Annotated[int, Field(ge=1, le=100)]
    seed: Seed


class Saliency(Section):
    """How many pairs are explained, and with how much effort."""

    pairs: Annotated[int, Field(ge=2, le=100)]
    steps: Annotated[int, Field(ge=5, le=500)]
    seeds: Annotated[int, Field(ge=1, le=20)]


class Report(Section):
    """Every view compared on the same queries."""

    top: Annotated[int, Field(ge=1, le=50)]
    query_share: Share
    compared: Count
    queries: Count
    bootstraps: Bootstraps
    shown: Annotated[int, Field(ge=1, le=50)]
    saliency: Saliency
    seed: Seed


STAGES = (
    Stage("demo", "faces", Demo, notebook=False),
    Stage("faces", "detector", Detector, machine=TRAIN),
    Stage("faces", "prepare", Prepare, machine=("device",)),
    Stage("faces", "features", Features, machine=EMBED),
    Stage("faces", "index", Index),
    Stage("faces", "report", Report),
)
