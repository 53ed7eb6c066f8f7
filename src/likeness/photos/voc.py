"""Folders of pictures with Pascal VOC annotations, as LabelImg writes them: which picture shows a face, and where."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import numpy as np
import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from likeness.errors import LayoutError
from likeness.photos.contents import orientation, upright_size
from likeness.photos.decode import PhotoError, open_image, refusals
from likeness.photos.readers import photo_files

MAX_BYTES = 4_000_000  # an annotation of 1,000 objects takes 0.3 MB
MAX_DEPTH = 64  # of nested elements; VOC needs 4, and taking a very deep tree apart can overflow the stack
MAX_DETAIL = 200  # characters quoted of what was refused
CORNERS = ("xmin", "ymin", "xmax", "ymax")
ANNOTATIONS, PICTURES = "Annotations", "JPEGImages"  # the folders of the development kit
BOX_TYPES = {"path": "str", "name": "str", **dict.fromkeys(("x0", "y0", "x1", "y1"), "float64"), "difficult": "bool"}
LEFT_OUT = ("path", "reason", "detail")
LAYOUT = f"the layout must be <name>.xml beside <name>.jpg, or {ANNOTATIONS}/<name>.xml and {PICTURES}/<name>.jpg"


class VocError(ValueError):
    """An annotation that cannot be used: `reason` ("unsafe-xml", "no-xml", "no-annotation") and a one-line `detail`."""

    def __init__(self, path: Path, reason: str, detail: str) -> None:
        super().__init__(f"{path}: {reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Marked(NamedTuple):
    """An object: its name, whether it is marked as difficult, and its corners [px, 1-based, inclusive] or its fault."""

    name: str
    difficult: bool
    corners: tuple[float, ...]
    fault: str


class Annotation(NamedTuple):
    """What one file says: the picture's file name and size [px] ("" and 0, 0 where it does not say), its objects."""

    filename: str
    size: tuple[int, int]
    objects: list[Marked]


class _TooDeep(ValueError):
    """Elements are nested deeper than any annotation needs."""


class _Shallow(TreeBuilder):
    """Builds the tree, but not below MAX_DEPTH."""

    depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        """Open an element."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeep(f"elements nested deeper than {MAX_DEPTH}")
        return super().start(tag, attributes)

    def end(self, tag: str) -> Element:
        """Close an element."""
        self.depth -= 1
        return super().end(tag)


def read_voc(folder: Path, label: str = "") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return (found, boxes, left_out) of a folder, with its subfolders, in the layout of LAYOUT.

    label: names of the objects that are faces, commas between; "" takes every object.
    found: every picture: path, annotation (its XML file; "" where no usable one belongs to it: nobody knows then
    whether it shows a face), sorted by path.
    boxes: path (of the picture), name, x0, y0, x1, y1 [px of the upright picture, within it, from 0: VOC counts pixels
    from 1 and includes the last, so that xmin 1, xmax 10 is 0 to 10], difficult; in the order of path and file.
    left_out: path, reason, detail of every XML that is not used ("unsafe-xml", "no-xml", "no-annotation",
    "no-picture", "several-pictures", "second-annotation", "unreadable-picture", "other-size") and of every object of a
    used XML without a usable box ("bad-box"; path is that of the XML).
    Raises LayoutError if the folder is missing or holds no picture, or objects, but none with the label.
    """
    folder = Path(folder)
    files = photo_files(folder)
    xml_files = [path for path in files if path.suffix.lower() == ".xml"]
    pictures = {path: "" for path in files if path.suffix.lower() != ".xml"}
    if not pictures:
        raise LayoutError(f"{folder}: no picture in it; {LAYOUT}")
    names = {name.strip() for name in label.split(",")} - {""}
    boxes, left_out, others = _read_all(xml_files, pictures, names)
    if names and not boxes and others:
        raise LayoutError(f"{folder}: no object is named {label!r}; the annotations name {', '.join(sorted(others))}")
    found = pd.DataFrame([(path.as_posix(), xml) for path, xml in pictures.items()], columns=["path", "annotation"])
    rest = pd.DataFrame(left_out, columns=list(LEFT_OUT), dtype="str").sort_values("path", kind="stable")
    table = pd.DataFrame(boxes, columns=list(BOX_TYPES)).astype(BOX_TYPES).sort_values("path", kind="stable")
    return found.astype("str"), table.reset_index(drop=True), rest.reset_index(drop=True)


def _read_all(
    xml_files: list[Path], pictures: dict[Path, str], names: set[str]
) -> tuple[list[tuple], list[tuple[str, str, str]], set[str]]:
    """Return boxes, what is left out, and the names of objects not asked for; says in `pictures` which XML is whose."""
    boxes, left_out, others = [], [], set()
    for path in xml_files:
        try:
            annotation = read_voc_xml(path)
            picture = _picture_of(path, annotation.filename, pictures)
            size = _size_of(picture, annotation, path)
        except VocError as error:
            left_out.append((path.as_posix(), error.reason, error.detail))
            continue
        pictures[picture] = path.as_posix()
        chosen = [mark for mark in annotation.objects if not names or mark.name in names]
        others |= {mark.name for mark in annotation.objects} - names
        for box, fault in _boxes(chosen, *size):
            if fault:
                left_out.append((path.as_posix(), "bad-box", fault))
            else:
                boxes.append((picture.as_posix(), *box))
    return boxes, left_out, others


