"""Whether marked joints can be of the photos that they were put on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from likeness.errors import LayoutError
from likeness.people.joints import JOINTS, seen
from likeness.people.marks.frames import SIDEWAYS, orientation_of
from likeness.people.marks.record import Marks
from likeness.people.marks.scales import PIXELS

# Of the joints marked: by hand 99.99 % lie inside the photo (Leeds Sports Pose), and networks may guess the six
# leg joints of 17 below a half-length portrait; where most lie outside, they are of a larger picture.
INSIDE = 0.5
MANY = 4  # photos; where every joint of so many lies in the upper left quarter, smaller copies were marked
JOINTS_EACH = 5  # of these photos in the mean: fewer joints do not say where people are
BEYOND = 1.02  # of a side: so far outside the upright photo a joint lies on other pixels, and is no slip


def is_inside(people: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Say which joints (..., 18, 3) are seen inside a photo of size (width, height) px: (..., 18) bool."""
    return (people[..., :2] >= 0).all(axis=-1) & (people[..., :2] <= size).all(axis=-1)


def check_places(
    people: Sequence[np.ndarray], upright: np.ndarray, stated: np.ndarray, paths: Sequence[Path], marks: Marks
) -> None:
    """Raise LayoutError, with an example, unless the joints are where people in these photos can be.

    people: a photo each, (n, 18, 3). upright: (photos, 2) width and height [px]. stated: (photos,) bool, True where the
    file says what size was marked; the others must not all lie in one corner, nor on pixels that EXIF turns.
    """
    owner = np.repeat(np.arange(len(people)), [len(found) for found in people])
    everybody = np.concatenate([np.empty((0, len(JOINTS), 3)), *people])
    marked = seen(everybody)
    if not marked.any():
        why = "".join(f"; {what}: {count}" for what, count in marks.left_out.items())
        raise LayoutError(
            f"{marks.file}: marks no joint of anybody (photos that it names here: {len(paths)}{why}); bring the file "
            "with the keypoints"
        )
    inside = is_inside(everybody, upright[owner][:, None])
    if marks.unit == PIXELS:
        told = [k for k, found in enumerate(people) if len(found) and not stated[k]]
        _check_turn([people[k] for k in told], upright[told], [paths[k] for k in told], marks.file)
    if inside.sum() < INSIDE * marked.sum():
        person, joint = np.argwhere(marked & ~inside)[0]
        raise LayoutError(
            f"{marks.file}: {inside.sum()} of {marked.sum()} joints lie inside the photos: {paths[owner[person]].name} "
            f"has {_size(upright[owner[person]])} and a {JOINTS[joint]} at {_place(everybody[person, joint])}; bring "
            "the photos that were marked, or state their width and height in a COCO file"
        )
    if marks.unit == PIXELS:
        _check_corner(everybody[~stated[owner]], upright[owner[~stated[owner]]], len(told), marks.file)


def _check_corner(people: np.ndarray, size: np.ndarray, photos: int, file: Path) -> None:
    marked = seen(people)
    if photos < MANY or marked.sum() < JOINTS_EACH * photos:
        return
    if (people[marked][:, :2] <= np.broadcast_to(size[:, None] / 2, people[..., :2].shape)[marked]).all():
        person, joint = np.argwhere(marked)[0]
        raise LayoutError(
            f"{file}: every joint of {photos} photos lies in the upper left quarter, such as a {JOINTS[joint]} at "
            f"{_place(people[person, joint])} of {_size(size[person])}, so smaller copies were marked; state their "
            "width and height in a COCO file, or mark these photos"
        )


def _check_turn(people: Sequence[np.ndarray], upright: np.ndarray, paths: Sequence[Path], file: Path) -> None:
    """Raise LayoutError if more photos have joints beyond their upright side than beyond that of the stored pixels."""
    stored = [k for k, found in enumerate(people) if _only_on(found, upright[k][::-1], upright[k])]
    shown = [k for k, found in enumerate(people) if _only_on(found, upright[k], upright[k][::-1])] if stored else []
    stored, shown = ([k for k in some if orientation_of(paths[k]) in SIDEWAYS] for some in (stored, shown))
    if len(stored) > len(shown):
        k = stored[0]
        raise LayoutError(
            f"{file}: {paths[k].name} was marked on pixels that its EXIF orientation turns: joints lie outside "
            f"{_size(upright[k])}, and inside {_size(upright[k][::-1])}; state the marked width and height in a COCO "
            "file, or mark the photo as it is shown"
        )


def _only_on(people: np.ndarray, frame: np.ndarray, other: np.ndarray) -> bool:
    """Say whether all joints lie inside a frame (width, height), and some clearly beyond the other one."""
    places = people[seen(people)][:, :2]
    return bool((places <= frame).all() and (places > BEYOND * other).any())


def _size(size: np.ndarray) -> str:
    return f"{size[0]:g} x {size[1]:g} px"


def _place(joint: np.ndarray) -> str:
    return f"{joint[0]:.5g}, {joint[1]:.5g}"
