"""Small pictures inside the page: thumbnails as data URIs, and boxes, skeletons and maps drawn over them."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from likeness.people.skeletons import draw_skeleton
from likeness.photos.decode import ACCEPTED, decode

SIZE = 160  # px of the longest side
QUALITY = 80  # JPEG; thumbnails of 160 px weigh about 5 kB
DIM = 0.75  # of a photo's light below a skeleton, so that limbs stand out
STRENGTH = 0.75  # of a map's colours over the grey photo
SOLID, DASHED, EDGE = "#ffb000", "#35c9ff", "#101418"  # boxes, and the dark edge that both stand out by
DASH, GAP = 6, 4  # px of a dashed box
APART = 3  # px of a dashed box outside of what it marks: a solid one in the same place stays visible
Box = tuple[float, float, float, float]


@dataclass
class Thumbnails:
    """Thumbnails of a photos table, read once each.

    root: the folder that `path` is relative to. photos: columns photo_id, path, width, height; site and pose
    where known. size: longest side [px]. The same photo gives the same bytes.
    """

    root: Path
    photos: pd.DataFrame
    size: int = SIZE
    _rows: dict[str, dict] = field(init=False, repr=False)
    _images: dict[str, Image.Image] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rows = {row["photo_id"]: row for row in self.photos.to_dict("records")}

    def row(self, photo_id: str) -> dict:
        """Return the photo's row. Raises KeyError naming an unknown photo."""
        if photo_id not in self._rows:
            raise KeyError(f"photo {photo_id!r} is not in the photos table of {len(self._rows)} rows")
        return self._rows[photo_id]

    def image(self, photo_id: str) -> Image.Image:
        """Return a copy of the thumbnail, RGB."""
        if photo_id not in self._images:
            path = Path(self.root) / self.row(photo_id)["path"]
            self._images[photo_id] = shrink(decode(path, draft=2 * self.size, **ACCEPTED), self.size)
        return self._images[photo_id].copy()

    def uri(self, photo_id: str) -> str:
        """Return the thumbnail as a data URI."""
        return jpeg_uri(self.image(photo_id))

    def name(self, photo_id: str) -> str:
        """Return "site, pose" where known, else the file's name: what captions and alt texts say."""
        row = self.row(photo_id)
        known = [str(row[key]) for key in ("site", "pose") if isinstance(row.get(key), str)]
        return ", ".join(known) or Path(row["path"]).name

    def boxed(self, photo_id: str, solid: pd.DataFrame, dashed: pd.DataFrame | None = None) -> Image.Image:
        """Return the thumbnail with boxes (rows of x0, y0, x1, y1 [px of the photo]) over it, cut off at its edges."""
        row, image = self.row(photo_id), self.image(photo_id)
        scale = image.width / float(row["width"]), image.height / float(row["height"])
        draw = ImageDraw.Draw(image)
        for box in solid.to_dict("records"):
            draw_box(draw, box_of(box, *scale), SOLID)
        for box in [] if dashed is None else dashed.to_dict("records"):
            x0, y0, x1, y1 = box_of(box, *scale)
            outer = max(x0 - APART, 0), max(y0 - APART, 0), min(x1 + APART, image.width), min(y1 + APART, image.height)
            draw_box(draw, outer, DASHED, dashed=True)
        return image


def box_of(row: Mapping[str, Any], x_scale: float, y_scale: float) -> Box:
    """Return x0, y0, x1, y1 of a row, scaled."""
    return row["x0"] * x_scale, row["y0"] * y_scale, row["x1"] * x_scale, row["y1"] * y_scale


def draw_box(draw: ImageDraw.ImageDraw, box: Box, colour: str, dashed: bool = False) -> None:
    """Draw a box 2 px wide; dark edges (solid) or dark gaps (dashed) keep it visible on any picture."""
    x0, y0, x1, y1 = (round(side) for side in box)
    x1, y1 = max(x0 + 2, x1 - 1), max(y0 + 2, y1 - 1)
    if not dashed:
        draw.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), outline=EDGE, width=4)
        draw.rectangle((x0, y0, x1, y1), outline=colour, width=2)
        return
    draw.rectangle((x0, y0, x1, y1), outline=EDGE, width=2)
    for x in range(x0, x1, DASH + GAP):
        for y in (y0, y1 - 1):
            draw.rectangle((x, y, min(x + DASH, x1), y + 1), fill=colour)
    for y in range(y0, y1, DASH + GAP):
        for x in (x0, x1 - 1):
            draw.rectangle((x, y, x + 1, min(y + DASH, y1)), fill=colour)


def shrink(image: Image.Image, size: int) -> Image.Image:
    """Return the image with its longest side at most `size` px, never enlarged."""
    scale = min(1.0, size / max(image.size))
    target = tuple(max(1, round(side * scale)) for side in image.size)
    return image.convert("RGB").resize(target, Image.Resampling.LANCZOS)


def jpeg_uri(image: Image.Image, quality: int = QUALITY) -> str:
    """Return a data URI of the image as a JPEG without metadata. quality: in [1, 95]."""
    stream = io.BytesIO()
    Image.fromarray(np.asarray(image.convert("RGB"))).save(stream, "JPEG", quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def image_of(uri: str) -> Image.Image:
    """Return the picture of a data URI, RGB."""
    return Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB")


def overlay_skeleton(image: Image.Image, people: np.ndarray, width: int, height: int) -> Image.Image:
    """Draw people (n, 18, 3) [px of the photo, width x height] over a dimmed thumbnail; nobody: the photo as it is."""
    if not len(people):
        return image.copy()
    square = draw_skeleton(people, width, height, max(image.size))
    drawing = Image.fromarray(square).resize(image.size, Image.Resampling.BILINEAR)
    shown = np.asarray(drawing, float)
    cover = np.clip(shown.max(axis=2, keepdims=True) / 120, 0, 1)
    return _blend(DIM * np.asarray(image, float), shown, cover)


def overlay_heat(image: Image.Image, heat: np.ndarray, top: float | None) -> Image.Image:
    """Lay a map (h, w) over the grey photo: dark is no evidence, yellow the most (colour map inferno).

    Only the magnitude counts. top: the value shown brightest; None is the map's 99th percentile, so one pixel
    cannot darken the rest. Raises ValueError if the map holds NaN.
    """
    heat = np.abs(np.asarray(heat, float))
    if heat.ndim != 2 or not np.isfinite(heat).all():
        raise ValueError(f"heat must be a finite (h, w) map, got shape {heat.shape}")
    top = np.percentile(heat, 99) if top is None else top
    share = np.clip(heat / top, 0, 1) if top > 0 else np.zeros_like(heat)
    resized = Image.fromarray(share.astype(np.float32)).resize(image.size, Image.Resampling.BILINEAR)
    share = np.clip(np.asarray(resized, float), 0, 1)
    colours = mpl.colormaps["inferno"](share)[..., :3] * 255
    grey = np.asarray(image.convert("L").convert("RGB"), float)
    return _blend(grey, colours, np.full((*share.shape, 1), STRENGTH))


def _blend(below: np.ndarray, above: np.ndarray, cover: np.ndarray) -> Image.Image:
    mixed = below * (1 - cover) + above * cover
    return Image.fromarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8))
