"""What a network is given: photos as arrays, the batches of one epoch and what each process takes, altered colours."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import Dataset

from likeness.parallel import ahead
from likeness.photos.decode import ACCEPTED, decode

JITTER = 0.2  # brightness, contrast and saturation are each scaled by 1 +- this


@dataclass(frozen=True)
class Share:
    """The part of process `rank` of `world`; the only process (the default) takes all."""

    rank: int = 0
    world: int = 1

    def rows(self, number: int) -> slice:
        """Return this process's of `number` rows; shares differ by one row at most, and may be empty.

        They are every world-th row, not a run: where winners come first, or photos in the order of their places, a run
        would be all of one kind, which batch normalisation would take out.
        """
        return slice(self.rank, number, self.world)

    def count(self, number: int) -> int:
        """Return how many of `number` rows are this process's."""
        return len(range(self.rank, number, self.world))

    def taken(self, number: int) -> slice:
        """Return the rows that this process computes: its own, or without any the first, which then does not count.

        Every process must go through the network: it waits for the gradients of all.
        """
        return self.rows(number) if self.count(number) else slice(0, 1)

    def weight(self, number: int) -> float:
        """Return the factor of the mean loss of `rows(number)` with which the mean over processes is the batch's."""
        return self.world * self.count(number) / number

    def gather(self, mine: Tensor, number: int) -> Tensor:
        """Return the outputs (number, ...) of all rows, in their order, from those of `taken(number)`.

        Every process gets the same. Where each computes the whole batch's loss from it, the mean over processes of the
        gradients is the gradient of that loss.
        """
        return mine if self.world == 1 else _Gather.apply(mine, self, number)

    def mean(self, value: float, device: torch.device) -> float:
        """Return the mean over processes of a number."""
        if self.world == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=device)
        torch.distributed.all_reduce(total)
        return float(total) / self.world

    def agree(self, net: nn.Module) -> None:
        """Give all processes the buffers (running means) of the first one: after a step each has its own."""
        if self.world > 1:
            for value in net.buffers():
                torch.distributed.broadcast(value, 0)


ALONE = Share()


class _Gather(torch.autograd.Function):
    """The rows of all processes at their places; backwards, each row gets the gradients of all processes."""

    @staticmethod
    def forward(context: Any, mine: Tensor, share: Share, number: int) -> Tensor:
        context.share, context.number, context.shape = share, number, mine.shape
        whole = mine.new_zeros((number, *mine.shape[1:]))
        whole[share.rows(number)] = mine[: share.count(number)]
        torch.distributed.all_reduce(whole)  # all other processes hold zeros there: nothing is rounded
        return whole

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        total = gradient.clone(memory_format=torch.contiguous_format)
        torch.distributed.all_reduce(total)
        mine = total.new_zeros(context.shape)
        mine[: context.share.count(context.number)] = total[context.share.rows(context.number)]
        return mine, None, None


class EpochBatches(Dataset):
    """The batches of one epoch, each a function of (seed, epoch, number of the batch) alone.

    order: (m,) the examples' numbers in the order of the epoch. augment: examples are altered. share: what this process
    takes of each batch. A study says in `make_batch` what a batch is.
    """

    def __init__(
        self, order: np.ndarray, *, batch_size: int, seed: int, epoch: int, augment: bool = True, share: Share = ALONE
    ):
        self.parts = np.split(order, cut_batches(len(order), batch_size))
        self.seed, self.epoch, self.augment, self.share = seed, epoch, augment, share

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, number: int) -> Any:
        if not 0 <= number < len(self):
            raise IndexError(f"batch {number} of {len(self)}")
        return self.make_batch(self.parts[number], np.random.default_rng([self.seed, self.epoch, 1 + number]))

    def make_batch(self, examples: np.ndarray, rng: np.random.Generator) -> Any:
        """Return the batch of some examples; `rng` is this batch's own."""
        raise TypeError(f"{type(self).__name__} does not say what a batch is")


def cut_batches(examples: int, batch_size: int) -> list[int]:
    """Return where a run of examples is cut into batches, none of a single example: it joins the batch before."""
    return [cut for cut in range(batch_size, examples, batch_size) if cut < examples - 1]


def decode_photos(paths: Iterable[str], root: Path, size: int) -> np.ndarray:
    """Return photos, their paths relative to `root`, squashed to `size` px: uint8 (n, 3, size, size).

    Each is written to its place as it is decoded: memory holds the pixels once, and a few photos beside.
    """

    def load(path: str) -> np.ndarray:
        image = decode(root / path, draft=size, **ACCEPTED)
        return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR)).transpose(2, 0, 1)

    paths = list(paths)
    photos = np.empty((len(paths), 3, size, size), np.uint8)
    for row, photo in enumerate(ahead(load, paths)):
        photos[row] = photo
    return photos


def float_photos(photos: np.ndarray, mirrored: np.ndarray) -> Tensor:
    """Return photos uint8 (n, 3, h, w) as float in [0, 1], those in `mirrored` (n,) bool as mirror images."""
    photo = torch.from_numpy(photos).float() / 255
    return torch.where(torch.from_numpy(mirrored)[:, None, None, None], photo.flip(3), photo)


@contextmanager
def evaluated(net: nn.Module) -> Iterator[torch.device]:
    """Evaluate a network, without gradients, whatever mode it is in; yield its device and put the mode back."""
    training = net.training
    net.eval()
    try:
        with torch.no_grad():
            yield next(net.parameters()).device
    finally:
        net.train(training)


def colour_factors(number: int, rng: np.random.Generator) -> Tensor:
    """Draw the factors (3, number) of brightness, contrast and saturation."""
    return torch.from_numpy(1 + rng.uniform(-JITTER, JITTER, (3, number)).astype(np.float32))


def scale_colours(photos: Tensor, factors: Tensor) -> Tensor:
    """Scale brightness, contrast and saturation of each photo (n, 3, h, w) in [0, 1] by its own factors (3, n)."""
    brightness, contrast, saturation = factors.reshape(3, -1, 1, 1, 1)
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)  # of luma, ITU-R BT.601
    photos = (photos * brightness).clamp(0, 1)
    mean = (photos * weights).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    photos = (mean + contrast * (photos - mean)).clamp(0, 1)
    grey = (photos * weights).sum(1, keepdim=True)
    return (grey + saturation * (photos - grey)).clamp(0, 1)
