"""The faces of one picture that asks, found as those of the pictures that answer were."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from likeness.people.crops import face_crops
from likeness.people.detectors import detect

SETTINGS = ("detector", "face_size", "min_face", "thresholds", "face_confidence", "normalise", "margin")


def query_faces(
    query: pd.DataFrame, root: Path, settings: Mapping[str, Any], weights: Path, device: str = "auto"
) -> tuple[pd.DataFrame, str]:
    """Return (faces with their crops, the detector that found them).

    query: one row with photo_id, path (relative to `root`), sha256, width, height. settings: SETTINGS, the knobs of the
    prepare stage. weights: of our own detector. Where the study's faces were marked by hand, MTCNN looks: nobody
    marked the query's.
    Returns crop_id, photo_id, kind, face_id, x0, y0, x1, y1 [px of the upright picture, with the margin] and score,
    the surest face first.
    """
    detector = "mtcnn" if settings["detector"] == "annotations" else settings["detector"]
    confidence = float(settings["face_confidence"])
    found = detect(
        query,
        root,
        detector,
        weights=weights,
        max_side=settings["face_size"],
        min_face=settings["min_face"],
        thresholds=[float(word) for word in settings["thresholds"].split()],
        normalise=settings["normalise"],
        confidence=confidence,
        batch_size=1,
        device=device,
    )
    sure = found[found["score"] >= confidence].sort_values("score", ascending=False, kind="stable", ignore_index=True)
    crops = face_crops(query, sure, settings["margin"])
    each = crops[crops["kind"] == "each"].reset_index(drop=True)
    return each.assign(score=sure["score"].to_numpy()), detector
