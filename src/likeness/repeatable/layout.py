"""How a network's weights and maps lie in memory, which decides in what order oneDNN sums."""

from typing import TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def channels_last(net: Network) -> Network:
    """Return the network with its weights in channels-last order, in which it then computes, also backward.

    In the default order oneDNN cuts large convolutions (AlexNet's first, for one) into blocks that fit the processor's
    second-level cache, and the last bits of their sums depend on its size; with channels last they don't.
    """
    return net.to(memory_format=torch.channels_last)
