"""Networks that say of one post whether it will be liked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from likeness.features.attention import CELLS, NoMap
from likeness.features.backbones import Backbone, load_backbone, load_weights
from likeness.repeatable.layout import channels_last

NETWORKS = ("alexnet", "backbone", "smallcnn", "fusion", "ranker")
WITH_BACKBONE = ("alexnet", "backbone")
WIDTHS = (24, 48, 64)  # channels of the small trunk's blocks
DENSE, FEW = 64, 16  # hidden units for the photo, and for the metadata
RIDGE = 0.1  # C of the logistic regression that fusion starts from
FAR = 4.0  # standard deviations; a number beyond says no more than one there


@dataclass(frozen=True)
class PostConfig:
    """network: one of NETWORKS. image_size: side of the photos [px]. metadata: numbers a post, 0 without."""

    network: str
    image_size: int
    loss: str = "cross_entropy"
    dropout: float = 0.3
    metadata: int = 0


class SmallTrunk(nn.Module):
    """Blocks of 3x3 convolution, batch normalisation, ReLU and 2x2 pooling: (n, 3, s, s) in [0, 1] -> (n, 64).

    The last maps are averaged and their maxima taken too: a face is a place, a colour cast is everywhere.
    """

    def __init__(self) -> None:
        super().__init__()
        blocks = []
        for before, after in zip((3, *WIDTHS[:-1]), WIDTHS, strict=True):
            blocks += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2)]
        self.blocks = nn.Sequential(*blocks)
        self.dim = 2 * WIDTHS[-1]

    def forward(self, photo: Tensor) -> Tensor:
        maps = self.blocks((photo - 0.5) / 0.25)
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], dim=1)

    def target_layer(self, size: int) -> nn.Module:
        """Return the last ReLU, before a pooling that would leave fewer than 4 x 4 cells of a photo of `size` px."""
        depth = len(WIDTHS) - 1
        while depth > 0 and size // 2**depth < CELLS:
            depth -= 1
        if size < CELLS:
            raise NoMap(f"a photo of {size} px leaves no map")
        return self.blocks[4 * depth + 2]


class About(nn.Module):
    """What metadata (n, m) add to the logit (n,): a linear part, and a small MLP beside it."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.linear = nn.Linear(width, 1)
        self.mlp = nn.Sequential(nn.Linear(width, FEW), nn.ReLU(), nn.Dropout(dropout), nn.Linear(FEW, 1))

    def forward(self, known: Tensor) -> Tensor:
        return (self.linear(known) + self.mlp(known))[:, 0]


class GridPool(nn.Module):
    """What nn.AdaptiveAvgPool2d does, as two products of matrices: on a GPU that one's gradient does not repeat itself.

    (n, c, h, w) -> (n, c, cells, cells): cell i is the mean of rows floor(i h / cells) to ceil((i + 1) h / cells).
    """

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.cells = cells

    def forward(self, maps: Tensor) -> Tensor:
        down, across = (self._means(side).to(maps) for side in maps.shape[2:])
        return down @ maps @ across.T

    def _means(self, side: int) -> Tensor:
        """Return (cells, side): the weight of each row in each cell."""
        start = torch.arange(self.cells) * side // self.cells
        end = -(-(torch.arange(self.cells) + 1) * side // self.cells)
        row = torch.arange(side)
        inside = (row >= start[:, None]) & (row < end[:, None])
        return inside / (end - start)[:, None]


class PostNet(nn.Module):
    """(photo (n, 3, s, s) in [0, 1], metadata (n, m) or None) -> (n,) logits of being liked, or ranks (ranker).

    One logit is the difference of the two classes that the original networks gave: their softmax is its sigmoid.
    mean, scale: buffers that standardise the metadata, see `begin`.
    """

    def __init__(self, config: PostConfig, backbone: Backbone | None = None) -> None:
        super().__init__()
        if config.network not in NETWORKS:
            raise ValueError(f"network {config.network!r}: choose one of {', '.join(NETWORKS)}")
        if (config.network in WITH_BACKBONE) != (backbone is not None):
            raise ValueError(f"network {config.network!r}: a backbone goes with {' and '.join(WITH_BACKBONE)} alone")
        self.config = config
        self.trunk = channels_last(SmallTrunk()) if backbone is None else backbone
        if config.network == "alexnet":
            backbone.trunk[1] = GridPool(6)
        self.register_buffer("mean", torch.zeros(config.metadata))
        self.register_buffer("scale", torch.ones(config.metadata))
        known = 2 * config.metadata  # each number and its square
        self.about = About(known, config.dropout) if config.metadata else None
        self.head = self._head(self.trunk.dim)

    def _head(self, width: int) -> nn.Module:
        dropout = nn.Dropout(self.config.dropout)
        if self.config.network in WITH_BACKBONE:
            return nn.Sequential(dropout, nn.Linear(width, 1))
        return nn.Sequential(dropout, nn.Linear(width, DENSE), nn.ReLU(), nn.Linear(DENSE, 1))

    def forward(self, photo: Tensor, metadata: Tensor | None = None) -> Tensor:
        logit = self.head(self.trunk(self.trunk.normalise(photo) if isinstance(self.trunk, Backbone) else photo))[:, 0]
        if self.about is None:
            return logit
        if metadata is None:
            raise ValueError(f"{self.config.network} needs the {self.config.metadata} numbers of each post")
        return logit + self.about(self.known(metadata))

    def known(self, metadata: Tensor) -> Tensor:
        """Return standardised metadata and their squares (n, 2m): what is best in the middle is a parabola."""
        known = ((metadata - self.mean) / self.scale).clamp(-FAR, FAR)
        return torch.cat([known, known.square()], dim=1)

    @torch.no_grad()
    def begin(self, metadata: Tensor, liked: Tensor) -> None:
        """Start at what metadata alone can tell: a ridge logistic regression is the linear part, all else adds 0.

        metadata: (n, m), liked: (n,) bool, of training posts alone; their mean and spread standardise the metadata (a
        constant number keeps spread 1). Training then adds what the photo knows and need not find both at once.
        """
        spread = metadata.std(dim=0, unbiased=False)
        self.mean.copy_(metadata.mean(dim=0))
        self.scale.copy_(torch.where(spread > 1e-6, spread, torch.ones_like(spread)))
        ridge = LogisticRegression(C=RIDGE, max_iter=5000).fit(self.known(metadata).double().numpy(), liked.numpy())
        self.about.linear.weight.copy_(torch.from_numpy(ridge.coef_))
        self.about.linear.bias.copy_(torch.from_numpy(ridge.intercept_))
        for last in (self.about.mlp[-1], self.head[-1]):
            last.weight.zero_()
            last.bias.zero_()


def make_post_net(config: PostConfig, *, backbone: str, weights: str, seed: int) -> PostNet:
    """Return a network in its initial state, a function of `seed` and the weights; the global generator is left alone.

    backbone, weights: of the network "backbone", as `load_backbone`; "alexnet" takes the weights too (its fc7 below the
    new last layer). Raises MissingWeights for a checkpoint that is not here.
    """
    trunk = None
    if config.network in WITH_BACKBONE:
        name, layer = ("alexnet", "fc7") if config.network == "alexnet" else (backbone, "pool")
        trunk = load_backbone(name, weights, layer=layer, seed=seed, image_size=config.image_size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return PostNet(config, trunk)


def load_post_net(path: Path) -> tuple[PostNet, dict[str, Any]]:
    """Return the network saved at `path`, in eval mode on the CPU, and its meta. Raises ValueError for another file."""
    return load_weights(path, lambda config, backbone: PostNet(PostConfig(**config), backbone))
