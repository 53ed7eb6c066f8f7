"""Weights of torchvision's networks: random, from the folder of checkpoints, or from a file; never downloaded."""

from pathlib import Path

import torch
from torch import nn
from torchvision.models import WeightsEnum, get_model

from likeness.errors import LayoutError, MissingWeights, words
from likeness.paths import file_sha256
from likeness.weight_files import fit_state, read_saved

AUXILIARY = ("aux1", "aux2", "AuxLogits")  # GoogLeNet's and Inception's second outputs, which no feature needs
HEADS = ("fc", "classifier", "head", "heads")  # the names under which torchvision keeps class layers
HIDDEN = ("alexnet", "vgg")  # networks whose hidden layers are features too


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
    fault = f"not the checkpoint of {name}; copy it again"
    read_saved(file, fault)  # torchvision's own reader would run the code of a file that holds some
    try:
        model = get_model(name, weights=weights)
    except (RuntimeError, LookupError, TypeError, AttributeError) as error:
        raise LayoutError(f"{file}: {fault}: {words(error)[:200]}") from error
    # Known by its content: a checkpoint that was saved again keeps its name but not its hash.
    return model, f"{weights.name}-{file_sha256(file)[:16]}"


def network_from_file(name: str, file: Path, seed: int, known: list[str]) -> tuple[nn.Module, str]:
    """Return the network with the weights of a file, and its sha256, with the part that was taken if several fit.

    known: the enum names there are. Raises MissingWeights, or LayoutError in one line for a file that does not fit.
    """
    if not file.is_file():
        raise MissingWeights(
            f"weights {str(file)!r} for {name}: neither a file nor one of {', '.join([*known, 'DEFAULT', 'none'])}"
        )
    model = random_network(name, seed)
    fault = f"not a state dict of {name}"
    free = (*_class_layers(model, name), *(f"{name}." for name in AUXILIARY))
    found = fit_state(read_saved(file, fault), model.state_dict(), f"{file}: {fault}", free)
    model.load_state_dict(found.state, strict=False)
    return model, "-".join(filter(None, (file_sha256(file), found.part)))


def _class_layers(model: nn.Module, name: str) -> tuple[str, ...]:
    """Return what the keys of the class layer start with, "fc." or "classifier.6.".

    A file may have another number of classes, or none. Of AlexNet's and VGG's head only the last layer is one: the
    hidden layers before it are features.
    """
    heads = tuple(f"{head}." for head in HEADS if hasattr(model, head))
    if not name.startswith(HIDDEN):
        return heads
    return (f"{max((key.rsplit('.', 1)[0] for key in model.state_dict() if key.startswith(heads)), key=_natural)}.",)


def _natural(key: str) -> list[int]:
    return [int(part) for part in key.split(".") if part.isdigit()]
