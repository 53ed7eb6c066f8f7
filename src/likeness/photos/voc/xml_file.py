"""One Pascal VOC annotation: an XML file taken apart, whatever its encoding, and nothing beyond it ever read."""

import codecs
import math
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from likeness.errors import LayoutError
from likeness.photos.names import normal
from likeness.photos.text_tables import MARKS

MAX_BYTES = 4_000_000  # an annotation of 1,000 objects takes 0.3 MB
MAX_DEPTH = 64  # of nested elements; VOC needs 4, and taking a very deep tree apart can overflow the stack
MAX_DETAIL = 200  # characters quoted of what was refused
CORNERS = ("xmin", "ymin", "xmax", "ymax")
DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
# Programs declare a standard and write its extension (encoding.spec.whatwg.org/#names-and-labels).
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "shift_jis": "cp932", "euc_kr": "cp949"}
NO_CHARSETS = ("idna", "punycode", "undefined")  # Python's codecs that decode no files, two of them in quadratic time


class VocError(LayoutError):
    """An annotation that cannot be used: `reason` ("unsafe-xml", "no-xml", "no-annotation") and a one-line `detail`."""

    def __init__(self, path: Path, reason: str, detail: str) -> None:
        super().__init__(f"{path}: {reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Marked(NamedTuple):
    """An object: its name, whether it is marked as difficult, its four numbers as they stand, or its fault."""

    name: str
    difficult: bool
    numbers: tuple[float, ...]
    fault: str


class Annotation(NamedTuple):
    """What one file says: the picture's file name and size [px] ("" and 0, 0 where it does not say), its objects."""

    filename: str
    size: tuple[int, int]
    objects: list[Marked]


class _TooDeep(ValueError):
    """Elements are nested deeper than any annotation needs."""


class _Shallow(TreeBuilder):
    """Builds the tree with tags in lower case, without namespaces, but not below MAX_DEPTH."""

    depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        """Open an element."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeep(f"elements nested deeper than {MAX_DEPTH}")
        return super().start(_plain(tag), attributes)

    def end(self, tag: str) -> Element:
        """Close an element."""
        self.depth -= 1
        return super().end(_plain(tag))


def read_voc_xml(path: Path) -> Annotation:
    """Read one annotation. Raises VocError for a file that is no VOC XML, or that could reach beyond itself."""
    root = _parse(Path(path))
    if root.tag != "annotation":
        raise VocError(path, "no-annotation", f"the root is <{root.tag}>, not <annotation>; export it as Pascal VOC")
    objects = [_marked(entry) for entry in root.iter("object")]
    if not objects and root.find(".//bndbox") is not None:
        raise VocError(path, "no-annotation", "a <bndbox> outside of any <object>; export it as Pascal VOC")
    size = tuple(_pixels(root.findtext(f"size/{side}") or "") for side in ("width", "height"))
    filename = next(filter(None, (_last_part(root.findtext(tag)) for tag in ("filename", "path"))), "")
    return Annotation(filename, size, objects)


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
        parser.feed(_text(content))  # of text the parser ignores which encoding the file declares
        return parser.close()
    except (DefusedXmlException, _TooDeep) as error:
        what = " ".join(str(error).split())[:MAX_DETAIL]
        detail = f"entities, document types and outside references are refused ({what}); export plain Pascal VOC"
        raise VocError(path, "unsafe-xml", detail) from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that nobody knows
        what = " ".join(str(error).split())[:MAX_DETAIL]
        advice = "save it as UTF-8" if isinstance(error, UnicodeError | LookupError) else "save the annotation again"
        raise VocError(path, "no-xml", f"cannot be parsed: {what}; {advice}") from error


def _text(content: bytes) -> str:
    """Decode XML: its first bytes decide, then the encoding that it declares, then UTF-8 (XML 1.0, appendix F).

    Where the declaration can be read as ASCII the file is no UTF-16, whatever it says: .NET writes such files.
    """
    marks = [encoding for mark, encoding in MARKS.items() if content.startswith(mark)]
    wide = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(content[:2])
    declared = DECLARED.match(content[:MAX_DETAIL])
    name = declared[1].decode() if declared else "utf-8"
    if marks or wide:
        return content.decode(marks[0] if marks else wide)
    codec = codecs.lookup(re.sub("^x-|^windows-(?=8|9)", lambda found: "cp" if "w" in found[0] else "", name)).name
    if codec in NO_CHARSETS:
        raise LookupError(f"unknown encoding: {name}")
    return content.decode("utf-8" if codec.startswith(("utf-16", "utf-32")) else WIDER.get(codec, codec))


def _plain(tag: str) -> str:
    return tag.rsplit("}", 1)[-1].lower()


def _last_part(path: str | None) -> str:
    return normal((path or "").strip()).rsplit("/", 1)[-1]


def _marked(entry: Element) -> Marked:
    name = " ".join(unicodedata.normalize("NFC", entry.findtext("name") or "").split())
    numbers = tuple(_number(entry.findtext(f"bndbox/{corner}")) for corner in CORNERS)
    missing = [corner for corner, number in zip(CORNERS, numbers, strict=True) if number is None]
    fault = f"{missing[0]} is missing or no number" if missing else ""
    difficult = (entry.findtext("difficult") or "").strip().lower() not in ("", "0", "false", "no")
    return Marked(name, difficult, () if missing else numbers, fault)


def _pixels(text: str) -> int:
    """Return a stated width or height, 0 where there is none; "100%" is 100, the size that stands for percent."""
    return int(max(_number(text.strip().removesuffix("%").removesuffix("px")) or 0, 0))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
