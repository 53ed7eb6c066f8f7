"""What is learnt of pairs of photos: their batches, losses and validation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from likeness.models.pose import losses
from likeness.models.pose.pair_data import PhotoArrays, embed_photos, photo_inputs
from likeness.models.pose.siamese import compare_rows
from likeness.models.training.batches import EpochBatches, colour_factors, evaluated, scale_colours
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.stats.calibration import platt_scale

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # left rows, right rows, same; each (m,)
METRIC_LOSSES = {"triplet": losses.triplet_loss, "multi_similarity": losses.multi_similarity_loss}
JUDGING = METRIC_LOSSES | {"triplet": partial(losses.triplet_loss, costly=False)}  # comparable between epochs


@dataclass(frozen=True)
class Plan(RunPlan):
    """How a siamese network is trained; the defaults are the original study's recipe. margin: of the metric losses."""

    margin: float = 0.2

    def settings(self) -> dict[str, object]:
        """Return all that the result depends on, the margin first."""
        return {"margin": self.margin, **super().settings()}


@dataclass(frozen=True)
class Batch:
    """Pairs that share their photos: each photo is there once.

    photo: float (u, dim) features or (u, 3, s, s) in [0, 1]; pose: float (u, c, p, p) in [0, 1] or None. left, right:
    (b,) int, rows of photo; same: (b,) bool; relation: (u, u) int8, 1 alike, 0 different, -1 unknown (anchored only).
    number: u. Where processes share the batch, photo and pose hold the rows that this one takes, the rest is whole.
    Without photos the pairs are those of embeddings that are there already.
    """

    photo: Tensor | None
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


class PairBatches(EpochBatches):
    """The batches of one epoch.

    left, right: rows of `arrays`, same: bool, all (m,). With augment, both photos of a pair are mirrored together
    (half of the pairs), skeletons with them, and photos get another colour each epoch; features can only be
    mirrored. With anchored, pairs that share a photo come together, which metric losses need and which spares
    work. settings: batch_size, seed, epoch, augment, share, as of `EpochBatches`.
    """

    def __init__(
        self,
        arrays: PhotoArrays,
        left: np.ndarray,
        right: np.ndarray,
        same: np.ndarray,
        *,
        anchored: bool = False,
        **settings: Any,
    ):
        self.arrays, self.left, self.right = arrays, left, right
        self.same, self.anchored = np.asarray(same, dtype=bool), anchored
        self.relations = {(a, b): s for a, b, s in zip(left.tolist(), right.tolist(), self.same.tolist(), strict=True)}
        rng = np.random.default_rng([settings["seed"], settings["epoch"]])
        order = _anchored(left, right, len(arrays.photo_ids), rng) if anchored else rng.permutation(len(left))
        super().__init__(order, **settings)

    def make_batch(self, examples: np.ndarray, rng: np.random.Generator) -> Batch:
        """Return a batch of pairs."""
        flip = self.augment & (rng.random(len(examples)) < 0.5)
        seen = np.stack([self.left[examples] * 2 + flip, self.right[examples] * 2 + flip])  # a photo, mirrored or not
        codes, places = np.unique(seen, return_inverse=True)
        left, right = torch.from_numpy(places.reshape(seen.shape))
        mine = self.share.taken(len(codes))
        photo, pose = photo_inputs(self.arrays, codes[mine] // 2, codes[mine] % 2 == 1)
        if self.augment and photo.ndim == 4:
            photo = scale_colours(photo, colour_factors(len(codes), rng)[:, mine])
        same = torch.from_numpy(self.same[examples])
        relation = self._relation(codes // 2) if self.anchored else None
        return Batch(photo, pose, left, right, same, relation, len(codes))

    def _relation(self, rows: np.ndarray) -> Tensor:
        known = self.relations
        table = [[known.get((a, b), known.get((b, a), -1)) for b in rows.tolist()] for a in rows.tolist()]
        return torch.tensor(table, dtype=torch.int8)


def _anchored(left: np.ndarray, right: np.ndarray, photos: int, rng: np.random.Generator) -> np.ndarray:
    """Order pairs by the earlier of their photos in a random order of photos."""
    rank = rng.permutation(photos)
    return np.lexsort((rng.permutation(len(left)), np.minimum(rank[left], rank[right])))


class PairModule(RunModule):
    """One training run of a siamese network. examples, validation: Pairs of `arrays`.

    Several processes share a batch's photos, not its pairs: each embeds its own photos, and from the embeddings of all
    each computes the whole batch's loss. So every loss, those that look for the hardest pairs of a batch too, sees the
    pairs that it would see in one process, and a photo of several pairs is embedded once.
    """

    def batches(self, epoch: int) -> PairBatches:
        """Return the batches of an epoch."""
        anchored = self.net.config.loss in METRIC_LOSSES
        return PairBatches(self.arrays, *self.examples, anchored=anchored, **self.batch_settings(epoch))

    def batch_loss(self, batch: Batch) -> tuple[Tensor, int]:
        """Return the loss of a batch of pairs, and their number."""
        embeddings = self.share.gather(self.net.embed(batch.photo, batch.pose), batch.number)
        return self._loss(embeddings, batch), len(batch.same)

    def validate(self) -> dict[str, float]:
        """Return val_loss and val_accuracy; for a metric loss the latter is at the validation pairs' own threshold."""
        left, right, same = self.validation
        rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        mine = embed_photos(self.net, self.arrays, rows[self.share.taken(len(rows))], half=self.is_half)
        embeddings = self.share.gather(mine, len(rows))
        a, b = torch.from_numpy(places).to(embeddings.device).view(2, -1)
        known = torch.from_numpy(same).to(embeddings.device)
        relation = None
        if self.net.config.loss in METRIC_LOSSES:  # others look at the pairs alone, however many photos there are
            relation = torch.full((len(rows), len(rows)), -1, dtype=torch.int8, device=embeddings.device)
            relation[a, b] = relation[b, a] = known.to(torch.int8)
        logit, similarity = compare_rows(self.net, embeddings[a], embeddings[b])
        with evaluated(self.net):
            judged = Batch(None, None, a, b, known, relation, len(rows))
            loss = self._loss(embeddings, judged, JUDGING)
        if self.net.head is None and bool(torch.isfinite(similarity).all()):
            slope, intercept = platt_scale(similarity.cpu().numpy(), same)
            logit = slope * similarity + intercept
        return {"val_loss": float(loss), "val_accuracy": float(((logit > 0) == known).float().mean())}

    def _loss(
        self, embeddings: Tensor, pairs: Batch, metric_losses: Mapping[str, Callable[..., Tensor]] = METRIC_LOSSES
    ) -> Tensor:
        kind, margin, relation = self.net.config.loss, self.plan.margin, pairs.relation
        if kind in metric_losses:
            return metric_losses[kind](embeddings, relation == 1, relation >= 0, margin)
        left, right = embeddings[pairs.left], embeddings[pairs.right]
        if kind == "contrastive":
            return losses.contrastive_loss(self.net.distance(left, right), pairs.same, margin)
        return losses.bce_loss(self.net.compare(left, right), pairs.same)
