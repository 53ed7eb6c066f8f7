"""The hashes of all operations on this machine."""

from collections.abc import Iterator

from likeness.operations import arithmetic, fits, networks, pictures
from likeness.operations.numbers import digest


def hashes() -> Iterator[tuple[str, str]]:
    """Yield (operation, hash of what it gives here)."""
    for room in (arithmetic, fits, pictures, networks):
        for name, compute in room.operations():
            yield name, digest(compute())
