"""Safe decoding: an upright RGB photo, or a PhotoError that says in one line why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from likeness.photos.colour_profiles import to_srgb
from likeness.photos.contents import (
    UPRIGHT,
    diagnose,
    exif_date,
    load_late_exif,
    orientation,
    strict_about_size,
    upright_size,
)
from likeness.photos.formats import DAMAGE, DEVELOP, HEAD_BYTES, has_heif_codec, is_heif, raw_photo

SIXTEEN_BIT = 65535
REASONS = (
    "empty",
    "truncated",
    "disguised",
    "unreadable",
    "too-many-pixels",
    "too-small",
    "unsupported",
    "exact-duplicate",
)
# Named, because Pillow would otherwise hand PostScript in a .jpg to Ghostscript. HEIF is added where its codec is.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "JPEG2000", "AVIF")
MAX_PIXELS = 80_000_000
MIN_SIDE = 32
# For photos that a manifest accepted, under limits of its own: the widest there are.
ACCEPTED = {"max_pixels": Image.MAX_IMAGE_PIXELS, "min_side": 1}


class PhotoError(ValueError):
    """A file that cannot be used as a photo: `reason` (one of REASONS) and `detail` (one line, no path)."""

    def __init__(self, path: Path | str, reason: str, detail: str) -> None:
        if reason not in REASONS:
            raise ValueError(f"{reason!r} is no reason; use one of {', '.join(REASONS)}")
        super().__init__(f"{path}: {reason}: {detail}")
        self.reason = reason
        self.detail = detail


class UnknownScale(ValueError):
    """Pixels in a mode whose black and white are not known, so no 8-bit picture can be made."""


@dataclass(frozen=True)
class Photo:
    """A decoded photo: `image` upright RGB; `width`, `height` [px] upright at full size; EXIF `taken_at`."""

    image: Image.Image
    width: int
    height: int
    taken_at: datetime | None


def decode(
    path: Path | str, *, max_pixels: int = MAX_PIXELS, min_side: int = MIN_SIDE, draft: int | None = None
) -> Image.Image:
    """Return the photo as 8-bit RGB, upright (EXIF orientation applied), by content, whatever its name.

    Colours are sRGB (see photos.colour_profiles), transparency lies on white, 16-bit grey is scaled, of an animation
    or a multi-page file the first frame is taken; damaged metadata is ignored.
    max_pixels: a file that declares more is refused before its pixels are decoded; at most Pillow's own limit.
    min_side: shortest side [px] that is accepted.
    draft: a JPEG may be decoded at 1/2, 1/4 or 1/8 as long as both sides stay at least this many px (faster).
    Raises PhotoError (reason in REASONS), and FileNotFoundError if there is no such file.
    """
    with Path(path).open("rb") as stream:
        return read_photo(stream, path, max_pixels=max_pixels, min_side=min_side, draft=draft).image


def taken_at(path: Path | str) -> datetime | None:
    """Return when the photo was taken (camera clock, no time zone), as `contents.exif_date` tells; None if unknown."""
    with Path(path).open("rb") as stream, refusals(stream, path), open_image(stream) as image:
        load_late_exif(image)
        return exif_date(image)


def read_photo(
    stream: BinaryIO, path: Path | str, *, max_pixels: int, min_side: int, draft: int | None = None
) -> Photo:
    """Decode an open file as `decode` does, with the facts of its header; `path` is for messages only."""
    if max_pixels > Image.MAX_IMAGE_PIXELS:
        raise ValueError(f"max_pixels {max_pixels}: at most {Image.MAX_IMAGE_PIXELS}, Pillow's own limit")
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # another library may have switched it on
    with refusals(stream, path), open_image(stream) as image:
        check_size(image.size, path, max_pixels, min_side)
        full_size = image.size
        if draft is not None:
            image.draft(None, (draft, draft))
        image.load()  # before EXIF is read: a PNG's would decode the pixels there, and hide their damage
        photo, turned = to_rgb(image), orientation(image)
        if turned in UPRIGHT:
            photo = photo.transpose(UPRIGHT[turned])
        return Photo(photo, *upright_size(full_size, turned), exif_date(image))


def open_image(stream: BinaryIO) -> Image.Image:
    """Open by content without decoding pixels."""
    stream.seek(0)
    heif = ("HEIF",) if is_heif(stream.read(HEAD_BYTES)) and has_heif_codec() else ()
    with strict_about_size():
        return Image.open(stream, formats=FORMATS + heif)


@contextmanager
def refusals(stream: BinaryIO, path: Path | str) -> Iterator[None]:
    """Turn what Pillow raises on an empty, foreign or damaged file into one PhotoError."""
    if not stream.read(1):
        raise PhotoError(path, "empty", "no bytes in it; fetch the photo again or remove the file")
    suffix = Path(path).suffix
    with strict_about_size():
        raw = raw_photo(stream, suffix)
    if raw is not None:
        raise PhotoError(path, "unsupported", f"{raw}; {DEVELOP}")
    stream.seek(0)
    try:
        yield
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(path, "too-many-pixels", str(error)) from error
    except UnknownScale as error:
        raise PhotoError(path, "unsupported", str(error)) from error
    except DAMAGE as error:
        raise PhotoError(path, *diagnose(stream, error, suffix)) from error


def check_size(size: tuple[int, int], path: Path | str, max_pixels: int, min_side: int) -> None:
    """Refuse a photo that declares too many pixels or too short a side."""
    width, height = size
    if width * height > max_pixels:
        detail = f"declares {width} x {height} px, more than max_pixels {max_pixels}; make it smaller"
        raise PhotoError(path, "too-many-pixels", detail)
    if min(size) < min_side:
        detail = f"{width} x {height} px, a side under min_side {min_side}; bring a larger copy"
        raise PhotoError(path, "too-small", detail)


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an 8-bit RGB copy: transparency on white, 16-bit grey scaled by 255/65535, the rest converted.

    image: loaded Pillow image in any mode; an embedded colour profile is applied.
    Raises UnknownScale for 32-bit pixels outside 0..65535 and for floating-point pixels.
    """
    if image.mode == "F":
        raise UnknownScale("floating-point pixels (mode F); save it as 8-bit or 16-bit")
    if image.mode.startswith("I"):
        return to_srgb(sixteen_bit_to_grey(image)).convert("RGB")
    if image.has_transparency_data:
        photo = to_srgb(image if image.mode == "LA" else image.convert("RGBA")).convert("RGBA")
        paper = Image.new("RGBA", photo.size, "white")
        return Image.alpha_composite(paper, photo).convert("RGB")
    return to_srgb(image.convert("RGB") if image.mode in ("P", "1", "YCbCr") else image).convert("RGB")


def sixteen_bit_to_grey(image: Image.Image) -> Image.Image:
    """Scale a grey image with values 0..65535 (Pillow's I and I;16 modes) to 8 bits, rounding; its profile is kept.

    Pillow's own convert() clips at 255 and would make nearly every pixel white.
    """
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > SIXTEEN_BIT:
        raise UnknownScale(f"32-bit pixels up to {values.max()}; save it as 8-bit or 16-bit")
    grey = (values * 255 + SIXTEEN_BIT // 2) // SIXTEEN_BIT
    scaled = Image.fromarray(grey.astype(np.uint8))
    scaled.info = {name: value for name, value in image.info.items() if name == "icc_profile"}
    return scaled
