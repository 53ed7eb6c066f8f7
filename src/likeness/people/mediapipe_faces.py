"""Faces in photos by mediapipe's short-range detector (BlazeFace, Bazarevsky et al., 2019), which its wheel carries.

It was made for faces that fill a good part of the view, so that a photo is looked at as a whole and in squares.
"""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.cache import Cache, key
from likeness.people.face_batches import to_photo
from likeness.people.faces import Job, faces_by_photo, working_size
from likeness.people.mediapipe_pose import mediapipe_solutions, muted
from likeness.photos.decode import ACCEPTED, decode

SIDE = 1024  # px; longest side at which a photo is looked at
SQUARE = 0.6  # of the shorter side: the squares that are looked at, each half over the next one
LEAST = 0.5  # confidence from which a finding counts
_THREAD = threading.local()  # a detector serves one thread


def find_faces_mediapipe(
    photos: pd.DataFrame, root: Path, *, cache: Cache | None, progress: bool = False
) -> list[np.ndarray]:
    """Return each photo's faces (n, 5): x0, y0, x1, y1 [px of the upright photo], score; the same face several times.

    photos: path (relative to `root`), sha256, width, height. cache: keeps what was found, per photo content.
    Raises MediapipeMissing where the library is not there.
    """
    names = [key(__name__, {}, sha256, "faces") for sha256 in photos["sha256"]]
    size = partial(working_size, max_side=SIDE)
    return faces_by_photo(photos, names, size, partial(_look, root=Path(root)), cache, progress)


def _look(jobs: list[Job], root: Path) -> Iterator[tuple[str, np.ndarray]]:
    for job in jobs:
        image = decode(root / job.path, **ACCEPTED, draft=max(job.size)).resize(job.size, Image.Resampling.BILINEAR)
        pixels = np.asarray(image.convert("RGB"))
        found = [_faces(pixels[y0:y1, x0:x1]) + [x0, y0, x0, y0, 0] for x0, y0, x1, y1 in views(*job.size)]
        yield job.key, to_photo(np.concatenate(found), job.width, job.height, job.size)


def views(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Return the boxes that are looked at: the whole, then squares row by row, each half over the next one.

    >>> len(views(100, 100)), views(100, 100)[-1]
    (10, (40, 40, 100, 100))
    """
    side = max(1, round(SQUARE * min(width, height)))
    corners = [sorted({*range(0, length - side, max(1, side // 2)), length - side}) for length in (width, height)]
    squares = [(x, y, x + side, y + side) for y in corners[1] for x in corners[0]]
    return [(0, 0, width, height), *squares]


def _faces(view: np.ndarray) -> np.ndarray:
    """Return (n, 5): x0, y0, x1, y1 [px of the view], score."""
    found = _detector().process(np.ascontiguousarray(view)).detections or []
    boxes = [(each.location_data.relative_bounding_box, each.score[0]) for each in found]
    scale = np.array([view.shape[1], view.shape[0]] * 2)
    rows = [[*(scale * [b.xmin, b.ymin, b.xmin + b.width, b.ymin + b.height]), score] for b, score in boxes]
    return np.array(rows).reshape(-1, 5)


def _detector():
    """This thread's detector; made, with its logging muted, when first asked for."""
    if not hasattr(_THREAD, "detector"):
        with muted():
            solutions = mediapipe_solutions("the detector mtcnn")
            _THREAD.detector = solutions.face_detection.FaceDetection(model_selection=0, min_detection_confidence=LEAST)
            _THREAD.detector.process(np.zeros((64, 64, 3), np.uint8))  # the C++ side talks on its first call
    return _THREAD.detector
