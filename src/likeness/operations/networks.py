"""What networks compute: every convolution of the backbones in use, layers around them, and steps of training."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from likeness.operations.arithmetic import Operation
from likeness.operations.table import numbers

# Networks at the sizes at which params.yaml and examples/ use them; the detector's body and MTCNN's nets are apart.
BACKBONES = {
    "alexnet": (64, 96, 224),
    "resnet18": (128,),
    "resnet50": (96, 224),
    "shufflenet_v2_x0_5": (64,),
    "squeezenet1_0": (224,),
    "vgg16": (96,),
    "mobilenet_v3_large": (192,),
}
# Of our own networks and of the detector: channels in and out, kernel, stride, px of a side.
OWN = (
    (3, 24, 3, 1, 64), (24, 48, 3, 1, 32), (48, 64, 3, 1, 16), (18, 16, 3, 2, 32), (16, 32, 3, 2, 16),
    (32, 32, 3, 2, 8), (160, 256, 1, 1, 6), (960, 256, 1, 1, 6), (256, 256, 3, 1, 6),
)  # fmt: skip
BATCH = 2  # pictures; oneDNN sums over them in the gradients of weights
STEPS = 3  # of an optimiser


def operations() -> Iterator[Operation]:
    """Yield (name, what computes it); every convolution once forward and once backward, channels last."""
    for name, make in convolutions().items():
        yield f"{name} forward", partial(_convolve, make, backward=False)
        yield f"{name} backward", partial(_convolve, make, backward=True)
    yield from _layers()
    yield from _steps()
    yield "a small network, forward and backward", _small_network


def convolutions() -> dict[str, Callable[[], tuple[nn.Module, Tensor]]]:
    """Return {what a convolution is: what makes it and its input} of every kind that the backbones in use hold."""
    layers = [(nn.Conv2d(i, o, k, s, k // 2, device="meta"), side) for i, o, k, s, side in OWN]
    for network, sizes in BACKBONES.items():
        with torch.device("meta"):
            net = torchvision.models.get_model(network, weights=None).eval()
        for size in sizes:
            layers += _layers_of(net, size)
    found: dict[str, Callable[[], tuple[nn.Module, Tensor]]] = {}
    for layer, side in layers:
        (kernel, _), (stride, _) = layer.kernel_size, layer.stride
        kind = f"conv {layer.in_channels}>{layer.out_channels}, kernel {kernel}, stride {stride}"
        found.setdefault(f"{kind}, groups {layer.groups}, {side} px", partial(_convolution, layer, side))
    return found


def _layers_of(net: nn.Module, size: int) -> list[tuple[nn.Conv2d, int]]:
    seen: list[tuple[nn.Conv2d, int]] = []
    hooks = [
        layer.register_forward_pre_hook(lambda layer, inputs: seen.append((layer, inputs[0].shape[2])))
        for layer in net.modules()
        if isinstance(layer, nn.Conv2d)
    ]
    net(torch.empty(1, 3, size, size, device="meta"))
    for hook in hooks:
        hook.remove()
    return seen


def _convolution(layer: nn.Conv2d, height: int) -> tuple[nn.Module, Tensor]:
    """Return the same convolution with weights that are the same bits everywhere, and pictures for it."""
    made = nn.utils.skip_init(
        nn.Conv2d, layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding,
        layer.dilation, layer.groups, bias=True,
    )  # fmt: skip
    with torch.no_grad():
        for seed, weights in enumerate(made.parameters(), 1):
            weights.copy_(torch.from_numpy(numbers(*weights.shape, seed=seed) / 16))
    pictures = torch.from_numpy(numbers(BATCH, layer.in_channels, height, height))
    return made.to(memory_format=torch.channels_last), pictures.contiguous(memory_format=torch.channels_last)


def _convolve(make: Callable[[], tuple[nn.Module, Tensor]], *, backward: bool) -> list[Tensor]:
    layer, pictures = make()
    if not backward:
        with torch.no_grad():
            return [layer(pictures)]
    pictures.requires_grad_()
    out = layer(pictures)
    out.backward(torch.from_numpy(numbers(*out.shape, seed=9)).contiguous(memory_format=torch.channels_last))
    return [pictures.grad, *(weights.grad for weights in layer.parameters())]


def _layers() -> Iterator[Operation]:
    maps = partial(_maps, 4, 24, 17, 17)
    yield "batch norm, forward and backward", lambda: _forward_backward(nn.BatchNorm2d(24), maps())
    yield "group norm, forward and backward", lambda: _forward_backward(nn.GroupNorm(4, 24), maps())
    yield "layer norm, forward and backward", lambda: _forward_backward(nn.LayerNorm(17), maps())
    yield "max pooling, forward and backward", lambda: _forward_backward(nn.MaxPool2d(3, 2), maps())
    yield "average pooling, forward and backward", lambda: _forward_backward(nn.AdaptiveAvgPool2d(6), maps())
    for mode in ("bilinear", "bicubic"):
        for antialias in (False, True):
            how = {"mode": mode, "antialias": antialias, "size": (23, 29)}
            yield f"{mode} interpolation, antialias {antialias}", lambda how=how: F.interpolate(maps(), **how)
    yield "area interpolation", lambda: F.interpolate(maps(), size=(7, 5), mode="area")
    yield "L2 normalisation", lambda: F.normalize(torch.from_numpy(numbers(64, 512)), dim=1)
    boxes = torch.from_numpy(np.abs(numbers(200, 4)) * 20)
    boxes[:, 2:] += boxes[:, :2] + 1
    yield "boxes: suppression, overlaps", lambda: [
        torchvision.ops.nms(boxes, torch.from_numpy(numbers(200)), 0.3), torchvision.ops.box_iou(boxes, boxes)
    ]  # fmt: skip
    yield "boxes: aligned regions", lambda: torchvision.ops.roi_align(maps(), [boxes[:9] / 5] * 4, 7, sampling_ratio=2)


def _maps(*shape: int) -> Tensor:
    return torch.from_numpy(numbers(*shape)).contiguous(memory_format=torch.channels_last)


def _forward_backward(layer: nn.Module, maps: Tensor) -> list[Tensor]:
    out = layer(maps.requires_grad_())
    out.backward(torch.from_numpy(numbers(*out.shape, seed=9)))
    return [out, maps.grad, *(weights.grad for weights in layer.parameters())]


def _steps() -> Iterator[Operation]:
    yield "AdamW, fused", lambda: _step(lambda weights: torch.optim.AdamW(weights, 1e-3, weight_decay=0.1, fused=True))
    yield "SGD with momentum", lambda: _step(lambda weights: torch.optim.SGD(weights, 1e-3, 0.9, weight_decay=0.1))
    yield "clipped gradient", lambda: nn.utils.clip_grad_norm_(_weights(), 0.5)
    yield "random weights", _random_weights


def _weights() -> list[nn.Parameter]:
    weights = [nn.Parameter(torch.from_numpy(numbers(*shape, seed=5))) for shape in ((300, 211), (97,), (8, 3, 5, 5))]
    for seed, each in enumerate(weights):
        each.grad = torch.from_numpy(numbers(*each.shape, seed=seed))
    return weights


def _step(make: Callable[[list[nn.Parameter]], torch.optim.Optimizer]) -> list[nn.Parameter]:
    weights = _weights()
    optimizer = make(weights)
    for _ in range(STEPS):
        optimizer.step()
    return weights


def _random_weights() -> list[Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        net = torchvision.models.get_model("shufflenet_v2_x0_5", weights=None)
        return [*net.state_dict().values(), torch.empty(97, 31).normal_(), F.dropout(torch.ones(997), 0.3)]


def _small_network() -> list[Tensor]:
    """Two steps of a whole network: what convolutions, normalisation, pooling and products come to together."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        net = torchvision.models.get_model("shufflenet_v2_x0_5", weights=None).to(memory_format=torch.channels_last)
    pictures = torch.from_numpy(numbers(BATCH, 3, 64, 64)).contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, fused=True)
    losses = []
    for _ in range(2):
        optimizer.zero_grad()
        losses.append(F.cross_entropy(net(pictures), torch.arange(BATCH)))
        losses[-1].backward()
        optimizer.step()
    return [*losses, *net.state_dict().values()]
