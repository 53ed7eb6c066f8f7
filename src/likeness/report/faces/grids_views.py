"""Nearest neighbours of the same faces under each view: one block a query, one row a view."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from likeness.report.faces.thumbnails_faces import FaceThumbnails, is_known, picture_caption
from likeness.report.grids import Cell, row_grid
from likeness.report.html_text import Html, is_missing, note, stack, text
from likeness.report.thumbnails import jpeg_uri

SEES = {
    "general": "the whole picture",
    "face": "the face alone",
    "faces": "the box around all faces",
    "combined": "face and whole picture",
}


def views_grid(
    ranked: pd.DataFrame,
    thumbs: FaceThumbnails,
    identities: Mapping[str, str] | None = None,
    top: int = 5,
    most: int = 6,
    caption: Any = None,
) -> Html:
    """Return per query a block, with a row a view: what the view is given of the query, then its nearest pictures.

    ranked: query (face_id), view, rank (from 1), photo_id, value (similarity, larger = more alike), right (True, False,
    or missing where the identity is unknown), and optionally face_id ("" for none): the face of that picture that was
    the most alike, whose box is drawn; as `ranked_views` gives. Queries and views stand in order of appearance.
    thumbs: with the crops of the queries. identities: {face_id: who is shown, "" unknown}. most: queries shown.
    """
    crops = _crops_of(thumbs)
    parts = []
    for number, query in enumerate(list(dict.fromkeys(ranked["query"]))[:most], 1):
        own = ranked[ranked["query"] == query]
        rows = [_row(own[own["view"] == view], query, view, thumbs, crops, top) for view in dict.fromkeys(own["view"])]
        parts += [_heading(number, query, thumbs, crops, (identities or {}).get(query, "")), row_grid(rows)]
    if not parts:
        return note("No queries to show.")
    said = (
        "Left: what the view is given of the query; then the most similar pictures, the closest first. Solid frame and "
        "✓: the picture shows the same person. Dashed frame and ✗: it does not. No frame: not known."
    )
    return stack([*parts, Html(f'<p class="lk-legend">{text(said if caption is None else caption)}</p>')])


def _crops_of(thumbs: FaceThumbnails) -> dict[tuple[str, str], dict]:
    """{(kind, face_id or photo_id): crop}: single faces by face, boxes around all by picture."""
    rows = [] if thumbs.crops is None else thumbs.crops.to_dict("records")
    return {(row["kind"], row["face_id"] if row["kind"] == "each" else row["photo_id"]): row for row in rows}


def _heading(number: int, query: str, thumbs: FaceThumbnails, crops: Mapping, identity: str) -> Html:
    name = thumbs.name(_owner(query, crops))
    who = f", showing <bdi>{text(identity)}</bdi>" if is_known(identity) else ", of an unknown person"
    return Html(f'<p class="lk-ask"><strong>Query {number}{who}</strong>: <bdi>{text(name)}</bdi></p>')


def _owner(query: str, crops: Mapping) -> str:
    if ("each", query) not in crops:
        raise KeyError(f"query {query!r} is not among the {len(crops)} crops: give the thumbnails the crops table")
    return crops["each", query]["photo_id"]


def _row(
    found: pd.DataFrame, query: str, view: str, thumbs: FaceThumbnails, crops: Mapping, top: int
) -> Sequence[Cell]:
    return [_asked(query, view, thumbs, crops), *(_answer(row, thumbs, crops) for row in _first(found, top))]


def _first(found: pd.DataFrame, top: int) -> list[dict]:
    return found.sort_values("rank", kind="stable").head(top).to_dict("records")


def _asked(query: str, view: str, thumbs: FaceThumbnails, crops: Mapping) -> Cell:
    """What a view is given of the query; the whole picture carries the box of the face that asks."""
    photo = _owner(query, crops)
    if view == "face":
        uri = thumbs.uri(crops["each", query]["crop_id"])
    elif view == "faces":
        uri = thumbs.uri(crops["all", photo]["crop_id"])
    else:
        uri = jpeg_uri(thumbs.boxed(photo, pd.DataFrame([crops["each", query]])))
    words = SEES.get(view, view)
    below = Html(f"<b>{text(view)}</b><br>{text(words)}")
    return Cell(uri, f"query, {words}: {thumbs.name(photo)}", below, kind="lk-query")


def _answer(row: Mapping[str, Any], thumbs: FaceThumbnails, crops: Mapping) -> Cell:
    photo, similarity = row["photo_id"], row["value"]
    words = "undefined" if is_missing(similarity) else f"{similarity:.3f}".replace("-", "−")
    face = row.get("face_id")
    crop = crops.get(("each", face)) if is_known(face) else None
    uri = thumbs.uri(photo) if crop is None else jpeg_uri(thumbs.boxed(photo, pd.DataFrame([crop])))
    right = None if is_missing(row["right"]) else bool(row["right"])
    alt = f"rank {row['rank']}, similarity {words}: {thumbs.name(photo)}"
    return Cell(uri, alt, picture_caption(thumbs.row(photo), words), right)
