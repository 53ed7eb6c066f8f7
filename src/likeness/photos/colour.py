"""Any Pillow mode to 8-bit RGB, as an eye would see the photo on white paper."""

import numpy as np
from PIL import Image

SIXTEEN_BIT = 65535


class UnknownScale(ValueError):
    """Pixels in a mode whose black and white are not known, so no 8-bit picture can be made."""


def to_rgb(image: Image.Image) -> Image.Image:
    """Return an 8-bit RGB copy: transparency on white, 16-bit grey scaled by 255/65535, the rest converted.

    image: loaded Pillow image in any mode. Embedded colour profiles are not applied.
    Raises UnknownScale for 32-bit pixels outside 0..65535 and for floating-point pixels.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return sixteen_bit_to_rgb(image)
    if image.mode == "F":
        raise UnknownScale("floating-point pixels (mode F); save it as 8-bit or 16-bit")
    if image.has_transparency_data:
        photo = image.convert("RGBA")
        paper = Image.new("RGBA", photo.size, "white")
        return Image.alpha_composite(paper, photo).convert("RGB")
    return image.convert("RGB")


def sixteen_bit_to_rgb(image: Image.Image) -> Image.Image:
    """Scale a grey image with values 0..65535 (Pillow's I and I;16 modes) to 8-bit RGB, rounding.

    Pillow's own convert() clips at 255 and would make nearly every pixel white.
    """
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > SIXTEEN_BIT:
        raise UnknownScale(f"32-bit pixels up to {values.max()}; save it as 8-bit or 16-bit")
    grey = (values * 255 + SIXTEEN_BIT // 2) // SIXTEEN_BIT
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
