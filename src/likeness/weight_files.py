"""Weights on disk, of every network that we train: the same network gives the same bytes."""

import io
import json
import pickle
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from likeness.paths import atomic

FORMAT = 1
# What torch raises at a file that holds something else: it takes the first bytes of a text for numbers.
DAMAGE = (RuntimeError, pickle.UnpicklingError, EOFError, struct.error, LookupError, TypeError, ValueError)


def write_weights(net: nn.Module, path: Path, meta: dict[str, object], **more: Any) -> Path:
    """Write a network's weights, its `config` (a dataclass), `meta` and `more`, plain values for JSON; return `path`.

    The file is written whole or not at all, and through memory, since torch writes a file's own name into it.
    """
    header = json.dumps({"format": FORMAT, "config": asdict(net.config), "meta": meta, **more}, sort_keys=True)
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    buffer = io.BytesIO()
    torch.save({"header": header, "state": state}, buffer)
    with atomic(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return Path(path)


def read_weights(path: Path) -> tuple[dict[str, Any] | None, dict[str, torch.Tensor]]:
    """Return (header, state dict) of a file that `write_weights` wrote, (None, state dict) of a plain one.

    Raises ValueError for a file that holds no weights.
    """
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        if "header" not in saved:
            return None, dict(saved)
        return json.loads(saved["header"]), saved["state"]
    except DAMAGE as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(f"{path}: holds no weights: {reason}") from error
