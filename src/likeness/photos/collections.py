"""A collection of pictures, however its folder is laid out, and a seeded part of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.museum import ELEMENT, LEFT_OUT, read_museum
from likeness.photos.names import normal
from likeness.photos.readers import PHOTO_SUFFIXES, photo_files, read_flat
from likeness.photos.voc.reader import BOX_TYPES, read_voc

IDENTITIES_LAYOUT = "the layout must be <folder>/<identity>/*.jpg (or .pgm, .png, ...)"
LAYOUTS = ("museum", "identities", "voc", "pictures")
FOUND = ("path", "object_id", "title", "artist", "date", "identity", "annotation")


@dataclass(frozen=True)
class Collection:
    """What a folder holds.

    found: every picture to look at, sorted by path; the columns of FOUND, str, "" where unknown or not of the layout.
    left_out: path, object_id, reason, detail of all that is not in `found` or of no use (see read_museum, read_voc).
    boxes: faces marked by hand: path (as in found), name, x0, y0, x1, y1 [px], difficult; empty except for voc.
    said: what was done to marks and which are not used, parts of a sentence; empty except for voc.
    """

    found: pd.DataFrame
    left_out: pd.DataFrame
    boxes: pd.DataFrame
    said: list[str]


def read_collection(folder: Path, layout: str, *, element: str = ELEMENT, marks: str = "auto") -> Collection:
    """Read a folder in one of LAYOUTS.

    museum: read_museum, objects with `element`. identities: read_identities. voc: read_voc, with `marks`. pictures: any
    folder, every file in it at any depth.
    Raises ValueError for another layout, LayoutError for a folder that is missing, empty or laid out otherwise.
    """
    left_out, boxes, said = pd.DataFrame(), pd.DataFrame(), []
    if layout == "museum":
        found, left_out = read_museum(folder, element)
    elif layout == "identities":
        found = read_identities(folder)
    elif layout == "voc":
        found, boxes, left_out, said = read_voc(folder, marks=marks)
        reasons = ", ".join(f"{n:,} {reason}" for reason, n in left_out["reason"].value_counts().items())
        said = [*said, *[f"annotations that are not used: {reasons}"] * bool(reasons)]
    elif layout == "pictures":
        found = read_flat(folder)
        found = found[~found["path"].str.lower().str.endswith(".xml")]  # annotations are no damaged pictures
    else:
        raise ValueError(f"unknown layout {layout!r}; choose one of {', '.join(LAYOUTS)}")
    return Collection(
        found.reindex(columns=list(FOUND), fill_value="").astype("str").reset_index(drop=True),
        left_out.reindex(columns=list(LEFT_OUT), fill_value="").astype("str"),
        boxes.reindex(columns=list(BOX_TYPES)).astype(BOX_TYPES),
        said,
    )


def take_fraction(found: pd.DataFrame, fraction: float, seed: int) -> pd.DataFrame:
    """Return a seeded part of the pictures, at least one, in their order.

    found: path. fraction: in (0, 1]. A larger fraction contains the smaller ones of the same seed, and a picture's
    place in the draw depends on its folder's and file's name only: more pictures, another place, or names as macOS
    decomposes them change no lot.

    >>> take_fraction(pd.DataFrame({"path": ["raw/a.jpg", "raw/b.jpg"]}), 0.5, seed=7)["path"].tolist()
    ['raw/b.jpg']
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction {fraction} must be above 0 and at most 1, which takes all pictures")
    lots = [_lot(path, seed) for path in found["path"]]
    order = np.array(sorted(range(len(lots)), key=lambda k: (lots[k], found["path"].iloc[k])), dtype=int)
    count = max(1, round(fraction * len(found)))
    return found.iloc[np.sort(order[:count])].reset_index(drop=True)


def _lot(path: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}/{normal('/'.join(Path(path).parts[-2:]))}".encode()).hexdigest()


def read_identities(folder: Path) -> pd.DataFrame:
    """List <folder>/<identity>/*: path, identity, sorted by path.

    Every file in an identity's folder is listed, photo or not, except hidden ones, .csv and .json. Folders whose names
    differ only in how letters are encoded (NFC, NFD) hold one identity.
    Raises LayoutError if the folder is missing, holds no photo, or holds photos at another depth.
    """
    rows = []
    for path in photo_files(folder):
        parts = path.relative_to(folder).parts
        if len(parts) == 2:
            rows.append((path.as_posix(), normal(parts[0])))
        elif path.suffix.lower() in PHOTO_SUFFIXES:
            raise LayoutError(f"{path}: a photo outside an identity's folder; {IDENTITIES_LAYOUT}")
    if not rows:
        raise LayoutError(f"{folder}: no photo in it; {IDENTITIES_LAYOUT}")
    return pd.DataFrame(rows, columns=["path", "identity"], dtype="str")
