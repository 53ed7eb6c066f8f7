"""What a person asks of the curator: how many, which ones in any case, which never, in what shape."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from likeness.errors import UserError

ASPECTS = {
    "any": (0.0, float("inf")),
    "portrait": (0.0, 0.95),
    "square": (0.95, 1.05),
    "landscape": (1.05, float("inf")),
}


class CurateError(UserError):
    """What the user can put right: a folder, a number, a list that names no photo; the message is one line."""


@dataclass(frozen=True)
class Wishes:
    """keep: photos. per_moment: of one moment at most. must, never: files with a path or name a line.

    aspect: a key of ASPECTS, of the photos kept. taste: "none", "study" or a curator's file. people: tell who appears.
    """

    keep: int = 20
    per_moment: int | None = None
    must: Path | None = None
    never: Path | None = None
    aspect: str = "any"
    taste: str = "none"
    people: bool = False

    def __post_init__(self) -> None:
        if self.keep < 1:
            raise CurateError(f"keep {self.keep}: keep at least 1 photo")
        if self.per_moment is not None and self.per_moment < 1:
            raise CurateError(f"per-moment {self.per_moment}: at least 1 photo of a moment")
        if self.aspect not in ASPECTS:
            raise CurateError(f"aspect {self.aspect!r}: choose one of {', '.join(ASPECTS)}")


def listed(file: Path | None, paths: pd.Series) -> list[int]:
    """Return the rows of `paths` that a file names, a path within the album or a photo's name a line, in its order.

    Raises CurateError naming a line that is no photo of the album, or a name that several photos have.
    """
    if file is None:
        return []
    try:
        lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CurateError(f"{file}: is no text in UTF-8; write a photo's path or name a line") from error
    names = pd.Series([Path(path).name for path in paths])
    rows: dict[int, None] = {}
    for number, line in enumerate(lines, 1):
        if not (wanted := line.strip()):
            continue
        found = [k for k, path in enumerate(paths) if path == wanted] or names.index[names == wanted].tolist()
        if len(found) != 1:
            what = "no photo of the album" if not found else f"the name of {len(found)} photos; write the path"
            raise CurateError(f"{file}, line {number}: {wanted}: {what}")
        rows[found[0]] = None
    return list(rows)


def fits(width: pd.Series, height: pd.Series, aspect: str) -> pd.Series:
    """Say which photos have the shape that was asked for; see ASPECTS."""
    low, high = ASPECTS[aspect]
    shape = width / height
    return (shape > low) & (shape <= high) if aspect != "portrait" else shape < high
