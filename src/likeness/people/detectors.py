"""One way to the faces in pictures, whoever finds them: a network or somebody's marks."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.cache import Cache
from likeness.people.faces import NUMBERS, Search, find_faces, to_table

DETECTORS = ("mtcnn", "fasterrcnn", "annotations", "agreement")
CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999)  # a sweep's; most scores lie near 1
# What faces.prepare was told: how the faces of another picture must be looked for, to be compared with these.
SETTINGS = ("face_size", "min_face", "thresholds", "normalise", "detector", "face_confidence", "margin")


def detect(
    photos: pd.DataFrame,
    root: Path,
    detector: str,
    search: Search,
    *,
    boxes: pd.DataFrame | None = None,
    weights: Path | None = None,
    cache: Cache | None = None,
    device: str = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Find the faces in each picture: the faces table (see people.faces.find_faces).

    detector: "mtcnn", "fasterrcnn" (our own, fine-tuned), "annotations" (marks by hand, each of score 1) or "agreement"
    (mtcnn at two sizes with mediapipe's second opinion, see `face_agreement`).
    photos: photo_id, path (relative to `root`), sha256, width, height. search: how mtcnn looks; the others but
    agreement don't read it.
    boxes: for annotations, the truth table: photo_id, x0, y0, x1, y1 [px]. weights: for fasterrcnn, the file that the
    detector stage wrote. cache: keeps what the networks found.
    Returns face_id, photo_id, x0, y0, x1, y1 [px of the upright picture], score in [0, 1], in the order of `photos`.
    Raises ValueError on an unknown detector, or where `boxes` or `weights` is needed and None; FileNotFoundError where
    the weights are not there.
    """
    how = {"cache": cache, "device": device, "progress": progress}
    if detector == "mtcnn":
        return find_faces(photos, root, **vars(search), **how)
    if detector == "agreement":
        from likeness.people.face_agreement import find_faces_agreeing

        return find_faces_agreeing(photos, root, search, **how)
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

    return find_faces_fasterrcnn(photos, root, Path(weights), **how)


def detect_by_each(
    photos: pd.DataFrame,
    root: Path,
    chosen: str,
    search: Search,
    *,
    boxes: pd.DataFrame,
    weights: Path,
    cache: Cache | None = None,
    device: str = "auto",
    progress: bool = False,
) -> dict[str, pd.DataFrame]:
    """Return {detector: its faces table, whatever the score}: MTCNN, the chosen one, marks by hand if any.

    Our own detector and the agreement look only where they are chosen: nobody else must train the one or wait for the
    other, and MTCNN's part of the agreement's work is not done twice. Arguments as those of `detect`.
    """
    given = {"boxes": boxes, "weights": weights, "cache": cache, "device": device, "progress": progress}
    wanted = {"mtcnn", "annotations"} if len(boxes) else {"mtcnn"}
    wanted |= {chosen} & {"fasterrcnn", "agreement"}
    return {name: detect(photos, root, name, search, **given) for name in DETECTORS if name in wanted}


def chosen_faces(found: Mapping[str, pd.DataFrame], detector: str) -> pd.DataFrame:
    """Return the faces of the chosen detector. Raises ValueError, which names the key, where it found none to choose.

    found: {detector: faces table}, as `detect_by_each` gives.
    """
    if detector not in found:
        raise ValueError(
            f"faces.prepare.detector: {detector}, but no face is annotated; choose one of {', '.join(found)}, or mark "
            "faces in the folder or the truth table"
        )
    return found[detector]


def looked_at(photos: pd.DataFrame, detector: str) -> pd.DataFrame:
    """Return the photos on which a detector looked for faces: a network on all, somebody's marks are on some.

    photos: annotated (bool).
    """
    return photos[photos["annotated"]] if detector == "annotations" else photos


def sure_faces(found: Mapping[str, pd.DataFrame], confidence: float) -> dict[str, pd.DataFrame]:
    """Return {detector: its faces with a score of at least `confidence`}.

    >>> faces = pd.DataFrame({"face_id": ["a-0", "a-1"], "score": [0.9, 0.3]})
    >>> sure_faces({"mtcnn": faces}, 0.5)["mtcnn"]["face_id"].tolist()
    ['a-0']
    """
    return {name: faces[faces["score"] >= confidence].reset_index(drop=True) for name, faces in found.items()}


def joined(faces: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the tables of several detectors as one, with the column detector."""
    return pd.concat([table.assign(detector=name) for name, table in faces.items()], ignore_index=True)


def annotated_faces(photos: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Return marked boxes as a faces table of score 1, in the order of `photos`, within a picture that of `boxes`.

    Boxes of other pictures are not looked at.
    """
    corners = boxes[list(NUMBERS[:4])].to_numpy(float)
    by_photo = boxes.reset_index(drop=True).groupby("photo_id").indices
    none = np.zeros(0, int)
    marked = [corners[np.sort(by_photo.get(photo_id, none))] for photo_id in photos["photo_id"]]
    return to_table(list(photos["photo_id"]), [np.column_stack([each, np.ones(len(each))]) for each in marked])
