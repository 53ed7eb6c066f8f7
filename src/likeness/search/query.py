"""The picture that asks: its faces and its features, found and made as those of the pictures that answer were."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.features.backbones import Backbone
from likeness.features.extract import extract
from likeness.features.face_features import crop_rows, face_rendering
from likeness.features.renderings import PHOTO
from likeness.features.whitening import whiten
from likeness.people.crops import face_crops
from likeness.people.detectors import detect
from likeness.people.faces import Search
from likeness.search.galleries import Gallery


def query_faces(
    query: pd.DataFrame, root: Path, settings: Mapping[str, Any], weights: Path, device: str = "auto"
) -> tuple[pd.DataFrame, str]:
    """Return (faces with their crops, the detector that found them).

    query: one row with photo_id, path (relative to `root`), sha256, width, height. settings: of the prepare stage, as
    `people.detectors.SETTINGS` names them. weights: of our own detector. Where the study's faces were marked by hand,
    MTCNN looks: nobody marked the query's. The faces, the surest first, are crops as `face_crops` gives, with a score.
    """
    detector = "mtcnn" if settings["detector"] == "annotations" else settings["detector"]
    confidence = float(settings["face_confidence"])
    thresholds = tuple(float(word) for word in settings["thresholds"].split())
    search = Search(settings["face_size"], settings["min_face"], thresholds, settings["normalise"])
    found = detect(query, root, detector, search, weights=weights, device=device)
    sure = found[found["score"] >= confidence].sort_values("score", ascending=False, kind="stable", ignore_index=True)
    crops = face_crops(query, sure, settings["margin"])
    each = crops[crops["kind"] == "each"].reset_index(drop=True)
    return each.assign(score=sure["score"].to_numpy()), detector


def embed_query(
    gallery: Gallery,
    made: Backbone,
    query: pd.DataFrame,
    root: Path,
    crop: pd.DataFrame | None = None,
    device: str = "auto",
) -> dict[str, NDArray[np.float32]]:
    """Return {"general": (d,), and with a crop "face": (e,)} of a picture, made as the gallery's were.

    made: the network of the gallery's recipe, as `extractor_of` gives. query: one row with photo_id, path (relative to
    `root`), sha256, width, height. crop: one row with photo_id, x0, y0, x1, y1.
    """
    recipe = gallery.recipe
    # alone in its batch: its features differ in the last bits only, and a batch is not filled up with black for one
    how = {"root": root, "cache": None, "image_size": recipe["image_size"], "batch_size": 1, "device": device}
    how["precision"] = recipe["precision"]
    found = {"general": extract(query, made, rendering=PHOTO, **how)[0]}
    if crop is not None:
        shown = face_rendering(recipe["align"], made)
        found["face"] = extract(crop_rows(crop, query), made, rendering=shown, **how)[0]
    whitened = {view: whiten(rows, gallery.whitening[view]) for view, rows in found.items() if gallery.whitening}
    return {view: rows[0] for view, rows in (whitened or found).items()}
