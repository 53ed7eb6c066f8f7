"""A face detector trained on pictures with boxes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.models.faces.detector_data import DetectorArrays, detector_arrays
from likeness.models.faces.detector_module import DetectorModule, DetectorPlan
from likeness.models.training.fit import FitResult, check_plan, fit_run, run_name
from likeness.people.fasterrcnn import build_detector


def fit_detector(
    photos: pd.DataFrame,
    boxes: pd.DataFrame,
    *,
    root: Path,
    network: str,
    weights: str,
    image_size: int,
    learning_rate: float,
    seed: int,
    device: str = "auto",
    devices: int = 1,
    strategy: str = "auto",
    precision: str = "auto",
    checkpoints: Path | None = None,
    keep: bool = False,
    **recipe: Any,
) -> FitResult:
    """Train a detector on the "train" pictures until the AP50 of the "val" pictures stops improving.

    photos: photo_id, path (relative to `root`), width, height, split. boxes: photo_id, x0, y0, x1, y1 [px], as the
    truth table. network, weights, image_size: see `build_detector`. recipe: further fields of DetectorPlan: epochs,
    patience, batch_size, weight_decay, progress, tracker, tracker_folder. The rest: as `fit.fit_pairs`; a killed run,
    started again with the same `checkpoints`, ends with the same bits.
    Returns the network at its best epoch, and a history of epoch, train_loss, val_loss, val_ap50, val_ap.
    Raises ValueError where training or validation has no picture with a face.
    """
    plan = DetectorPlan(lr=learning_rate, seed=seed, **recipe)
    place = {"device": device, "devices": devices, "strategy": strategy, "precision": precision}
    check_plan(plan, place)
    arrays = detector_arrays(photos, boxes, root, image_size)
    train, validation = (_rows(photos, arrays, part) for part in ("train", "val"))
    net = build_detector(network, weights, image_size=image_size, seed=seed)
    name = run_name(net, [*arrays.given(), train, validation], plan, place)
    return fit_run(
        net,
        lambda last: DetectorModule(net, arrays, train, validation, plan, last),
        name,
        place,
        checkpoints=checkpoints,
        keep=keep,
    )


def _rows(photos: pd.DataFrame, arrays: DetectorArrays, part: str) -> np.ndarray:
    """Return the rows of one part of the split. Raises ValueError where it has fewer than two pictures, or no face."""
    rows = np.flatnonzero((photos["split"] == part).to_numpy())
    faces = int(np.isin(arrays.owners, rows).sum())
    if len(rows) < 2 or not faces:
        raise ValueError(f"{len(rows)} pictures of {part!r} with {faces} faces: mark more or change the split")
    return rows
