"""Weights on disk: the same network gives the same bytes."""

import io
import json
import pickle
from pathlib import Path

import torch

from likeness.features.backbones import Backbone, load_backbone
from likeness.models.siamese import SiameseConfig, SiameseNet, config_values
from likeness.paths import atomic

FORMAT = 1


def save_weights(net: SiameseNet, path: Path, meta: dict[str, object]) -> Path:
    """Write the network's weights, its configuration and `meta` (plain values for JSON), and return `path`.

    Saved through memory, since torch writes a file's own name into it.
    """
    content = {"format": FORMAT, "config": config_values(net.config), "meta": meta}
    backbone = net.backbone
    if backbone is not None:
        content["backbone"] = {"name": backbone.name, "layer": backbone.layer, "weights": backbone.weights,
                               "mean": backbone.mean, "std": backbone.std, "size": backbone.size}  # fmt: skip
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    buffer = io.BytesIO()
    torch.save({"header": json.dumps(content, sort_keys=True), "state": state}, buffer)
    with atomic(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return Path(path)


def load_weights(path: Path) -> tuple[SiameseNet, dict[str, object]]:
    """Return the network saved at `path`, in eval mode on the CPU, and its meta; no checkpoint of a backbone is needed.

    Raises ValueError for a file that is not one of ours.
    """
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        header = json.loads(saved["header"])
    except (RuntimeError, pickle.UnpicklingError, EOFError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: not weights saved by likeness; run the stage that makes them again") from error
    net = SiameseNet(SiameseConfig(**header["config"]), _backbone(header.get("backbone")))
    net.load_state_dict(saved["state"])
    return net.eval(), header["meta"]


def _backbone(saved: dict[str, object] | None) -> Backbone | None:
    if saved is None:
        return None
    backbone = load_backbone(saved["name"], "none", layer=saved["layer"])
    backbone.weights, backbone.size = saved["weights"], saved["size"]
    backbone.mean, backbone.std = tuple(saved["mean"]), tuple(saved["std"])
    return backbone
