"""What is shown of a photo before its features are computed."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageOps

Row = Mapping[str, Any]  # a photo's row of the photos table: a dict, or a Series


@dataclass(frozen=True)
class Rendering:
    """A way to look at a photo.

    apply(image, row) -> image: upright RGB in and out; row: see Row.
    key(row) -> str: all that the rendering's result depends on besides the photo, for the cache.
    draft(row, size) -> int: shortest side [px] at which the photo must be decoded for the rendering to be at least
    size x size px; None: `size` itself, for a rendering of the whole photo.
    """

    name: str
    apply: Callable[[Image.Image, Row], Image.Image]
    key: Callable[[Row], str]
    draft: Callable[[Row, int], int] | None = None


GROWTH = 0.1  # torso lengths that the mask of people reaches beyond their limbs
PHOTO = Rendering("photo", lambda image, _row: image, lambda _row: "photo")
MIRROR = Rendering("mirror", lambda image, _row: ImageOps.mirror(image), lambda _row: "mirror")


def background(people: Mapping[str, np.ndarray]) -> Rendering:
    """Return the rendering in which people are filled with the photo's mean colour.

    people: photo_id -> (people, 18, 3) joints in px of the upright photo, NaN where unseen; a photo that is
    not in it has nobody to fill.
    """
    from likeness.people.masks import mask_out, person_mask

    def apply(image: Image.Image, row: Row) -> Image.Image:
        joints = people.get(row["photo_id"])
        if joints is None or not np.isfinite(joints[..., :2]).any():
            return image
        width, height = int(row["width"]), int(row["height"])  # joints are in px of the whole photo
        mask = Image.fromarray(person_mask(joints, width, height, grow=GROWTH))
        return mask_out(image, np.asarray(mask.resize(image.size, Image.Resampling.NEAREST)))

    def rendering_key(row: Row) -> str:
        joints = people.get(row["photo_id"])
        seen = b"" if joints is None else np.ascontiguousarray(joints, dtype=np.float64).tobytes()
        return f"background-{GROWTH:g}-{hashlib.sha256(seen).hexdigest()}"

    return Rendering("background", apply, rendering_key)
