"""From the picture that was marked to the photo as it is shown: another size, or pixels that EXIF would turn."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from likeness.errors import LayoutError
from likeness.photos.contents import DAMAGE, load_late_exif, orientation
from likeness.photos.decode import open_image

SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height


class Frames(NamedTuple):
    """What was marked, a row a photo: size (n, 2) px of the picture, and the EXIF orientation to apply to it (n,)."""

    size: np.ndarray
    turn: np.ndarray


def frames_of(stated: np.ndarray, upright: np.ndarray, paths: Sequence[Path], file: Path) -> Frames:
    """Return the frames of photos whose marks state a size (n, 2) px, NaN for none; `upright`: (n, 2) the photos' own.

    A size of the photo's shape is a smaller or larger copy. One of the shape that the photo's pixels have before EXIF
    turns them was marked on those pixels; one such photo speaks for all of the file that the sizes can't tell (squares,
    mirrored ones). Raises LayoutError, which names the first photo, for any other shape.
    """
    said = np.isfinite(stated).all(axis=1)
    size = np.where(said[:, None], stated, upright)
    same, swapped = _alike(size, upright), said & _alike(size, upright[:, ::-1])
    turn = np.ones(len(size), dtype=int)
    doubtful = np.flatnonzero(~same & swapped)
    turn[doubtful] = [orientation_of(paths[k]) for k in doubtful]
    _refuse(~same & ~np.isin(turn, SIDEWAYS), size, upright, paths, file)
    if len(doubtful):
        turns = np.array([orientation_of(path) for path in paths])
        sideways = np.isin(turns, SIDEWAYS)
        if not (said & same & ~swapped & sideways).any():  # no photo says that the file's others were upright
            turn, size = turns, np.where((sideways & ~said)[:, None], upright[:, ::-1], size)
    return Frames(size, turn)


def _refuse(odd: np.ndarray, size: np.ndarray, upright: np.ndarray, paths: Sequence[Path], file: Path) -> None:
    if odd.any():
        k = int(odd.argmax())
        marked, own = (f"{width:g} x {height:g} px" for width, height in (size[k], upright[k]))
        raise LayoutError(
            f"{file}: {paths[k].name} was marked on {marked}, but the photo has {own}, another shape (so are "
            f"{odd.sum()} of {len(odd)} photos); bring those that were marked, or correct the file's width and height"
        )


def _alike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Say which sizes (n, 2) have the same shape, but for a pixel that shrinking one of them rounded."""
    fits = [
        np.abs(small[:, i] - small[:, 1 - i] * large[:, i] / large[:, 1 - i]) <= 1
        for small, large in ((a, b), (b, a))
        for i in (0, 1)
    ]
    return np.any(fits, axis=0)


def on_photo(places: np.ndarray, size: np.ndarray, turn: int, upright: np.ndarray) -> np.ndarray:
    """Return places (..., 2) [px] of a picture of `size` (width, height) on the photo of size `upright`.

    turn: the EXIF orientation that the photo was turned by and the picture was not; 1 for none.
    """
    (x, y), (width, height) = np.moveaxis(places, -1, 0), size
    x, y = {2: (width - x, y), 3: (width - x, height - y), 4: (x, height - y), 5: (y, x), 6: (height - y, x),
            7: (height - y, width - x), 8: (y, width - x)}.get(turn, (x, y))  # fmt: skip
    turned = size[::-1] if turn in SIDEWAYS else size
    places = np.stack([x, y], axis=-1)
    return places if (turned == upright).all() else places * (upright / turned)


def orientation_of(path: Path) -> int:
    """Return a photo's EXIF orientation, 1 to 8; 1 where it says none."""
    try:
        with path.open("rb") as stream, open_image(stream) as image:
            load_late_exif(image)
            return orientation(image)
    except DAMAGE:
        return 1
