"""Colour profiles: every photo in sRGB, by Little CMS (Pillow's ImageCms), which the eye and the networks expect.

Intent: relative colorimetric with black-point compensation, as browsers and Photoshop do. Little CMS computes its
tables in double precision and the pixels in integers, without code for certain processors; only the C library's `pow`
has some. With and without its variants for FMA and AVX2 all 16.8 million colours of Display P3, ProPhoto and Lab came
out the same to the bit.
"""

import struct
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageCms

from likeness.photos.contents import strict_about_size
from likeness.photos.formats import DAMAGE

SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}  # mode of pixels -> as profiles name it
SAME = 2  # levels of 255: a profile that moves no colour further is sRGB in one of its many spellings
# Spaces that files name without a profile: red, green and blue in XYZ (D50), and the tone curve as an ICC tag.
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457),
             b"curv\0\0\0\0\0\0\0\x01\x02\x33")  # fmt: skip
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407),
              b"para\0\0\0\0\0\x03\0\0" + struct.pack(">5i", 157286, 62119, 3417, 5073, 2651))  # fmt: skip
P3, SRGB_CURVE = 12, 13  # colour primaries and transfer of HEIF's nclx (ITU-T H.273)
UNCALIBRATED = (2, 0xFFFF)  # EXIF's ColorSpace of Adobe RGB; R03 of the interoperability index says that it is
# NOCACHE: threads share a transform.
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOCACHE


def to_srgb(image: Image.Image) -> Image.Image:
    """Return the photo with its embedded profile applied, as RGB, or as it is where there is nothing to apply.

    image: loaded, in mode RGB, RGBA, L, LA, CMYK or LAB; transparency is kept. As it is (the same bits): without a
    profile, with sRGB's, with one that is damaged or is no profile of such pixels (grey pixels may carry an RGB one).
    Adobe RGB that a camera notes in EXIF, and Display P3 that a HEIF notes, are as good as a profile.
    """
    profile = image.info.get("icc_profile") or _noted(image)
    if not isinstance(profile, bytes):
        return image
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colours = image.convert(image.mode.removesuffix("A")) if alpha else image
    transform = _transform(profile, colours.mode)
    if transform is None and colours.mode == "L":
        colours = colours.convert("RGB")
        transform = _transform(profile, "RGB")
    if transform is None:
        return image
    converted = ImageCms.applyTransform(colours, transform)
    converted.info.pop("icc_profile", None)  # sRGB goes without saying; PNG and WebP would carry it along
    if alpha:
        converted.putalpha(alpha)
    return converted


def _noted(image: Image.Image) -> bytes | None:
    """Return the profile of the space that a file only names; None if it names none, or one that is not known here."""
    nclx = image.info.get("nclx_profile") or {}
    if (nclx.get("color_primaries"), nclx.get("transfer_characteristics")) == (P3, SRGB_CURVE):
        return _matrix_profile(DISPLAY_P3)
    try:
        with strict_about_size():
            exif = image.getexif()
            if exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace) not in UNCALIBRATED:
                return None
            index = exif.get_ifd(ExifTags.IFD.Interop).get(ExifTags.Interop.InteropIndex)
    except DAMAGE:
        return None
    return _matrix_profile(ADOBE_RGB) if str(index).strip("\0 ") == "R03" else None


@lru_cache
def _matrix_profile(space: tuple) -> bytes:
    """Return the ICC profile (version 4, as short as can be) of three colourants and a tone curve."""
    columns = [b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in xyz)) for xyz in space[:3]]
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = space[3] + bytes(-len(space[3]) % 4)
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt"), (*columns, white), strict=True))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    place, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += name + struct.pack(">2I", place + len(body), len(tag))
        body += tag
    head = struct.pack(">I4xI4s4s4s", place + len(body), 0x04000000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    head += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way from a profile's colours to sRGB; None where there is none, or it changes nothing."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space != SPACES.get(mode):
            return None
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, mode, "RGB", intent, FLAGS)
        return transform if mode not in ("RGB", "L") or _moves(transform, mode) else None
    except (*DAMAGE, ImageCms.PyCMSError):
        return None


def _moves(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Say whether a transform moves any colour of a lattice by more than SAME."""
    steps = np.arange(0, 256, 17 if mode == "RGB" else 1, dtype=np.uint8)
    lattice = np.stack(np.meshgrid(*[steps] * len(mode)), axis=-1).reshape(1, -1, len(mode))
    before = Image.fromarray(lattice if mode == "RGB" else lattice[..., 0])
    after = np.asarray(ImageCms.applyTransform(before, transform), dtype=int)
    return bool(np.abs(after - np.asarray(before.convert("RGB"), dtype=int)).max() > SAME)
