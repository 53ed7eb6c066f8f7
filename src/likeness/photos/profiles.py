"""Colour profiles: every photo in sRGB, by Little CMS (Pillow's ImageCms), which the eye and the networks expect.

Intent: relative colorimetric with black-point compensation, as browsers and Photoshop do. Little CMS computes its
tables in double precision and the pixels in integers, without code for certain processors; only the C library's `pow`
has some. With and without its variants for FMA and AVX2 all 16.8 million colours of Display P3, ProPhoto and Lab came
out the same to the bit.
"""

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from likeness.photos.formats import DAMAGE

SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}  # mode of pixels -> as profiles name it
SAME = 2  # levels of 255: a profile that moves no colour further is sRGB in one of its many spellings
# NOCACHE: threads share a transform.
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOCACHE


def to_srgb(image: Image.Image) -> Image.Image:
    """Return the photo with its embedded profile applied, as RGB, or as it is where there is nothing to apply.

    image: loaded, in mode RGB, RGBA, L, LA, CMYK or LAB; transparency is kept. As it is (the same bits): without a
    profile, with sRGB's, with one that is damaged or is no profile of such pixels (grey pixels may carry an RGB one).
    """
    profile = image.info.get("icc_profile")
    if not profile or not isinstance(profile, bytes):
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
