"""What became of a file of marks on its way to the photos, counted: what a page says of it."""

from pathlib import Path
from typing import NamedTuple


class Account(NamedTuple):
    """Counts of a file of marks.

    named: photos in the file; found: those that are among the `photos` accepted; strangers: names of others, as many
    as a page lists. joints, inside: marked in the photos found, and inside them. nobody: photos found in which nobody
    is marked; unknown: photos that the file does not name, or shows somebody in without joints. twice: people marked
    twice, who count once. unit: as in `scales`. scaled, turned: photos whose marks were made on another size, or on
    pixels that EXIF turns. left_out: {what was not read: how many}.
    """

    file: Path
    named: int
    found: int
    photos: int
    strangers: list[str]
    joints: int
    inside: int
    nobody: int
    unknown: int
    twice: int
    unit: str
    scaled: int
    turned: int
    left_out: dict[str, int]
