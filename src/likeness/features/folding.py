"""Batch normalisation folded into the convolutions before it, for features alone."""

from collections import Counter

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from likeness.features.backbones import Backbone

PLAIN = ("Conv2d", "Conv2dSame")  # convolutions by their weights as they are; timm has some that scale them first


def fold_normalisation(network: Backbone) -> None:
    """Let the convolutions of a network in eval mode, changed in place, do what batch normalisation after them did.

    Which one follows which is seen as a black photo passes through, not read from a traced graph: some of timm's
    networks decide by the photo's size, which can't be traced. What a normalisation does besides (timm's hold the
    activation) stays.
    """
    names = {module: name for name, module in network.named_modules()}
    for conv, norm in _pairs(network):
        network.set_submodule(names[conv], fuse_conv_bn_eval(conv, norm))
        network.set_submodule(names[norm], nn.Sequential(*norm.children()))


def _pairs(network: Backbone) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Return (convolution, the normalisation that is given what it gave), of those that a photo passes once."""
    made: dict[int, tuple[nn.Conv2d, Tensor]] = {}  # the tensor is kept, so that no other one gets its number
    pairs: list[tuple[nn.Conv2d, nn.BatchNorm2d]] = []
    calls: Counter[nn.Module] = Counter()

    def leave(conv: nn.Conv2d, _inputs: object, output: Tensor) -> None:
        calls[conv] += 1
        made[id(output)] = conv, output

    def enter(norm: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        calls[norm] += 1
        if id(inputs[0]) in made:
            pairs.append((made[id(inputs[0])][0], norm))

    hooks = [each.register_forward_hook(leave) for each in network.modules() if type(each).__name__ in PLAIN]
    hooks += [each.register_forward_pre_hook(enter) for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    try:
        network.probe()
    finally:
        for hook in hooks:
            hook.remove()
    return [pair for pair in pairs if all(calls[module] == 1 for module in pair)]
