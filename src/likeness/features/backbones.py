"""Any torchvision classification network as a feature extractor, and weights of the networks that hold one."""

import copy
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models import WeightsEnum, get_model_weights, list_models

from likeness.errors import LayoutError
from likeness.features.checkpoints import (
    AUXILIARY,
    HEADS,
    HIDDEN,
    network_from_file,
    pretrained_network,
    random_network,
)
from likeness.repeatable.layout import channels_last
from likeness.weight_files import read_weights, write_weights

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CELLS = 4  # a side of the smallest map that Grad-CAM is shown on
NO_MAPS = ("vit", "swin")  # they work on tokens: a list of patches, or a map with its channels last
FULLY_CONNECTED = {"fc6": 1, "fc7": 2}  # AlexNet's and VGG's hidden layers, by their rank


class NoMap(ValueError):
    """A network without maps (n, c, h, w) that Grad-CAM could look at."""


class Backbone(nn.Module):
    """A network without its class layer: (n, 3, h, w) normalised photos -> (n, dim) float features.

    name, layer: what was asked for. weights: identity of the weights (enum name and sha256, sha256 of a file, or
    "none-seed<seed>"). size: the side in px that the weights were trained at. mean, std: per channel, of
    photos in [0, 1]. No module works in place, so that Grad-CAM may hook any of them.
    """

    def __init__(self, trunk: nn.Module, *, name: str, weights: str, layer: str, size: int, mean, std):
        super().__init__()
        self.trunk = channels_last(trunk)
        self.name, self.weights, self.layer, self.size = name, weights, layer, size
        self.mean, self.std = tuple(mean), tuple(std)
        self.dim = self._probe().shape[1]

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
        Raises NoMap for a network without such a map (vision transformers).
        """
        found: list[nn.Module] = []

        def note(module: nn.Module, _inputs: object, output: object) -> None:
            if isinstance(output, Tensor) and output.ndim == 4 and min(output.shape[2:]) >= CELLS:
                found.append(module)

        hooks = [module.register_forward_hook(note) for module in main_path(self.trunk)]
        try:
            self._probe(size)
        finally:
            for hook in hooks:
                hook.remove()
        if not found or self.name.startswith(NO_MAPS):
            raise NoMap(f"{self.name} keeps no map of the photo; use integrated gradients instead of Grad-CAM")
        return found[-1]

    def check_size(self, image_size: int) -> None:
        """Raise ValueError unless the network takes photos of image_size x image_size px, by trying a black one."""
        try:
            self._probe(image_size)
        except (RuntimeError, ValueError, AssertionError) as error:
            reason = (str(error).splitlines() or ["no reason given"])[0]
            raise ValueError(
                f"backbone {self.name} does not take photos of image_size {image_size} px; it is made for "
                f"{self.size} px: {reason}"
            ) from error

    @torch.no_grad()
    def _probe(self, size: int | None = None) -> Tensor:
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
    """Return torchvision's network `name` without its class layer, in eval mode.

    weights: an enum name ("IMAGENET1K_V1", "DEFAULT"), the path of a state dict, or "none" (random, from
    `seed`; the global generator is left alone). layer: "pool", the last maps averaged over the photo, or
    "fc6"/"fc7", the hidden layers of AlexNet and VGG after their ReLU. image_size: px that it will be used at.
    Raises ValueError for an unknown name, enum or layer, or a size that the network does not take, MissingWeights
    for a checkpoint that is not here.
    """
    known = list_models(module=torch_models())
    if name not in known:
        raise ValueError(
            f"backbone {name!r} is not a torchvision classification model, like {' or '.join(_like(name, known))}"
        )
    meta = get_model_weights(name)
    if weights == "none":
        model, identity = random_network(name, seed), f"none-seed{seed}"
    elif weights == "DEFAULT" or weights in meta.__members__:
        meta = meta.DEFAULT if weights == "DEFAULT" else meta[weights]
        model, identity = pretrained_network(name, meta)
    else:
        model, identity = network_from_file(name, Path(weights), seed, [*meta.__members__])
    transforms = meta.transforms() if isinstance(meta, WeightsEnum) else None
    backbone = Backbone(
        _trunk(model, name, layer),
        name=name,
        weights=identity,
        layer=layer,
        size=transforms.crop_size[0] if transforms else 224,
        mean=transforms.mean if transforms else IMAGENET_MEAN,
        std=transforms.std if transforms else IMAGENET_STD,
    )
    if image_size is not None:
        backbone.check_size(image_size)
    return backbone.eval()


def _like(name: str, known: list[str]) -> list[str]:
    """Return the names that a mistyped one may have meant."""
    longer = [each for each in known if each.startswith(name.lower())] if name else []
    return (longer or difflib.get_close_matches(name.lower(), known))[:4] or ["resnet50", "vgg16"]


def torch_models():
    """Return the module that holds torchvision's classification models."""
    import torchvision.models

    return torchvision.models


def _trunk(model: nn.Module, name: str, layer: str) -> nn.Module:
    # torchvision's create_feature_extractor gives the same bits, but its graph never calls `layer4` as a whole, so that
    # Grad-CAM could not hook it, and files of weights would get other names.
    for module in model.modules():
        if getattr(module, "inplace", False):
            module.inplace = False
    for auxiliary in AUXILIARY:
        if hasattr(model, auxiliary):
            setattr(model, auxiliary, None)
            model.aux_logits = False
    if layer in FULLY_CONNECTED and name.startswith(HIDDEN):
        return _hidden(model, FULLY_CONNECTED[layer])
    if layer != "pool":
        raise ValueError(f'layer {layer!r} of {name}: choose "pool", or "fc6"/"fc7" with alexnet or vgg')
    if name.startswith((*HIDDEN, "squeezenet")):
        return model.features
    if name.startswith("densenet"):
        return nn.Sequential(model.features, nn.ReLU())  # its forward pass applies the ReLU in place
    head = next(head for head in HEADS if hasattr(model, head))
    setattr(model, head, nn.Identity())
    return model


def _hidden(model: nn.Module, rank: int) -> nn.Module:
    linear = [i for i, module in enumerate(model.classifier) if isinstance(module, nn.Linear)][rank - 1]
    relu = next(i for i, m in enumerate(model.classifier) if i > linear and isinstance(m, nn.ReLU))
    hidden = copy.deepcopy(model.classifier[: relu + 1])
    return nn.Sequential(model.features, model.avgpool, nn.Flatten(1), hidden)


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
