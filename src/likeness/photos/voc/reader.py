"""Folders of pictures with Pascal VOC annotations, as LabelImg writes them: which picture shows a face, and where."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.names import ignores_case, normal
from likeness.photos.readers import photo_files
from likeness.photos.voc.boxes import Array, Meaning, as_boxes, meaning_of, turn_boxes
from likeness.photos.voc.pictures import Frame, frame_of, picture_of, shelve
from likeness.photos.voc.xml_file import Marked, VocError, read_voc_xml

FRAMES = ("auto", "upright", "stored")
ENOUGH = 0.5  # of the annotations must be used, or the folder is not what it was taken for
NAMES = 8  # of objects that are listed
BOX_TYPES = {"path": "str", "name": "str", **dict.fromkeys(("x0", "y0", "x1", "y1"), "float64"), "difficult": "bool"}
LEFT_OUT = ("path", "reason", "detail")
LAYOUT = "the layout must be <name>.xml beside <name>.jpg, or Annotations/<name>.xml and JPEGImages/<name>.jpg"


class Voc(NamedTuple):
    """What a folder holds.

    found: every picture: path, annotation (its XML file; "" where no usable one belongs to it: nobody knows then
    whether it shows a face), sorted by path.
    boxes: path (of the picture), name, x0, y0, x1, y1 [px of the upright picture, within it, from 0: VOC counts pixels
    from 1 and includes the last, so that xmin 1, xmax 10 is 0 to 10], difficult; in the order of path and file.
    left_out: path, reason, detail of every XML that is not used: "unsafe-xml", "no-xml", "no-annotation",
    "no-picture", "several-pictures", "second-annotation", "unreadable-picture", "other-size", "unknown-turn", and
    "bad-box", since a picture with a mark that cannot be used would else count as one without that face.
    said: what was done to marks, in how many annotations, and the names of the objects where there are several.
    """

    found: pd.DataFrame
    boxes: pd.DataFrame
    left_out: pd.DataFrame
    said: list[str]


class _Read(NamedTuple):
    """An annotation whose picture was found; the objects that are faces."""

    path: Path
    picture: Path
    frame: Frame
    objects: list[Marked]


def read_voc(folder: Path, label: str = "", *, marks: str = "auto") -> Voc:
    """Return what a folder, with its subfolders, holds in the layout of LAYOUT.

    label: names of the objects that are faces, commas between, in any case; "" takes every object.
    marks: on which pixels pictures with an EXIF orientation were marked, where the size that their annotation states
    does not tell: "upright" (as viewers show them), "stored" (LabelImg before 1.8.4), "auto": they are left out.
    Marks made on another size of the same shape are scaled; marks on stored pixels are turned with the picture.
    Raises LayoutError if the folder is missing, holds no picture or no XML, objects, but none with the label, or if
    fewer than ENOUGH of the annotations can be used; ValueError for another word in `marks`.
    """
    if marks not in FRAMES:
        raise ValueError(f"unknown marks {marks!r}; choose one of {', '.join(FRAMES)}")
    folder = Path(folder)
    files = photo_files(folder)
    xml_files = [path for path in files if path.suffix.lower() == ".xml"]
    pictures = {path: "" for path in files if path.suffix.lower() != ".xml"}
    if not pictures or not xml_files:
        raise LayoutError(f"{folder}: no {'annotation' if pictures else 'picture'} in it; {LAYOUT}")
    names = {normal(name).strip().casefold() for name in label.split(",")} - {""}
    read, left_out, others = _read_all(xml_files, pictures, names, marks)
    if names and others and not any(entry.objects for entry in read):
        raise LayoutError(f"{folder}: no object is named {label!r}; the annotations name {', '.join(sorted(others))}")
    rows, done = [], Counter()
    for entry, boxes, fault, what in _all_boxes(read):
        if fault:
            left_out.append((entry.path.as_posix(), "bad-box", fault))
            continue
        pictures[entry.picture] = entry.path.as_posix()
        of = entry.picture.as_posix()
        rows += [(of, mark.name, *box, mark.difficult) for mark, box in zip(entry.objects, boxes.tolist(), strict=True)]
        done.update(what)
    _check_enough(folder, len(xml_files), left_out)
    found = pd.DataFrame([(path.as_posix(), xml) for path, xml in pictures.items()], columns=["path", "annotation"])
    rest = pd.DataFrame(left_out, columns=list(LEFT_OUT), dtype="str").sort_values("path", kind="stable")
    table = pd.DataFrame(rows, columns=list(BOX_TYPES)).astype(BOX_TYPES).sort_values("path", kind="stable")
    said = _said(done, table["name"])
    return Voc(found.astype("str"), table.reset_index(drop=True), rest.reset_index(drop=True), said)


def _read_all(
    xml_files: list[Path], pictures: dict[Path, str], names: set[str], marks: str
) -> tuple[list[_Read], list[tuple[str, str, str]], set[str]]:
    """Return the annotations whose pictures were found, what is left out, and the names of objects not asked for."""
    shelf = shelve(pictures, xml_files, ignore_case=ignores_case(xml_files[0].parent))
    read, left_out, others, taken = [], [], set(), {}
    for path in xml_files:
        try:
            annotation = read_voc_xml(path)
            picture = picture_of(path, annotation.filename, shelf)
            if picture in taken:
                detail = f"{picture.name} has {taken[picture]} already; remove one"
                raise VocError(path, "second-annotation", detail)
            frame = frame_of(path, annotation, picture, marks)
        except VocError as error:
            left_out.append((path.as_posix(), error.reason, error.detail))
            continue
        taken[picture] = path
        chosen = [mark for mark in annotation.objects if not names or mark.name.casefold() in names]
        others |= {mark.name for mark in annotation.objects if mark not in chosen}
        read.append(_Read(path, picture, frame, chosen))
    return read, left_out, others


def _all_boxes(read: list[_Read]) -> Iterator[tuple[_Read, Array, str, list[str]]]:
    """Yield each annotation, its boxes (n, 4) [px of the upright picture], "" or its fault, and what was done to them.

    What numbers mean is told by all annotations of a folder: one program wrote them.
    """
    by_folder: dict[Path, list[_Read]] = defaultdict(list)
    for entry in read:
        by_folder[entry.path.parent].append(entry)
    for entries in by_folder.values():
        good = [(entry.frame, mark) for entry in entries for mark in entry.objects if not mark.fault]
        numbers = np.array([mark.numbers for _, mark in good], float).reshape(-1, 4)
        numbers /= np.array([frame.unit for frame, _ in good], float).reshape(-1, 1)
        sizes = np.array([frame.size for frame, _ in good], float).reshape(-1, 2)
        meaning = meaning_of(numbers, sizes)
        boxes, faults = as_boxes(numbers, sizes, meaning, first=1)
        swapped = (numbers[:, 2:] < numbers[:, :2]).any(axis=1)
        start = 0
        for entry in entries:
            own = slice(start, start + sum(not mark.fault for mark in entry.objects))
            start = own.stop
            fault = _fault(entry, faults[own], meaning.doubt)
            yield entry, _upright(boxes[own], entry.frame), fault, _done(entry, meaning, bool(swapped[own].any()))


def _fault(entry: _Read, faults: list[str], doubt: str) -> str:
    """Return why an annotation's boxes cannot be used, "" if all can. faults: of the objects that have numbers."""
    rest = iter(faults)
    for number, mark in enumerate(entry.objects, 1):
        if why := mark.fault or next(rest) or doubt:
            return f"object {number} ({mark.name or 'without a name'}): {why}; mark it again"
    return ""