def _picture_of(path: Path, filename: str, pictures: dict[Path, str]) -> Path:
    """Return the picture that an annotation is of: that of the same name, else the one it says, where pictures lie."""
    parts = list(path.parent.parts)
    if ANNOTATIONS in parts:
        parts[len(parts) - 1 - parts[::-1].index(ANNOTATIONS)] = PICTURES
    folder = Path(*parts)
    fits = [picture for picture in pictures if picture.parent == folder and picture.stem == path.stem]
    said = folder / filename
    if len(fits) != 1:
        fits = [said] if said in pictures and (not fits or said in fits) else fits
    if not fits:
        raise VocError(path, "no-picture", f"no {path.stem}.jpg and no {filename or 'named picture'} in {folder}")
    if len(fits) > 1:
        names = ", ".join(picture.name for picture in fits)
        raise VocError(path, "several-pictures", f"{names} have its name; rename all but one")
    if pictures[fits[0]]:
        raise VocError(path, "second-annotation", f"{fits[0].name} has {pictures[fits[0]]} already; remove one")
    return fits[0]


def _size_of(picture: Path, annotation: Annotation, path: Path) -> tuple[int, int]:
    """Return the upright size [px] of a picture from its header; the annotation must be of that size, or say none."""
    try:
        with picture.open("rb") as stream, refusals(stream, picture), open_image(stream) as image:
            size = upright_size(image.size, orientation(image))
    except (PhotoError, OSError) as error:
        raise VocError(path, "unreadable-picture", f"{' '.join(str(error).split())}") from error
    if all(annotation.size) and annotation.size != size:
        said, is_now = (" x ".join(map(str, each)) for each in (annotation.size, size))
        detail = f"marks a picture of {said} px, but {picture.name} has {is_now}; bring the picture that was marked"
        raise VocError(path, "other-size", detail)
    return size


def _boxes(marks: list[Marked], width: int, height: int) -> Iterator[tuple[tuple, str]]:
    """Yield (name, x0, y0, x1, y1, difficult) and "", or () and why the box cannot be used."""
    for number, mark in enumerate(marks, 1):
        where = f"object {number} ({mark.name or 'without a name'})"
        if mark.fault:
            yield (), f"{where}: {mark.fault}; mark it again"
            continue
        xmin, ymin, xmax, ymax = mark.corners
        x0, y0, x1, y1 = np.clip([xmin - 1, ymin - 1, xmax, ymax], 0, [width, height] * 2).tolist()
        if x1 > x0 and y1 > y0:
            yield (mark.name, x0, y0, x1, y1, mark.difficult), ""
        else:
            corners = ", ".join(f"{corner:g}" for corner in mark.corners)
            yield (), f"{where}: nothing of {corners} lies in the picture of {width} x {height} px; mark it again"


def read_voc_xml(path: Path) -> Annotation:
    """Read one annotation. Raises VocError for a file that is no VOC XML, or that could reach beyond itself."""
    root = _parse(Path(path))
    if root.tag != "annotation":
        raise VocError(path, "no-annotation", f"the root is <{root.tag}>, not <annotation>; export it as Pascal VOC")
    size = tuple(int(_number(root.findtext(f"size/{side}")) or 0) for side in ("width", "height"))
    filename = (root.findtext("filename") or "").strip().replace("\\", "/").rsplit("/", 1)[-1]
    return Annotation(filename, size, [_marked(entry) for entry in root.iterfind("object")])


def _parse(path: Path) -> Element:
    """Return the root element. A DTD is refused altogether: VOC has none, and all attacks by entities need one."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise VocError(path, "no-xml", f"cannot be opened: {error.strerror}; check the link or the file") from error
    if len(content) > MAX_BYTES:
        raise VocError(path, "unsafe-xml", f"more than {MAX_BYTES} bytes; no annotation is so long")
    parser = XMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(content)
        return parser.close()
    except (DefusedXmlException, _TooDeep) as error:
        what = " ".join(str(error).split())[:MAX_DETAIL]
        detail = f"entities, document types and outside references are refused ({what}); export plain Pascal VOC"
        raise VocError(path, "unsafe-xml", detail) from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        detail = f"cannot be parsed: {' '.join(str(error).split())}; save the annotation again"
        raise VocError(path, "no-xml", detail) from error


def _marked(entry: Element) -> Marked:
    name = " ".join((entry.findtext("name") or "").split())
    corners = tuple(_number(entry.findtext(f"bndbox/{corner}")) for corner in CORNERS)
    missing = [corner for corner, number in zip(CORNERS, corners, strict=True) if number is None]
    fault = f"{missing[0]} is missing or no number" if missing else ""
    difficult = (entry.findtext("difficult") or "").strip() not in ("", "0")
    return Marked(name, difficult, () if missing else corners, fault)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
