"""A table of joints: one row a photo and joint, as text in whichever separator and encoding."""

from pathlib import Path

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.people.joints import INDEX, JOINTS, UNMARKED, with_neck
from likeness.people.marks.joint_names import our_joints, unknown_joints
from likeness.people.marks.record import Marks, make_marks
from likeness.people.marks.scales import scores_of, unit_of
from likeness.photos.names import normal
from likeness.photos.text_tables import read_text_table

TABLE_COLUMNS = ("image", "joint", "x", "y", "visible")
VISIBLE = {0: 0.0, 1: 1.0, 2: 1.0}
YES, NO = ("yes", "y", "true", "t", "visible"), ("no", "n", "false", "f", "invisible")
EMPTY = ("", "nan", "na", "n/a", "none", "null")


def read_joint_table(path: Path) -> Marks:
    """Read a table with the columns image, joint, x, y, visible: one person a photo, every visible joint scores 1.

    visible: 1 or 0, yes or no, or scores from 0 to 1; where it is empty, a joint with a place is marked. A negative
    coordinate is absent, numbers may have a decimal comma. Raises LayoutError in one line that names the row.
    """
    table = read_text_table(path, TABLE_COLUMNS)
    if table.odd:
        raise LayoutError(f"{path}, row {table.odd[0]}: more or fewer cells than the header has; correct that row")
    rows = table.rows.apply(lambda column: column.str.strip())
    if rows.empty:
        raise LayoutError(f"{path}: no rows below its header; write one a photo and joint")
    if (blank := rows["image"] == "").any():
        raise _odd(path, rows.index[blank][0], "no image is named; write the photo's file name")
    joint = rows["joint"].map(our_joints(rows["joint"], path))
    x, y = (_numbers(rows[side], path) for side in ("x", "y"))
    placed = np.isfinite(x) & np.isfinite(y)
    scores, unsaid = _scores(rows["visible"], placed, path)
    marked = (scores > 0) & (x >= 0) & (y >= 0)  # False where a coordinate is missing
    names, owner = _photos(rows["image"])
    _refuse_two(rows.assign(joint=joint, x=x, y=y, owner=owner)[marked & (joint != "")], path)
    mine = np.flatnonzero(marked & (joint != ""))
    people = np.full((len(names), len(JOINTS), 3), UNMARKED)
    people[owner[mine], joint.iloc[mine].map(INDEX)] = np.column_stack([x, y, scores])[mine]
    unplaced, unknown = (scores > 0) & ~placed, unknown_joints(rows["joint"])
    left_out = {
        "joints that are visible without a place": int(unplaced.sum()),
        "joints whose visible is empty (taken as marked)": unsaid,
        f"joints of unknown name ({', '.join(unknown)})": int(rows["joint"].isin(unknown).sum()),
    }
    return make_marks(
        path,
        names,
        with_neck(people),
        np.arange(len(names)),
        unplaced=np.bincount(owner[unplaced], minlength=len(names)) > 0,
        unit=unit_of(people[..., :2].reshape(-1, 2)),
        left_out=left_out,
    )


def _photos(images: pd.Series) -> tuple[list[str], np.ndarray]:
    """Return the photos' names, sorted, and the position among them of each row."""
    owner, names = pd.factorize(images.map({name: normal(name) for name in images.unique()}), sort=True)
    return list(names), owner


def _scores(cells: pd.Series, placed: np.ndarray, path: Path) -> tuple[np.ndarray, int]:
    """Return each joint's score, and how many joints with a place have an empty cell: somebody marked those."""
    words = cells.str.lower()
    cells = cells.mask(words.isin(YES), "1").mask(words.isin(NO), "0")
    values, unsaid = _numbers(cells, path), words.isin(EMPTY).to_numpy()
    values = np.maximum(np.where(unsaid, placed.astype(float), values), 0)
    scores = scores_of(values, VISIBLE, lambda row: f"{path}, row {cells.index[row]}")
    return scores, int((unsaid & placed).sum())


def _numbers(cells: pd.Series, path: Path) -> np.ndarray:
    """Return a column's numbers, NaN for empty cells. Raises LayoutError, which names the row of a word."""
    empty, commas = cells.str.lower().isin(EMPTY), cells.str.contains(",", regex=False)
    if commas.any() and cells[commas].str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+").all():
        row = cells.index[commas][0]
        raise _odd(path, row, f"{cells.name} {cells[row]!r} may be a fraction or a thousand; write a decimal point")
    numbers = pd.to_numeric(cells.where(~commas, cells.str.replace(",", ".", regex=False)), errors="coerce")
    if (words := numbers.isna() & ~empty).any():
        row = cells.index[words][0]
        allowed = "1, 0, yes, no or a score from 0 to 1" if cells.name == "visible" else "a number of pixels"
        raise _odd(path, row, f"{cells.name} is {cells[row]!r}; write {allowed}")
    return numbers.to_numpy(dtype=float)


def _refuse_two(marked: pd.DataFrame, path: Path) -> None:
    """Raise LayoutError, which names the row, if a photo has a joint at two places: it would be two people's."""
    marked = marked.drop_duplicates(["owner", "joint", "x", "y"])
    if (twice := marked.duplicated(["owner", "joint"])).any():
        row = marked.index[twice][0]
        image, joint = marked.loc[row, ["image", "joint"]]
        raise _odd(path, row, f"{image!r} has another {joint}; a table holds one person a photo, COCO JSON several")


def _odd(path: Path, row: int, fault: str) -> LayoutError:
    return LayoutError(f"{path}, row {row}: {fault}")
