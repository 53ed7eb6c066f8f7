"""Tables of true faces that people bring: which picture each row means, and where in it the face is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.people.face_matching import BOX
from likeness.photos.names import Fits, fit_names, ignores_case
from likeness.photos.text_tables import read_text_table
from likeness.photos.voc.boxes import as_boxes, meaning_of

COLUMNS = ["image", "identity", *BOX]
ENOUGH = 0.5  # of a table's names fit pictures, or of the pictures are named, or the two do not belong together
NAMED = 3  # names that fit nothing are listed up to here


def read_face_table(
    path: Path, ids: Mapping[str, str], photos: pd.DataFrame
) -> tuple[pd.DataFrame, set[str], list[str]]:
    """Return the marks on `photos`, the photo_ids of all pictures that the table names, and how it was read.

    path: a table of COLUMNS, see `face_truth.face_truth`. ids: {path: photo_id} of the pictures, of byte copies that of
    the picture kept, "" where a picture is known but not used. photos: photo_id, path, width, height [px].
    The marks: photo_id, x0, y0, x1, y1 [px, within the picture], identity, difficult (False).
    Raises LayoutError naming the file, and the row, of a table that cannot be read, a name that fits several pictures
    or a mark that cannot be; or where less than ENOUGH of the names fit, and of the pictures are named.
    """
    table, odd, how = read_text_table(path, COLUMNS)
    if odd:
        raise LayoutError(f"{path}, row {odd[0]}: has more or fewer cells than the header; correct that row")
    table = table.apply(lambda column: column.str.normalize("NFC").str.strip())
    names = list(dict.fromkeys(table["image"]))
    fits = fit_names(names, list(ids), ignore_case=ignores_case(path.parent))
    by_name = _photo_ids(names, fits, ids, path)
    table["photo_id"] = pd.Series([by_name.get(name, "") for name in table["image"]], table.index, "str")
    looked = set(table["photo_id"]) - {""}
    named = len(looked) / max(len(photos), 1)
    said = f"has {len(table):,} rows and {_check_names(names, fits, named, next(iter(ids), 'nowhere'), path)}"
    marks, how_read = _marks(table, photos, path)
    return marks, looked, [f"the table {path.name}{f' ({how})' if how else ''} {said}", *how_read]


def _photo_ids(names: Sequence[str], fits: Fits, ids: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return {name: photo_id} of the names that fit. Raises LayoutError if one fits several pictures."""
    paths = list(ids)
    found = {}
    for name, rows in zip(names, fits.rows, strict=True):
        pictures = {ids[paths[row]] or paths[row]: ids[paths[row]] for row in rows}  # a byte copy is no other picture
        if len(pictures) > 1:
            raise LayoutError(f"{path}: {name!r} fits several pictures; give more of its path, as folder/name")
        found |= dict.fromkeys([name] if pictures else [], *pictures.values())
    return found


def _check_names(names: Sequence[str], fits: Fits, named: float, picture: str, path: Path) -> str:
    """Return how many of the names fit, and some that do not. named: the share of the pictures that is."""
    lost = [name for name, rows in zip(names, fits.rows, strict=True) if not rows]
    said = f"names {len(names):,} pictures, {len(names) - len(lost):,} of which are here"
    if names and max(1 - len(lost) / len(names), named) < ENOUGH:
        near = f"; {lost[0]!r} differs in case only from {fits.near[lost[0]]!r}" if lost[0] in fits.near else ""
        raise LayoutError(
            f"{path}: {said}: it has {lost[0]!r}, one is {picture!r}{near}; bring the table of these pictures"
        )
    some = ", ".join(map(repr, lost[:NAMED])) + (", ..." if len(lost) > NAMED else "")
    return f"{said} (not: {some})" if lost else said


def _marks(table: pd.DataFrame, photos: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[str]]:
    """Return the faces that a table marks on `photos`, and how its numbers were read. table: also photo_id."""
    is_empty = (table[[*BOX, "identity"]] == "").all(axis=1)
    numbers = table[BOX].apply(pd.to_numeric, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers).all(axis=1) & ~is_empty | table["image"].eq("")
    if bad.any():
        row = bad.idxmax()
        cells = ", ".join(table.loc[row, BOX])
        raise LayoutError(f"{path}, row {row}: {cells} is no box of a picture; give its name and four numbers in px")
    rows = pd.Index(photos["photo_id"]).get_indexer(table["photo_id"])
    here = ~is_empty.to_numpy() & (rows >= 0)
    marks, sizes = table[here].copy(), photos[["width", "height"]].to_numpy(float)[rows[here]]
    meaning = meaning_of(numbers[here].to_numpy(), sizes)
    boxes, faults = as_boxes(numbers[here].to_numpy(), sizes, meaning)
    for row, image, fault in zip(marks.index, marks["image"], faults, strict=True):
        if fault or meaning.doubt:
            raise LayoutError(f"{path}, row {row}: {image}: {fault or meaning.doubt}; mark it again")
    marks[BOX] = boxes
    said = ["numbers in 0..1 are shares of the picture"] * meaning.shares
    said += ["the last two numbers are width and height"] * meaning.sizes
    return marks.assign(difficult=False), said
