"""Losses over posts: small ones where liked posts score high."""

import torch
import torch.nn.functional as F
from torch import Tensor

LOSSES = ("cross_entropy", "cosine")


def cross_entropy_loss(logit: Tensor, liked: Tensor) -> Tensor:
    """Mean cross-entropy of two classes, from the difference of their logits. logit: (n,) float, liked: (n,) bool."""
    return F.binary_cross_entropy_with_logits(logit, liked.to(logit.dtype))


def cosine_loss(logit: Tensor, liked: Tensor) -> Tensor:
    """Mean of minus the cosine between the softmax of two classes and the one-hot truth, in [-1, 0].

    With p the probability of the true class it is -p / sqrt(p^2 + (1 - p)^2). logit: (n,) float, liked: (n,) bool.
    """
    right = torch.sigmoid(torch.where(liked, logit, -logit))
    return -(right / torch.hypot(right, 1 - right)).mean()


def ranking_loss(winner: Tensor, loser: Tensor) -> Tensor:
    """Mean of log(1 + exp(loser - winner)) over pairs (RankNet, Burges et al., 2005). winner, loser: (n,) scores."""
    return F.softplus(loser - winner).mean()


def loss_of(name: str, logit: Tensor, liked: Tensor) -> Tensor:
    """Return the loss called `name`, one of LOSSES."""
    if name not in LOSSES:
        raise ValueError(f"loss {name!r}: choose one of {', '.join(LOSSES)}")
    return {"cross_entropy": cross_entropy_loss, "cosine": cosine_loss}[name](logit, liked)
