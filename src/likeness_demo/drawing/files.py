"""Photo files: JPEG with EXIF date and orientation, masks, and damaged files."""

import io
import struct
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageEnhance

Turn = Image.Transpose
STORED = {  # how upright pixels are stored under each EXIF orientation
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_90,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_270,
}
QUALITY = 84
ALTERED = {"re-encoded": "JPEG quality 58", "resized": "3/4 of the size", "brightened": "1.1 times as bright"}
HUGE = 65_500  # px: a JPEG's header can declare up to 65,535


def exif_bytes(taken_at: datetime, orientation: int | None) -> bytes:
    """Return EXIF with DateTimeOriginal, and the orientation unless it is None."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "likeness demo"
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    return exif.tobytes()


def write_jpeg(
    image: Image.Image, path: Path, taken_at: datetime, orientation: int | None = None, quality: int = QUALITY
) -> None:
    """Write an upright photo as JPEG, its pixels stored as the EXIF orientation says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = image.transpose(STORED[orientation]) if orientation in STORED else image
    stored.save(path, "JPEG", quality=quality, exif=exif_bytes(taken_at, orientation))


def alter(image: Image.Image, how: str) -> tuple[Image.Image, int]:
    """Return a copy of a picture, altered as one of ALTERED, and its JPEG quality."""
    if how == "resized":
        return image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS), QUALITY
    if how == "brightened":
        return ImageEnhance.Brightness(image).enhance(1.1), QUALITY
    return image, 58


def write_mask(mask: np.ndarray, path: Path) -> None:
    """Write a mask (h, w) bool as an 8-bit PNG, 255 where people are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask.astype(np.uint8) * 255).save(path, "PNG", optimize=True)


def mask_name(path: str) -> str:
    """Return the mask's file name of a photo's relative path: <site>__<pose>__<name>.png."""
    return "__".join(Path(path).with_suffix(".png").parts)


def bomb() -> bytes:
    """Return a JPEG of under 1 kB whose header declares 65,500 x 65,500 px."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (90, 120, 150)).save(buffer, "JPEG", quality=50)
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc0") + 5  # SOF0: marker, length, precision, then height and width
    data[at : at + 4] = struct.pack(">HH", HUGE, HUGE)
    return bytes(data)


PAGE = b"""<!DOCTYPE html>
<html><head><title>404 Not Found</title></head>
<body><h1>Not Found</h1><p>The photo you asked for has moved.</p></body></html>
"""
