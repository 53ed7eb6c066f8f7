"""What a search was asked, and what answered: the record that the page and the table are made of."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Found:
    """What was asked, and what answered.

    query: one row with photo_id, path (relative to `root`), sha256, width, height. faces: the query's, the surest
    first: crop_id, photo_id, x0, y0, x1, y1 [px], score; None where nobody looked. asked: the row of the face that
    asks, None for none. table: as `ranked_pictures` gives. crops: the faces of the study's pictures, None where it has
    none. pictures: how many could have answered. face_weight: in the combined view, else None. notes: what a reader
    should know, a sentence each.
    """

    study: str
    view: str
    network: str
    query: pd.DataFrame
    root: Path
    faces: pd.DataFrame | None
    asked: int | None
    table: pd.DataFrame
    crops: pd.DataFrame | None
    pictures: int
    face_weight: float | None
    notes: tuple[str, ...] = ()
