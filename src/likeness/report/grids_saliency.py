"""What grids of saliency maps are made of: a heading a row, photos, and maps laid over them."""

import numpy as np
from PIL import Image

from likeness.report.grids import FRAME_CSS, GRID_CSS, Cell, cell
from likeness.report.html_text import text
from likeness.report.thumbnails import jpeg_uri, overlay_heat


def saliency_css(columns: int, width: int) -> str:
    """Return the style of a grid of so many columns, at most `width` px wide."""
    return (
        GRID_CSS
        + FRAME_CSS
        + f":where(.lk-saliency){{display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:6px;"
        f"max-width:{width}px}}"
        ":where(.lk-saliency>.lk-wide){grid-column:1/-1;font-size:.85rem;margin-top:.8em}"
    )


def heading(words: str, right: bool | None) -> str:
    """Return the line above a row of maps, marked where the model's answer was right or wrong."""
    mark = "" if right is None else ("✓ " if right else "✗ ")
    return f'<div class="lk-wide"><strong>{mark}{text(words)}</strong></div>'


def photo_cell(image: Image.Image, alt: str, caption: str) -> str:
    """Return the photo itself."""
    return cell(Cell(jpeg_uri(image), alt, caption))


def map_cell(image: Image.Image, heat: np.ndarray, top: float | None, alt: str, caption: str) -> str:
    """Return the photo under its map (h, w). top: the value shown brightest, see `overlay_heat`."""
    return cell(Cell(jpeg_uri(overlay_heat(image, heat, top)), alt, caption))
