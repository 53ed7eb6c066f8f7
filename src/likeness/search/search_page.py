"""The page of a search: the picture that asked, its faces boxed, and the pictures that are like it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from likeness.photos.decode import PhotoError
from likeness.report.faces.thumbnails_faces import FaceThumbnails, is_known, known_parts
from likeness.report.grids import Cell, cell, grid
from likeness.report.html_text import Html, counted, headline_numbers, text
from likeness.report.page.theme import render_page
from likeness.report.thumbnails import DASHED, EDGE, SOLID, box_of, jpeg_uri

QUERY, ANSWER = 640, 400  # px of the picture that asks and of those that answer
LABEL = 22  # px of the square that holds a face's number
SEES = {"general": "the whole picture", "face": "the face alone", "combined": "the face and the whole picture",
        "pose": "the pose", "place": "the place", "both": "pose and place"}  # fmt: skip


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


def found_page(found: Found, root: Path) -> str:
    """Return the page as HTML without script, network or second file. root: of the study's pictures' paths."""
    name, thumbs = plain(found.query["path"].iloc[0]), FaceThumbnails(root, found.table, ANSWER)
    answers = found.table.assign(same_person=same_person_words(found.table) or "")
    cells = [_answer(found, row, thumbs) for row in answers.to_dict("records")]
    html = render_page(
        "search.html.j2",
        "gallery",
        "search",
        title=f"{counted(len(found.table), 'picture')} like this one",
        study=found.study,
        summary=f"Of {counted(found.pictures, 'picture')}, those that {found.network} finds the most like {name}.",
        numbers=headline_numbers(_numbers(found)),
        query=_query(found),
        asked=SEES["general" if found.asked is None and found.faces is not None else found.view],
        notes=[plain(words) for words in found.notes],
        answers=grid(cells, empty="No picture could answer: none of the study has a face."),
        view=found.view,
        weight=_share(found.face_weight),
        rest=_share(found.face_weight, rest=True),
        faced=found.asked is not None,
    )
    return html + "\n"


def plain(value: Any) -> str:
    """Return strangers' words on one line, with a mark for every character that a terminal or a page would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in str(value))


def same_person_words(table: pd.DataFrame) -> list[str] | None:
    """Return "93 % (85–97 %)" of each answer, the probability of one person with its 95 % interval, "" for none.

    table: as `galleries.with_probability` gives; None for answers whose study has no calibration.
    """
    if "probability" not in table:
        return None
    rows = table[["probability", "probability_low", "probability_high"]].to_numpy()
    return ["" if np.isnan(row[0]) else "{:.0%} ({:.0%} to {:.0%})".format(*row) for row in rows]


def _numbers(found: Found) -> list[dict[str, Any]]:
    numbers: list[dict[str, Any]] = [{"label": "pictures searched", "value": found.pictures}]
    if len(found.table):
        best = f"{found.table['similarity'].iloc[0]:.4f}".replace("-", "−")
        numbers.append({"label": "similarity of the first, at most 1", "value": best})
    if found.faces is not None:
        numbers.append({"label": "faces in the picture", "value": len(found.faces)})
    return numbers


def _query(found: Found) -> Html:
    """Return the picture that asks: a solid box around the face that asks, dashed boxes around its other faces."""
    thumbs = FaceThumbnails(found.root, found.query, QUERY)
    photo, name = found.query["photo_id"].iloc[0], plain(found.query["path"].iloc[0])
    if found.faces is None:
        return cell(Cell(thumbs.uri(photo), f"the picture that asks: {name}", Html(f"<bdi>{text(name)}</bdi>")))
    mine = found.faces.index == found.asked
    image = thumbs.boxed(photo, found.faces[mine], found.faces[~mine])
    if len(found.faces) > 1:
        _number_faces(image, found)
    said = counted(len(found.faces), "face") if len(found.faces) else "no face"
    words = f"<bdi>{text(name)}</bdi>: {said}" + (f", number {found.asked + 1} asks" if len(found.faces) > 1 else "")
    return cell(Cell(jpeg_uri(image), f"the picture that asks, with {said}: {name}", Html(words)))


def _number_faces(image: Image.Image, found: Found) -> None:
    """Write each face's number at the top left of its box: what --face asks for."""
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(LABEL * 0.7)
    across, down = image.width / found.query["width"].iloc[0], image.height / found.query["height"].iloc[0]
    for row, face in enumerate(found.faces.to_dict("records")):
        x, y, *_ = box_of(face, across, down)
        draw.rectangle((x, y, x + LABEL, y + LABEL), fill=EDGE)
        colour = SOLID if row == found.asked else DASHED
        draw.text((x + LABEL / 2, y + LABEL / 2), str(row + 1), fill=colour, font=font, anchor="mm")


def _share(weight: float | None, rest: bool = False) -> str:
    return "" if weight is None else f"{1 - weight if rest else weight:.3g}"


def _answer(found: Found, row: dict[str, Any], thumbs: FaceThumbnails) -> Cell:
    similarity = f"{row['similarity']:.4f}".replace("-", "−")
    parts = [plain(part) for part in known_parts(row)]
    person = f"one person: {row['same_person']}<br>" if row.get("same_person") else ""
    told = [f"<bdi>{text(plain(row[name]))}</bdi>" for name in ("identity", "site", "pose") if is_known(row.get(name))]
    below = "<br>".join([*(f"<bdi>{text(part)}</bdi>" for part in parts), *told])
    path = f'<span class="lk-path"><bdi>{text(plain(row["path"]))}</bdi></span>'
    alt = f"rank {row['rank']}, similarity {similarity}: {', '.join(parts)}"
    return Cell(_picture(found, row, thumbs), alt, Html(f"<b>{row['rank']}. {similarity}</b>{person}{below}{path}"))


def _picture(found: Found, row: dict[str, Any], thumbs: FaceThumbnails) -> str | None:
    """Return the picture with the box of the face that is the most alike, None where its file is gone."""
    try:
        if not row["crop_id"]:
            return thumbs.uri(row["photo_id"])
        return jpeg_uri(thumbs.boxed(row["photo_id"], found.crops[found.crops["crop_id"] == row["crop_id"]]))
    except (PhotoError, FileNotFoundError):
        return None
