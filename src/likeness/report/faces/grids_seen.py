"""What a network is given of a picture and of the faces in it: squashed to a square, as large as it sees them."""

from pathlib import Path

import pandas as pd
from PIL import Image

from likeness.features.extract import load_image
from likeness.features.face_features import aligned_rendering, crop_rendering, crop_rows
from likeness.features.renderings import PHOTO, Rendering
from likeness.report.faces.thumbnails_faces import picture_name
from likeness.report.grids import Cell, row_grid, spread_over
from likeness.report.html_text import Html, counted
from likeness.report.thumbnails import jpeg_uri

SHOWN = 144  # px of a picture in the page; fewer are enlarged without smoothing
MOST, MOST_FACES = 5, 3  # pictures, and faces of each


def seen_grid(photos: pd.DataFrame, crops: pd.DataFrame, root: Path, image_size: int, align: str = "box") -> Html:
    """Return a row a picture: the whole picture, the box around all its faces, and its faces, as a network sees them.

    photos: photo_id, path, sha256, width, height; title and artist where known. crops: photo_id, kind, x0, y0, x1, y1.
    image_size: px that they are squashed to. align: of each face, "landmarks" or "box". Pictures with several faces go
    first: up to half of those shown.
    """
    each, everyone = (crops[crops["kind"] == kind] for kind in ("each", "all"))
    counts = each.groupby("photo_id").size().reindex(photos["photo_id"], fill_value=0)
    several, single = list(counts[counts > 1].index), list(counts[counts == 1].index)
    chosen = spread_over(several, MOST // 2)
    chosen += spread_over(single, MOST - len(chosen))
    rows, shown = [], aligned_rendering("portrait") if align == "landmarks" else crop_rendering()
    for photo_id in chosen:
        picture = photos[photos["photo_id"] == photo_id]
        around = crop_rows(everyone[everyone["photo_id"] == photo_id], picture)
        faces = crop_rows(each[each["photo_id"] == photo_id].head(MOST_FACES), picture)
        given = [("general", picture, PHOTO), ("faces", around, crop_rendering()), ("face", faces, shown)]
        rows.append([_cell(row, root, name, rendering, image_size) for name, table, rendering in given
                     for _, row in table.iterrows()])  # fmt: skip
    caption = (
        f"What the network is given of {counted(len(rows), 'picture')}, {image_size} x {image_size} px: the whole "
        f"picture (general), the box around all faces (faces), and each face (face)."
    )
    return row_grid(rows, caption, "No picture has a face.")


def _cell(row: pd.Series, root: Path, name: str, rendering: Rendering, image_size: int) -> Cell:
    image = Image.fromarray(load_image(row, root, rendering, image_size))
    image = image.resize((SHOWN, SHOWN), Image.Resampling.NEAREST if image_size <= SHOWN else Image.Resampling.LANCZOS)
    return Cell(jpeg_uri(image), f"{name} view of {picture_name(row)}", name)
