"""A fetched picture: what its bytes are, whether the server said so, and a place under a name of our own making."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from likeness.photos.decode import PhotoError, open_image, read_photo
from likeness_collect.errors import Permanent, Transient

FOLDER = "images"
PARTIAL = ".partial"  # below it, pictures on their way; hidden, so that no reader takes them for photos
DRAFT = 256  # px; every pixel is still read, only scaled while decoding
KINDS = {  # Pillow's format -> our suffix, the content types that agree
    "JPEG": (".jpg", ("image/jpeg", "image/jpg", "image/pjpeg")),
    "MPO": (".jpg", ("image/jpeg", "image/jpg", "image/pjpeg", "image/mpo")),
    "PNG": (".png", ("image/png", "image/x-png", "image/apng", "image/vnd.mozilla.apng")),
    "WEBP": (".webp", ("image/webp",)),
    "GIF": (".gif", ("image/gif",)),
    "TIFF": (".tif", ("image/tiff", "image/tif")),
    "BMP": (".bmp", ("image/bmp", "image/x-bmp", "image/x-ms-bmp")),
    "PPM": (".ppm", ("image/x-portable-pixmap", "image/x-portable-graymap", "image/x-portable-anymap")),
    "JPEG2000": (".jp2", ("image/jp2", "image/jpx", "image/jpeg2000")),
    "AVIF": (".avif", ("image/avif",)),
    "HEIF": (".heic", ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")),
}
# What a server says that does not know: no contradiction, the bytes decide.
GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/binary", "application/unknown",
                     "application/x-unknown", "application/download", "application/force-download",
                     "application/x-download", "application/x-binary", "unknown/unknown", "content/unknown", "image/*",
                     "image", "*/*"})  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """sha256: of the bytes. suffix: of the real format, with its dot. width, height [px], upright."""

    sha256: str
    suffix: str
    width: int
    height: int

    @property
    def file(self) -> str:
        """The place below the collected folder."""
        return picture_file(self.sha256, self.suffix)


def picture_file(sha256: str, suffix: str) -> str:
    """Return images/<first 2 hex>/<sha256><suffix>."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}{suffix}"


def partial_folder(out: Path) -> Path:
    """Return the folder of pictures on their way, made if it is not there."""
    folder = out / FOLDER / PARTIAL
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def remove_partial(out: Path) -> None:
    """Remove what a killed run left on its way, and the folder of pictures if there are none."""
    shutil.rmtree(out / FOLDER / PARTIAL, ignore_errors=True)
    with suppress(OSError):
        (out / FOLDER).rmdir()


def inspect(body: BinaryIO, content_type: str, max_pixels: int) -> Picture:
    """Return what a body is. Every pixel is decoded, so that a damaged picture is noticed here.

    Raises Permanent for what is no picture, has too many pixels or is of another type than the server names;
    Transient for one that ends too early.
    """
    body.seek(0)
    try:
        with open_image(body) as image:
            kind = image.format or ""
    except Exception:  # noqa: BLE001 - whatever Pillow raises: read_photo finds the words for it
        kind = ""
    said = content_type.partition(";")[0].strip().lower()
    body.seek(0)
    try:
        photo = read_photo(body, "the answer", max_pixels=max_pixels, min_side=1, draft=DRAFT)
    except PhotoError as error:
        why = f"{error.reason}: {error.detail.partition(';')[0]}"
        raise Transient(why) if error.reason in ("truncated", "empty") else Permanent(why) from error
    suffix, types = KINDS.get(kind, ("", ()))
    if not suffix or said not in {*types, *GENERIC}:
        raise Permanent(f"the server says {said[:60] or 'nothing of its type'}, but it is {kind or 'unknown'}")
    body.seek(0)
    return Picture(hashlib.file_digest(body, "sha256").hexdigest(), suffix, photo.width, photo.height)


def keep(body: BinaryIO, out: Path, file: str, *, is_content_name: bool) -> None:
    """Put a body at a place below `out`: whole, on the disk and by an atomic rename, or not at all.

    is_content_name: the name is made of the bytes, so that a file of this name and size need not be written again.
    """
    place = out / file
    body.seek(0, os.SEEK_END)
    size = body.tell()
    if is_content_name and place.is_file() and place.stat().st_size == size:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    body.seek(0)
    handle, name = tempfile.mkstemp(dir=out / FOLDER / PARTIAL)
    try:
        with os.fdopen(handle, "wb") as stream:
            shutil.copyfileobj(body, stream)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)
