"""Which picture a Pascal VOC annotation is of, and on which of its pixels the marks stand."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from likeness.photos.contents import orientation, upright_size
from likeness.photos.decode import PhotoError, open_image, refusals
from likeness.photos.names import normal
from likeness.photos.voc.xml_file import Annotation, VocError

UNITS = ((1, 1), (100, 100))  # stated sizes that are none: shares and percent
TIES = 20  # pictures of one name are told apart by their folders

Size = tuple[int, int]


class Frame(NamedTuple):
    """Where marks stand. size: of the picture as it was marked [px]. unit: numbers in percent are divided by 100.

    stored, upright: sizes [px] of the picture now. turn: its EXIF orientation where stored pixels were marked, else 1.
    """

    size: Size
    unit: int
    stored: Size
    upright: Size
    turn: int

    @property
    def scale(self) -> Size:
        """What marks are multiplied by, along x and y."""
        now = self.stored if self.turn != 1 else self.upright
        return now[0] / self.size[0], now[1] / self.size[1]


class Shelf(NamedTuple):
    """Where to look for pictures. here: by folder and name; apart: in folders without XML, by the ends of their paths.

    Names are those of `names.normal`, with and without suffix, in lower case where the file system ignores it.
    """

    here: dict[tuple[str, str], list[Path]]
    apart: dict[str, list[Path]]
    folders: set[Path]
    ignore_case: bool

    def key(self, name: str) -> str:
        """Return a name as it is compared."""
        return normal(name).casefold() if self.ignore_case else normal(name)


def shelve(pictures: Iterable[Path], xml_files: Iterable[Path], *, ignore_case: bool) -> Shelf:
    """Return the shelf of a folder's pictures."""
    with_xml = {path.parent for path in xml_files}
    shelf = Shelf(defaultdict(list), defaultdict(list), set(), ignore_case)
    for picture in pictures:
        shelf.folders.add(picture.parent)
        for name in {picture.name, picture.stem}:
            shelf.here[shelf.key(str(picture.parent)), shelf.key(name)].append(picture)
            if picture.parent not in with_xml:
                parts = [*picture.parent.parts, name]
                for start in range(len(parts)):
                    shelf.apart[shelf.key("/".join(parts[start:]))].append(picture)
    return shelf


def picture_of(path: Path, filename: str, shelf: Shelf) -> Path:
    """Return the picture of an annotation: that of the same name, else the one it says, in its folder.

    Where its folder holds no picture, in the folders without XML; of several the one whose folders are most like it.
    """
    own, said = _look(path, path.stem, shelf), _look(path, filename, shelf) or _look(path, Path(filename).stem, shelf)
    fits = [picture for picture in own if picture in said] or own or said if len(own) != 1 else own
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(str(picture) for picture in fits[:3])
        raise VocError(path, "several-pictures", f"{names} have its name; rename all but one")
    where = path.parent if path.parent in shelf.folders else "the folders without XML"
    other = next(iter(shelf.here.values()))[0].name
    named = f"no {path.stem}.jpg and no {filename or 'named picture'} in {where}"
    detail = f"{named} (a picture is called {other}); bring the picture, or rename one of the two"
    raise VocError(path, "no-picture", detail)


def _look(path: Path, name: str, shelf: Shelf) -> list[Path]:
    if not name:
        return []
    if path.parent in shelf.folders:
        return shelf.here.get((shelf.key(str(path.parent)), shelf.key(name)), [])
    parts = [*path.parent.parts, name]
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    fits = next((found for end in ends if (found := shelf.apart.get(shelf.key(end)))), [])
    if not 1 < len(fits) <= TIES:
        return fits
    near = [_shared(picture.parent.parts, path.parent.parts) for picture in fits]
    return [picture for picture, shared in zip(fits, near, strict=True) if shared == max(near)]


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return with how many equal folders two paths begin."""
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def frame_of(path: Path, annotation: Annotation, picture: Path, chosen: str) -> Frame:
    """Return where the marks of an annotation stand, by the size that it states and the picture's header.

    chosen: "upright" or "stored" where the stated size does not tell which pixels were marked, else "auto".
    Raises VocError for a picture that cannot be opened or has another shape, or where nothing tells.
    """
    stored, turn = _header(path, picture)
    sizes = {"upright": upright_size(stored, turn), "stored": stored}
    said = annotation.size
    is_unit = said in UNITS and said not in sizes.values()
    fits = [name for name, size in sizes.items() if is_unit or not all(said) or said == size]
    fits = fits or [name for name, size in sizes.items() if _is_scaled(said, size)]
    if not fits:
        there, now = (" x ".join(map(str, each)) for each in (said, sizes["upright"]))
        detail = f"marks a picture of {there} px, but {picture.name} has {now}; bring the picture that was marked"
        raise VocError(path, "other-size", detail)
    if turn == 1 or len(fits) == 1 or not annotation.objects:
        frame = fits[0]
    elif chosen != "auto":
        frame = chosen
    else:
        detail = (
            f"{picture.name} is shown turned (EXIF orientation {turn}), and nothing tells whether it was marked so; "
            "set marks: upright (as viewers show it) or marks: stored (as LabelImg did before 1.8.4) in params.yaml"
        )
        raise VocError(path, "unknown-turn", detail)
    size = said if all(said) and not is_unit else sizes[frame]
    return Frame(size, said[0] if is_unit else 1, stored, sizes["upright"], turn if frame == "stored" else 1)


def _header(path: Path, picture: Path) -> tuple[Size, int]:
    """Return the stored size [px] of a picture and its EXIF orientation."""
    try:
        with picture.open("rb") as stream, refusals(stream, picture), open_image(stream) as image:
            return image.size, orientation(image)
    except (PhotoError, OSError) as error:
        raise VocError(path, "unreadable-picture", f"{' '.join(str(error).split())}") from error


def _is_scaled(said: Size, size: Size) -> bool:
    """Say whether one size is the other, smaller or larger, but for rounding."""
    return abs(said[0] * size[1] / size[0] - said[1]) <= 1
