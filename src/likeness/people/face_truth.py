"""Who is shown where: marked faces, and how faces that were found compare with them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.manifest import relative_path
from likeness.photos.readers import read_columns

BOX = ["x0", "y0", "x1", "y1"]
TRUTH_TYPES = {"photo_id": "str", **dict.fromkeys(BOX, "float64"), "identity": "str"}
TABLE = "faces.csv"
IOU = 0.5  # overlap from which a found face is a true one, as in PASCAL VOC and COCO's AP50


def face_truth(
    photos: pd.DataFrame,
    root: Path,
    *,
    folder: Path | None = None,
    boxes: pd.DataFrame | None = None,
    quarantine: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the truth table: photo_id, x0, y0, x1, y1 [px], identity ("" unknown), in the order of `photos`.

    folder: a table faces.csv (or the folder that holds it) with the columns image (file name, or the end of the path),
    identity, x0, y0, x1, y1 [px of the upright picture, from 0]; "" or None for no table.
    boxes: as `photos.collections.Collection.boxes`, path as the reader gave it: faces of unknown identity. Boxes of
    `folder` go first; without both the table is empty. Marks are cut at the picture's edge.
    photos: photo_id, path (relative to `root`), width, height. Marks of pictures that are not among them are left out:
    they may be in quarantine. quarantine: as the manifest made it; marks of a byte copy belong to the picture kept.
    Raises LayoutError where the table cannot be read, fits none of the photos, or has a mark that cannot be.
    """
    ids = _ids(photos, quarantine)
    if folder is not None and str(folder) not in ("", "."):
        marks = _read_table(Path(folder), ids)
    elif boxes is not None and len(boxes):
        known = {path: ids.get(relative_path(path, root), "") for path in boxes["path"].unique()}
        marks = boxes.assign(photo_id=boxes["path"].map(known), identity="")
    else:
        marks = pd.DataFrame(columns=list(TRUTH_TYPES))
    marks = marks[marks["photo_id"].isin(photos["photo_id"])].drop_duplicates(["photo_id", *BOX, "identity"])
    return _in_order(marks, photos)


def table_in(folder: Path) -> Path | None:
    """Return the table of true faces in a folder, None where there is none."""
    return folder / TABLE if (folder / TABLE).is_file() else None


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

    photo_ids: the pictures to count in, in this order; None takes those with a true or a found face, sorted.
    Returns photo_id, found, missed, false (int64); found + missed = true faces, found + false = faces.
    """
    ids = sorted({*faces["photo_id"], *truth["photo_id"]}) if photo_ids is None else list(photo_ids)
    is_true = match_faces(faces, truth, iou)["truth_row"] >= 0
    found, false = (
        faces.loc[which, "photo_id"].value_counts().reindex(ids, fill_value=0).to_numpy(np.int64)
        for which in (is_true, ~is_true)
    )
    true = truth["photo_id"].value_counts().reindex(ids, fill_value=0).to_numpy(np.int64)
    return pd.DataFrame(
        {"photo_id": pd.Series(ids, dtype="str"), "found": found, "missed": true - found, "false": false}
    )


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


def _ids(photos: pd.DataFrame, quarantine: pd.DataFrame | None) -> dict[str, str]:
    """Return {path: photo_id} of the photos, and of their byte copies in quarantine."""
    ids = dict(zip(photos["path"], photos["photo_id"], strict=True))
    if quarantine is not None:
        copies = quarantine[quarantine["reason"] == "exact-duplicate"]
        ids |= {path: ids[kept] for path, kept in zip(copies["path"], copies["detail"], strict=True) if kept in ids}
    return ids


def _read_table(path: Path, ids: dict[str, str]) -> pd.DataFrame:
    """Return the marks of faces.csv with the photo_id that each belongs to, "" for none. ids: {path: photo_id}."""
    path = path / TABLE if path.is_dir() else path
    table = read_columns(path, ["image", "identity", *BOX])
    numbers = table[BOX].apply(pd.to_numeric, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers).all(axis=1)
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise LayoutError(f"{path}, row {row + 2}: {', '.join(table.loc[row, BOX])} is no box; give four numbers in px")
    by_name = _by_ending(ids, set(table["image"]), path)
    if len(table) and not by_name:
        picture = next(iter(ids), "nowhere")
        raise LayoutError(f"{path}: names none of the pictures; it has {table['image'].iloc[0]!r}, one is {picture!r}")
    return numbers.assign(photo_id=table["image"].map(by_name).fillna(""), identity=table["identity"])


def _by_ending(ids: dict[str, str], names: set[str], path: Path) -> dict[str, str]:
    """Return {name: photo_id} of the pictures whose path ends in that name. LayoutError if a name fits several."""
    found: dict[str, str] = {}
    for picture, photo_id in ids.items():
        parts = picture.split("/")
        for name in ("/".join(parts[start:]) for start in range(len(parts))):
            if name in names and found.setdefault(name, photo_id) != photo_id:
                raise LayoutError(f"{path}: {name!r} fits several pictures; give more of its path, as folder/name")
    return found


def _in_order(marks: pd.DataFrame, photos: pd.DataFrame) -> pd.DataFrame:
    """Return marks in the order of `photos`, cut at the pictures' edges. LayoutError if nothing of one is left."""
    rows = pd.Index(photos["photo_id"]).get_indexer(marks["photo_id"])
    marks = marks.iloc[np.argsort(rows, kind="stable")]
    size = photos[["width", "height"]].to_numpy(float)[np.sort(rows)]
    corners = np.clip(marks[BOX].to_numpy(float), 0, np.tile(size, 2)) if len(marks) else np.zeros((0, 4))
    if len(bad := np.flatnonzero((corners[:, 2:] <= corners[:, :2]).any(axis=1))):
        photo = photos.iloc[np.sort(rows)[bad[0]]]
        mark = ", ".join(f"{number:g}" for number in marks[BOX].to_numpy(float)[bad[0]])
        raise LayoutError(f"{photo['path']}: nothing of the marked face {mark} lies in the picture; mark it again")
    truth = pd.DataFrame(corners, columns=BOX).assign(
        photo_id=marks["photo_id"].to_numpy(), identity=marks["identity"].to_numpy()
    )
    return truth[list(TRUTH_TYPES)].astype(TRUTH_TYPES)
