"""torchvision's networks, with random weights, those of the folder of checkpoints, or a file; never downloaded."""

import copy
import difflib
from pathlib import Path

import torch
from torch import nn
from torchvision.models import WeightsEnum, get_model, get_model_weights, list_models

from likeness.features.bundled import BUNDLED, no_package
from likeness.features.checkpoints import Network, load_file
from likeness.paths import file_sha256
from likeness.torchvision_files import checkpoint_file, pretrained_network

IMAGENET = {"size": 224, "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}

AUXILIARY = ("aux1", "aux2", "AuxLogits")  # GoogLeNet's and Inception's second outputs, which no feature needs
HEADS = ("fc", "classifier", "head", "heads")  # the names under which torchvision keeps class layers
HIDDEN = ("alexnet", "vgg")  # networks whose hidden layers are features too
FULLY_CONNECTED = {"fc6": 1, "fc7": 2}  # those hidden layers, by their rank


def torchvision_network(name: str, weights: str, layer: str, seed: int) -> Network:
    """Return torchvision's classification network `name`. The arguments and what is raised: see `load_backbone`."""
    known = list_models(module=torch_models())
    if name not in known:
        meant = " or ".join(_like(name, known))
        raise ValueError(
            f"backbone {name!r} is not a torchvision classification model, like {meant}; timm's are named timm:..."
        )
    if weights == BUNDLED:
        raise no_package(name)
    meta, view = get_model_weights(name), IMAGENET
    if weights == "none":
        model, identity = random_network(name, seed), f"none-seed{seed}"
    elif weights == "DEFAULT" or weights in meta.__members__:
        chosen = meta.DEFAULT if weights == "DEFAULT" else meta[weights]
        model, identity = published_network(name, chosen)
        made = chosen.transforms()
        view = {"size": made.crop_size[0], "mean": tuple(made.mean), "std": tuple(made.std)}
    else:
        model = random_network(name, seed)
        free = (*_class_layers(model, name), *(f"{name}." for name in AUXILIARY))
        identity = load_file(model, name, Path(weights), free, [*meta.__members__, "DEFAULT", "none"])
    return Network(_trunk(model, name, layer), identity, **view)


def random_network(name: str, seed: int) -> nn.Module:
    """Return torchvision's network `name` with random weights, a function of `seed`."""
    old = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}  # they warn when not told
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return get_model(name, weights=None, **old)


def published_network(name: str, weights: WeightsEnum) -> tuple[nn.Module, str]:
    """Return the network with torchvision's weights, and their identity. Raises what `pretrained_network` raises."""
    # Known by its content: a checkpoint that was saved again keeps its name but not its hash.
    return pretrained_network(name, weights), f"{weights.name}-{file_sha256(checkpoint_file(weights))[:16]}"


def _class_layers(model: nn.Module, name: str) -> tuple[str, ...]:
    """Return what the keys of the class layer start with, "fc." or "classifier.6.".

    A file may have another number of classes, or none. Of AlexNet's and VGG's head only the last layer is one: the
    hidden layers before it are features.
    """
    heads = tuple(f"{head}." for head in HEADS if hasattr(model, head))
    if not name.startswith(HIDDEN):
        return heads
    return (f"{max((key.rsplit('.', 1)[0] for key in model.state_dict() if key.startswith(heads)), key=_natural)}.",)


def _natural(key: str) -> list[int]:
    return [int(part) for part in key.split(".") if part.isdigit()]


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
