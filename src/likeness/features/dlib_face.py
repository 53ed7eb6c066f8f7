"""dlib's face network as a PyTorch module: its published weights, read from dlib's own file, without dlib.

The network (dlib.net, examples/dnn_face_recognition_ex.cpp) is ResNet-34 with fewer layers and half the filters, and
turns an aligned face of 150 x 150 px into 128 numbers; in PyTorch it runs on a GPU and can be explained. Its weights
are in the public domain (CC0), and the package face-recognition-models carries them.
"""

import importlib.util
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from likeness.errors import LayoutError, MissingWeights
from likeness.features.backbones import Backbone
from likeness.features.bundled import BUNDLED
from likeness.paths import file_sha256

NAME = "dlib"
SIZE = 150  # px
PACKAGE = "face_recognition_models"
FILE = "dlib_face_recognition_resnet_model_v1.dat"
MEAN = tuple(value / 255 for value in (122.782, 117.001, 104.298))  # of red, green and blue, as dlib subtracts them
STD = (256 / 255,) * 3
STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))  # filters, blocks, is halved
DIM = 128


class Scale(nn.Module):
    """A factor and an offset a channel: what is left of batch normalisation in a finished network."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (n, channels, h, w), scaled and moved."""
        return maps * self.weight[:, None, None] + self.bias[:, None, None]


class Block(nn.Module):
    """Two convolutions beside a shortcut, which is averaged where the maps are halved, and filled up with zeros."""

    def __init__(self, before: int, channels: int, halved: bool) -> None:
        super().__init__()
        self.halved = halved
        step, edge = (2, 0) if halved else (1, 1)
        self.first, self.first_scale = nn.Conv2d(before, channels, 3, step, edge), Scale(channels)
        self.second, self.second_scale = nn.Conv2d(channels, channels, 3, 1, 1), Scale(channels)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (n, channels, h', w') of maps (n, before, h, w)."""
        new = self.second_scale(self.second(F.relu(self.first_scale(self.first(maps)))))
        old = F.avg_pool2d(maps, 2, 2) if self.halved else maps
        size = [max(a, b) for a, b in zip(new.shape[1:], old.shape[1:], strict=True)]
        return F.relu(_filled(new, size) + _filled(old, size))


class FaceResNet(nn.Module):
    """dlib's network: faces (n, 3, h, w), normalised, -> (n, 128)."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.first_scale = nn.Conv2d(3, 32, 7, 2), Scale(32)
        blocks, before = [], 32
        for channels, count, halves in STAGES:
            for place in range(count):
                blocks.append(Block(before, channels, halves and place == 0))
                before = channels
        self.blocks, self.embedding = nn.Sequential(*blocks), nn.Linear(before, DIM, bias=False)

    def forward(self, faces: Tensor) -> Tensor:
        """Return the descriptors (n, 128), not of length 1; a person's lie closer than about 0.6 to each other."""
        maps = self.blocks(F.max_pool2d(F.relu(self.first_scale(self.first(faces))), 3, 2))
        return self.embedding(maps.mean((2, 3)))


class BothWays(nn.Module):
    """A network that looks at each face and at its mirror image, and gives the mean.

    Of 100 aligned portraits of ten people, the mirror image took the equal error rate from 0.33 % to 0.22 %.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> Tensor:
        """Return (n, dim) of faces (n, 3, h, w)."""
        return (self.network(faces) + self.network(faces.flip(3))) / 2


def load_dlib(weights: str, seed: int = 0) -> Backbone:
    """Return dlib's face network, looking both ways, in eval mode: aligned faces (n, 3, 150, 150) -> (n, 128).

    weights: "bundled", read from the package face-recognition-models, or "none": random, from `seed`; the global
    generator is left alone. Raises ValueError for another word, MissingWeights where the package is not installed,
    LayoutError for a damaged file.
    """
    if weights not in (BUNDLED, "none"):
        raise ValueError(f"weights {weights!r} of {NAME}: choose {BUNDLED} or none")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = FaceResNet()
    identity = f"none-seed{seed}"
    if weights != "none":
        file = weights_file()
        network.load_state_dict(read_dlib(file, network))
        identity = f"dlib-v1-{file_sha256(file)[:16]}"
    layer = "embedding, both ways"
    return Backbone(BothWays(network), name=NAME, weights=identity, layer=layer, size=SIZE, mean=MEAN, std=STD).eval()


def weights_file() -> Path:
    """Return where the weights lie. The package is not imported: it needs a module that Python no longer has."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise MissingWeights(
            f"network {NAME}: its weights come with the package face-recognition-models, which is not installed; "
            'uv pip install "likeness[dlib]" (or choose another of faces.features.networks)'
        )
    return Path(spec.submodule_search_locations[0]) / "models" / FILE


def read_dlib(file: Path, network: FaceResNet) -> dict[str, Tensor]:
    """Return {name: weights} for `network` from a file that dlib wrote.

    dlib writes layer after layer from the input on, and each layer's weights as a tensor: the mark 2, four sizes, and
    the values as float32. A convolution's filters come before its biases, a factor before its offset. Whatever stands
    between the tensors describes the layers. Raises LayoutError where a tensor is not found.
    """
    data, state, at = file.read_bytes(), {}, 0
    for name, module in network.named_modules():
        sizes = {key: value.shape for key, value in module.named_parameters(recurse=False)}
        if not sizes:
            continue
        count = sum(shape.numel() for shape in sizes.values())
        rows, columns = (module.in_features, DIM) if isinstance(module, nn.Linear) else (count, 1)
        head = b"\x01\x02" + b"".join(map(_packed, (rows, columns, 1, 1)))
        found = data.find(head, at)
        start, at = found + len(head), found + len(head) + 4 * count
        if found < 0 or at > len(data):
            raise LayoutError(f"{file}: holds no weights of dlib's face network at {name}; install the package again")
        values = torch.from_numpy(np.frombuffer(data, "<f4", count, start).copy())
        if isinstance(module, nn.Linear):
            values = values.view(rows, columns).T.reshape(-1)
        parts = values.split([shape.numel() for shape in sizes.values()])
        state |= {f"{name}.{key}": part.view(sizes[key]) for key, part in zip(sizes, parts, strict=True)}
    return state


def _packed(number: int) -> bytes:
    """Return a whole number as dlib writes it: how many bytes, then the bytes, the lowest first."""
    length = (number.bit_length() + 7) // 8
    return bytes([length]) + number.to_bytes(length, "little")


def _filled(maps: Tensor, size: list[int]) -> Tensor:
    """Return maps (n, c, h, w) with zeros after them up to the size (c, h, w)."""
    channels, height, width = (want - have for want, have in zip(size, maps.shape[1:], strict=True))
    return F.pad(maps, (0, width, 0, height, 0, channels)) if channels or height or width else maps
