"""Grids of detected faces: true boxes dashed, found ones solid, so that a miss is seen at once."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from PIL import Image, ImageColor, ImageDraw

from likeness.people.face_matching import BOX, detection_counts
from likeness.report.grids import Cell, grid, row_grid
from likeness.report.html_text import Html, counted
from likeness.report.palette import BLUE, ORANGE
from likeness.report.thumbnails import Thumbnails, jpeg_uri

TRUE, FOUND = ORANGE, BLUE
DASH, GAP = 5, 4  # px
MOST = 12  # pictures with a mistake that are shown
LEGEND = "Dashed, orange: marked by hand; solid, blue: found."


def overlay_boxes(image: Image.Image, boxes: np.ndarray, colour: str, *, dashed: bool = False) -> Image.Image:
    """Return a copy with boxes (n, 4) [px of the image] drawn over it, on a pale rim to stand out anywhere."""
    image = image.copy()
    pen = ImageDraw.Draw(image)
    for box in np.asarray(boxes, float).reshape(-1, 4):
        x0, y0, x1, y1 = np.rint(box).astype(int).tolist()
        x1, y1 = min(x1, image.width) - 1, min(y1, image.height) - 1
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            for piece in _pieces(start, end) if dashed else [(start, end)]:
                pen.line(piece, fill="white", width=4)
                pen.line(piece, fill=ImageColor.getrgb(colour), width=2)
    return image


def _pieces(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the dashes of a level or upright line."""
    long = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    at = [tuple(int(a + (b - a) * min(k, long) / max(long, 1)) for a, b in zip(start, end, strict=True))
          for first in range(0, long + 1, DASH + GAP) for k in (first, first + DASH)]  # fmt: skip
    return list(zip(at[::2], at[1::2], strict=True))


def marked_grid(thumbs: Thumbnails, truth: pd.DataFrame, photo_ids: Iterable[str]) -> Html:
    """Return pictures with the faces that were marked on them. truth: photo_id, x0, y0, x1, y1 [px]."""
    cells = []
    for photo_id in photo_ids:
        image, boxes = _scaled(thumbs, photo_id, truth)
        said = f"{counted(len(boxes), 'face')} marked"
        drawn = overlay_boxes(image, boxes, TRUE, dashed=True)
        cells.append(Cell(jpeg_uri(drawn), f"{thumbs.name(photo_id)}, {said}", said))
    return grid(cells, empty="No pictures to show.")


def _scaled(thumbs: Thumbnails, photo_id: str, table: pd.DataFrame) -> tuple[Image.Image, np.ndarray]:
    """Return a picture's thumbnail and its boxes (n, 4) in px of the thumbnail."""
    row, image = thumbs.row(photo_id), thumbs.image(photo_id)
    scale = np.array([image.width / row["width"], image.height / row["height"]] * 2)
    return image, table.loc[table["photo_id"] == photo_id, BOX].to_numpy(float) * scale


def found_cell(thumbs: Thumbnails, photo_id: str, truth: pd.DataFrame, faces: pd.DataFrame, named: str = "") -> Cell:
    """Return a picture with its true and its found faces; the caption counts what was found, missed and false."""
    (image, true), (_, found) = (_scaled(thumbs, photo_id, table) for table in (truth, faces))
    image = overlay_boxes(overlay_boxes(image, found, FOUND), true, TRUE, dashed=True)
    counts = detection_counts(faces, truth, photo_ids=[photo_id]).iloc[0]
    said = f"{counts['found']} of {counted(counts['found'] + counts['missed'], 'face')} found"
    said += f", {counts['false']} false" if counts["false"] else ""
    by = f"{named}: " if named else ""
    perfect = bool(counts["missed"] == 0 and counts["false"] == 0)
    return Cell(jpeg_uri(image), f"{thumbs.name(photo_id)}, {by}{said}", f"{by}{said}", right=perfect)


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
