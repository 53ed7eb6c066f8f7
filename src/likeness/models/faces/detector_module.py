"""What the face detector learns: its batches, losses and validation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from likeness.models.faces.detector_data import DetectorArrays, DetectorBatch, DetectorBatches
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.people.fasterrcnn import look

CLIP = 1.0  # longest gradient of a step: from random weights a rate that learns fast enough now and then leaps
WARM_UP = 0.3  # share of the steps in which the rate rises
DIGITS = 6  # of a validation score that decide
IOUS = np.linspace(0.5, 0.95, 10)  # overlaps from which a face counts as found; AP is the mean over them
RECALLS = np.linspace(0, 1, 101)  # at which COCO reads the precision
MOST = 100  # faces a picture that count


@dataclass(frozen=True)
class DetectorPlan(RunPlan):
    """How a detector is trained: the rate rises to `lr` and falls along a cosine (Smith and Topin, 2018)."""

    optimizer: str = "adamw"
    batch_size: int = 4


class DetectorModule(RunModule):
    """One training run. train, validation: rows of `arrays`. The best epoch has the best validation AP50.

    Several processes share a batch's pictures; a batch's loss is the mean over its pictures. Each process draws the
    regions that its losses are counted on, as one process would, but other ones: the curve is another draw. All look
    at all validation pictures.
    """

    def __init__(
        self,
        net: nn.Module,
        arrays: DetectorArrays,
        train: np.ndarray,
        validation: np.ndarray,
        plan: DetectorPlan,
        last: Path,
    ):
        super().__init__(net, plan, last)
        self.arrays, self.examples, self.validation = arrays, train, validation

    def configure_optimizers(self) -> Any:
        optimizer = super().configure_optimizers()
        steps = self.plan.epochs * len(self.batches(0))
        schedule = OneCycleLR(optimizer, self.plan.lr, total_steps=steps, pct_start=WARM_UP, cycle_momentum=False)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)

    def batches(self, epoch: int) -> DetectorBatches:
        """Return the batches of an epoch."""
        sizes = {"batch_size": self.plan.batch_size, "seed": self.plan.seed, "augment": self.plan.augment}
        return DetectorBatches(self.arrays, self.examples, epoch=epoch, share=self.share, **sizes)

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
    training, device = net.training, next(net.parameters()).device
    net.eval()
    found = look(net, [arrays.example(row)[0].to(device) for row in rows])
    net.train(training)
    return found


def average_precision(found: list[np.ndarray], true: list[np.ndarray]) -> tuple[float, float]:
    """Return AP50 and AP (mean over IoU 0.50, 0.55 .. 0.95) in [0, 1], as COCO counts them (Lin et al., 2014).

    found: (n, 5) of each picture: x0, y0, x1, y1, score. true: (k, 4) of each picture. NaN where no picture has a face.
    At most MOST faces a picture count, the surest.
    """
    from torchmetrics.detection import MeanAveragePrecision

    steps = {"iou_thresholds": IOUS.tolist(), "rec_thresholds": RECALLS.tolist()}  # its own are single precision
    metric = MeanAveragePrecision(backend="faster_coco_eval", **steps)
    for faces, boxes in zip(found, true, strict=True):
        seen = torch.tensor(np.reshape(faces, (-1, 5)), dtype=torch.float64)
        marked = torch.tensor(np.reshape(boxes, (-1, 4)), dtype=torch.float64)
        labels = [torch.zeros(len(each), dtype=torch.long) for each in (seen, marked)]
        metric.update([{"boxes": seen[:, :4], "scores": seen[:, 4], "labels": labels[0]}],
                      [{"boxes": marked, "labels": labels[1]}])  # fmt: skip
    numbers = metric.compute()
    values = float(numbers["map_50"]), float(numbers["map"])
    return tuple(np.nan if value < 0 else value for value in values)  # -1: nothing to find
