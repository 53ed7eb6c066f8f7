"""What a file says of itself: by its bytes what it holds and why a decoder refused it, by EXIF its way up and date.

None of our libraries knows more than pictures by their bytes; `mimetypes` and Pillow go by names and by pictures.
Damaged metadata never costs a photo.
"""

import os
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

PHOTO_SIGNATURES = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"\0\0\0\x0cjP")
OTHER_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"ID3": "an MP3 sound file",
    b"OggS": "an Ogg sound or video file",
    b"\x1aE\xdf\xa3": "a Matroska or WebM video",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
UNSUPPORTED_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"crx "}
HEAD_BYTES = 4096
TAIL_BYTES = 32  # some cameras pad after the end marker
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


def diagnose(stream: BinaryIO, error: Exception) -> tuple[str, str]:
    """Return (reason, detail) for a non-empty file that Pillow refused with `error`.

    reason: "disguised", "unsupported", "truncated" or "unreadable" (likeness.photos.decode.REASONS).
    detail: one line for a reader; holds no path.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if (other := other_content(head)) is not None:
        return "disguised", f"holds {other}, not a photo; fetch the photo again or remove the file"
    if head[4:8] == b"ftyp" and head[8:12] in UNSUPPORTED_BRANDS:
        return "unsupported", "HEIC or camera raw; convert it to JPEG"
    if is_cut_off(stream, head) or "truncat" in str(error).lower():
        return "truncated", "the file ends before the photo does; copy it again from its source"
    if isinstance(error, UnidentifiedImageError):
        return "unreadable", "no photo format is recognised in it; fetch it again or remove the file"
    message = " ".join(str(error).split()) or type(error).__name__
    return "unreadable", f"damaged: {message}; fetch it again or remove the file"


def other_content(head: bytes) -> str | None:
    """Name what a file that is no photo holds, by its first bytes; None if they could belong to a photo."""
    if head.startswith(PHOTO_SIGNATURES) or is_netpbm(head):
        return None
    for signature, name in OTHER_SIGNATURES.items():
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF":
        return None if head[8:12] in (b"WEBP", b"") else "a sound or video file (RIFF)"
    if head[4:8] == b"ftyp" and head[8:12] not in UNSUPPORTED_BRANDS | {b"avif", b"avis"}:
        return "an MP4 or QuickTime video"
    text = as_text(head)
    if text is None:
        return None
    return "a web page (HTML) or XML" if text.lstrip("\ufeff \t\r\n").startswith("<") else "text"


def is_netpbm(head: bytes) -> bool:
    """Say whether the bytes begin like PBM, PGM or PPM: P1 to P6 and white space."""
    return len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()


def as_text(head: bytes) -> str | None:
    """Return the bytes as text, or None if they are not text in UTF-8 or UTF-16 with a byte-order mark."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, errors="ignore")  # the last character may be cut in half
    lost = len(head) - len(text.encode(encoding))
    is_printable = all(letter.isprintable() or letter.isspace() for letter in text.lstrip("\ufeff"))
    return text if text and is_printable and lost <= 3 else None


def is_cut_off(stream: BinaryIO, head: bytes) -> bool:
    """Say whether a JPEG, PNG, GIF or WebP file lacks its end (for other formats: False, unknown)."""
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
    return False


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
