"""Our own face detector, the network: a Faster R-CNN of torchvision (Ren et al., 2015) with the single class `face`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torchvision.models import WeightsEnum, get_model, get_model_weights, list_models
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.ops import FrozenBatchNorm2d

from likeness.errors import LayoutError, MissingWeights
from likeness.repeatable.layout import channels_last
from likeness.torchvision_files import pretrained_network
from likeness.weight_files import fit_state, read_weights, write_weights

CLASSES = 2  # background and face
SCORE_FLOOR = 0.05  # scores below are not kept: torchvision's own default
# Few faces a picture: 32 regions a picture teach as much as torchvision's 512, in a quarter of the time.
REGIONS = {
    "rpn_batch_size_per_image": 64,
    "rpn_pre_nms_top_n_train": 400,
    "rpn_post_nms_top_n_train": 200,
    "rpn_pre_nms_top_n_test": 200,
    "rpn_post_nms_top_n_test": 100,
    "rpn_score_thresh": 0.0,  # a network from scratch is unsure for a while
    "box_batch_size_per_image": 32,
    "box_score_thresh": SCORE_FLOOR,
    "box_nms_thresh": 0.3,  # two faces hardly overlap by more: torchvision's 0.5 leaves a box in a box on many faces
    "box_detections_per_img": 100,
}


@dataclass(frozen=True)
class DetectorConfig:
    """What a detector is made of.

    network: torchvision's name. image_size: longest side [px] at which pictures are looked at. weights: what it
    started from. frozen: epsilon of its frozen batch normalisation; None where that learns along.
    """

    network: str
    image_size: int
    weights: str = "none"
    frozen: float | None = None


def build_detector(network: str, weights: str, *, image_size: int, seed: int) -> nn.Module:
    """Return a detector of faces, to be trained; its `config` is a DetectorConfig.

    network: any Faster R-CNN of torchvision, such as fasterrcnn_mobilenet_v3_large_320_fpn.
    weights: "none" (random, a function of `seed`; all layers learn), a name of torchvision's enum such as COCO_V1
    (from the folder of checkpoints, nothing is downloaded; the first layers and the batch normalisation stay as they
    are), or a file: a state dict of the network, or a detector that `save_detector` wrote. Layers that tell classes
    apart start at random unless they are of two classes already.
    image_size: pictures are looked at with their longest side at this many px.
    Raises ValueError for an unknown network or a file that does not fit, MissingWeights where a checkpoint is missing.
    """
    if network not in (known := list_models(include="fasterrcnn*")):
        raise ValueError(f"network {network!r} is unknown; choose one of {', '.join(known)}")
    enum = get_model_weights(network)
    names = [*enum.__members__, "DEFAULT"]
    if weights == "none":
        return _random(DetectorConfig(network, image_size), seed)
    if weights in names:
        return _pretrained(network, enum[weights], image_size, seed)
    if not Path(weights).is_file():
        listed = ", ".join([*dict.fromkeys(names), "none"])
        raise MissingWeights(f"weights {weights!r} for {network}: neither a file nor one of {listed}")
    return _from_file(network, Path(weights), image_size, seed)


def save_detector(net: nn.Module, path: Path, meta: dict[str, object]) -> Path:
    """Write a detector with its configuration and `meta` (plain values for JSON): the same detector, the same bytes."""
    return write_weights(net, path, meta)


def load_detector(path: Path) -> tuple[nn.Module, dict[str, Any]]:
    """Return the detector saved at `path`, on the CPU in eval mode, and its meta.

    Raises FileNotFoundError where it is missing, LayoutError for a file that `save_detector` did not write.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path} is missing; the stage faces-detector makes it, or choose detector mtcnn")
    header, state = read_weights(Path(path))
    try:
        net = _random(DetectorConfig(**header["config"]), seed=0)
        net.load_state_dict(state)
        return net.eval(), header["meta"]
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise LayoutError(f"{path}: not a detector saved by likeness; run the stage faces-detector again") from error


def _random(config: DetectorConfig, seed: int) -> nn.Module:
    """Return the network with random weights, its body's normalisation frozen if the configuration says so."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sides = {"min_size": config.image_size, "max_size": config.image_size}
        net = get_model(config.network, weights=None, weights_backbone=None, num_classes=CLASSES, **sides, **REGIONS)
    if config.frozen is not None:
        _freeze(net.backbone.body, config.frozen)
    net.config = config
    return channels_last(net)


def _pretrained(network: str, weights: WeightsEnum, image_size: int, seed: int) -> nn.Module:
    """Return the network with torchvision's weights from the folder of checkpoints, its class layer random."""
    net = pretrained_network(network, weights, min_size=image_size, max_size=image_size, **REGIONS)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net.roi_heads.box_predictor = FastRCNNPredictor(net.roi_heads.box_predictor.cls_score.in_features, CLASSES)
    frozen = [module.eps for module in net.backbone.modules() if isinstance(module, FrozenBatchNorm2d)]
    net.config = DetectorConfig(network, image_size, weights.name, frozen[0] if frozen else None)
    return channels_last(net)


def _from_file(network: str, file: Path, image_size: int, seed: int) -> nn.Module:
    """Return the network with the weights of a file; where the class layer has other classes it stays random."""
    header, state = read_weights(file)
    config = (header or {}).get("config", {})
    if config.get("network", network) != network:
        raise LayoutError(f"{file}: a {config['network']}, not a {network}; name that as the network")
    frozen = config.get("frozen")
    net = _random(DetectorConfig(network, image_size, file.name, frozen), seed)
    fault = f"{file}: not a state dict of {network}"
    net.load_state_dict(fit_state(state, net.state_dict(), fault, ("roi_heads.box_predictor.",)).state, strict=False)
    return net


def _freeze(body: nn.Module, eps: float) -> None:
    """Put a frozen normalisation in the place of every one that learns."""
    for name, module in list(body.named_children()):
        if isinstance(module, nn.BatchNorm2d):
            setattr(body, name, FrozenBatchNorm2d(module.num_features, eps=eps))
        else:
            _freeze(module, eps)
