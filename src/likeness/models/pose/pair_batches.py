"""The batches of pairs that a training run sees."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from likeness.models.pose.pair_data import PhotoArrays, photo_inputs
from likeness.models.training.share import ALONE, Share

JITTER = 0.2  # brightness, contrast and saturation are each scaled by 1 +- this


@dataclass(frozen=True)
class Batch:
    """Pairs that share their photos: each photo is there once.

    photo: float (u, dim) features or (u, 3, s, s) in [0, 1]; pose: float (u, c, p, p) in [0, 1] or None. left, right:
    (b,) int, rows of photo; same: (b,) bool; relation: (u, u) int8, 1 alike, 0 different, -1 unknown (anchored only).
    number: u. Where processes share the batch, photo and pose hold the rows that this one takes, the rest is whole.
    """

    photo: Tensor
    pose: Tensor | None
    left: Tensor
    right: Tensor
    same: Tensor
    relation: Tensor | None
    number: int

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on `device`."""
        moved = {k: v.to(device) for k, v in vars(self).items() if isinstance(v, Tensor)}
        return replace(self, **moved)


class PairBatches(Dataset):
    """The batches of one epoch, each a function of (seed, epoch, number of the batch) alone.

    left, right: rows of `arrays`, same: bool, all (m,). With augment, both photos of a pair are mirrored together
    (half of the pairs), skeletons with them, and photos get another colour each epoch; features can only be
    mirrored. With anchored, pairs that share a photo come together, which metric losses need and which spares
    work. A last batch of a single pair is merged into the one before. share: which of a batch's photos are prepared.
    """

    def __init__(
        self,
        arrays: PhotoArrays,
        left: np.ndarray,
        right: np.ndarray,
        same: np.ndarray,
        *,
        batch_size: int,
        seed: int,
        epoch: int,
        augment: bool = True,
        anchored: bool = False,
        share: Share = ALONE,
    ):
        self.arrays, self.left, self.right = arrays, left, right
        self.same = np.asarray(same, dtype=bool)
        self.seed, self.epoch, self.augment, self.anchored = seed, epoch, augment, anchored
        self.share = share
        self.relations = {(a, b): s for a, b, s in zip(left.tolist(), right.tolist(), self.same.tolist(), strict=True)}
        rng = np.random.default_rng([seed, epoch])
        order = _anchored(left, right, len(arrays.photo_ids), rng) if anchored else rng.permutation(len(left))
        cuts = [cut for cut in range(batch_size, len(left), batch_size) if cut < len(left) - 1]
        self.parts = np.split(order, cuts)

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, number: int) -> Batch:
        if not 0 <= number < len(self):
            raise IndexError(f"batch {number} of {len(self)}")
        pairs = self.parts[number]
        rng = np.random.default_rng([self.seed, self.epoch, 1 + number])
        flip = self.augment & (rng.random(len(pairs)) < 0.5)
        seen = np.stack([self.left[pairs] * 2 + flip, self.right[pairs] * 2 + flip])  # a photo, mirrored or not
        codes, places = np.unique(seen, return_inverse=True)
        left, right = torch.from_numpy(places.reshape(seen.shape))
        mine = self.share.taken(len(codes))
        photo, pose = photo_inputs(self.arrays, codes[mine] // 2, codes[mine] % 2 == 1)
        if self.augment and photo.ndim == 4:
            photo = scale_colours(photo, colour_factors(len(codes), rng)[:, mine])
        same = torch.from_numpy(self.same[pairs])
        relation = self._relation(codes // 2) if self.anchored else None
        return Batch(photo, pose, left, right, same, relation, len(codes))

    def _relation(self, rows: np.ndarray) -> Tensor:
        known = self.relations
        table = [[known.get((a, b), known.get((b, a), -1)) for b in rows.tolist()] for a in rows.tolist()]
        return torch.tensor(table, dtype=torch.int8)


def jitter_colours(photos: Tensor, rng: np.random.Generator) -> Tensor:
    """Scale brightness, contrast and saturation of each photo (n, 3, h, w) in [0, 1] by factors drawn for it."""
    return scale_colours(photos, colour_factors(len(photos), rng))


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


def _anchored(left: np.ndarray, right: np.ndarray, photos: int, rng: np.random.Generator) -> np.ndarray:
    """Order pairs by the earlier of their photos in a random order of photos."""
    rank = rng.permutation(photos)
    return np.lexsort((rng.permutation(len(left)), np.minimum(rank[left], rank[right])))
