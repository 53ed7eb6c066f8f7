"""Networks by what they have seen: the ladder of sight, from random weights to whatever is at hand."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from likeness.features.extract import Extraction

UNTRAINED = "none"


class Sight(NamedTuple):
    """A network and its weights, written NETWORK@WEIGHTS, as in params.yaml."""

    backbone: str
    weights: str

    @property
    def name(self) -> str:
        """What tables, figures and files call it: without the provider, and of a file of weights its name alone.

        >>> Sight("timm:tf_efficientnet_lite0", "bundled").name
        'tf_efficientnet_lite0@bundled'
        """
        network = self.backbone.rpartition(":")[2]
        return f"{network}@{Path(self.weights).stem if Path(self.weights).suffix else self.weights}"

    @property
    def trained(self) -> bool:
        """Say whether the network has seen anything."""
        return self.weights != UNTRAINED


def split_sights(text: str) -> list[Sight]:
    """Return the networks of a list of params.yaml, commas between; an empty one has none.

    >>> [sight.name for sight in split_sights("resnet50@IMAGENET1K_V1, vgg16@none")]
    ['resnet50@IMAGENET1K_V1', 'vgg16@none']
    """
    entries = (entry.partition("@") for entry in text.split(",") if entry.strip())
    return [Sight(backbone.strip(), weights.strip()) for backbone, _, weights in entries]


def embed_sights(
    photos: pd.DataFrame,
    sights: Sequence[Sight],
    extract: "Callable[..., tuple[np.ndarray, Extraction]]",
    *,
    image_size: int,
    batch_size: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Return {name: float32 (photos, dim)} of the whole photos as each network sees them.

    extract: what computes features, as `spark.engine.extractor` gives it. Raises MissingWeights for a checkpoint that
    is not here.
    """
    from likeness.features.extractors import load_extractor  # torch is slow to import, and names don't need it

    sizes, found = {"image_size": image_size, "batch_size": batch_size}, {}
    for sight in sights:
        network = load_extractor(sight.backbone, sight.weights, seed=seed, image_size=image_size)
        found[sight.name] = extract(photos, network, **sizes)[0]
    return found
