"""Who is shown where: marked faces, and on which pictures anybody looked for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from likeness.people.face_matching import BOX
from likeness.people.face_tables import read_face_table
from likeness.photos.manifest import relative_path
from likeness.photos.readers import PHOTO_SUFFIXES

if TYPE_CHECKING:
    from likeness.photos.collections import Collection
    from likeness.photos.voc.reader import Voc

TRUTH_TYPES = {"photo_id": "str", **dict.fromkeys(BOX, "float64"), "identity": "str", "difficult": "bool"}
TABLE = "faces.csv"


class FaceTruth(NamedTuple):
    """What is known of the faces.

    faces: photo_id, x0, y0, x1, y1 [px of the upright picture], identity ("" unknown), difficult, in the order of the
    photos. annotated: bool, in their order: whether somebody looked for faces; of the others nothing is known.
    said: how the marks were read, parts of a sentence.
    """

    faces: pd.DataFrame
    annotated: pd.Series
    said: list[str]


def face_truth(
    photos: pd.DataFrame,
    root: Path,
    *,
    folder: Path | None = None,
    marked: "Collection | Voc | None" = None,
    quarantine: pd.DataFrame | None = None,
) -> FaceTruth:
    """Return the true faces of pictures.

    folder: a table faces.csv (or the folder that holds it) with the columns image (file name, or the end of the path,
    with or without suffix), identity, x0, y0, x1, y1 [px of the upright picture, from 0; all in 0..1: shares of it]; a
    row with an image alone: somebody looked, and there is no face. "" or None for no table.
    marked: the whole collection, as its reader gave it: where there is no table its boxes are faces of unknown identity
    on the pictures with an annotation. Marks are cut at the picture's edge.
    photos: photo_id, path (relative to `root`), width, height. Marks of pictures that are not among them are left out:
    they may be in quarantine, or not taken. quarantine: as the manifest made it; marks of a byte copy belong to the
    picture kept.
    Raises LayoutError where the table cannot be read, has a mark that cannot be, or does not belong to the pictures.
    """
    ids = _ids(photos, quarantine, root, marked)
    if folder is not None and str(folder) not in ("", "."):
        path = Path(folder) / TABLE if Path(folder).is_dir() else Path(folder)
        marks, looked, said = read_face_table(path, ids, photos)
    else:
        marks, looked, said = _read_boxes(marked, ids, root)
    marks = marks[marks["photo_id"].isin(photos["photo_id"])].drop_duplicates(["photo_id", *BOX, "identity"])
    rows = pd.Index(photos["photo_id"]).get_indexer(marks["photo_id"])
    ordered = marks.iloc[np.argsort(rows, kind="stable")][list(TRUTH_TYPES)].astype(TRUTH_TYPES)
    return FaceTruth(ordered.reset_index(drop=True), photos["photo_id"].isin(looked).rename("annotated"), said)


def table_in(folder: Path) -> Path | None:
    """Return the table of true faces in a folder, or the table itself; None where there is none."""
    return next((path for path in (folder, folder / TABLE) if path.is_file()), None)


def _ids(
    photos: pd.DataFrame, quarantine: pd.DataFrame | None, root: Path, marked: "Collection | Voc | None"
) -> dict[str, str]:
    """Return {path: photo_id} of the photos and of their byte copies, "" for all other pictures that are known."""
    others = [] if marked is None else [*marked.found["path"], *filter(_is_picture, marked.left_out["path"])]
    ids = {relative_path(path, root): "" for path in others} | dict(
        zip(photos["path"], photos["photo_id"], strict=True)
    )
    if quarantine is not None:
        for path, reason, kept in zip(*(quarantine[name] for name in ("path", "reason", "detail")), strict=True):
            ids[path] = ids.get(kept, "") if reason == "exact-duplicate" else ""
    return ids


def _is_picture(path: str) -> bool:
    return Path(path).suffix.lower() in PHOTO_SUFFIXES and Path(path).is_file()


def _read_boxes(
    marked: "Collection | Voc | None", ids: Mapping[str, str], root: Path
) -> tuple[pd.DataFrame, set[str], list[str]]:
    """Return the marks of annotations, with the photo_id that each belongs to, as `read_face_table` does."""
    if marked is None:
        return pd.DataFrame(columns=list(TRUTH_TYPES)), set(), []
    known = {path: ids.get(relative_path(path, root), "") for path in marked.found["path"]}
    looked = {known[path] for path in marked.found.loc[marked.found["annotation"] != "", "path"]} - {""}
    return marked.boxes.assign(photo_id=marked.boxes["path"].map(known), identity=""), looked, []
