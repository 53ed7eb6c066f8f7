"""Galleries of photos and of saliency maps as HTML. Captions are escaped, pictures embedded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from likeness.photos.decode import PhotoError, decode
from likeness.report.html_text import Html, counted, figure, is_missing, note, sheet, text
from likeness.report.thumbnails import SIZE, Thumbnails, jpeg_uri, overlay_heat, shrink

GRID_CSS, FRAME_CSS, ROW_CSS = map(sheet, ("grid", "frame", "rows"))
GROUPS = 8  # of near-duplicates shown
INPUT = 128  # px of a picture as a network sees it
Maps = Mapping[str, Sequence[np.ndarray]]  # {method: the maps (n, h, w) of each photo of a row}
Heats = Mapping[str, Sequence[np.ndarray]]  # {method: the map (h, w) of each photo} of one row


class Cell(NamedTuple):
    """One picture of a grid: data URI (None: no picture can be shown), alt text, caption, and True/False/None."""

    uri: str | None
    alt: str
    caption: Any = ""
    right: bool | None = None
    kind: str = ""


def cell(entry: Cell) -> Html:
    """Return one picture with its caption; a right one has a solid frame and ✓, a wrong one a dashed frame and ✗."""
    verdict = "" if entry.right is None else ("right" if entry.right else "wrong")
    alt = f"{entry.alt} ({verdict})" if verdict else entry.alt
    picture = (
        f'<div class="lk-none" role="img" aria-label="{text(alt)}">no picture</div>'
        if entry.uri is None
        else f'<img src="{text(entry.uri)}" alt="{text(alt)}" decoding="async">'
    )
    mark = f'<span class="lk-mark" aria-hidden="true">{"✓" if entry.right else "✗"}</span>' if verdict else ""
    below = f"<figcaption>{text(entry.caption)}</figcaption>" if str(entry.caption) else ""
    classes = " ".join(word for word in ("lk-cell", entry.kind, verdict) if word)
    return Html(f'<figure class="{classes}">{picture}{mark}{below}</figure>')


def spread_over(items: Sequence[Any], most: int) -> list[Any]:
    """Return up to `most` items, spread evenly over the sequence, the first and the last among them."""
    rows = np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).astype(int))
    return [items[row] for row in rows]


def grid(cells: Iterable[Cell], caption: Any = None, empty: str = "Nothing to show.") -> Html:
    """Return cells as a grid, three across a phone; a note if there are none."""
    shown = [cell(entry) for entry in cells]
    if not shown:
        return note(empty)
    return figure(f'<div class="lk-grid">{"".join(shown)}</div>', caption, GRID_CSS + FRAME_CSS)


def input_grid(photos: np.ndarray | None, people: np.ndarray | None, most: int, numbers: int = 0) -> Html:
    """Return what a network is given of `most` photos, spread evenly over the table, as a person sees it.

    photos: (n, 3, s, s) uint8. people: (n, 3|18, p, p) uint8, their skeletons, or the joints' heatmaps, shown as one.
    None for what it does not see. numbers: of a frozen backbone that stand for a photo; alone they are a note.
    """
    stacks = {name: stack for name, stack in (("photo", photos), ("people", people)) if stack is not None}
    if not stacks:
        return note(f"This variant sees no picture: {numbers} numbers of the frozen backbone stand for each photo.")
    rows = spread_over(range(len(next(iter(stacks.values())))), most)
    cells = [
        Cell(_input_uri(stack[row]), f"{name} as the network sees it", f"{name}, {stack.shape[-1]} px")
        for name, stack in stacks.items()
        for row in rows
    ]
    frozen = " The photo itself is only seen by the frozen backbone." if photos is None else ""
    return grid(cells, f"What the network is given of {len(rows)} photos.{frozen}")


def _input_uri(picture: np.ndarray) -> str:
    """Return (3 or more channels, s, s) uint8 as a data URI; more than three channels show their maximum."""
    shown = picture if len(picture) == 3 else np.repeat(picture.max(axis=0, keepdims=True), 3, axis=0)
    image = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    return jpeg_uri(image.resize((INPUT, INPUT), Image.Resampling.NEAREST))


def row_grid(rows: Iterable[Sequence[Cell]], caption: Any = None, empty: str = "Nothing to show.") -> Html:
    """Return each sequence of cells on a row of its own, as wide as the longest; narrow screens show three across."""
    rows = [list(row) for row in rows]
    if not rows:
        return note(empty)
    across = max(len(row) for row in rows)
    columns = f"repeat(auto-fill,minmax(max(86px,calc((100% - {14 * across - 14}px)/{across})),1fr))"
    body = "".join(
        f'<div class="lk-row" style="grid-template-columns:{columns}">{"".join(map(cell, row))}</div>' for row in rows
    )
    return figure(f'<div class="lk-retrieval">{body}</div>', caption, GRID_CSS + FRAME_CSS + ROW_CSS)


def duplicate_grid(thumbs: Thumbnails) -> Html:
    """Return the eight largest near-duplicate groups of two photos or more, photos named by site/pose/name."""
    groups = thumbs.photos.groupby("duplicate_group")["photo_id"].agg(list)
    groups = sorted((g for g in groups if len(g) > 1), key=lambda g: (-len(g), g))
    cells = []
    for number, group in enumerate(groups[:GROUPS], 1):
        for photo in group:
            path = "/".join(thumbs.row(photo)["path"].split("/")[-3:])
            cells.append(Cell(thumbs.uri(photo), thumbs.name(photo), f"group {number}: {path}"))
    more = f", the {GROUPS} largest shown" if len(groups) > GROUPS else ""
    said = f"{counted(len(groups), 'group')} of near-duplicates{more}"
    return grid(cells, said, "No near-duplicates were found.")


def quarantine_gallery(quarantine: pd.DataFrame, root: Any, most: int = 24) -> Html:
    """Return refused files, with a picture where one decodes. quarantine: path (relative to root), reason, detail."""
    shown = quarantine.head(most)
    cells = []
    for row in shown.itertuples():
        words = f"{row.path}: {row.reason}" + ("" if is_missing(row.detail) else f" ({row.detail})")
        cells.append(Cell(_picture(row, root), f"{row.path}, refused: {row.reason}", words))
    left = len(quarantine) - len(shown)
    said = counted(len(quarantine), "file") + " in quarantine" + (f"; {left} more in quarantine.csv" if left else "")
    return grid(cells, said, "No file was refused.")


def _picture(row: Any, root: Any) -> str | None:
    """A data URI of a refused file, or None where it cannot be decoded (most of them)."""
    try:
        return jpeg_uri(shrink(decode(f"{root}/{row.path}", draft=2 * SIZE, min_side=1), SIZE))
    except (PhotoError, FileNotFoundError):
        return None


def heading(words: str, right: bool | None) -> str:
    """Return the line above a row of maps, marked where the model's answer was right or wrong."""
    mark = "" if right is None else ("✓ " if right else "✗ ")
    return f'<div class="lk-wide"><strong>{mark}{text(words)}</strong></div>'


