"""What a file of marks says, before it is put on photos."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from likeness.people.joints import JOINTS
from likeness.people.marks.scales import PIXELS, in_one_pixel


class Marks(NamedTuple):
    """Everything that a file (or folder) of marks says.

    file: for messages. names: of its photos, each once, as `photos.names.normal` writes them. others: a second name of
    each, "" for none (Roboflow renames pictures). sizes: (photos, 2) width and height [px] of the picture that was
    marked, NaN where the file does not say. people: (k, 18, 3) x, y, score, in the file's order, x and y in `unit`
    (see `scales.unit_of`) and NaN where unmarked. owner: (k,) row in `names` of each. unplaced: (photos,) bool, True
    where somebody is marked without joints. left_out: {what was not read: how many}.
    """

    file: Path
    names: list[str]
    others: list[str]
    sizes: np.ndarray
    people: np.ndarray
    owner: np.ndarray
    unplaced: np.ndarray
    unit: str = PIXELS
    left_out: dict[str, int] = {}  # noqa: RUF012 - never written to

    def of(self, row: int) -> np.ndarray:
        """Return the people of one photo that show a joint: (n, 18, 3) in the file's order.

        >>> two = np.ones((2, 18, 3))
        >>> marks = Marks(Path("k.json"), ["a"], [""], np.ones((1, 2)), two, np.array([0, 0]), np.array([False]))
        >>> len(marks.of(0))
        2
        """
        start, end = np.searchsorted(self.owner, [row, row + 1])
        people = self.people[start:end]
        return people[people[..., 2].any(axis=1)]


def make_marks(
    file: Path,
    names: list[str],
    people: np.ndarray,
    owner: np.ndarray,
    *,
    others: list[str] | None = None,
    sizes: np.ndarray | None = None,
    unplaced: np.ndarray | None = None,
    unit: str = PIXELS,
    left_out: dict[str, int] | None = None,
) -> Marks:
    """Return the record, people ordered by photo; what is not given is unknown.

    People who cannot be in px where the file's others are are left out and counted.
    """
    count, left_out = len(names), dict(left_out or {})
    unplaced = np.zeros(count, bool) if unplaced is None else unplaced
    if unit == PIXELS and (odd := in_one_pixel(people)).any():
        left_out["people within one pixel (marked in another unit)"] = int(odd.sum())
        unplaced[owner[odd]] = True
        people, owner = people[~odd], owner[~odd]
    order = np.argsort(owner, kind="stable")
    return Marks(
        Path(file),
        names,
        others or [""] * count,
        np.full((count, 2), np.nan) if sizes is None else sizes,
        people[order].reshape(-1, len(JOINTS), 3),
        owner[order],
        unplaced,
        unit,
        {what: number for what, number in left_out.items() if number},
    )
