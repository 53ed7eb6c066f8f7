"""A museum's collection as the National Gallery of Art publishes it: tables, beside pictures named by object id.

The tables and their columns: github.com/NationalGalleryOfArt/opendata (CC0), folder data and sql_tables.
"""

from collections.abc import Container, Iterable, Sequence
from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.names import normal
from likeness.photos.readers import photo_files
from likeness.photos.text_tables import read_text_table

ELEMENT = "painted surface"
DIMENSIONS, OBJECTS, PUBLISHED, IMAGES = "objects_dimensions.csv", "objects.csv", "published_images.csv", "images"
FACTS = {"title": "title", "attribution": "artist", "displaydate": "date"}  # of objects.csv -> our names
FOUND = ("path", "object_id", "title", "artist", "date")
LEFT_OUT = ("path", "object_id", "reason", "detail")
LAYOUT = f"the layout must be <folder>/{DIMENSIONS}, {OBJECTS}, {PUBLISHED} and <folder>/{IMAGES}/<objectid>.jpg"


def read_museum(folder: Path, element: str = ELEMENT) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (found, left_out): the pictures of objects with this element, and everything else with a reason.

    element: of objects_dimensions.csv, in any case; "painted surface" is what tells paintings from other objects.
    found: path, object_id, title, artist (attribution), date (as displayed), sorted by path; "" where unknown.
    left_out: path, object_id ("" if the file name is none), reason, detail. A picture is left out as "no-object-id",
    "second-picture", "no-dimensions", "other-element" or "no-object-row"; an object as "no-image-file" (its path is
    where the picture should be); a row of objects.csv as "second-row"; a table that is not there is listed as
    "no-table": without objects.csv titles, artists and dates are unknown, without published_images.csv nobody knows
    which missing pictures can be had.
    Text is composed (NFC), ids are text ("0001" is not "1"). Raises LayoutError if the folder, its pictures or its
    dimensions are missing, a column is, a row has more or fewer cells than its header, or nothing fits.
    """
    folder = Path(folder)
    elements = _elements(folder)
    pictures, left_out = _pictures(folder, elements)
    facts, trouble = _facts(folder)
    left_out += trouble
    if elements and not elements.keys() & pictures.keys() and (pictures or left_out):
        other = min(pictures) if pictures else Path(left_out[0][0]).stem
        sides = f"a picture is called {other!r}, an object {min(elements)!r}"
        raise LayoutError(f"{folder}: no picture is named after an object of {DIMENSIONS}: {sides}; rename one side")
    wanted = {object_id for object_id, names in elements.items() if element.strip().lower() in names}
    rows = []
    for object_id, path in pictures.items():
        if object_id not in wanted:
            left_out.append((path, object_id, *_unwanted(elements.get(object_id), element)))
        elif facts is not None and object_id not in facts:
            left_out.append((path, object_id, "no-object-row", f"{OBJECTS} has no row for it; complete the table"))
        else:
            rows.append((path, object_id, *(("",) * len(FACTS) if facts is None else facts[object_id])))
    if not rows:
        names = ", ".join(sorted({name for names in elements.values() for name in names})) or "nothing"
        raise LayoutError(f"{folder}: no picture of an object with the element {element!r}; {DIMENSIONS} has {names}")
    left_out += _absent(folder, wanted - set(pictures))
    found = pd.DataFrame(rows, columns=list(FOUND), dtype="str").sort_values("path", ignore_index=True)
    rest = pd.DataFrame(left_out, columns=list(LEFT_OUT), dtype="str")
    return found, rest.sort_values(["path", "reason"], ignore_index=True)


def _pictures(folder: Path, elements: Container[str]) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """Return {object id: path} of the picture files, and those that are no object's or its second."""
    pictures: dict[str, str] = {}
    left_out = []
    for file in photo_files(folder / IMAGES):
        path, object_id = file.as_posix(), normal(file.stem)
        if not (object_id in elements or (object_id.isascii() and object_id.isdigit())):
            left_out.append((path, "", "no-object-id", "the file name is no object id; name it <objectid>.jpg"))
        elif object_id in pictures:
            left_out.append((path, object_id, "second-picture", f"{pictures[object_id]} shows the object already"))
        else:
            pictures[object_id] = path
    return pictures, left_out


def _elements(folder: Path) -> dict[str, set[str]]:
    """Return {object id: its elements in lower case}."""
    photo_files(folder)  # a folder, or one line that says what it is
    if not (folder / IMAGES).is_dir():
        raise LayoutError(f"{folder}: no folder {IMAGES} in it; {LAYOUT}")
    if not (folder / DIMENSIONS).is_file():
        raise LayoutError(f"{folder}: no {DIMENSIONS} in it; {LAYOUT}; for pictures alone choose the layout pictures")
    table = _table(folder / DIMENSIONS, ["objectid", "element"]).drop_duplicates()
    elements: dict[str, set[str]] = {}
    for object_id, element in zip(table["objectid"], table["element"].str.lower(), strict=True):
        elements.setdefault(object_id, set()).add(element)
    return elements


def _facts(folder: Path) -> tuple[dict[str, tuple[str, ...]] | None, list[tuple[str, ...]]]:
    """Return {object id: title, artist, date} (None without the table), and what is wrong with the table."""
    path = folder / OBJECTS
    if not path.is_file():
        return None, [(path.as_posix(), "", "no-table", "without it titles, artists and dates are unknown")]
    table = _table(path, ["objectid", *FACTS])
    is_second = table["objectid"].duplicated()
    detail = "the object has a row further up, which is kept"
    trouble = [(path.as_posix(), object_id, "second-row", detail) for object_id in table.loc[is_second, "objectid"]]
    once = table[~is_second]
    return dict(zip(once["objectid"], zip(*(once[name] for name in FACTS), strict=True), strict=True)), trouble


def _table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return a table's rows as composed text without line breaks. Raises LayoutError if one does not fit the header."""
    rows, odd, _ = read_text_table(path, columns)
    if odd:
        more = f", as {len(odd) - 1} more" if len(odd) > 1 else ""
        raise LayoutError(f"{path}, row {odd[0]}: has more or fewer cells than the header{more}; correct that row")
    return rows.apply(lambda column: column.str.normalize("NFC").str.split().str.join(" ")).astype("str")


def _unwanted(elements: set[str] | None, element: str) -> tuple[str, str]:
    """Return (reason, detail) of a picture whose object lacks the element."""
    if elements is None:
        return "no-dimensions", f"{DIMENSIONS} has no row for it, so that its elements are unknown"
    return "other-element", f"no {element}, but {', '.join(sorted(elements))}"


def _absent(folder: Path, object_ids: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the rows of objects with the element but without a picture file, and of a missing table of pictures."""
    path = folder / PUBLISHED
    known = path.is_file()
    published = set(_table(path, ["depictstmsobjectid"])["depictstmsobjectid"]) if known else set()
    why = {True: f"{PUBLISHED} lists a picture: fetch it", False: f"{PUBLISHED} lists no picture of it"}
    rows = [
        (
            (folder / IMAGES / f"{object_id}.jpg").as_posix(),
            object_id,
            "no-image-file",
            why[object_id in published] if known else "bring its picture",
        )
        for object_id in object_ids
    ]
    unknown = (path.as_posix(), "", "no-table", "without it nobody knows which missing pictures are published")
    return rows if known else [*rows, unknown]
