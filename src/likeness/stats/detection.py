"""How well boxes were found, as COCO counts it: average precision."""

import numpy as np
from numpy.typing import NDArray

IOUS = np.linspace(0.5, 0.95, 10)  # overlaps from which a box counts as found; AP is the mean over them
RECALLS = np.linspace(0, 1, 101)  # at which COCO reads the precision
MOST = 100  # boxes a picture that count


def average_precision(found: list[NDArray], true: list[NDArray]) -> tuple[float, float]:
    """Return AP50 and AP (mean over IoU 0.50, 0.55 .. 0.95) in [0, 1], as COCO counts them (Lin et al., 2014).

    found: (n, 5) of each picture: x0, y0, x1, y1, score. true: (k, 4) of each picture. NaN where no picture has a box.
    At most MOST boxes a picture count, the surest.
    """
    import torch
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
