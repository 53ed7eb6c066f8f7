"""Weights on disk: the same network gives the same bytes."""

import io
import json
import pickle
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from likeness.features.backbones import Backbone, load_backbone
from likeness.models.likability.post_net import PostConfig, PostNet
from likeness.models.pose.siamese import SiameseConfig, SiameseNet, config_values
from likeness.paths import atomic

FORMAT = 1


def save_weights(net: SiameseNet, path: Path, meta: dict[str, object]) -> Path:
    """Write the network's weights, its configuration and `meta` (plain values for JSON), and return `path`."""
    return write_state(net, config_values(net.config), net.backbone, path, meta)


def load_weights(path: Path) -> tuple[SiameseNet, dict[str, object]]:
    """Return the network saved at `path`, in eval mode on the CPU, and its meta; no checkpoint of a backbone is needed.

    Raises ValueError for a file that is not one of ours.
    """
    header, state = read_state(path)
    net = SiameseNet(SiameseConfig(**header["config"]), saved_backbone(header))
    net.load_state_dict(state)
    return net.eval(), header["meta"]


def save_post_weights(net: PostNet, path: Path, meta: dict[str, object]) -> Path:
    """Write the weights of a network of posts, its configuration and `meta`, and return `path`."""
    backbone = net.trunk if isinstance(net.trunk, Backbone) else None
    return write_state(net, asdict(net.config), backbone, path, meta)


def load_post_weights(path: Path) -> tuple[PostNet, dict[str, object]]:
    """Return the network of posts saved at `path`, in eval mode on the CPU, and its meta.

    Raises ValueError for a file that is not one of ours.
    """
    header, state = read_state(path)
    net = PostNet(PostConfig(**header["config"]), saved_backbone(header))
    net.load_state_dict(state)
    return net.eval(), header["meta"]


def write_state(
    net: nn.Module, config: dict[str, object], backbone: Backbone | None, path: Path, meta: dict[str, object]
) -> Path:
    """Write a network whole or not at all. Saved through memory, since torch writes a file's own name into it."""
    content = {"format": FORMAT, "config": config, "meta": meta}
    if backbone is not None:
        content["backbone"] = {"name": backbone.name, "layer": backbone.layer, "weights": backbone.weights,
                               "mean": backbone.mean, "std": backbone.std, "size": backbone.size}  # fmt: skip
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    buffer = io.BytesIO()
    torch.save({"header": json.dumps(content, sort_keys=True), "state": state}, buffer)
    with atomic(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return Path(path)


def read_state(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Return (header, state dict) of a file that `write_state` wrote. Raises ValueError for another one."""
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        return json.loads(saved["header"]), saved["state"]
    except (RuntimeError, pickle.UnpicklingError, struct.error, EOFError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not weights saved by likeness; run the stage that makes them again") from error


def saved_backbone(header: dict[str, Any]) -> Backbone | None:
    """Return the backbone that a header describes, with random weights, or None."""
    saved = header.get("backbone")
    if saved is None:
        return None
    backbone = load_backbone(saved["name"], "none", layer=saved["layer"])
    backbone.weights, backbone.size = saved["weights"], saved["size"]
    backbone.mean, backbone.std = tuple(saved["mean"]), tuple(saved["std"])
    return backbone
