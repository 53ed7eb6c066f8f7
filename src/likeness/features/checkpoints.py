"""Weights of torchvision's networks: random, from the folder of checkpoints, or from a file; never downloaded."""

import pickle
import struct
from pathlib import Path

import torch
from torch import nn
from torchvision.models import WeightsEnum, get_model

from likeness.errors import MissingWeights
from likeness.paths import file_sha256

HEADS = ("fc", "classifier", "head", "heads")  # the names under which torchvision keeps class layers


def random_network(name: str, seed: int) -> nn.Module:
    """Return torchvision's network `name` with random weights, a function of `seed`."""
    old = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}  # they warn when not told
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return get_model(name, weights=None, **old)


def pretrained_network(name: str, weights: WeightsEnum) -> tuple[nn.Module, str]:
    """Return the network with torchvision's weights, from the folder of checkpoints, and their identity."""
    file = Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rsplit("/", 1)[1]
    if not file.is_file():
        raise MissingWeights(
            f"{name} with {weights.name}: put {file.name} into {file.parent} (TORCH_HOME/hub/checkpoints), "
            f'or set TORCH_HOME to where it lies, or choose weights "none"; nothing is downloaded'
        )
    try:
        model = get_model(name, weights=weights)
    except (RuntimeError, pickle.UnpicklingError, struct.error, EOFError) as error:
        raise ValueError(
            f"{file}: not the checkpoint of {name}; copy it again: {str(error).splitlines()[0]}"
        ) from error
    # Known by its content: a checkpoint that was saved again keeps its name but not its hash.
    return model, f"{weights.name}-{file_sha256(file)[:16]}"


def network_from_file(name: str, file: Path, seed: int, known: list[str]) -> tuple[nn.Module, str]:
    """Return the network with the weights of a state dict, and its sha256. known: the enum names there are."""
    if not file.is_file():
        raise MissingWeights(
            f"weights {str(file)!r} for {name}: neither a file nor one of {', '.join([*known, 'DEFAULT', 'none'])}"
        )
    model = random_network(name, seed)
    head = _class_layer(model)
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        kept = {key: value for key, value in state.items() if not key.startswith(head)}
        missing, unexpected = model.load_state_dict(kept, strict=False)
    except (RuntimeError, pickle.UnpicklingError, struct.error, EOFError, AttributeError) as error:
        raise ValueError(f"{file}: not a state dict of {name}: {str(error).splitlines()[0]}") from error
    wrong = [key for key in missing if not key.startswith(head)] + list(unexpected)
    if wrong:
        raise ValueError(f"{file}: not a state dict of {name}: {len(wrong)} keys do not fit, first {wrong[0]!r}")
    return model, file_sha256(file)


def _class_layer(model: nn.Module) -> str:
    """Return what the keys of the class layer start with, "fc." or "classifier.6.": the last layer of the head.

    A file may have another number of classes, or none; AlexNet's and VGG's hidden layers are features.
    """
    layers = {key.rsplit(".", 1)[0] for key in model.state_dict() if key.split(".")[0] in HEADS}
    return f"{max(layers, key=_natural)}."


def _natural(key: str) -> list[int]:
    return [int(part) for part in key.split(".") if part.isdigit()]
