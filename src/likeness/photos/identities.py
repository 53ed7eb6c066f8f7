"""Folders that are named after who is shown in them, such as the AT&T database of faces: s1/1.pgm, s1/2.pgm, ..."""

from pathlib import Path

import pandas as pd

from likeness.photos.readers import PHOTO_SUFFIXES, LayoutError, photo_files

IDENTITIES_LAYOUT = "the layout must be <folder>/<identity>/*.jpg (or .pgm, .png, ...)"


def read_identities(folder: Path) -> pd.DataFrame:
    """List <folder>/<identity>/*: path, identity, sorted by path.

    Every file in an identity's folder is listed, photo or not, except hidden ones, .csv and .json.
    Raises LayoutError if the folder is missing, holds no photo, or holds photos at another depth.
    """
    rows = []
    for path in photo_files(folder):
        parts = path.relative_to(folder).parts
        if len(parts) == 2:
            rows.append((path.as_posix(), parts[0]))
        elif path.suffix.lower() in PHOTO_SUFFIXES:
            raise LayoutError(f"{path}: a photo outside an identity's folder; {IDENTITIES_LAYOUT}")
    if not rows:
        raise LayoutError(f"{folder}: no photo in it; {IDENTITIES_LAYOUT}")
    return pd.DataFrame(rows, columns=["path", "identity"], dtype="str")
