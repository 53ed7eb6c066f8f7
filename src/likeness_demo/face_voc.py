"""Faces of a picture as Pascal VOC XML, the way LabelImg writes it."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from likeness.paths import write_text


def write_voc(
    path: Path, image: str, size: tuple[int, int], boxes: Sequence[Sequence[int]], name: str = "face"
) -> Path:
    """Write the boxes of one picture as Pascal VOC XML (Everingham et al., 2010) and return `path`.

    image: file name of the picture; size: (height, width) px; boxes: x0, y0, x1, y1 in whole px from 0, the right and
    lower edge outside. In the file the first pixel is 1 and the last one of a box belongs to it, so that
    xmin = x0 + 1 and xmax = x1. `path` in the file is the image's name: LabelImg would write where it lay.
    """
    root = ElementTree.Element("annotation")
    add(root, "folder", path.parent.name)
    add(root, "filename", image)
    add(root, "path", image)
    add(add(root, "source"), "database", "Unknown")
    sizes = add(root, "size")
    for key, value in zip(("width", "height", "depth"), (size[1], size[0], 3), strict=True):
        add(sizes, key, str(value))
    add(root, "segmented", "0")
    for x0, y0, x1, y1 in boxes:
        found = add(root, "object")
        for key, text in (("name", name), ("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            add(found, key, text)
        corners = add(found, "bndbox")
        for key, value in (("xmin", x0 + 1), ("ymin", y0 + 1), ("xmax", x1), ("ymax", y1)):
            add(corners, key, str(int(value)))
    ElementTree.indent(root, "\t")
    return write_text(ElementTree.tostring(root, encoding="unicode") + "\n", path)


def add(parent: ElementTree.Element, tag: str, text: str | None = None) -> ElementTree.Element:
    """Add a child with a text to an XML element and return it."""
    child = ElementTree.SubElement(parent, tag)
    child.text = text
    return child
