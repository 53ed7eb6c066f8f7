"""One photo of a pair at a time: what lets Captum explain a siamese network.

A siamese network runs its backbone twice in one forward pass, so a hook on a layer would see both photos.
Here the logit is a function of one photo alone: the other is encoded once, before, and held fixed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from likeness.features.attention import attention_layers

SideName = Literal["left", "right"]
SIDES: tuple[SideName, SideName] = ("left", "right")
Representation = Tensor | tuple[Tensor, ...]
BATCH = 8  # photos in memory at once


class PairModel(Protocol):
    """What a model (an nn.Module) must offer to be explained; both steps are pure functions of their inputs.

    encode(photo, pose): photo (n, 3, h, w) as the network takes it, pose (n, c, s, s) or None -> a tensor (n, ...)
        or a tuple of such tensors. It must be differentiable in `photo`, with no torch.no_grad() inside.
    compare(left, right): two representations -> (n,) logits, larger = more likely the same.
    Both must use the model's own submodules, no network from outside: a copy with random weights is tested too.
    """

    def encode(self, photo: Tensor, pose: Tensor | None) -> Representation: ...

    def compare(self, left: Representation, right: Representation) -> Tensor: ...


@dataclass(frozen=True)
class Pairs:
    """Pairs to explain: photos (n, 3, h, w) as the network takes them, and poses (n, c, s, s), or None."""

    left: Tensor
    right: Tensor
    pose_left: Tensor | None = None
    pose_right: Tensor | None = None

    def __post_init__(self) -> None:
        if self.left.shape != self.right.shape or self.left.ndim != 4:
            raise ValueError(f"left is {tuple(self.left.shape)}, right {tuple(self.right.shape)}: need (n, 3, h, w)")
        if (self.pose_left is None) != (self.pose_right is None):
            raise ValueError("give the pose of both photos or of neither")

    def __len__(self) -> int:
        return len(self.left)

    def photo(self, side: SideName) -> Tensor:
        """Return the photos (n, 3, h, w) of one side; raises ValueError on an unknown side."""
        if side not in SIDES:
            raise ValueError(f"side is {side!r}: use left or right")
        return self.left if side == "left" else self.right

    def pose(self, side: SideName) -> Tensor | None:
        """Return the poses of one side, or None."""
        return self.pose_left if side == "left" else self.pose_right

    def rows(self, start: int, stop: int) -> "Pairs":
        """Return pairs start to stop (not included)."""
        parts = (self.left, self.right, self.pose_left, self.pose_right)
        return Pairs(*(None if part is None else part[start:stop] for part in parts))


class OneSide(nn.Module):
    """The logit as a function of one photo: forward(photo, pose, sign, *other) -> (n,).

    sign (n,): 1 explains "the same", -1 "different". other: the other photo's representation, as one or more tensors.
    All but `photo` are what Captum calls additional_forward_args.
    """

    def __init__(self, model: PairModel, side: SideName) -> None:
        super().__init__()
        self.model, self.side = model, side

    def forward(self, photo: Tensor, pose: Tensor | None, sign: Tensor, *other: Tensor) -> Tensor:
        encoded = self.model.encode(photo, pose)
        fixed = other[0] if isinstance(encoded, Tensor) else other
        pair = (encoded, fixed) if self.side == "left" else (fixed, encoded)
        logit = self.model.compare(*pair)
        if logit.shape != photo.shape[:1]:
            raise ValueError(f"compare returned shape {tuple(logit.shape)} for {len(photo)} pairs: it must be (n,)")
        return logit * sign


class Sighted(nn.Module):
    """A PairModel that sees photos through one part of it, `sight`, and names that part's layers.

    By name, so that copies with random weights find their own layer.
    """

    sight: nn.Module

    def grad_cam_layer(self, size: int) -> str:
        """Return the name of the last maps of photos of `size` px, for Grad-CAM. Raises NoMap without one."""
        return layer_name(self, self.sight.target_layer(size))

    def attention_layers(self, size: int) -> list[str]:
        """Return the names of all layers of attention. Raises NoMap, see `features.attention.attention_layers`."""
        return [layer_name(self, layer) for layer in attention_layers(self.sight, size)]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put the model into evaluation mode (dropout would make each map another), and back afterwards."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def fixed_arguments(model: PairModel, pairs: Pairs, side: SideName) -> tuple:
    """Return (pose, sign, *other) for OneSide.forward: everything that stays fixed while `side`'s photo changes.

    The sign is that of the model's own answer: what is explained is what speaks for it, be it the same or different.
    """
    other_side: SideName = "right" if side == "left" else "left"
    with torch.no_grad():
        other = model.encode(pairs.photo(other_side), pairs.pose(other_side))
        other = (other,) if isinstance(other, Tensor) else tuple(other)
        sign = torch.ones(len(pairs), device=pairs.left.device)
        logit = OneSide(model, side)(pairs.photo(side), pairs.pose(side), sign, *other)
    return pairs.pose(side), torch.where(logit < 0, -sign, sign), *other


def one_sided(model: PairModel, pairs: Pairs, side: SideName, batch: int) -> Iterator[tuple[OneSide, Tensor, tuple]]:
    """Yield (network, photos, fixed arguments) for `batch` pairs at a time, the model in evaluation mode."""
    with evaluating(model):
        for start in range(0, len(pairs), batch):
            part = pairs.rows(start, start + batch)
            fixed = fixed_arguments(model, part, side)
            yield OneSide(model, side), part.photo(side).detach().clone().requires_grad_(), fixed


def layer_name(model: nn.Module, layer: nn.Module) -> str:
    """Return the dotted name of `layer` in `model`: Grad-CAM asks by name, so that copies find their own layer."""
    for name, module in model.named_modules():
        if module is layer:
            return name
    raise ValueError(f"{type(layer).__name__} is not a part of {type(model).__name__}")
