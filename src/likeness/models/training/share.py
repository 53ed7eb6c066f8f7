"""What each of several training processes takes of a batch, and how their outputs become one again."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


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
        """Return what the mean loss of `rows(number)` is multiplied by, that the mean over processes is the batch's."""
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
