"""A face network from an ONNX file (ArcFace, AdaFace, EdgeFace ...) as a feature extractor, run by onnxruntime.

The file is given as `onnx@FILE` where the network takes red, green and blue, and as `onnx-bgr@FILE` where it takes them
the other way round (AdaFace). Pixels are brought to [-1, 1], as these networks learned. It has no gradients.
"""

import importlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from likeness.errors import LayoutError, MissingWeights, words
from likeness.features.backbones import Backbone
from likeness.paths import file_sha256

ONNX = {"onnx": False, "onnx-bgr": True}  # are its channels reversed?
MEAN = STD = (0.5, 0.5, 0.5)


class OnnxNetwork(nn.Module):
    """An ONNX session as a module: images (n, 3, h, w) -> (n, dim), computed on the CPU, one thread a call."""

    def __init__(self, file: Path, is_reversed: bool) -> None:
        super().__init__()
        self.session, self.is_reversed = _session(file), is_reversed
        self.input = self.session.get_inputs()[0]
        self.place = nn.Parameter(torch.zeros(0), requires_grad=False)  # says where the module was put

    def __deepcopy__(self, _memo: dict[int, Any]) -> "OnnxNetwork":
        return self  # a session cannot be copied, and holds nothing that changes

    def forward(self, images: Tensor) -> Tensor:
        """Return (n, dim); a network that takes one image at a time is called once an image."""
        values = images.flip(1) if self.is_reversed else images
        one_by_one = self.input.shape[0] == 1
        parts = values.split(1) if one_by_one else [values]
        found = [self.session.run(None, {self.input.name: _plain(part)})[0] for part in parts]
        return torch.from_numpy(np.concatenate(found)).flatten(1).to(images.device)


def load_onnx(name: str, file: Path) -> Backbone:
    """Return the network of a file as a Backbone: aligned faces (n, 3, side, side) -> (n, dim).

    name: of ONNX, which says in what order it takes the colours.

    Raises MissingWeights where the file or onnxruntime is missing, LayoutError for a file that is no network of square
    colour images.
    """
    if not file.is_file():
        raise MissingWeights(f"network {name}: there is no file {file}; give the path of an ONNX file")
    network = OnnxNetwork(file, ONNX[name])
    shape = network.input.shape
    if len(shape) != 4 or shape[1] != 3 or not isinstance(shape[2], int) or shape[2] != shape[3]:
        raise LayoutError(f"{file}: takes {shape}, but must take square images, such as [n, 3, 112, 112]")
    identity = f"{file_sha256(file)[:16]}-onnxruntime-{version('onnxruntime')}"
    return Backbone(network, name=name, weights=identity, layer="embedding", size=shape[2], mean=MEAN, std=STD).eval()


def _session(file: Path) -> Any:
    try:
        onnxruntime = importlib.import_module("onnxruntime")  # an extra, which no lock has; its version is in `weights`
    except ImportError as error:
        raise MissingWeights(
            f'network onnx@{file} needs onnxruntime, which is not installed; uv pip install "likeness[onnx]"'
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # each core takes whole batches
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no class
        raise LayoutError(f"{file}: is no network that onnxruntime reads: {words(error)}") from error


def _plain(images: Tensor) -> np.ndarray:
    return np.ascontiguousarray(images.detach().cpu().float().numpy())
