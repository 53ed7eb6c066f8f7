"""Thumbnails of pictures and of the faces cut from them, and what a collection says of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from likeness.photos.decode import ACCEPTED, decode
from likeness.report.html_text import Html, is_missing, text
from likeness.report.style import shorten
from likeness.report.thumbnails import Thumbnails, box_of, shrink

TITLE, ARTIST, DATE = 44, 30, 20  # characters shown of what a collection says of a picture


@dataclass
class FaceThumbnails(Thumbnails):
    """Thumbnails of pictures by photo id, and of crops by crop id: every grid takes either.

    photos: as `Thumbnails`; title, artist and date where known. crops: as data/faces/crops.parquet [px, upright].
    """

    crops: pd.DataFrame | None = None
    _crops: dict[str, dict] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.crops is not None:
            self._crops = {row["crop_id"]: row for row in self.crops.to_dict("records")}

    def crop(self, crop_id: str) -> dict:
        """Return a crop's row. Raises KeyError naming an unknown one."""
        if crop_id not in self._crops:
            raise KeyError(f"crop {crop_id!r} is not in the crops table of {len(self._crops)} rows")
        return self._crops[crop_id]

    def image(self, photo_id: str) -> Image.Image:
        """Return a copy of the thumbnail of a picture, or of a crop, RGB."""
        if photo_id in self._crops and photo_id not in self._images:
            self._images[photo_id] = self._cut(self._crops[photo_id])
        return self._images[photo_id].copy() if photo_id in self._images else super().image(photo_id)

    def name(self, photo_id: str) -> str:
        """Return "title, artist, date" as far as known, else the file's name; of a crop that of its picture."""
        return picture_name(self.row(self._crops.get(photo_id, {}).get("photo_id", photo_id)))

    def _cut(self, crop: Mapping[str, Any]) -> Image.Image:
        """Cut a box out of its picture, which is decoded only as large as the thumbnail needs it."""
        row = self.row(crop["photo_id"])
        width, height = float(row["width"]), float(row["height"])
        part = max(crop["x1"] - crop["x0"], crop["y1"] - crop["y0"]) / min(width, height)
        draft = max(1, round(2 * self.size / max(part, 1e-3)))  # px of the shorter side
        whole = decode(Path(self.root) / row["path"], draft=draft, **ACCEPTED)
        box = box_of(crop, whole.width / width, whole.height / height)
        return shrink(whole.crop(tuple(round(side) for side in box)), self.size)


def known_parts(row: Mapping[str, Any]) -> list[str]:
    """Return what is known of title, artist and date, shortened; the file's name where nothing is."""
    limits = {"title": TITLE, "artist": ARTIST, "date": DATE}
    parts = [shorten(row[key], most) for key, most in limits.items() if is_known(row.get(key))]
    return parts or [shorten(Path(str(row["path"])).name, TITLE)]


def is_known(value: Any) -> bool:
    """Return whether a table's cell holds a word: "" and a missing value stand for unknown."""
    return not is_missing(value) and bool(str(value).strip())


def picture_name(row: Mapping[str, Any]) -> str:
    """Return "title, artist, date" of a picture in plain text, for alt texts."""
    return ", ".join(known_parts(row))


def picture_caption(row: Mapping[str, Any], lead: str) -> Html:
    """Return title, artist and date, escaped and apart from our own text's direction; lead: our words before them."""
    words = "<br>".join(f"<bdi>{text(part)}</bdi>" for part in known_parts(row))
    return Html(f"<b>{text(lead)}</b><br>{words}")
