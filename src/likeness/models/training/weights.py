"""Weights of the networks that may have a backbone of torchvision in them; see `weight_files` for the format."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import nn

from likeness.features.backbones import Backbone, load_backbone
from likeness.weight_files import read_weights, write_weights


def save_weights(net: nn.Module, path: Path, meta: dict[str, object]) -> Path:
    """Write a network's weights, its `config`, its backbone's recipe and `meta` (plain values), and return `path`."""
    backbone = next((part for part in net.children() if isinstance(part, Backbone)), None)
    if backbone is None:
        return write_weights(net, path, meta)
    names = ("name", "layer", "weights", "mean", "std", "size")
    return write_weights(net, path, meta, backbone={name: getattr(backbone, name) for name in names})


def load_weights(
    path: Path, make: Callable[[dict[str, Any], Backbone | None], nn.Module]
) -> tuple[Any, dict[str, Any]]:
    """Return the network saved at `path`, in eval mode on the CPU, and its meta; no checkpoint of a backbone is needed.

    make: (values of its configuration, its backbone) -> the network. Raises ValueError for a file that is not ours.
    """
    try:
        header, state = read_weights(path)
        if header is None:
            raise ValueError(f"{path}: a plain file of weights")
    except ValueError as error:
        raise ValueError(f"{path}: not weights saved by likeness; run the stage that makes them again") from error
    net = make(header["config"], _backbone(header.get("backbone")))
    net.load_state_dict(state)
    return net.eval(), header["meta"]


def _backbone(saved: dict[str, Any] | None) -> Backbone | None:
    """Return the backbone that a header describes, with random weights."""
    if saved is None:
        return None
    backbone = load_backbone(saved["name"], "none", layer=saved["layer"])
    backbone.weights, backbone.size = saved["weights"], saved["size"]
    backbone.mean, backbone.std = tuple(saved["mean"]), tuple(saved["std"])
    return backbone
