"""Siamese networks: both photos of a pair go through the same weights, then are compared."""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from likeness.features.backbones import Backbone, load_backbone, load_weights
from likeness.models.pose.losses import LOSSES
from likeness.models.training.batches import evaluated
from likeness.repeatable.layout import channels_last

CHANNELS = {"photo": 0, "photo+skeleton": 3, "photo+heatmaps": 18}  # of the pose picture, by stream
HEADS = ("dense", "cosine")
STRIDE, WIDTH = 16, 16  # of the pose stream: of all its convolutions together; channels after the first


@dataclass(frozen=True)
class SiameseConfig:
    """All that shapes a SiameseNet, as plain values (kept beside its weights).

    tune: "last" trains what follows a frozen backbone and reads cached features; "full" trains the backbone too
    and reads photos. stream: what is seen of a pair. loss: "bce" trains the head; the others train distances
    between embeddings, and `calibrate` turns those into probabilities. feature_dim: of the backbone.
    head: "dense" is the original recipe, dropout and two layers over [|a-b|, a*b] of every stream; "cosine" weighs
    one cosine per stream, far fewer weights to fit to the training sites.
    embedding_dim: of one stream. pose_size: px, of the square pose picture.
    """

    stream: Literal["photo", "photo+skeleton", "photo+heatmaps"]
    tune: Literal["last", "full"]
    loss: Literal["bce", "contrastive", "triplet", "multi_similarity"]
    feature_dim: int
    pose_size: int = 64
    embedding_dim: int = 64
    head: Literal["dense", "cosine"] = "dense"
    dropout: float = 0.5

    def __post_init__(self):
        choices = {"stream": tuple(CHANNELS), "tune": ("last", "full"), "loss": LOSSES, "head": HEADS}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} {getattr(self, name)!r} is unknown; choose one of {', '.join(allowed)}")

    @property
    def has_pose(self) -> bool:
        """Whether the network also looks at the people's skeletons."""
        return CHANNELS[self.stream] > 0


