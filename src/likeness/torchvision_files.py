"""torchvision's published weights, from the folder of checkpoints; nothing is downloaded."""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn
from torchvision.models import WeightsEnum, get_model

from likeness.errors import LayoutError, MissingWeights, words
from likeness.weight_files import read_saved


def checkpoint_file(weights: WeightsEnum) -> Path:
    """Return where the weights have to lie: TORCH_HOME/hub/checkpoints/<torchvision's file name>."""
    return Path(torch.hub.get_dir()) / "checkpoints" / weights.url.rsplit("/", 1)[1]


def pretrained_network(name: str, weights: WeightsEnum, **settings: Any) -> nn.Module:
    """Return torchvision's network `name` with its published weights. settings: as torchvision's `get_model`.

    Raises MissingWeights where the file is not here, LayoutError in one line for a file that does not fit.
    """
    file = checkpoint_file(weights)
    if not file.is_file():
        raise MissingWeights(
            f"{name} with {weights.name}: put {file.name} into {file.parent} (TORCH_HOME/hub/checkpoints), "
            f'or set TORCH_HOME to where it lies, or choose weights "none"; nothing is downloaded'
        )
    fault = f"not the checkpoint of {name}; copy it again"
    read_saved(file, fault)  # torchvision's own reader would run the code of a file that holds some
    try:
        return get_model(name, weights=weights, **settings)
    except (RuntimeError, LookupError, TypeError, AttributeError, UnpicklingError) as error:
        raise LayoutError(f"{file}: {fault}: {words(error)[:200]}") from error
