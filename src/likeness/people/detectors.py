"""One way to the faces in pictures, whoever finds them: a network or somebody's marks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.cache import Cache
from likeness.people.faces import NUMBERS, find_faces, to_table

DETECTORS = ("mtcnn", "fasterrcnn", "annotations")


def detect(
    photos: pd.DataFrame,
    root: Path,
    detector: str,
    *,
    cache: Cache | None = None,
    boxes: pd.DataFrame | None = None,
    weights: Path | None = None,
    max_side: int = 512,
    min_face: int = 20,
    thresholds: Sequence[float] = (0.6, 0.7, 0.7),
    normalise: str = "none",
    confidence: float = 0.05,
    batch_size: int = 8,
    device: str = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Find the faces in each picture: the faces table (see people.faces.find_faces).

    detector: "mtcnn", "fasterrcnn" (our own, fine-tuned) or "annotations" (marks by hand, each of score 1).
    photos: photo_id, path (relative to `root`), sha256, width, height. cache: keeps what the networks found.
    boxes: for annotations, the truth table: photo_id, x0, y0, x1, y1 [px].
    weights: for fasterrcnn, the file that the detector stage wrote. confidence: for fasterrcnn, the score below which
    a box is not kept. max_side, min_face, thresholds, normalise: for mtcnn.
    Settings of another detector than the chosen one are not looked at.
    Returns face_id, photo_id, x0, y0, x1, y1 [px of the upright picture], score in [0, 1], in the order of `photos`.
    Raises ValueError on an unknown detector, or where `boxes` or `weights` is needed and None; FileNotFoundError where
    the weights are not there.
    """
    if detector == "mtcnn":
        how = {"max_side": max_side, "min_face": min_face, "thresholds": thresholds, "normalise": normalise}
        return find_faces(photos, root, cache=cache, **how, batch_size=batch_size, device=device, progress=progress)
    if detector == "annotations":
        if boxes is None:
            raise ValueError("detector 'annotations' needs the marked faces in `boxes`; it is None")
        return annotated_faces(photos, boxes)
    if detector != "fasterrcnn":
        raise ValueError(f"unknown detector {detector!r}; choose one of {', '.join(DETECTORS)}")
    if weights is None:
        raise ValueError("detector 'fasterrcnn' needs the file of its weights in `weights`; it is None")
    if not Path(weights).is_file():
        raise FileNotFoundError(f"{weights}: no such file; run the stage faces-detector first, or choose mtcnn")
    from likeness.people.fasterrcnn import find_faces_fasterrcnn

    how = {"confidence": confidence, "batch_size": batch_size, "device": device, "progress": progress}
    return find_faces_fasterrcnn(photos, root, Path(weights), cache=cache, **how)


def annotated_faces(photos: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Return marked boxes as a faces table of score 1, in the order of `photos`, within a picture that of `boxes`.

    Boxes of other pictures are not looked at.
    """
    corners = boxes[list(NUMBERS[:4])].to_numpy(float)
    by_photo = boxes.reset_index(drop=True).groupby("photo_id").indices
    none = np.zeros(0, int)
    marked = [corners[np.sort(by_photo.get(photo_id, none))] for photo_id in photos["photo_id"]]
    return to_table(list(photos["photo_id"]), [np.column_stack([each, np.ones(len(each))]) for each in marked])
