"""What the four numbers of a mark mean: corners or a corner with a size, pixels or shares, on turned pixels or not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
INSIDE = 0.5  # of a box must lie in the picture: people and programs draw a little over the edge, not next to it
SMALLEST = 2.0  # px; a face takes more, and shares that were taken for pixels less
SURE = 0.9  # of a folder's marks must fit a reading of their numbers, and fewer the other one
SLENDER = 2.5  # a face's longer side / its shorter one; a box beyond has been read in the wrong way
MANY = 0.25  # of the marks are upside down at least, where width and height stand in the place of the far corner
LARGE = 200  # px; from this side on it shows that no mark goes beyond 100
FAR = 1e9  # px


class Meaning(NamedTuple):
    """How a folder's or a table's numbers are read.

    shares: in parts of the picture, not in px. sizes: the last two are width and height, not a corner.
    doubt: "" or why they cannot be read.
    """

    shares: bool
    sizes: bool
    doubt: str


def meaning_of(numbers: Array, pictures: Array) -> Meaning:
    """Tell what the numbers of marks mean that one person or program made: all of them together show it.

    numbers: (n, 4). pictures: (n, 2), width and height [px] of the picture that each mark is on.
    Numbers within 0..1 are shares, for as pixels they would mark one. Where the second corner lies before the first,
    the corners are swapped, or it is a width and a height; those must lie in the pictures, and the boxes look like
    faces, in one reading only.
    """
    if not len(numbers):
        return Meaning(shares=False, sizes=False, doubt="")
    shares = bool((numbers >= 0).all() and (numbers <= 1).all())
    fractions = bool((numbers % 1 > 0).any())
    if not shares and fractions and numbers.max() <= 100 and pictures.min() >= LARGE:
        return Meaning(shares, sizes=False, doubt="no number is above 100, as if they were percent; write them in px")
    sides = np.ones_like(pictures) if shares else pictures + 1
    turned = (numbers[:, 2:] < numbers[:, :2]).any(axis=1)
    in_picture = (numbers[:, :2] + numbers[:, 2:] <= sides).all(axis=1)
    if turned.mean() < MANY or in_picture.mean() < SURE:
        return Meaning(shares, sizes=False, doubt="")
    scale = pictures if shares else 1.0
    as_corners = _face_like(np.abs(numbers[:, 2:] - numbers[:, :2]) * scale)
    as_sizes = _face_like(numbers[:, 2:] * scale)
    if as_corners >= SURE > as_sizes or as_sizes >= SURE > as_corners:
        return Meaning(shares, sizes=bool(as_sizes >= SURE), doubt="")
    doubt = "xmax, ymax lie before xmin, ymin: swapped corners, or a width and a height? write both corners"
    return Meaning(shares, sizes=False, doubt=doubt)


def _face_like(sides: Array) -> float:
    """Return which part of boxes of these sides (n, 2) [px] is no more slender than a face."""
    shorter, longer = sides.min(axis=1), sides.max(axis=1)
    return float(((shorter > 0) & (longer <= SLENDER * shorter)).mean())


def as_boxes(numbers: Array, pictures: Array, meaning: Meaning, first: int = 0) -> tuple[Array, list[str]]:
    """Return boxes (n, 4), x0, y0, x1, y1 [px from 0], cut at the picture's edge, and for each "" or its fault.

    Arguments as those of `meaning_of`. first: 1 where pixels are counted from 1 and the last one is included (VOC).

    >>> boxes, faults = as_boxes(np.array([[9.0, 2, 1, 6]]), np.array([[20, 10]]), Meaning(False, False, ""), first=1)
    >>> boxes.tolist(), faults
    ([[0.0, 1.0, 9.0, 6.0]], [''])
    """
    near, far = np.split(np.clip(numbers, -FAR, FAR), 2, axis=1)
    start, end = (near, near + far) if meaning.sizes else (np.minimum(near, far), np.maximum(near, far))
    if meaning.shares:
        start, end = start * pictures, end * pictures
    elif meaning.sizes:
        start, end = start - first, end - first
    else:
        start = start - first
    edge = np.tile(pictures, 2)
    boxes = np.clip(np.hstack([start, end]), 0, edge)
    whole, inside = (
        np.maximum(after - before, 0).prod(axis=1) for before, after in ((start, end), np.split(boxes, 2, 1))
    )
    small = (boxes[:, 2:] - boxes[:, :2] < SMALLEST).any(axis=1)
    faults = []
    for k, mark in enumerate(numbers):
        said, size = ", ".join(f"{number:g}" for number in mark), f"the picture of {edge[k, 0]:g} x {edge[k, 1]:g} px"
        if inside[k] <= 0 or inside[k] < INSIDE * whole[k]:
            faults.append(f"{'less than half' if inside[k] > 0 else 'nothing'} of {said} lies in {size}")
        else:
            faults.append(f"{said} marks less than {SMALLEST:g} px of {size}" if small[k] else "")
    return boxes, faults


def turn_boxes(boxes: Array, size: tuple[int, int], orientation: int) -> Array:
    """Return boxes (n, 4) on the stored pixels of a picture, `size` (width, height), as boxes of the upright picture.

    orientation: EXIF's, 1 to 8 (CIPA DC-008, Orientation).

    >>> turn_boxes(np.array([[0.0, 0, 3, 2]]), (40, 30), 6).tolist()
    [[28.0, 0.0, 30.0, 3.0]]
    """
    (x0, y0, x1, y1), (width, height) = boxes.T, size
    if orientation in (2, 3, 7, 8):
        x0, x1 = width - x1, width - x0
    if orientation in (3, 4, 6, 7):
        y0, y1 = height - y1, height - y0
    return np.stack([y0, x0, y1, x1] if orientation in (5, 6, 7, 8) else [x0, y0, x1, y1], axis=1)
