"""Grids of faces in pictures: both croppings drawn over the picture, the crops, and pictures without a face.

Titles and artists are strangers' words: escaped, shortened, and set apart from the direction of our own text.
"""

import pandas as pd

from likeness.report.faces.thumbnails_faces import FaceThumbnails, is_known, picture_caption
from likeness.report.grids import Cell, grid, spread_over
from likeness.report.html_text import Html, counted, is_missing
from likeness.report.thumbnails import jpeg_uri

MOST, MOST_CROPS = 12, 24  # pictures, and faces cut out, that a grid shows


def boxes_grid(thumbs: FaceThumbnails, crops: pd.DataFrame) -> Html:
    """Return pictures with what is cut from them: a solid box a face, a dashed box around all faces of the picture.

    crops: photo_id, kind ("each" or "all"), x0, y0, x1, y1 [px of the upright picture]. Half of those shown have
    several faces, as far as there are such: only there do the two croppings differ.
    """
    each, around = crops[crops["kind"] == "each"], crops[crops["kind"] == "all"]
    counts = each.groupby("photo_id", sort=False).size()
    several, single = list(counts[counts > 1].index), list(counts[counts == 1].index)
    shown = spread_over(several, max(MOST // 2, MOST - len(single)))
    shown += spread_over(single, MOST - len(shown))
    cells = []
    for photo in shown:
        boxed = thumbs.boxed(photo, each[each["photo_id"] == photo], around[around["photo_id"] == photo])
        words = counted(int(counts[photo]), "face")
        cells.append(Cell(jpeg_uri(boxed), f"{words}: {thumbs.name(photo)}", picture_caption(thumbs.row(photo), words)))
    caption = (
        f"What is cut from {len(cells)} of {counted(len(counts), 'picture')} with a face: a solid box for each face, a "
        f"dashed box around all faces, both with the margin."
    )
    return grid(cells, caption, "No picture has a face.")


def crops_grid(thumbs: FaceThumbnails, crops: pd.DataFrame, faces: pd.DataFrame) -> Html:
    """Return the crops of single faces, spread evenly over the table, with score and, where known, who is shown.

    crops: crop_id, kind, face_id. faces: face_id, score, identity ("" unknown).
    """
    each = crops[crops["kind"] == "each"]
    of_face = faces.set_index("face_id")
    shown = spread_over(list(zip(each["crop_id"], each["face_id"], strict=True)), MOST_CROPS)
    cells = [_crop_cell(thumbs, crop, of_face.loc[face]) for crop, face in shown]
    left = f", {len(shown)} of them shown" if len(shown) < len(each) else ""
    caption = f"{counted(len(each), 'face')} cut out{left}: what the face view is given"
    return grid(cells, caption, "No face was cut out.")


def _crop_cell(thumbs: FaceThumbnails, crop_id: str, face: pd.Series) -> Cell:
    score = f"score {face['score']:.3f}"
    who = str(face["identity"]) if is_known(face["identity"]) else ""
    row = {"title": who, "path": ""} if who else thumbs.row(thumbs.crop(crop_id)["photo_id"])
    return Cell(thumbs.uri(crop_id), f"face, {score}: {who or thumbs.name(crop_id)}", picture_caption(row, score))


def faceless_grid(thumbs: FaceThumbnails, photos: pd.DataFrame) -> Html:
    """Return the pictures without a face and how many they are: they are kept, and only the general view sees them.

    photos: photo_id, faces (number), face_score (of the surest candidate, NaN where there was none).
    """
    faceless = photos[photos["faces"] == 0]
    shown = spread_over(faceless.to_dict("records"), MOST)
    cells = []
    for row in shown:
        sure = "no candidate" if is_missing(row["face_score"]) else f"surest candidate {row['face_score']:.2f}"
        alt = f"no face found, {sure}: {thumbs.name(row['photo_id'])}"
        cells.append(Cell(thumbs.uri(row["photo_id"]), alt, picture_caption(thumbs.row(row["photo_id"]), sure)))
    left = f", {len(shown)} of them shown" if len(shown) < len(faceless) else ""
    caption = (
        f"No face was found in {len(faceless):,} of {counted(len(photos), 'picture')}{left}; they are kept and "
        f"flagged: the general view sees them, the face view cannot."
    )
    return grid(cells, caption, f"A face was found in each of the {len(photos)} pictures.")
