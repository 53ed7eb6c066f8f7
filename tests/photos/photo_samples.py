"""Small photos made for the tests: structured enough to be recognised, cheap enough to make by the dozen."""

import numpy as np
from PIL import Image


def scene(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A smooth random picture: coarse colour noise, enlarged; other seeds give pictures that share nothing."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def corners(size: tuple[int, int] = (64, 40)) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right: shows every flip and turn."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    return image.resize(size, Image.Resampling.NEAREST)