class PoseStream(nn.Module):
    """The small network that looks at the people's skeletons alone.

    Four strided convolutions and a linear layer: (n, channels, size, size) in [0, 1] -> (n, dim).

    channels: 3 for drawn skeletons, 18 for one heatmap per joint; size: side in px, a multiple of 16. A photo
    without people is all zeros. The last maps are flattened, not averaged: where a limb is matters here. Group
    normalisation, so that a photo's embedding does not depend on the batch it is in.
    """

    def __init__(self, channels: int, size: int, dim: int):
        super().__init__()
        if size % STRIDE:
            raise ValueError(f"pose_size {size} must be a multiple of {STRIDE}")
        widths = [channels, WIDTH, 2 * WIDTH, 2 * WIDTH, 2 * WIDTH]
        blocks = []
        for before, after in pairwise(widths):
            blocks += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.GroupNorm(8, after), nn.ReLU()]
        self.maps = nn.Sequential(*blocks)
        self.project = nn.Linear(2 * WIDTH * (size // STRIDE) ** 2, dim)

    def forward(self, pose: Tensor) -> Tensor:
        return self.project(self.maps(pose).flatten(1))


class SiameseNet(nn.Module):
    """The network of one variant; symmetric in the two photos of a pair.

    Photo input: cached backbone features (n, feature_dim) where tune is "last", else photos (n, 3, h, w) in [0, 1].
    Pose input: (n, channels, pose_size, pose_size) in [0, 1], None for stream "photo".
    """

    def __init__(self, config: SiameseConfig, backbone: Backbone | None = None):
        super().__init__()
        if (backbone is None) != (config.tune == "last"):
            raise ValueError(f"tune {config.tune!r}: give the backbone if and only if it is to be tuned")
        self.config, self.backbone = config, backbone
        self.photo_project = nn.Linear(config.feature_dim, config.embedding_dim)
        self.pose_stream = None
        if config.has_pose:
            pose_stream = PoseStream(CHANNELS[config.stream], config.pose_size, config.embedding_dim)
            self.pose_stream = channels_last(pose_stream)
        streams = 2 if config.has_pose else 1
        self.head = _head(config, streams) if config.loss == "bce" else None
        self.register_buffer("centre", torch.zeros(config.feature_dim))  # of the training photos' features
        self.register_buffer("spread", torch.ones(config.feature_dim))
        self.register_buffer("platt", torch.tensor([-1.0, 0.0]))  # logit = platt[0] * distance + platt[1]

    def standardise(self, features: Tensor) -> None:
        """Fix centre and spread of the cached features (n, feature_dim) of the training photos."""
        self.centre.copy_(features.mean(0))
        self.spread.copy_(features.std(0, correction=0).clamp(min=1e-6))

    def embed(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return embeddings (n, streams * embedding_dim), L2-normalised, each stream with the same weight."""
        if (pose is None) == self.config.has_pose:
            raise ValueError(f"stream {self.config.stream!r}: pose pictures {'missing' if pose is None else 'given'}")
        if self.backbone is not None:
            photo = self.backbone(self.backbone.normalise(photo))
        features = (photo.float() - self.centre) / self.spread
        parts = [F.normalize(self.photo_project(features), dim=1)]
        if self.pose_stream is not None:
            parts.append(F.normalize(self.pose_stream(pose).float(), dim=1))
        return torch.cat(parts, dim=1) / len(parts) ** 0.5

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return one logit per row pair of embeddings (n, d): above 0, the photos are more likely the same."""
        if self.head is None:
            return self.platt[0] * self.distance(left, right) + self.platt[1]
        streams = 2 if self.config.has_pose else 1
        a, b = (side.unflatten(1, (streams, -1)) * streams**0.5 for side in (left, right))  # unit norm per stream
        if self.config.head == "cosine":
            return self.head((a * b).sum(2)).squeeze(1)
        return self.head(torch.cat([(a - b).abs(), a * b], dim=2).flatten(1)).squeeze(1)

    def distance(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the Euclidean distance (n,) of each row pair of embeddings, in [0, 2]."""
        return torch.linalg.vector_norm(left - right, dim=1).clamp(min=1e-6)

    def similarity(self, left: Tensor, right: Tensor) -> Tensor:
        """Return a score (n,), larger is more alike: the logit, or minus the distance for a metric loss."""
        return self.compare(left, right) if self.head is not None else -self.distance(left, right)


def compare_rows(net: SiameseNet, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Return logits and similarities, each (n,), of row pairs of embeddings, without dropout."""
    with evaluated(net):
        return net.compare(left, right), net.similarity(left, right)


def make_siamese(config: SiameseConfig, backbone: Backbone | None = None, *, seed: int = 0) -> SiameseNet:
    """Return a new network, its weights a function of `seed`; `backbone` (tune "full") becomes part of it.

    feature_dim 0 is filled in from the backbone.

    >>> net = make_siamese(SiameseConfig("photo", "last", "bce", feature_dim=8), seed=7)
    >>> tuple(net.embed(torch.ones(2, 8)).shape)
    (2, 64)
    """
    if backbone is not None and config.feature_dim == 0:
        config = replace(config, feature_dim=backbone.dim)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return SiameseNet(config, backbone)


def start_siamese(
    config: SiameseConfig, seed: int, *, backbone: str = "", weights: str = "none", image_size: int = 0
) -> SiameseNet:
    """Return the network that the run of `seed` starts from; a backbone's random weights are of this seed too.

    backbone, weights, image_size: of a network that is tuned as a whole, as `load_backbone`.
    """
    trunk = load_backbone(backbone, weights, seed=seed, image_size=image_size) if backbone else None
    return make_siamese(config, trunk, seed=seed)


def without_backbone(net: SiameseNet) -> SiameseNet:
    """Return a network that compares embeddings as `net` does, and makes none of photos: a hundredth of its size."""
    alone = SiameseNet(replace(net.config, tune="last"))
    alone.load_state_dict({k: value for k, value in net.state_dict().items() if not k.startswith("backbone.")})
    return alone


def load_siamese(path: Path) -> tuple[SiameseNet, dict[str, Any]]:
    """Return the network saved at `path`, in eval mode on the CPU, and its meta. Raises ValueError for another file."""
    return load_weights(path, lambda config, backbone: SiameseNet(SiameseConfig(**config), backbone))


def _head(config: SiameseConfig, streams: int) -> nn.Module:
    if config.head == "cosine":
        head = nn.Sequential(nn.Dropout(0.0), nn.Linear(streams, 1))
        nn.init.constant_(head[1].weight, 4.0)  # alike embeddings must mean alike from the start
        nn.init.constant_(head[1].bias, -2.0 * streams)
        return head
    width = 2 * streams * config.embedding_dim
    return nn.Sequential(
        nn.Dropout(config.dropout),
        nn.Linear(width, config.embedding_dim),
        nn.ReLU(),
        nn.Dropout(config.dropout),
        nn.Linear(config.embedding_dim, 1),
    )


def count_weights(net: nn.Module) -> int:
    """Return how many numbers are trained.

    >>> count_weights(nn.Linear(3, 2))
    8
    """
    return sum(weight.numel() for weight in net.parameters())
