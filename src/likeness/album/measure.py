"""All signs of all photos of an album, each photo decoded once and kept by its content."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.album.faces import FACE_SIGNS, face_signs, face_weights, find_faces
from likeness.album.leave_out import PAGE_SIGNS, page_signs
from likeness.album.signs import SIDE, SIGNS, edge_sharpness, measure
from likeness.cache import Cache, compute_missing, key
from likeness.parallel import ahead
from likeness.photos.decode import ACCEPTED, decode
from likeness.progress import track

MEASURES = (*SIGNS, *PAGE_SIGNS, *FACE_SIGNS, "face_sharpness")


def signs_of(photos: pd.DataFrame, root: Path, *, cache: Cache | None) -> pd.DataFrame:
    """Return MEASURES of each row of `photos` (path relative to `root`, sha256); NaN where there is no face to tell."""
    names = [key(__name__, {}, sha256, "photo") for sha256 in photos["sha256"]]

    def compute(paths: dict[str, str]) -> Iterator[tuple[str, np.ndarray]]:
        found = ahead(lambda path: signs_in(load(Path(root) / path)), paths.values(), window=4)
        yield from zip(paths, track(found, "signs", total=len(paths)), strict=True)

    found = compute_missing(cache, dict(zip(names, photos["path"], strict=True)), compute)
    rows = np.stack([found[name] for name in names]) if names else np.zeros((0, len(MEASURES)), np.float32)
    return pd.DataFrame(rows, columns=list(MEASURES), index=photos.index)


def signs_in(rgb: np.ndarray) -> np.ndarray:
    """Return MEASURES of a picture, uint8 (h, w, 3), as float32."""
    import cv2

    height, width = rgb.shape[:2]
    faces = find_faces(rgb)
    found = measure(rgb) | page_signs(rgb) | face_signs(faces, width, height)
    weights, found["face_sharpness"] = face_weights(faces, (height, width)), np.nan
    if weights is not None:
        light = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
        found["face_sharpness"] = float(edge_sharpness(light, weights).mean())
    return np.array([found[name] for name in MEASURES], np.float32)


def load(path: Path) -> np.ndarray:
    """Return a photo as uint8 (h, w, 3) with a longest side of at most SIDE px; smaller ones as they are."""
    image = decode(path, draft=SIDE, **ACCEPTED)
    scale = min(1.0, SIDE / max(image.size))
    if scale < 1:
        size = tuple(max(1, round(side * scale)) for side in image.size)
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image)