def maps_grid(
    rows: pd.DataFrame, maps: Maps, cells_of: Callable[[dict, Heats], list[str]], caption: str, columns: int = 4
) -> Html:
    """Return a heading and the cells of each row, `columns` of them side by side; a note without rows or maps.

    maps: {method: maps (n, h, w) of each photo of a row}, aligned with the rows. cells_of: a row and its maps to cells.
    Raises ValueError where the number of maps and rows differ.
    """
    for method, photos in maps.items():
        if any(len(photo) != len(rows) for photo in photos):
            raise ValueError(f"{method}: {[*map(len, photos)]} maps for {len(rows)} rows; give one each")
    if rows.empty or not maps:
        return note("No saliency maps to show.")
    parts = []
    for number, row in enumerate(rows.to_dict("records")):
        parts += cells_of(row, {method: [photo[number] for photo in photos] for method, photos in maps.items()})
    css = (
        f":where(.lk-saliency){{display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:6px;"
        f"max-width:{190 * columns}px}}"
        ":where(.lk-saliency>.lk-wide){grid-column:1/-1;font-size:.85rem;margin-top:.8em}"
    )
    return figure(f'<div class="lk-saliency">{"".join(parts)}</div>', caption, GRID_CSS + FRAME_CSS + css)


def pair_maps(
    row: dict, found: Heats, thumbs: Thumbnails, sides: Mapping[str, str], named: str = "{name}"
) -> list[str]:
    """Return a line a method: each photo of a pair, and its map; both maps share one scale.

    sides: {column of the row: what its photo is called}. named: how the photo's caption is put together.
    """
    parts = []
    for method, heats in found.items():
        both = [np.abs(np.asarray(heat, float)) for heat in heats]
        top = float(np.percentile(np.concatenate([heat.ravel() for heat in both]), 99))
        for (side, word), heat in zip(sides.items(), both, strict=True):
            image, name = thumbs.image(row[side]), thumbs.name(row[side])
            said = f"{word}: {name}"
            parts.append(cell(Cell(jpeg_uri(image), said, named.format(word=word, name=name))))
            parts.append(cell(Cell(jpeg_uri(overlay_heat(image, heat, top)), f"{method} map of the {said}", method)))
    return parts
