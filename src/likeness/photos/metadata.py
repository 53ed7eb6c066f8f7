"""EXIF: which way is up and when the photo was taken; damaged metadata never costs a photo."""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from PIL import ExifTags, Image

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's decoders raise on damaged bytes, by experience and by their source.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
_FILTERS = threading.Lock()  # warnings.catch_warnings changes the whole process


@contextmanager
def strict_about_size() -> Iterator[None]:
    """Make Pillow's warning about huge photos an error and drop its remarks on odd metadata (pixels are good)."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def load_late_exif(image: Image.Image) -> None:
    """Decode a PNG whose header has no EXIF: the format allows it behind the pixels. Damage raises here."""
    if image.format == "PNG" and "exif" not in image.info:
        image.load()


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return (width, height) [px] of a stored size after EXIF orientation (1 to 8)."""
    return size[::-1] if orientation in (5, 6, 7, 8) else size


def orientation(image: Image.Image) -> int:
    """Return EXIF orientation, 1 to 8; 1 if absent or damaged, because the pixels are still good."""
    try:
        with strict_about_size():
            value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return value if value in UPRIGHT else 1


def exif_date(image: Image.Image) -> datetime | None:
    """Return EXIF DateTimeOriginal; None if absent, damaged or the all-zero date of an unset clock."""
    try:
        with strict_about_size():
            text = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except DAMAGE:
        return None
