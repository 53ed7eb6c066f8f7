"""One Pascal VOC annotation, as LabelImg writes it: parsed without entities, document types or anything from outside.

Format: Everingham et al., The Pascal Visual Object Classes Challenge, IJCV 2010, development kit.
"""

import math
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

MAX_BYTES = 4_000_000  # an annotation of 1,000 objects takes 0.3 MB
MAX_DEPTH = 64  # of nested elements; VOC needs 4, and taking a very deep tree apart can overflow the stack
MAX_DETAIL = 200  # characters quoted of what was refused
CORNERS = ("xmin", "ymin", "xmax", "ymax")


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
