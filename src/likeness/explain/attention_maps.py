"""Maps of vision transformers: which patches the answer was drawn from, through the attention of all layers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from likeness.explain.sides import BATCH, PairModel, Pairs, SideName, one_sided


def attention_map(model: PairModel, pairs: Pairs, side: SideName, *, layers: Sequence[str]) -> Tensor:
    """Gradient-weighted attention (Chefer et al., 2021, "Generic Attention-model Explainability"), resized (bilinear).

    Each layer passes relevance from token to token: itself, and the mean over heads of the positive part of attention
    times its gradient. What counts are the rows of the tokens that the answer is read from (the class token, or all
    where they are averaged), weighed by the size of the gradient in the last layer. No value is negative.
    layers: dotted names in the model, as `attention_layers` gives. Raises ValueError if they do not run once each.
    """
    maps = []
    for network, photo, fixed in one_sided(model, pairs, side, BATCH):
        with _outputs([model.get_submodule(name) for name in layers]) as seen:
            answer = network(photo, *fixed)
        if len(seen) != len(layers):
            raise ValueError(f"attention ran {len(seen)} times in {len(layers)} layers: each must run once a photo")
        gradients = torch.autograd.grad(answer.sum(), seen)
        heat = relevance([each.detach() for each in seen], gradients)
        maps.append(interpolate(heat[:, None], tuple(photo.shape[2:]), mode="bilinear")[:, 0])
    return torch.cat(maps).float().cpu()


def relevance(attention: Sequence[Tensor], gradients: Sequence[Tensor]) -> Tensor:
    """Return (n, side, side) >= 0: how much the answer owes to each patch.

    attention, gradients: (n, heads, tokens, tokens) of each layer, first to last; what is no patch comes first.
    """
    tokens = attention[0].shape[-1]
    passed = torch.eye(tokens, device=attention[0].device).expand(len(attention[0]), -1, -1)
    for weights, gradient in zip(attention, gradients, strict=True):
        passed = passed + (weights * gradient).clamp(min=0).mean(dim=1) @ passed
    read = gradients[-1].abs().sum(dim=(1, 3))
    read = read / read.sum(dim=1, keepdim=True).clamp(min=torch.finfo(read.dtype).tiny)
    side = isqrt(tokens)
    return (read[:, None] @ passed)[:, 0, -(side**2) :].unflatten(1, (side, side))


@contextmanager
def _outputs(layers: Sequence[nn.Module]) -> Iterator[list[Tensor]]:
    """Note what the layers give, in the order in which they run."""
    seen: list[Tensor] = []
    hooks = [layer.register_forward_hook(lambda _layer, _in, out: seen.append(out)) for layer in layers]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
