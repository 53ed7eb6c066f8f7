"""What is learnt of pairs of photos: their batches, losses and validation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from likeness.models.pose import losses
from likeness.models.pose.pair_batches import Batch, PairBatches
from likeness.models.pose.pair_data import PhotoArrays
from likeness.models.pose.scoring import compare_rows, embed_photos
from likeness.models.pose.siamese import SiameseNet
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.stats.platt import platt_scale

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


class PairModule(RunModule):
    """One training run of a siamese network.

    Several processes share a batch's photos, not its pairs: each embeds its own photos, and from the embeddings of all
    each computes the whole batch's loss. So every loss, those that look for the hardest pairs of a batch too, sees the
    pairs that it would see in one process, and a photo of several pairs is embedded once.
    """

    def __init__(self, net: SiameseNet, arrays: PhotoArrays, train: Pairs, validation: Pairs, plan: Plan, last: Path):
        super().__init__(net, plan, last)
        self.arrays, self.pairs, self.validation = arrays, train, validation

    def batches(self, epoch: int) -> PairBatches:
        """Return the batches of an epoch."""
        return PairBatches(
            self.arrays,
            *self.pairs,
            batch_size=self.plan.batch_size,
            seed=self.plan.seed,
            epoch=epoch,
            augment=self.plan.augment,
            anchored=self.net.config.loss in METRIC_LOSSES,
            share=self.share,
        )

    def batch_loss(self, batch: Batch) -> tuple[Tensor, int]:
        """Return the loss of a batch of pairs, and their number."""
        embeddings = self.share.gather(self.net.embed(batch.photo, batch.pose), batch.number)
        return self._loss(embeddings, batch.left, batch.right, batch.same, batch.relation), len(batch.same)

    def validate(self) -> dict[str, float]:
        """Return val_loss and val_accuracy; for a metric loss the latter is at the validation pairs' own threshold."""
        left, right, same = self.validation
        rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        mine = embed_photos(self.net, self.arrays, rows[self.share.taken(len(rows))])
        embeddings = self.share.gather(mine, len(rows))
        a, b = torch.from_numpy(places).to(embeddings.device).view(2, -1)
        known = torch.from_numpy(same).to(embeddings.device)
        relation = torch.full((len(rows), len(rows)), -1, dtype=torch.int8, device=embeddings.device)
        relation[a, b] = relation[b, a] = known.to(torch.int8)
        logit, similarity = compare_rows(self.net, embeddings[a], embeddings[b])
        training = self.net.training
        self.net.eval()
        with torch.no_grad():
            loss = self._loss(embeddings, a, b, known, relation, JUDGING)
        self.net.train(training)
        if self.net.head is None and bool(torch.isfinite(similarity).all()):
            slope, intercept = platt_scale(similarity.cpu().numpy(), same)
            logit = slope * similarity + intercept
        return {"val_loss": float(loss), "val_accuracy": float(((logit > 0) == known).float().mean())}

    def _loss(
        self,
        embeddings: Tensor,
        left: Tensor,
        right: Tensor,
        same: Tensor,
        relation: Tensor | None,
        metric_losses: Mapping[str, Callable[..., Tensor]] = METRIC_LOSSES,
    ) -> Tensor:
        kind, margin = self.net.config.loss, self.plan.margin
        if kind in metric_losses:
            return metric_losses[kind](embeddings, relation == 1, relation >= 0, margin)
        if kind == "contrastive":
            return losses.contrastive_loss(self.net.distance(embeddings[left], embeddings[right]), same, margin)
        return losses.bce_loss(self.net.compare(embeddings[left], embeddings[right]), same)
