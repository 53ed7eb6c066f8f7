"""The photos that a COCO file lists, and what they are called and sized there."""

import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np

from likeness.errors import LayoutError
from likeness.photos.names import normal

ROBOFLOW = re.compile(r"(?P<stem>.+)_(?P<ending>jpe?g|png|webp|bmp|tiff?)\.rf\.\w+\.\w+", re.IGNORECASE)
LABEL_STUDIO = re.compile(r"(.*/)?[0-9a-f]{8}-(?P<name>[^/]+)")


class Images(NamedTuple):
    """rows: {image id as text: row in names}. others: a second name of each, "". sizes: (n, 2) px, NaN if not said."""

    rows: dict[str, int]
    names: list[str]
    others: list[str]
    sizes: np.ndarray


def read_images(content: dict[str, Any], path: Path) -> Images:
    """Return the photos that a COCO file lists; several entries of one name are one photo."""
    place: dict[str, int] = {}
    rows, others, sizes = {}, [], []
    for image in content["images"]:
        name = get(image, "file_name", path)
        if not isinstance(name, str | int) or name == "":
            raise LayoutError(f"{path}: file_name is {name!r}; write the photo's")
        name = normal(str(name))
        if name not in place:
            place[name] = len(place)
            others.append(_other_name(image, name))
            sizes.append([_length(image.get(side)) for side in ("width", "height")])
        rows[str(get(image, "id", path))] = place[name]
    return Images(rows, list(place), others, np.array(sizes, dtype=float).reshape(-1, 2))


def _other_name(image: dict[str, Any], name: str) -> str:
    """Return the name that a picture had before Roboflow or Label Studio gave it another; "" for none."""
    extra = image.get("extra")
    if isinstance(extra, dict) and isinstance(extra.get("name"), str):
        return normal(extra["name"])
    if renamed := ROBOFLOW.fullmatch(name):
        return f"{renamed['stem']}.{renamed['ending']}"
    plain = normal(unquote(name))
    if uploaded := LABEL_STUDIO.fullmatch(plain):
        return uploaded["name"]
    return plain if plain != name else ""


def _length(value: Any) -> float:
    """Return a stated width or height, NaN where none is: some programs write 0 or -1."""
    try:
        length = float(value)
    except (TypeError, ValueError):
        return np.nan
    return length if np.isfinite(length) and length > 0 else np.nan


def get(content: Any, key: str, path: Path) -> Any:
    """Return what an object holds under a key. Raises LayoutError where it is no object, or has no such key."""
    if not isinstance(content, dict) or key not in content:
        raise LayoutError(f"{path}: no key {key!r} where one is expected; export COCO keypoints")
    return content[key]
