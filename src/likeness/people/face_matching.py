"""How faces that were found compare with those that were marked."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

BOX = ["x0", "y0", "x1", "y1"]
IOU = 0.5  # overlap from which a found face is a true one, as in PASCAL VOC and COCO's AP50


def match_faces(faces: pd.DataFrame, truth: pd.DataFrame, iou: float = IOU) -> pd.DataFrame:
    """Return what each face is: truth_row (row number in `truth`, -1 for none) and iou (its overlap, 0 for none).

    One to one within each picture: the surest face chooses first, the free true face that it overlaps most, if by at
    least `iou` (in (0, 1]), as in COCO's evaluation (Lin et al., 2014). Of equally sure faces the first one chooses
    first. The result has the index of `faces`.

    >>> box = {"photo_id": ["p"], "x0": [0], "y0": [0], "x1": [8], "y1": [8]}
    >>> match_faces(pd.DataFrame(box | {"score": [0.9], "x1": [6]}), pd.DataFrame(box)).to_numpy().tolist()
    [[0.0, 0.75]]
    """
    if not 0 < iou <= 1:
        raise ValueError(f"iou {iou} must be above 0 and at most 1")
    row, overlap = np.full(len(faces), -1), np.zeros(len(faces))
    found, marked = faces[BOX].to_numpy(float), truth[BOX].to_numpy(float)
    score, by_photo = faces["score"].to_numpy(float), truth.reset_index(drop=True).groupby("photo_id").indices
    for photo_id, here in faces.reset_index(drop=True).groupby("photo_id").indices.items():
        there = np.sort(by_photo.get(photo_id, np.zeros(0, int)))
        shared = box_iou(found[here], marked[there])
        for k in np.argsort(-score[here], kind="stable"):
            if len(there) and (best := int(shared[k].argmax())) >= 0 and shared[k, best] >= iou:
                row[here[k]], overlap[here[k]] = there[best], shared[k, best]
                shared[:, best] = -1.0  # taken
    return pd.DataFrame({"truth_row": row, "iou": overlap}, index=faces.index)


def identify(faces: pd.DataFrame, truth: pd.DataFrame, photos: pd.DataFrame) -> pd.Series:
    """Return the identity of each face, "" where unknown.

    A face that matches a marked one has its identity. Where a picture's folder says who is shown (identity in
    `photos`), its surest face has that identity: a second one is somebody else, or no face.
    """
    matched = match_faces(faces, truth)["truth_row"].to_numpy()
    names = np.append(truth["identity"].to_numpy(object), "")  # row -1 is nobody
    identity = pd.Series(names[matched], index=faces.index, dtype="str", name="identity")
    if "identity" not in photos or not len(faces):
        return identity
    of_folder = faces["photo_id"].map(dict(zip(photos["photo_id"], photos["identity"], strict=True))).fillna("")
    order = faces.assign(row=range(len(faces))).sort_values(["score", "row"], ascending=[False, True])
    is_surest = ~order["photo_id"].duplicated().reindex(faces.index)
    return identity.mask(is_surest & identity.eq("") & of_folder.ne(""), of_folder).astype("str")


def detection_counts(
    faces: pd.DataFrame, truth: pd.DataFrame, iou: float = IOU, photo_ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """Count, per picture, the true faces that were found, those that were missed, and what is no true face.

    A face marked as difficult is neither found nor missed, and what was found there is not false (PASCAL VOC).
    photo_ids: the pictures to count in, in this order; None takes those with a true or a found face, sorted.
    Returns photo_id, found, missed, false (int64); found + missed = true faces, found + false = faces.
    """
    ids = sorted({*faces["photo_id"], *truth["photo_id"]}) if photo_ids is None else list(photo_ids)
    faces, truth = without_difficult(faces, truth, iou)
    is_true = match_faces(faces, truth, iou)["truth_row"] >= 0
    found, false = (
        faces.loc[which, "photo_id"].value_counts().reindex(ids, fill_value=0).to_numpy(np.int64)
        for which in (is_true, ~is_true)
    )
    true = truth["photo_id"].value_counts().reindex(ids, fill_value=0).to_numpy(np.int64)
    return pd.DataFrame(
        {"photo_id": pd.Series(ids, dtype="str"), "found": found, "missed": true - found, "false": false}
    )


def without_difficult(faces: pd.DataFrame, truth: pd.DataFrame, iou: float = IOU) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables without the faces marked as difficult, and without all that was found there and nowhere else.

    truth: as of `FaceTruth.faces`; without a column difficult no face is. The other true faces are found first.
    """
    if "difficult" not in truth or not truth["difficult"].any():
        return faces, truth
    clear, difficult = truth[~truth["difficult"]].reset_index(drop=True), truth[truth["difficult"]]
    taken = (match_faces(faces, clear, iou)["truth_row"] >= 0).to_numpy()
    rows, boxes, there = faces.reset_index(drop=True).groupby("photo_id").indices, faces[BOX].to_numpy(float), ~taken
    for photo_id, hard in difficult.groupby("photo_id"):
        here = rows.get(photo_id, np.zeros(0, int))
        there[here] &= (box_iou(boxes[here], hard[BOX].to_numpy(float)) < iou).all(axis=1)
    return faces[taken | there].reset_index(drop=True), clear


def box_iou(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the intersection over union of boxes (n, 4) and (m, 4), x0, y0, x1, y1: (n, m) in [0, 1].

    >>> box_iou(np.array([[0, 0, 2, 2]]), np.array([[0, 0, 2, 1], [5, 5, 6, 6]])).tolist()
    [[0.5, 0.0]]
    """
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return shared / np.maximum(areas[0][:, None] + areas[1][None, :] - shared, np.finfo(float).tiny)
