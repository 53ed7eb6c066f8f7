"""What a network sees of the photos, as pictures."""

import numpy as np
import pandas as pd
from PIL import Image

from likeness.models.pose.pair_data import PhotoArrays
from likeness.report.grids import Cell, grid
from likeness.report.html_text import Html, note
from likeness.report.thumbnails import jpeg_uri

SHOWN = 128  # px of a picture in the report


def input_grid(arrays: PhotoArrays, photos: pd.DataFrame, most: int) -> Html:
    """Return the pictures that a network is given of `most` photos, spread evenly over the table.

    Photos where the network sees them, then skeletons, or all joints' heatmaps as one. Where it only sees
    numbers of a frozen backbone, a note says so.
    """
    rows = np.unique(np.linspace(0, len(photos) - 1, most).astype(int))
    pictures = {"photo": arrays.photos, "people": arrays.pose}
    cells = [
        Cell(_uri(stack[row]), f"{name} as the network sees it", f"{name}, {stack.shape[-1]} px")
        for name, stack in pictures.items()
        if stack is not None
        for row in rows
    ]
    if not cells:
        width = arrays.features.shape[1]
        return note(f"This variant sees no picture: {width} numbers of the frozen backbone stand for each photo.")
    frozen = "" if arrays.photos is not None else " The photo itself is only seen by the frozen backbone."
    return grid(cells, f"What the network is given of {len(rows)} photos.{frozen}")


def _uri(picture: np.ndarray) -> str:
    """Return (3 or more channels, s, s) uint8 as a data URI; more than three channels show their maximum."""
    shown = picture if len(picture) == 3 else np.repeat(picture.max(axis=0, keepdims=True), 3, axis=0)
    image = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    return jpeg_uri(image.resize((SHOWN, SHOWN), Image.Resampling.NEAREST))
