"""Any network of torchvision or timm as a feature extractor, and weights of the networks that hold one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from likeness.errors import LayoutError
from likeness.features.attention import CELLS, NoMap, open_attention
from likeness.features.timm_networks import PREFIX as TIMM
from likeness.features.timm_networks import timm_network
from likeness.features.torchvision_networks import torchvision_network
from likeness.repeatable.layout import channels_last
from likeness.weight_files import read_weights, write_weights


class Backbone(nn.Module):
    """A network without its class layer: (n, 3, h, w) normalised photos -> (n, dim) float features.

    name, layer: what was asked for. weights: identity of the weights (enum name and sha256, sha256 of a file, or
    "none-seed<seed>"). size: the side in px that the weights were trained at. mean, std: per channel, of
    photos in [0, 1]. No module works in place, so that Grad-CAM may hook any of them, and attention can be seen.
    """

    def __init__(self, trunk: nn.Module, *, name: str, weights: str, layer: str, size: int, mean, std):
        super().__init__()
        for module in trunk.modules():
            if getattr(module, "inplace", False):
                module.inplace = False
        open_attention(trunk)
        self.trunk = channels_last(trunk)
        self.name, self.weights, self.layer, self.size = name, weights, layer, size
        self.mean, self.std = tuple(mean), tuple(std)
        self.dim = self.probe().shape[1]

    def forward(self, photos: Tensor) -> Tensor:
        features = self.trunk(photos)
        return features.mean((2, 3)) if features.ndim == 4 else features  # global average pooling

    def normalise(self, photos: Tensor) -> Tensor:
        """Return photos in [0, 1] (n, 3, h, w) as the weights expect them."""
        mean, std = (torch.tensor(v, device=photos.device).view(1, 3, 1, 1) for v in (self.mean, self.std))
        return (photos - mean) / std

    def target_layer(self, size: int | None = None) -> nn.Module:
        """Return the last module whose output still is a map of the photo: the one Grad-CAM looks at.

        Only modules on the main path are asked, not one branch of several, which sees a part of what is known.
        size: side of the photos in px (default: what the weights were trained at). A map of a small photo may
        have shrunk to a few cells that can't point at anything: at least 4 x 4 are asked for.
        Raises NoMap for a network without such a map: a transformer, that works on a list of patches or on maps
        with their channels last.
        """
        found: list[nn.Module] = []
        tokens: list[nn.Module] = []

        def note(module: nn.Module, _inputs: object, output: object) -> None:
            shape = output.shape if isinstance(output, Tensor) else ()
            if len(shape) == 3 or (len(shape) == 4 and shape[1] == shape[2] != shape[3]):
                tokens.append(module)
            elif len(shape) == 4 and min(shape[2:]) >= CELLS:
                found.append(module)

        hooks = [module.register_forward_hook(note) for module in main_path(self.trunk)]
        try:
            self.probe(size)
        finally:
            for hook in hooks:
                hook.remove()
        if tokens or not found:
            raise NoMap(f"{self.name} keeps no map of the photo")
        return found[-1]

    def check_size(self, image_size: int) -> None:
        """Raise ValueError unless the network takes photos of image_size x image_size px, by trying a black one."""
        try:
            self.probe(image_size)
        except (RuntimeError, ValueError, AssertionError) as error:
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise ValueError(
                f"backbone {self.name} does not take photos of image_size {image_size} px; it is made for "
                f"{self.size} px: {reason}"
            ) from error

    @torch.no_grad()
    def probe(self, size: int | None = None) -> Tensor:
        """Return the features (1, dim) of a black photo of size x size px (default: what the weights were made for)."""
        training = self.training
        self.eval()  # batch statistics and dropout must not move
        device = next(self.parameters()).device
        try:
            return self(torch.zeros(1, 3, size or self.size, size or self.size, device=device))
        finally:
            self.train(training)


def main_path(trunk: nn.Module) -> Iterator[nn.Module]:
    """Yield the modules that the whole photo passes through: the trunk's children, and those of its sequences."""
    for module in trunk.children():
        yield module
        if isinstance(module, nn.Sequential | nn.ModuleList):
            yield from main_path(module)


def load_backbone(
    name: str, weights: str, *, layer: str = "pool", seed: int = 0, image_size: int | None = None
) -> Backbone:
    """Return the network `name` without its class layer, in eval mode.

    name: one of torchvision's classification networks ("resnet18"), or of timm's ("timm:vit_small_patch14_dinov2",
    with a tag behind a dot where it has several weights). weights: "none" (random, from `seed`; the global generator is
    left alone), "DEFAULT" or the name of torchvision's enum ("IMAGENET1K_V1"), "bundled" (inside an installed
    package), or the path of a state dict. layer: "pool", the last maps averaged over the photo, or what timm's network
    hands to its class layer, or "fc6"/"fc7", the hidden layers of torchvision's AlexNet and VGG after their ReLU.
    image_size: px that it will be used at.
    Raises ValueError for an unknown name, word or layer, or a size that the network does not take, MissingWeights
    for a checkpoint that is not here.
    """
    load = timm_network if name.startswith(TIMM) else torchvision_network
    backbone = Backbone(name=name, layer=layer, **load(name, weights, layer, seed)._asdict())
    if image_size is not None:
        backbone.check_size(image_size)
    return backbone.eval()


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

    make: (values of its configuration, its backbone) -> the network. Raises LayoutError for a file that is not ours.
    """
    try:
        header, state = read_weights(path)
        net = make(header["config"], _backbone(header.get("backbone")))
        net.load_state_dict(state)
        return net.eval(), header["meta"]
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise LayoutError(f"{path}: not weights saved by likeness; run the stage that makes them again") from error


def _backbone(saved: dict[str, Any] | None) -> Backbone | None:
    """Return the backbone that a header describes, with random weights."""
    if saved is None:
        return None
    backbone = load_backbone(saved["name"], "none", layer=saved["layer"])
    backbone.weights, backbone.size = saved["weights"], saved["size"]
    backbone.mean, backbone.std = tuple(saved["mean"]), tuple(saved["std"])
    return backbone
