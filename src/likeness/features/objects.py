"""Which objects an ImageNet classifier sees in a photo: its 1,000 classes summed into a few readable groups."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torchvision.models import get_model_weights, list_models

from likeness.cache import Cache
from likeness.features.backbones import Backbone
from likeness.features.extract import extract
from likeness.features.torchvision_networks import published_network, torch_models

VERSION = 1  # of the groups
CLASSES = 1000
WEIGHTS = "IMAGENET1K_V1"  # torchvision's name of those that tell its 1,000 classes apart
OTHER = "other objects"
# {group: {"blocks": first and last class of each, "names": torchvision's}}. Living things lie in blocks of the
# WordNet tree, things in alphabetical order, hence their names. A class is in one group.
KNOWN = json.loads(Path(__file__).with_name("imagenet_groups.json").read_text(encoding="utf-8"))
GROUPS = (*KNOWN, OTHER)


class SumByGroup(nn.Module):
    """Logits (n, classes) -> the summed probabilities of each group (n, groups), float32; rows sum to 1."""

    def __init__(self, group: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("group", torch.from_numpy(group))

    def forward(self, logits: Tensor) -> Tensor:
        """Return the groups' probabilities, in the order of GROUPS."""
        probabilities = logits.float().softmax(dim=1)
        return probabilities.new_zeros(len(logits), len(GROUPS)).index_add_(1, self.group, probabilities)


def object_features(
    photos: pd.DataFrame, root: Path, *, backbone: str, cache: Cache | None, batch_size: int = 16, device: str = "auto"
) -> tuple[np.ndarray, list[str]]:
    """Return (float32 (photos, groups), GROUPS): the probability that a classifier gives to each group of objects.

    photos, root, cache, batch_size, device: as `extract`. backbone: as `load_classifier`; a photo is squashed to the
    size that its weights were made for.
    A row sums to 1: the classifier has to choose among ImageNet's 1,000 classes (Russakovsky et al., 2015), of which
    only three are people (ballplayer, groom, scuba diver).
    Raises MissingWeights for a checkpoint that is not here, ValueError as `load_classifier`.
    """
    network = load_classifier(backbone)
    settings = {"image_size": network.size, "batch_size": batch_size, "device": device}
    found, _ = extract(photos, network, root=root, cache=cache, **settings)
    return found, list(GROUPS)


def load_classifier(backbone: str) -> Backbone:
    """Return torchvision's classifier `backbone` with its ImageNet weights, as a network from photos to GROUPS.

    Raises ValueError for an unknown network, or one without such weights, and MissingWeights.
    """
    if backbone not in list_models(module=torch_models()):
        raise ValueError(f"objects: {backbone!r} is not a torchvision classification model, like squeezenet1_0")
    known = get_model_weights(backbone)
    if WEIGHTS not in known.__members__:
        raise ValueError(f"objects: {backbone} has no weights {WEIGHTS}; choose another network, like squeezenet1_0")
    chosen = known[WEIGHTS]
    model, identity = published_network(backbone, chosen)
    view = chosen.transforms()
    facts = {"name": backbone, "weights": identity, "size": view.crop_size[0], "mean": view.mean, "std": view.std}
    return group_classifier(model, chosen.meta["categories"], **facts)


def group_classifier(model: nn.Module, categories: Sequence[str], **facts: object) -> Backbone:
    """Return `model`, (n, 3, h, w) -> logits (n, 1000), as a network from photos to GROUPS.

    facts: name, weights, size, mean and std of the Backbone.
    """
    grouped = nn.Sequential(model, SumByGroup(group_of_classes(categories)))
    return Backbone(grouped, layer=f"objects-v{VERSION}", **facts).eval()


def group_of_classes(categories: Sequence[str]) -> np.ndarray:
    """Return each class's group, as its place in GROUPS: int64 (1000,). categories: torchvision's names, in order.

    Living things and landscapes are told by their number, things by their name; what is in no group is in OTHER.
    """
    if len(categories) != CLASSES:
        raise ValueError(
            f"objects: the classifier knows {len(categories)} classes; the groups are of ImageNet's {CLASSES}"
        )
    group = np.full(CLASSES, GROUPS.index(OTHER))
    for place, known in enumerate(KNOWN.values()):
        for first, last in known["blocks"]:
            group[first : last + 1] = place
        group[np.isin(categories, known["names"])] = place
    return group
