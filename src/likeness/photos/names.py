"""Which photo a name in somebody's table means: the same letters however they are encoded, with or without folders."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple


class Fits(NamedTuple):
    """What the names of a table fit. rows: for each name the photos' positions; [] fits none, two or more are unclear.

    near: for a name that fits none, a path that differs from it in case only.
    """

    rows: list[list[int]]
    near: dict[str, str]


def normal(name: str) -> str:
    """Return a name as it is compared: composed letters (NFC: macOS decomposes them), forward slashes, no "./".

    >>> normal("Mu\u0308ller\\\\1.jpg") == "M\u00fcller/1.jpg"
    True
    """
    return unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./")


def fit_names(names: Sequence[str], paths: Sequence[str], *, ignore_case: bool = False) -> Fits:
    """Return which of the photos at `paths` each name means: the whole path or the end of it, with or without suffix.

    "data/raw/trip/big-ben/pose/1.jpg" is meant by "big-ben/pose/1.jpg", "1.jpg", "big-ben/pose/1", ... Where no name
    fits, the folder that all names share is taken off: tables come from other machines, with their absolute paths.
    ignore_case: as `ignores_case` says of the file system. Time and memory grow with the number of names and paths.

    >>> fit_names(["1.jpg", "b/2", "3.jpg"], ["a/1.jpg", "b/2.jpg"]).rows
    [[0], [1], []]
    """
    ends: dict[str, list[int]] = defaultdict(list)
    folded: dict[str, str] = {}
    for k, path in enumerate(paths):
        for end in _ends(normal(path)):
            if not (places := ends[end.casefold() if ignore_case else end]) or places[-1] != k:
                places.append(k)
            folded.setdefault(end.casefold(), path)
    wanted = [normal(name).casefold() if ignore_case else normal(name) for name in names]
    rows = [ends.get(name, []) for name in wanted]
    if not any(rows) and (shared := _shared_folder(wanted)):
        rows = [ends.get(name.removeprefix(shared), []) for name in wanted]
    near = {
        name: folded[normal(name).casefold()]
        for name, fits in zip(names, rows, strict=True)
        if not fits and normal(name).casefold() in folded
    }
    return Fits(rows, near)


def ignores_case(folder: Path) -> bool:
    """Say whether the folder's file system takes "A.jpg" and "a.jpg" for one file (macOS and Windows mostly do)."""
    folder = Path(folder).absolute()
    other = folder.with_name(folder.name.swapcase())
    try:
        return other.name != folder.name and folder.samefile(other)
    except OSError:
        return False


def _ends(path: str) -> list[str]:
    """Return a path and its ends, each with and without the file's suffix."""
    parts = path.strip("/").split("/")
    tails = ["/".join(parts[start:]) for start in range(len(parts))] + [path]
    return tails + [tail[: -len(suffix)] for tail in tails if (suffix := PurePosixPath(tail).suffix)]


def _shared_folder(names: Sequence[str]) -> str:
    """Return the folder, with its slash, in which all names lie; "" if there is none."""
    folders = [name.rpartition("/")[0].split("/") for name in names]
    steps = zip(*folders, strict=False)  # to the end of the shortest
    shared = [step[0] for step in takewhile(lambda step: len(set(step)) == 1, steps)]
    return "/".join(shared) + "/" if any(shared) else ""
