"""The opening of a report: its answer in one sentence, three numbers, pictures, and what they rest on."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pandas as pd
from PIL import Image, ImageOps

from likeness.report.grids import Cell, row_grid
from likeness.report.html_text import Html, counted, headline_numbers, text
from likeness.report.page.headline import DRAWN, write_headline
from likeness.report.palette import RIGHT, WRONG
from likeness.report.thumbnails import image_of, jpeg_uri

SIDE, FRAME, GAP = 150, 5, 6  # px of a picture in the montage, of its frame, and between two
DEMO = "demo-"  # folders of data/raw that the demo draws begin so


class Opening(NamedTuple):
    """What a report opens with.

    sentence: the answer. numbers: three at most, as `html_text.number` gives. rows: of pictures, each of the same kind.
    caption: what the pictures are. badges: whose photos, which networks.
    """

    sentence: str
    numbers: Sequence[dict[str, Any]]
    rows: Sequence[Sequence[Cell]]
    caption: str
    badges: Sequence[str]


def open_report(page: str, opening: Opening) -> Html:
    """Write the headline of a page, such as "pose/report", for the index; return what the page opens with.

    It is computed last and read first: the template lifts the output of the cell with the tag `answer` to the top.
    """
    picture, alt = montage(opening.rows), alt_of(opening)
    write_headline(page, opening.sentence, list(opening.numbers), picture=picture, alt=alt, badges=opening.badges)
    badges = "".join(f"<li>{text(badge)}</li>" for badge in opening.badges)
    pictures = row_grid(opening.rows, opening.caption) if opening.rows else ""
    numbers = headline_numbers(opening.numbers) if opening.numbers else ""
    says = f'<p class="lk-says">{text(opening.sentence)}</p>'
    return Html(f'{says}<ul class="lk-badges">{badges}</ul>{numbers}{pictures}')


def data_badge(paths_of_photos: Iterable[str], noun: str = "photo") -> str:
    """Say whose photos these are: the drawn demo's, or the reader's own.

    paths_of_photos: relative to the root, of every photo; without any, there are posts without pictures.

    >>> data_badge(["data/raw/demo-pose/a/b.jpg"]), data_badge(["data/raw/mine/a.jpg"] * 1200)
    ('drawn demo corpus: 1 photo', 'your photos: data/raw/mine, 1,200 photos')
    """
    known = list(paths_of_photos)
    if not known:
        return "no pictures"
    folder = PurePosixPath(*PurePosixPath(known[0]).parts[:3])
    many = counted(len(known), noun)
    return f"{DRAWN}: {many}" if folder.name.startswith(DEMO) else f"your {noun}s: {folder}, {many}"


def alt_of(opening: Opening) -> str:
    """Return the text alternative of the montage: its caption, and how many of the pictures are right."""
    judged = pd.Series([cell.right for row in opening.rows for cell in row], dtype=object).dropna()
    right = f" {int(judged.astype(bool).sum())} of {len(judged)} are right." if len(judged) else ""
    return f"{opening.caption}{right}"


def montage(rows: Sequence[Sequence[Cell]]) -> str:
    """Return rows of pictures as one JPEG, a data URI; right ones framed green, wrong ones orange; "" without any."""
    if not rows:
        return ""
    across, outer = max(map(len, rows)), SIDE + 2 * FRAME
    sheet = Image.new("RGB", (across * (outer + GAP) - GAP, len(rows) * (outer + GAP) - GAP), "white")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell.uri is not None:
                sheet.paste(_framed(cell), (x * (outer + GAP), y * (outer + GAP)))
    return jpeg_uri(sheet)


def _framed(cell: Cell) -> Image.Image:
    colour = "white" if cell.right is None else RIGHT if cell.right else WRONG
    picture = ImageOps.pad(image_of(cell.uri), (SIDE, SIDE), color="#eeeeee")
    return ImageOps.expand(picture, FRAME, colour)
