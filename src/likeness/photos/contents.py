"""What a file says of itself: by its bytes why a decoder refused it, by EXIF its way up and its date.

Damaged metadata never costs a photo.
"""

import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from likeness.photos.formats import DAMAGE, HEAD_BYTES, has_heif_codec, is_heif, other_content, unsupported

TAIL_BYTES = 32  # some cameras pad after the end marker
FIRST_PHOTO = 1826  # an earlier year is an unset clock's
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# EXIF says 2015:06:01 12:30:05; devices and editors write other marks between, blanks for zeros, no time, a fraction of
# a second, a zone or "p.m." behind it.
DATE = re.compile(
    r"\s*(\d{4})[:/.-]\s?(\d{1,2})[:/.-]\s?(\d{1,2})"
    r"(?:[T ]\s*(\d{1,2}):\s?(\d{1,2})(?::\s?(\d{1,2}))?(?:[.,]\d*)?\s*(?:([ap])\.?m\b)?.*)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_FILTERS = threading.Lock()  # warnings.catch_warnings changes the whole process


def diagnose(stream: BinaryIO, error: Exception, suffix: str = "") -> tuple[str, str]:
    """Return (reason, detail) for a non-empty file that Pillow refused with `error`.

    suffix: of the file's name.
    reason: "disguised", "unsupported", "truncated" or "unreadable" (likeness.photos.decode.REASONS).
    detail: one line for a reader; holds no path.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    is_unknown = isinstance(error, UnidentifiedImageError)
    if is_heif(head) and has_heif_codec() and is_cut_off(stream, head):
        return "truncated", "the file ends before the photo does; copy it again from its source"
    if (is_unknown or not is_heif(head)) and (known := unsupported(head, suffix)) is not None:
        return "unsupported", known
    if (other := other_content(head)) is not None:
        return "disguised", f"holds {other}, not a photo; fetch the photo again or remove the file"
    if is_cut_off(stream, head) or "truncat" in str(error).lower():
        return "truncated", "the file ends before the photo does; copy it again from its source"
    if is_unknown:
        return "unreadable", "no photo format is recognised in it; fetch it again or remove the file"
    message = " ".join(str(error).split()) or type(error).__name__
    return "unreadable", f"damaged: {message}; fetch it again or remove the file"


def is_cut_off(stream: BinaryIO, head: bytes) -> bool:
    """Say whether a JPEG, PNG, GIF, WebP, HEIF or AVIF file lacks its end (for other formats: False, unknown)."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - TAIL_BYTES))
    tail = stream.read()
    if head.startswith(b"\xff\xd8"):
        return b"\xff\xd9" not in tail
    if head.startswith(b"\x89PNG"):
        return b"IEND" not in tail
    if head.startswith(b"GIF8"):
        return not tail.rstrip(b"\0").endswith(b";")
    if head.startswith(b"RIFF"):
        return size < 12 or int.from_bytes(head[4:8], "little") + 8 > size
    return head[4:8] == b"ftyp" and _boxes_end(stream) > size


def _boxes_end(stream: BinaryIO) -> int:
    """Return where the last box of an ISO base media file ends, by what the boxes say [bytes]."""
    place = 0
    while len(head := stream.read(16) if stream.seek(place) == place else b"") >= 8:
        length = int.from_bytes(head[:4], "big")
        if length == 1:  # the length stands behind the name
            length = int.from_bytes(head[8:16], "big")
        if length < 8:  # 0: to the end of the file
            break
        place += length
    return place


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
    """Return EXIF orientation, 1 to 8; 1 if absent or damaged, because the pixels are still good.

    HEIF turns its pixels by properties of its own, which the codec has applied; EXIF's is to be ignored there
    (ISO/IEC 23008-12, A.2), or the photo would be turned twice.
    """
    if image.format == "HEIF":
        return 1
    try:
        with strict_about_size():
            value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return value if value in UPRIGHT else 1


def exif_date(image: Image.Image) -> datetime | None:
    """Return when a photo was taken by the camera's clock, to the second; None if no date is there or none is sound.

    The first sound one of DateTimeOriginal, DateTimeDigitized and DateTime (which editors change). A zone in the text
    and the offset tags are left aside: photos of one day keep the clock of that day.
    """
    texts = []
    for directory, tag in (
        (ExifTags.IFD.Exif, ExifTags.Base.DateTimeOriginal),
        (ExifTags.IFD.Exif, ExifTags.Base.DateTimeDigitized),
        (None, ExifTags.Base.DateTime),
    ):
        try:
            with strict_about_size():
                exif = image.getexif()
                texts.append((exif if directory is None else exif.get_ifd(directory)).get(tag))
        except DAMAGE:
            continue
    return next((date for date in map(parse_date, texts) if date is not None), None)


def parse_date(value: object) -> datetime | None:
    """Return the date that EXIF's text means; None for none, a damaged one, or the zeros of an unset clock.

    Hour 24 is the hour after midnight of that same day, as phones with a clock from 1 to 24 write it.

    >>> parse_date("2019:01:01 24:04:20")
    datetime.datetime(2019, 1, 1, 0, 4, 20)
    """
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    found = DATE.match(text.strip("\0 "))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7]:
        hour = hour % 12 + 12 * (found[7].lower() == "p")
    try:
        date = datetime(year, month, day, 0 if hour == 24 else hour, minute, min(second, 59))
    except ValueError:
        return None
    return date if year >= FIRST_PHOTO else None
