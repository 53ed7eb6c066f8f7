"""The knobs of the pose study, one class per stage."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from likeness.params.section import (
    Bootstraps,
    Count,
    Device,
    HashDistance,
    ImageSize,
    MaxPixels,
    Precision,
    Rate,
    Section,
    Seed,
    Share,
    Strategy,
    Text,
    Tracker,
)


class Demo(Section):
    """The generated corpus."""

    photos: Annotated[int, Field(ge=24, le=5000)]
    sites: Annotated[int, Field(ge=3, le=14)]
    seed: Seed


class Prepare(Section):
    """From a folder of photos to photos, keypoints, pairs and splits."""

    folder: Text
    layout: Literal["sites", "flat"]
    annotations: Text
    max_pixels: MaxPixels
    min_side: Count
    duplicate_distance: HashDistance
    estimator: Literal["annotations", "mediapipe", "keypointrcnn"]
    min_score: Annotated[float, Field(ge=0, le=1)]
    people: Annotated[int, Field(ge=1, le=2)]
    device: Device
    validation_share: Share
    test_share: Share
    naive_share: Share
    negatives_per_positive: Annotated[float, Field(gt=0, le=10)]
    near_quantile: Share
    far_quantile: Share
    pairs_per_photo: Annotated[float, Field(gt=0, le=100)]
    seed: Seed

    @model_validator(mode="after")
    def leaves_photos_to_train_on(self) -> Self:
        """Validation and test together must leave a share for training."""
        held_out = self.validation_share + self.test_share
        if held_out >= 1:
            raise ValueError(
                f"validation_share + test_share = {held_out:g} leaves nothing to train on; choose a sum below 1"
            )
        if self.near_quantile >= self.far_quantile:
            raise ValueError(f"near_quantile {self.near_quantile:g} must be below far_quantile {self.far_quantile:g}")
        return self


class Features(Section):
    """Embeddings of whole photos and of their backgrounds."""

    backbone: Text
    weights: Text
    image_size: ImageSize
    batch_size: Count
    precision: Precision
    device: Device
    seed: Seed


class Finetune(Section):
    """Siamese networks."""

    backbone: Text
    weights: Text
    image_size: ImageSize
    pose_size: Annotated[int, Field(ge=32, le=512, multiple_of=16)]
    pose_frame: Literal["person", "photo"]
    loss: Literal["bce", "contrastive", "triplet", "multi_similarity"]
    margin: Annotated[float, Field(gt=0, le=10)]
    dropout: Annotated[float, Field(ge=0, lt=1)]
    head: Literal["dense", "cosine"]
    optimizer: Literal["sgd", "adamw"]
    lr_last: Rate
    lr_full: Rate
    weight_decay: Annotated[float, Field(ge=0, le=1)]
    batch_size: Annotated[int, Field(ge=2)]
    epochs_last: Count
    epochs_full: Count
    patience: Count
    devices: Count
    strategy: Strategy
    precision: Precision
    tracker: Tracker
    seed: Seed


class FinetuneVariant(Section):
    """Which layers are tuned, and what the network sees of the people."""

    tune: Literal["last", "full"]
    stream: Literal["photo", "photo+skeleton", "photo+heatmaps"]


class Report(Section):
    """Everything compared on the same test pairs."""

    bootstraps: Bootstraps
    neighbours: Annotated[int, Field(ge=1, le=20)]
    relevant: Count
    saliency_pairs: Annotated[int, Field(ge=2, le=200)]
    saliency_steps: Annotated[int, Field(ge=5, le=500)]
    saliency_seeds: Annotated[int, Field(ge=1, le=20)]
    mistakes: Annotated[int, Field(ge=1, le=50)]
    seed: Seed
