"""A face detector trained on pictures with boxes: its batches, losses and validation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from likeness.models.faces.detector_data import DetectorArrays, DetectorBatch, DetectorBatches, detector_arrays
from likeness.models.training.batches import evaluated
from likeness.models.training.fit import FitResult, fit_run, split_settings
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.people.fasterrcnn import look
from likeness.stats.detection import average_precision

CLIP = 1.0  # longest gradient of a step: from random weights a rate that learns fast enough now and then leaps
WARM_UP = 0.3  # share of the steps in which the rate rises
DIGITS = 6  # of a validation score that decide


@dataclass(frozen=True)
class DetectorPlan(RunPlan):
    """How a detector is trained: the rate rises to `lr` and falls along a cosine (Smith and Topin, 2018)."""

    optimizer: str = "adamw"
    batch_size: int = 4


class DetectorModule(RunModule):
    """One training run. examples, validation: rows of `arrays`. The best epoch has the best validation AP50.

    Several processes share a batch's pictures; a batch's loss is the mean over its pictures. Each process draws the
    regions that its losses are counted on, as one process would, but other ones: the curve is another draw. All look
    at all validation pictures.
    """

    depends_on_epochs = True  # by its cosine: another number of them starts anew

    def configure_optimizers(self) -> Any:
        optimizer = super().configure_optimizers()
        steps = self.plan.epochs * len(self.batches(0))
        schedule = OneCycleLR(optimizer, self.plan.lr, total_steps=steps, pct_start=WARM_UP, cycle_momentum=False)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)

    def batches(self, epoch: int) -> DetectorBatches:
        """Return the batches of an epoch."""
        return DetectorBatches(self.arrays, self.examples, **self.batch_settings(epoch))

    def batch_loss(self, batch: DetectorBatch) -> tuple[Tensor, int]:
        """Return the sum of the four losses of a batch (objectness and box of both stages), and its pictures."""
        return batch.weight * sum(self.net(batch.pictures, batch.targets).values()), batch.number

    def validate(self) -> dict[str, float]:
        """Return val_loss, val_ap50 and val_ap on the validation pictures."""
        found = find_boxes(self.net, self.arrays, self.validation)
        ap50, ap = average_precision(found, [self.arrays.example(row)[1].numpy() for row in self.validation])
        return {"val_loss": self._held_out_loss(), "val_ap50": ap50, "val_ap": ap}

    def cost(self, row: dict[str, float]) -> tuple[float, ...]:
        """AP50 decides; of equally good epochs the one with the smallest loss is best."""
        return -round(row["val_ap50"], DIGITS), row["val_loss"]

    @torch.no_grad()
    def _held_out_loss(self) -> float:
        """Return the mean loss over validation pictures; normalisation is not learnt from them, and no draw is used up.

        torchvision gives losses in training mode alone, and draws the regions that they are counted on.
        """
        device, training = next(self.net.parameters()).device, self.net.training
        sizes = {"batch_size": self.plan.batch_size, "seed": self.plan.seed, "augment": False}
        self.net.train()
        for part in self.net.modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm):
                part.eval()
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(self.plan.seed)
            batches = DetectorBatches(self.arrays, self.validation, epoch=0, **sizes)
            costs = [self.batch_loss(batches[number].to(device)) for number in range(len(batches))]
        self.net.train(training)
        return sum(float(loss) * count for loss, count in costs) / sum(count for _, count in costs)


def find_boxes(net: nn.Module, arrays: DetectorArrays, rows: np.ndarray) -> list[np.ndarray]:
    """Return the faces that a network sees in pictures `rows`: (n, 5) each, x0, y0, x1, y1, score; its mode is kept."""
    with evaluated(net) as device:
        return look(net, [arrays.example(row)[0].to(device) for row in rows])


def fit_detector(
    net: nn.Module, photos: pd.DataFrame, boxes: pd.DataFrame, *, root: Path, learning_rate: float, **settings: Any
) -> FitResult:
    """Train a detector on the "train" pictures until the AP50 of the "val" pictures stops improving.

    net: as `build_detector` gives, left trained. photos: photo_id, path (relative to `root`), width, height, split.
    boxes: photo_id, x0, y0, x1, y1 [px], as the truth table. settings: further fields of `DetectorPlan` and those of
    `Machine`; a killed run, started again with the same `checkpoints`, ends with the same bits.
    Returns the network at its best epoch, and a history of epoch, train_loss, val_loss, val_ap50, val_ap.
    Raises ValueError where training or validation has no picture with a face.
    """
    plan, machine = split_settings(DetectorPlan, {"lr": learning_rate, **settings})
    arrays = detector_arrays(photos, boxes, root, net.config.image_size)
    examples = [_rows(photos, arrays, part) for part in ("train", "val")]
    return fit_run(DetectorModule, net, arrays, examples, plan, machine)


def _rows(photos: pd.DataFrame, arrays: DetectorArrays, part: str) -> np.ndarray:
    """Return the rows of one part of the split. Raises ValueError where it has fewer than two pictures, or no face."""
    rows = np.flatnonzero((photos["split"] == part).to_numpy())
    faces = int(np.isin(arrays.owners, rows).sum())
    if len(rows) < 2 or not faces:
        raise ValueError(f"{len(rows)} pictures of {part!r} with {faces} faces: mark more or change the split")
    return rows