def _upright(boxes: Array, frame: Frame) -> Array:
    return turn_boxes(boxes * np.array(frame.scale * 2), frame.stored, frame.turn)


def _done(entry: _Read, meaning: Meaning, swapped: bool) -> list[str]:
    """Return what was done to the marks of an annotation."""
    done = {
        "scaled to the picture's size": entry.frame.scale != (1, 1),
        "turned with the picture": entry.frame.turn != 1,
        "read as shares of the picture": meaning.shares,
        "read as width and height": meaning.sizes,
        "turned round, their corners swapped": swapped and not meaning.sizes,
    }
    return [what for what, is_so in done.items() if is_so and entry.objects]


def _said(done: Counter, names: pd.Series) -> list[str]:
    """Return what was done to marks, and what objects are called where there are several names."""
    said = [f"the marks of {count:,} annotation{'s' * (count > 1)} are {what}" for what, count in sorted(done.items())]
    called = names.value_counts().sort_index()
    listed = ", ".join(f"{name or 'without a name'} ({count:,})" for name, count in called.head(NAMES).items())
    more = f" and {len(called) - NAMES} other names" if len(called) > NAMES else ""
    return said + [f"every object counts as a face: {listed}{more}"] * (len(called) > 1)


def _check_enough(folder: Path, count: int, left_out: list[tuple[str, str, str]]) -> None:
    """Raise LayoutError where too few annotations are used. XML of other programs counts only if there is no other."""
    lost = [row for row in left_out if row[1] != "no-annotation"] or left_out
    of = count - (len(left_out) - len(lost))
    if of - len(lost) < ENOUGH * of:
        reasons = ", ".join(f"{n} {reason}" for reason, n in Counter(reason for _, reason, _ in lost).most_common(3))
        path, reason, detail = min(lost)
        said = f"{folder}: {of - len(lost)} of {of} annotations can be used ({reasons})"
        raise LayoutError(f"{said}; such as {path}: {reason}: {detail}")
