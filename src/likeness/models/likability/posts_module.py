"""What is learnt of posts: losses, small where liked posts score high, batches and validation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR

from likeness.models.likability.posts_data import PostArrays, PostBatch, PostBatches, batch_of
from likeness.models.likability.posts_net import PostNet
from likeness.models.training.run_module import RunModule, RunPlan

CHUNK = 64  # posts at a time


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


LOSSES = {"cross_entropy": cross_entropy_loss, "cosine": cosine_loss}


@dataclass(frozen=True)
class PostPlan(RunPlan):
    """How a network of posts is trained.

    lr_step: the rate falls to a tenth every so many iterations; 0: along a cosine to 0 at the last of `epochs`.
    """

    lr_step: int = 0


class PostModule(RunModule):
    """One training run on posts, or on pairs of posts (ranker).

    train, validation: (m, 1) rows of posts, or (m, 2) of winners and losers.
    Several processes share a batch's photos; each computes the whole batch's loss from the answers of all, so a pair's
    two photos may be looked at by two processes.
    """

    def __init__(
        self, net: PostNet, arrays: PostArrays, train: np.ndarray, validation: np.ndarray, plan: PostPlan, last: Path
    ):
        if net.config.loss not in LOSSES:
            raise ValueError(f"loss {net.config.loss!r}: choose one of {', '.join(LOSSES)}")
        super().__init__(net, plan, last)
        self.arrays, self.examples, self.validation = arrays, train, validation

    def configure_optimizers(self) -> Any:
        optimizer = super().configure_optimizers()
        if self.plan.lr_step:
            schedule: Any = StepLR(optimizer, self.plan.lr_step, gamma=0.1)
        else:
            schedule = CosineAnnealingLR(optimizer, self.plan.epochs * len(self.batches(0)))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def batches(self, epoch: int) -> PostBatches:
        """Return the batches of an epoch."""
        return PostBatches(self.arrays, self.examples, **self.batch_settings(epoch))

    def batch_loss(self, batch: PostBatch) -> tuple[Tensor, int]:
        """Return the loss of a batch, and the number of its posts or pairs."""
        logit = self.share.gather(self.net(batch.photo, batch.metadata), len(batch.liked))
        if self.net.config.network == "ranker":
            winner, loser = logit.chunk(2)
            return ranking_loss(winner, loser), len(winner)
        return LOSSES[self.net.config.loss](logit, batch.liked), len(logit)

    def validate(self) -> dict[str, float]:
        """Return val_loss and val_accuracy: of posts at one half, of pairs the share in the right order."""
        rows = self.validation.T.ravel()
        mine = post_logits(self.net, self.arrays, rows[self.share.taken(len(rows))])
        logit = self.share.gather(mine, len(rows))
        if self.net.config.network == "ranker":
            winner, loser = logit.chunk(2)
            right = float((winner > loser).float().mean())
            return {"val_loss": float(ranking_loss(winner, loser)), "val_accuracy": right}
        liked = torch.from_numpy(self.arrays.liked[self.validation[:, 0]]).to(logit.device)
        loss = float(LOSSES[self.net.config.loss](logit, liked))
        return {"val_loss": loss, "val_accuracy": float(((logit > 0) == liked).float().mean())}


@torch.no_grad()
def post_logits(net: PostNet, arrays: PostArrays, rows: np.ndarray) -> Tensor:
    """Return the network's answers (len(rows),) float for posts `rows`; its mode is kept."""
    training, device = net.training, next(net.parameters()).device
    net.eval()
    parts = []
    for start in range(0, len(rows), CHUNK):
        batch = batch_of(arrays, rows[start : start + CHUNK]).to(device)
        parts.append(net(batch.photo, batch.metadata).float())
    net.train(training)
    return torch.cat(parts)
