"""Grids of detected faces: true boxes dashed, found ones solid, so that a miss is seen at once."""

from collections.abc import Iterable, Mapping

import pandas as pd

from likeness.people.face_matching import detection_counts
from likeness.report.grids import Cell, grid, row_grid
from likeness.report.html_text import Html, counted
from likeness.report.thumbnails import Thumbnails, jpeg_uri

MOST = 12  # pictures with a mistake that are shown
LEGEND = "Dashed, blue: marked by hand; solid, orange: found."


def marked_grid(thumbs: Thumbnails, truth: pd.DataFrame, photo_ids: Iterable[str]) -> Html:
    """Return pictures with the faces that were marked on them. truth: photo_id, x0, y0, x1, y1 [px]."""
    cells = []
    for photo_id in photo_ids:
        marked = truth[truth["photo_id"] == photo_id]
        said = f"{counted(len(marked), 'face')} marked"
        uri = jpeg_uri(thumbs.boxed(photo_id, marked.head(0), marked))
        cells.append(Cell(uri, f"{thumbs.name(photo_id)}, {said}", said))
    return grid(cells, empty="No pictures to show.")


def found_cell(thumbs: Thumbnails, photo_id: str, truth: pd.DataFrame, faces: pd.DataFrame, named: str = "") -> Cell:
    """Return a picture with its true and its found faces; the caption counts what was found, missed and false."""
    found, true = (table[table["photo_id"] == photo_id] for table in (faces, truth))
    counts = detection_counts(faces, truth, photo_ids=[photo_id]).iloc[0]
    said = f"{named}: " if named else ""
    said += f"{counts['found']} of {counted(counts['found'] + counts['missed'], 'face')} found"
    said += f", {counts['false']} false" if counts["false"] else ""
    perfect = bool(counts["missed"] == 0 and counts["false"] == 0)
    return Cell(jpeg_uri(thumbs.boxed(photo_id, found, true)), f"{thumbs.name(photo_id)}, {said}", said, right=perfect)


def miss_grid(thumbs: Thumbnails, truth: pd.DataFrame, faces: pd.DataFrame) -> Html:
    """Return the pictures of `thumbs` with a face that was missed, or falsely found, the most mistakes first.

    truth: photo_id, x0, y0, x1, y1 [px]. faces: a detector's faces table, those that count.
    """
    ids = list(thumbs.photos["photo_id"])
    counts = detection_counts(faces, truth, photo_ids=ids)
    counts["wrong"] = counts["missed"] + counts["false"]
    wrong = counts[counts["wrong"] > 0].sort_values(["wrong", "missed"], ascending=False, kind="stable")
    cells = [found_cell(thumbs, photo_id, truth, faces) for photo_id in wrong["photo_id"].head(MOST)]
    more = f", the {MOST} with the most shown" if len(wrong) > MOST else ""
    caption = f"{counted(len(wrong), 'picture')} of {len(ids)} with a mistake{more}. {LEGEND}"
    return grid(cells, caption, f"No mistake on {counted(len(ids), 'picture')}.")


def detector_grid(
    thumbs: Thumbnails, truth: pd.DataFrame, faces: Mapping[str, pd.DataFrame], photo_ids: Iterable[str]
) -> Html:
    """Return one row a detector, the same pictures below each other. faces: {detector: its faces that count}."""
    photo_ids = list(photo_ids)
    rows = [[found_cell(thumbs, photo_id, truth, table, detector) for photo_id in photo_ids]
            for detector, table in faces.items()]  # fmt: skip
    caption = f"The same {counted(len(photo_ids), 'picture')}, one row a detector. {LEGEND}"
    return row_grid(rows if photo_ids else [], caption, "No pictures to show.")
