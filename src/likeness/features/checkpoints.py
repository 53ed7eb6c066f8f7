"""What a library of networks hands over, and weights from a file of the user's; never downloaded."""

from pathlib import Path
from typing import NamedTuple

from torch import nn

from likeness.errors import MissingWeights
from likeness.paths import file_sha256
from likeness.weight_files import fit_state, read_saved


class Network(NamedTuple):
    """A network without its class layer, and what its weights expect.

    trunk: (n, 3, h, w) -> features (n, dim), or maps (n, dim, h, w). weights: their identity. size: side in px that
    they were trained at. mean, std: per channel, of photos in [0, 1].
    """

    trunk: nn.Module
    weights: str
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def load_file(model: nn.Module, name: str, file: Path, free: tuple[str, ...], known: list[str]) -> str:
    """Put the weights of a file into a network; return its sha256, with the part that was taken if several fit.

    free: how the names of the class layers begin, which may be missing or of another size. known: the words that could
    have been meant. Raises MissingWeights, or LayoutError in one line for a file that does not fit.
    """
    if not file.is_file():
        raise MissingWeights(f"weights {str(file)!r} for {name}: neither a file nor one of {', '.join(known)}")
    fault = f"not a state dict of {name}"
    found = fit_state(read_saved(file, fault), model.state_dict(), f"{file}: {fault}", free)
    model.load_state_dict(found.state, strict=False)
    return "-".join(filter(None, (file_sha256(file), found.part)))
