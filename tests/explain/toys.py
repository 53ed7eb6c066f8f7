"""Networks so small that the right map is known beforehand."""

import torch
from torch import Tensor, nn

from likeness.explain.sides import Pairs

SIZE = 28
PATCH = (slice(4, 12), slice(16, 24))  # rows, columns


def patch_masks(n: int) -> Tensor:
    """Return (n, SIZE, SIZE) bool masks of the patch."""
    masks = torch.zeros(n, SIZE, SIZE, dtype=torch.bool)
    masks[:, PATCH[0], PATCH[1]] = True
    return masks


def noise_pairs(n: int, seed: int = 0) -> Pairs:
    """Return pairs of noise photos with values above 0, no pose."""
    generator = torch.Generator().manual_seed(seed)
    left, right = (torch.rand(n, 3, SIZE, SIZE, generator=generator) + 0.5 for _ in range(2))
    return Pairs(left, right)


class PatchModel(nn.Module):
    """Linear: logit = w . left + w . right, where w is 0 but on the patch; each photo's truth is known."""

    def __init__(self, scale: float = 0.02) -> None:
        super().__init__()
        self.linear = nn.Linear(3 * SIZE * SIZE, 1, bias=False)
        weight = torch.zeros(3, SIZE, SIZE)
        weight[:, PATCH[0], PATCH[1]] = scale
        self.linear.weight.data = weight.reshape(1, -1)

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        return self.linear(photo.flatten(1))[:, 0]

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        return left + right


class ConvModel(nn.Module):
    """Siamese: one convolution finds brightness, pooled over the photo; the logit is the product of both photos."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 2, 4, stride=4, bias=False)
        self.conv.weight.data = torch.stack([torch.ones(3, 4, 4), torch.zeros(3, 4, 4)]) / 48
        self.dropout = nn.Dropout(0.5)

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> tuple[Tensor, Tensor]:
        maps = self.conv(photo)
        extra = torch.zeros(len(photo)) if pose is None else pose.mean(dim=(1, 2, 3))
        return self.dropout(maps).mean(dim=(2, 3)), extra

    def compare(self, left: tuple[Tensor, Tensor], right: tuple[Tensor, Tensor]) -> Tensor:
        return (left[0] * right[0]).sum(dim=1) + left[1] - right[1]

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.compare(self.encode(left, None), self.encode(right, None))


def edge_map(model: nn.Module, pairs: Pairs, side: str) -> Tensor:
    """A "map" that never asks the model: the photo's horizontal edges."""
    photo = pairs.photo(side).mean(dim=1)
    return (photo - photo.roll(1, dims=2)).abs()
