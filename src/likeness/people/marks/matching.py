"""Which photo each name in a file of marks means."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.people.marks.record import Marks
from likeness.photos.names import Fits, fit_names, ignores_case

# Of the shorter of the two lists, names in the file and photos: a file may name a whole data set of which few photos
# are here, or some of the photos that are; where most of neither is in the other, they are not of one collection.
FOUND = 0.5


def rows_of(marks: Marks, photos: pd.DataFrame, root: Path) -> tuple[np.ndarray, list[str]]:
    """Return the row in `marks` of each photo, (photos,) int, -1 for none, and the names that are no photo's.

    The longest name that fits a photo is its own: "b/1.jpg" before "1.jpg". Where no name fits, the one from before
    Roboflow counts. Raises LayoutError if a name fits several photos, if there is no name, or if less than FOUND fit.
    """
    if not marks.names:
        raise LayoutError(f"{marks.file}: names no photo; bring the file that names them")
    paths = list(photos["path"])
    ignore = bool(paths) and ignores_case((Path(root) / paths[0]).parent)
    fits = fit_names(marks.names, paths, ignore_case=ignore)
    rows = np.full(len(paths), -1)
    for row, positions in enumerate(fits.rows):
        for k in positions:
            if rows[k] < 0 or _length(marks.names[row]) > _length(marks.names[rows[k]]):
                rows[k] = row
    for row, k in _by_other_name(marks, rows, paths, ignore).items():
        rows[k] = row
    if twice := sorted(row for row, count in Counter(rows[rows >= 0].tolist()).items() if count > 1):
        raise LayoutError(
            f"{marks.file}: {marks.names[twice[0]]!r} fits several photos; name photos by their path below the photos' "
            "folder"
        )
    used = set(rows.tolist())
    strangers = [name for row, name in enumerate(marks.names) if row not in used]
    _check(marks, rows, paths, strangers, fits)
    return rows, strangers


def _length(name: str) -> tuple[int, int]:
    return name.count("/"), len(name)


def _by_other_name(marks: Marks, rows: np.ndarray, paths: list[str], ignore: bool) -> dict[int, int]:
    """Return {row in marks: photo} of the names that fit no photo, by their second name, where that is one's alone."""
    used, counts = set(rows.tolist()), Counter(marks.others)
    waiting = [row for row, other in enumerate(marks.others) if other and row not in used and counts[other] == 1]
    fits = fit_names([marks.others[row] for row in waiting], paths, ignore_case=ignore).rows if waiting else []
    return {row: k[0] for row, k in zip(waiting, fits, strict=True) if len(k) == 1 and rows[k[0]] < 0}


def _check(marks: Marks, rows: np.ndarray, paths: list[str], strangers: list[str], fits: Fits) -> None:
    found = np.count_nonzero(rows >= 0)
    if found >= FOUND * min(len(marks.names), len(paths)):
        return
    name = next(iter(fits.near), strangers[0])
    photo = fits.near.get(name, paths[int(np.flatnonzero(rows < 0)[0])])
    case = ", which differs in case only" if name in fits.near else ""
    raise LayoutError(
        f"{marks.file}: {found} of {len(marks.names)} names fit one of the photos here ({len(paths)}): it has "
        f"{name!r}, a photo is {photo!r}{case}; name photos by their path below the photos' folder"
    )
