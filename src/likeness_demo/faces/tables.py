"""The museum's tables of the faces demo, in the columns of the National Gallery of Art's open data."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from likeness.paths import write_text
from likeness_demo.faces.plan import Work

# https://github.com/NationalGalleryOfArt/opendata, data/*.csv
OBJECTS = ("objectid", "uuid", "accessioned", "accessionnum", "locationid", "title", "displaydate", "beginyear",
           "endyear", "visualbrowsertimespan", "medium", "dimensions", "inscription", "markings",
           "attributioninverted", "attribution", "provenancetext", "creditline", "classification",
           "subclassification", "visualbrowserclassification", "parentid", "isvirtual", "departmentabbr",
           "portfolio", "series", "volume", "watermarks", "lastdetectedmodification", "wikidataid",
           "customprinturl")  # fmt: skip
DIMENSIONS = ("objectid", "element", "dimensiontype", "dimension", "unitname")
IMAGES = ("uuid", "iiifurl", "iiifthumburl", "viewtype", "sequence", "width", "height", "maxpixels", "openaccess",
          "created", "modified", "depictstmsobjectid", "assistivetext")  # fmt: skip
ADDRESS = "https://example.org/iiif"  # example.org is reserved for examples (RFC 2606): nothing is there
WRITTEN = "2016-03-01 12:00:00-05"
SECOND_VIEWS = 12  # every so many objects have a second image, which the folder lacks
SHORTER = (40.0, 95.0)  # cm of a painting's shorter side


def object_table(works: list[Work], seed: int) -> pd.DataFrame:
    """Return objects.csv: one row an object, all text; what the demo has no value for is empty."""
    rows = []
    for work, code in zip(works, codes(len(works), [seed, 47]), strict=True):
        (first, last), before = work.years, work.years[0] // 50 * 50
        exact = str(first) if first % 2 else f"c. {first}"
        kind = work.kind if work.kind in ("sculpture", "print") else "painting"
        rows.append({
            "objectid": work.objectid, "uuid": code, "accessioned": 1, "isvirtual": 0, "medium": work.medium,
            "accessionnum": f"{1950 + work.objectid % 40}.{work.objectid // 40}.1", "title": work.title,
            "displaydate": exact if first == last else f"{first}/{last}", "beginyear": first, "endyear": last,
            "visualbrowsertimespan": f"{before + 1} to {before + 50}", "creditline": "Drawn by the demo",
            "attributioninverted": work.manner.workshop, "attribution": work.manner.workshop,
            "classification": kind.title(), "visualbrowserclassification": kind, "lastdetectedmodification": WRITTEN,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(OBJECTS)).astype(object).fillna("").astype(str)


def dimension_table(works: list[Work], seed: int) -> pd.DataFrame:
    """Return objects_dimensions.csv: the painted surface of paintings and mostly their frame; others as a whole."""
    rng = np.random.default_rng([seed, 48])
    rows: list[tuple[int, str, str, str, str]] = []
    for work in works:
        scale = rng.uniform(*SHORTER) / min(work.size)
        high, wide = (round(side * scale, 1) for side in work.size)
        parts = {"painted surface": (high, wide)}
        if rng.random() < 0.7:
            parts["framed"] = (high + 14.5, wide + 14.5, 6.4)
        if work.kind == "sculpture":
            parts = {"overall": (high, wide, round(0.8 * wide, 1))}
        elif work.kind == "print":
            parts = {"plate": (round(0.4 * high, 1), round(0.4 * wide, 1)), "sheet": (round(0.5 * high, 1), 0.5 * wide)}
        for element, lengths in parts.items():
            names = ("height", "width", "depth")[: len(lengths)]
            rows += [(work.objectid, element, name, f"{length:.10f}", "centimeters")
                     for name, length in sorted(zip(names, lengths, strict=True))]  # fmt: skip
    return pd.DataFrame(rows, columns=list(DIMENSIONS)).astype(str)


def image_table(works: list[Work], seed: int) -> pd.DataFrame:
    """Return published_images.csv: the primary view of every object, and some second views."""
    views = [(work, "primary", 0) for work in works]
    views += [(work, "alternate", 1) for work in works[::SECOND_VIEWS]]
    rows = []
    for (work, view, sequence), code in zip(views, codes(len(views), [seed, 49]), strict=True):
        height, width = work.size
        thumb = f"{ADDRESS}/{code}/full/!200,200/0/default.jpg"
        rows.append((code, f"{ADDRESS}/{code}", thumb, view, sequence, width, height, "", 1, WRITTEN, WRITTEN,
                     work.objectid, ""))  # fmt: skip
    return pd.DataFrame(rows, columns=list(IMAGES)).astype(str)


def codes(count: int, seed: list[int]) -> list[str]:
    """Return identifiers in the form of a UUID (RFC 9562), the same for the same seed."""
    digits = np.random.default_rng(seed).bytes(16 * count).hex()
    each = [digits[32 * k : 32 * k + 32] for k in range(count)]
    return [f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:]}" for d in each]


def write_voc(path: Path, image: str, size: tuple[int, int], boxes: Sequence[Sequence[int]]) -> Path:
    """Write the boxes of one picture as Pascal VOC XML (Everingham et al., 2010) and return `path`.

    image: file name of the picture; size: (height, width) px; boxes: x0, y0, x1, y1 in whole px from 0, the right and
    lower edge outside. In the file the first pixel is 1 and the last one of a box belongs to it, so that
    xmin = x0 + 1 and xmax = x1. `path` in the file is the image's name: LabelImg would write where it lay.
    """
    sizes = {"width": size[1], "height": size[0], "depth": 3}
    about = {"folder": path.parent.name, "filename": image, "path": image, "source": {"database": "Unknown"}}
    root = element("annotation", about | {"size": sizes, "segmented": 0})
    for x0, y0, x1, y1 in boxes:
        box = {"xmin": x0 + 1, "ymin": y0 + 1, "xmax": x1, "ymax": y1}
        face = {"name": "face", "pose": "Unspecified", "truncated": 0, "difficult": 0, "bndbox": box}
        root.append(element("object", face))
    ElementTree.indent(root, "\t")
    return write_text(ElementTree.tostring(root, encoding="unicode") + "\n", path)


def element(tag: str, content: object) -> ElementTree.Element:
    """Return an XML element that holds a text, or one element for each entry of a dictionary."""
    made = ElementTree.Element(tag)
    if isinstance(content, dict):
        made.extend(element(key, value) for key, value in content.items())
    else:
        made.text = str(content)
    return made
