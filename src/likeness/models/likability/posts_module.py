"""What is learnt of posts: arrays, batches, losses, small where liked posts score high, and validation."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR

from likeness.models.likability.posts_net import PostNet
from likeness.models.training.batches import (
    EpochBatches,
    colour_factors,
    decode_photos,
    evaluated,
    float_photos,
    scale_colours,
)
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.photos.posts.image_files import rows_of_photos

CHUNK = 64  # posts at a time


@dataclass(frozen=True)
class PostArrays:
    """What is seen of n posts. photos: uint8 (n, 3, s, s). metadata: float32 (n, m) or None. liked: bool (n,)."""

    photos: np.ndarray
    metadata: np.ndarray | None
    liked: np.ndarray


@dataclass(frozen=True)
class PostBatch:
    """photo: float (b, 3, s, s) in [0, 1]. metadata: float (b, m) or None. liked: bool (b,).

    Of a ranker's batch the first half of the rows are winners, the second half their losers.
    Where processes share the batch, photo and metadata hold the rows that this one takes, liked is whole.
    """

    photo: Tensor
    metadata: Tensor | None
    liked: Tensor

    def to(self, device: torch.device) -> "PostBatch":
        """Return the batch on `device`."""
        return replace(self, **{name: value.to(device) for name, value in vars(self).items() if value is not None})


def post_arrays(
    posts: pd.DataFrame, photos: pd.DataFrame, root: Path, image_size: int, metadata: np.ndarray | None = None
) -> PostArrays:
    """Return the arrays of posts, in their order; photos are squashed to `image_size` px.

    A photo of several posts is decoded for each of them: few are, and to put decoded photos into the posts' order
    would hold all pixels twice.

    posts: photo_id, liked. photos: photo_id, path, relative to root. metadata: (posts, m) finite numbers.
    Raises ValueError naming a post without a photo, or one with a number that is missing.
    """
    rows = rows_of_photos(posts, photos).to_numpy()
    if (rows < 0).any():
        raise ValueError(f"post {posts['post_id'].iloc[int((rows < 0).argmax())]} has no photo; leave it out")
    seen = decode_photos(photos["path"].iloc[rows], Path(root), image_size)
    known = None if metadata is None else np.ascontiguousarray(metadata, dtype=np.float32)
    if known is not None and not np.isfinite(known).all():
        row, column = np.argwhere(~np.isfinite(known))[0]
        raise ValueError(f"post {posts['post_id'].iloc[row]}: number {column} of its metadata is {known[row, column]}; "
                         f"fill it in or leave it out")  # fmt: skip
    return PostArrays(seen, known, posts["liked"].to_numpy(bool, copy=True))


def batch_of(arrays: PostArrays, rows: np.ndarray, mirrored: np.ndarray | None = None) -> PostBatch:
    """Return posts `rows` (b,) as a batch, those in `mirrored` (b,) bool as mirror images."""
    photo = float_photos(arrays.photos[rows], np.zeros(len(rows), bool) if mirrored is None else mirrored)
    metadata = None if arrays.metadata is None else torch.from_numpy(arrays.metadata[rows])
    return PostBatch(photo, metadata, torch.from_numpy(arrays.liked[rows]))


class PostBatches(EpochBatches):
    """The batches of one epoch.

    examples: (m, k) int, rows of `arrays`: k = 1 for posts, k = 2 for (winner, loser). With augment photos are mirrored
    and get another colour. settings: batch_size, seed, epoch, augment, share, as of `EpochBatches`; share is what is
    taken of a batch's photos.
    """

    def __init__(self, arrays: PostArrays, examples: np.ndarray, **settings: Any):
        self.arrays, self.examples = arrays, examples
        rng = np.random.default_rng([settings["seed"], settings["epoch"]])
        super().__init__(rng.permutation(len(examples)), **settings)

    def make_batch(self, examples: np.ndarray, rng: np.random.Generator) -> PostBatch:
        """Return a batch of posts, or of winners and their losers."""
        rows = self.examples[examples].T.ravel()  # winners first, then their losers
        turned, mine = self.augment & (rng.random(len(rows)) < 0.5), self.share.taken(len(rows))
        batch = batch_of(self.arrays, rows[mine], turned[mine])
        if self.augment:
            batch = replace(batch, photo=scale_colours(batch.photo, colour_factors(len(rows), rng)[:, mine]))
        return replace(batch, liked=torch.from_numpy(self.arrays.liked[rows]))


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

    examples, validation: (m, 1) rows of posts, or (m, 2) of winners and losers.
    Several processes share a batch's photos; each computes the whole batch's loss from the answers of all, so a pair's
    two photos may be looked at by two processes.
    """

    def __init__(self, net: PostNet, *run: Any):
        if net.config.loss not in LOSSES:
            raise ValueError(f"loss {net.config.loss!r}: choose one of {', '.join(LOSSES)}")
        super().__init__(net, *run)

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


def post_logits(net: PostNet, arrays: PostArrays, rows: np.ndarray) -> Tensor:
    """Return the network's answers (len(rows),) float for posts `rows`; its mode is kept."""
    parts = []
    with evaluated(net) as device:
        for start in range(0, len(rows), CHUNK):
            batch = batch_of(arrays, rows[start : start + CHUNK]).to(device)
            parts.append(net(batch.photo, batch.metadata).float())
    return torch.cat(parts)
