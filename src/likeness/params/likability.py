"""The parameters of the likability study, one class per stage."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

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

AlexNetSize = Annotated[int, Field(ge=64, le=1024)]  # its poolings leave nothing of less
Exponent = Annotated[int, Field(ge=-12, le=12)]


class Demo(Section):
    """The generated corpus."""

    users: Annotated[int, Field(ge=12, le=2000)]
    posts: Annotated[int, Field(ge=60, le=20_000)]
    seed: Seed


class Followers(Section):
    """Which accounts stay, by their number of followers."""

    rule: Literal["mad", "sd", "none"]
    scale: Literal["linear", "log10"]
    factor: Annotated[float, Field(gt=0, le=100)]


class Prepare(Split):
    """From a source of posts to kept posts, their photos, faces, targets and splits."""

    folder: Text
    layout: Literal["table", "instaloader", "profiles"]
    columns: str
    collected_at: str
    decimal: Literal["", ".", ","]
    thousands: Literal["", ".", ","]
    hashtag: str
    min_age_days: Annotated[int, Field(ge=0)]
    square_only: bool
    limits: Limits
    duplicate_distance: HashDistance
    followers: Followers
    faces: Literal["filter", "mark", "none"]
    face_confidence: Annotated[float, Field(gt=0, lt=1)]
    face_size: ImageSize
    target: Literal["median", "ratio", "rank"]
    ratio: Annotated[float, Field(gt=0)]
    validation_share: Share
    test_share: Share
    seed: Seed

    @property
    def source(self) -> dict[str, str]:
        """How the source writes columns, dates and numbers: keywords of `posts.readers.read_posts`."""
        return {name: self[name] for name in ("columns", "collected_at", "decimal", "thousands")}

    @field_validator("collected_at")
    @classmethod
    def is_a_date(cls, text: str) -> str:
        """Empty, or a date such as 2017-05-01."""
        if text:
            try:
                date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"is {text!r}, but must be empty or a date such as 2017-05-01") from None
        return text

    @model_validator(mode="after")
    def has_two_marks(self) -> Self:
        """One mark cannot stand both before a fraction and between thousands."""
        if self.decimal and self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; one of them is the other mark")
        return self


class Features(Section):
    """What is measured of a photo and of a post."""

    backbone: Text
    weights: Text
    beside: Sights
    image_size: AlexNetSize
    batch_size: Count
    objects: Text
    user_past: bool
    seed: Seed


class Classify(Section):
    """Classifiers on fixed features."""

    folds: Annotated[int, Field(ge=2, le=20)]
    c_lowest: Exponent
    c_highest: Exponent
    trees: Count
    tree_rows: Count
    mirror: bool
    shuffles: Annotated[int, Field(ge=10, le=10_000)]
    repeats: Annotated[int, Field(ge=5, le=1000)]
    members: Annotated[int, Field(ge=5, le=1000)]
    seed: Seed

    @model_validator(mode="after")
    def has_some_c(self) -> Self:
        """The sweep must hold at least two values of C."""
        if self.c_lowest >= self.c_highest:
            raise ValueError(f"c_lowest {self.c_lowest} must be below c_highest {self.c_highest}")
        return self


class AlexNet(Section):
    """AlexNet, trained by SGD with momentum as in the original study."""

    weights: Text
    image_size: AlexNetSize
    lr: Rate
    lr_step: Count
    iterations: Count


class Backbone(Section):
    """Any torchvision classification network."""

    backbone: Text
    weights: Text
    image_size: ImageSize


class Small(Section):
    """The small network of the original study, also under fusion and ranker."""

    image_size: ImageSize


class Model(Section):
    """What stands above the features of every network."""

    loss: Literal["cross_entropy", "cosine"]
    dropout: Annotated[float, Field(ge=0, lt=1)]


class AdamW(Section):
    """The optimizer of every network but AlexNet."""

    lr: Rate
    weight_decay: Decay


class Recipe(Section):
    """How the networks are trained."""

    batch_size: Annotated[int, Field(ge=2)]
    epochs: Count
    patience: Count
    seeds: Seeds


class Pairs(Section):
    """Which two posts of one account are compared."""

    days: Annotated[float, Field(gt=0)]
    factor: Annotated[float, Field(gt=1)]
    most_per_user: Count


class Finetune(Section):
    """Networks that are trained on the photos themselves."""

    alexnet: AlexNet
    backbone: Backbone
    smallcnn: Small
    fusion: Small
    ranker: Small
    model: Model
    adamw: AdamW
    recipe: Recipe
    pairs: Pairs
    seed: Seed


class FinetuneVariant(Section):
    """Which network is trained."""

    network: Literal["alexnet", "backbone", "smallcnn", "fusion", "ranker"]


class Saliency(Section):
    """How many posts are explained, and with how much effort."""

    posts: Annotated[int, Field(ge=2, le=100)]
    steps: Annotated[int, Field(ge=5, le=500)]
    seeds: Annotated[int, Field(ge=1, le=20)]


class Report(Section):
    """Everything compared on the same test posts."""

    truth: Text
    bootstraps: Bootstraps
    top: Annotated[int, Field(ge=1, le=200)]
    bottom: Annotated[int, Field(ge=1, le=200)]
    neighbours: Annotated[int, Field(ge=1, le=20)]
    saliency: Saliency
    seed: Seed


class Trial(Section):
    """How much effort the choice is tried with."""

    photos: Annotated[int, Field(ge=2, le=1000)]
    albums: Annotated[int, Field(ge=2, le=1000)]
    moments: Annotated[list[Annotated[int, Field(ge=2, le=100)]], Field(min_length=1, max_length=10)]


class Curate(Section):
    """An album, how many of its photos to keep, and how the choice is tried."""

    album: Text
    keep: Count
    trial: Trial
    seed: Seed


STAGES = (
    Stage("demo", "likability", Demo, notebook=False),
    Stage("likability", "prepare", Prepare, machine=("device",)),
    Stage("likability", "features", Features, machine=EMBED),
    Stage("likability", "classify", Classify, machine=("engine", "spark_master")),
    Stage("likability", "finetune", Finetune, FinetuneVariant, machine=TRAIN),
    Stage("likability", "report", Report),
    Stage("likability", "curate", Curate),
)
