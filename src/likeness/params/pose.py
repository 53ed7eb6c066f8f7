"""The parameters of the pose study, one class per stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

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
    Seeds,
    Share,
    Sights,
    Split,
    Stage,
    Text,
)


class Demo(Section):
    """The generated corpus."""

    photos: Annotated[int, Field(ge=24, le=5000)]
    sites: Annotated[int, Field(ge=3, le=14)]
    seed: Seed


class Pairs(Section):
    """Which two photos make a pair."""

    negatives_per_positive: Annotated[float, Field(gt=0, le=10)]
    near_quantile: Share
    far_quantile: Share
    pairs_per_photo: Annotated[float, Field(gt=0, le=100)]

    @model_validator(mode="after")
    def has_near_below_far(self) -> Self:
        """The same pose must be nearer than another pose."""
        if self.near_quantile >= self.far_quantile:
            raise ValueError(f"near_quantile {self.near_quantile:g} must be below far_quantile {self.far_quantile:g}")
        return self


class Prepare(Split):
    """From a folder of photos to photos, keypoints, pairs and splits."""

    folder: Text
    layout: Literal["sites", "flat"]
    annotations: Text
    limits: Limits
    duplicate_distance: HashDistance
    estimator: Literal["annotations", "mediapipe", "keypointrcnn"]
    guess: bool
    min_score: Annotated[float, Field(ge=0, le=1)]
    people: Annotated[int, Field(ge=1, le=2)]
    validation_share: Share
    test_share: Share
    naive_share: Share
    pairs: Pairs
    seed: Seed


class Features(Section):
    """Embeddings of whole photos and of their backgrounds."""

    backbone: Text
    weights: Text
    beside: Sights
    image_size: ImageSize
    batch_size: Count
    seed: Seed


class Last(Section):
    """A head that is trained on cached features."""

    lr: Rate
    epochs: Count
    seeds: Seeds


class Full(Section):
    """A network that is trained as a whole."""

    backbone: Text
    weights: Text
    image_size: ImageSize
    lr: Rate
    epochs: Count
    seeds: Seeds


class Drawing(Section):
    """The picture of the people's skeletons, or of their heatmaps."""

    pose_size: Annotated[int, Field(ge=32, le=512, multiple_of=16)]
    pose_frame: Literal["person", "photo"]


class Model(Section):
    """What stands above both kinds of features."""

    loss: Literal["bce", "contrastive", "triplet", "multi_similarity"]
    head: Literal["dense", "cosine"]
    dropout: Annotated[float, Field(ge=0, lt=1)]


class Recipe(Section):
    """How both kinds are trained."""

    margin: Annotated[float, Field(gt=0, le=10)]
    optimizer: Literal["sgd", "adamw"]
    weight_decay: Decay
    batch_size: Annotated[int, Field(ge=2)]
    patience: Count


class Finetune(Section):
    """Siamese networks."""

    last: Last
    full: Full
    drawing: Drawing
    model: Model
    recipe: Recipe
    seed: Seed


class FinetuneVariant(Section):
    """Which layers are tuned, and what the network sees of the people."""

    tune: Literal["last", "full"]
    stream: Literal["photo", "photo+skeleton", "photo+heatmaps"]


class Saliency(Section):
    """How many pairs are explained, and with how much effort."""

    pairs: Annotated[int, Field(ge=2, le=200)]
    steps: Annotated[int, Field(ge=5, le=500)]
    seeds: Annotated[int, Field(ge=1, le=20)]


class Report(Section):
    """Everything compared on the same test pairs."""

    bootstraps: Bootstraps
    neighbours: Annotated[int, Field(ge=1, le=20)]
    queries: Count
    relevant: Count
    saliency: Saliency
    mistakes: Annotated[int, Field(ge=1, le=50)]
    seed: Seed


STAGES = (
    Stage("demo", "pose", Demo, notebook=False),
    Stage("pose", "prepare", Prepare, machine=("device",)),
    Stage("pose", "features", Features, machine=EMBED),
    Stage("pose", "finetune", Finetune, FinetuneVariant, machine=TRAIN),
    Stage("pose", "report", Report),
)
