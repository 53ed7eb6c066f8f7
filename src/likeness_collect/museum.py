"""The National Gallery of Art's open data: its tables (CC0) and IIIF pictures, in the layout of photos/museum.py.

Tables and columns: github.com/NationalGalleryOfArt/opendata. Sizes: IIIF Image API 3.0 (and 2.1), "Size": !w,h fits the
picture into a box and keeps its shape.
"""

from hashlib import sha256
from pathlib import Path

from likeness.photos.museum import DIMENSIONS, IMAGES, OBJECTS, PUBLISHED
from likeness_collect import images
from likeness_collect.errors import CollectError, FetchError, Permanent
from likeness_collect.fetch import Fetcher
from likeness_collect.pictures import Picture
from likeness_collect.store import ADD_JOB, Job, Store, transaction
from likeness_collect.tables import csv_header, csv_rows, need, write_csv

BASE = "https://raw.githubusercontent.com/NationalGalleryOfArt/opendata/main/data"
TABLE_BYTES = 1_000_000_000
KEYS = {OBJECTS: "objectid", DIMENSIONS: "objectid", PUBLISHED: "depictstmsobjectid"}  # column of the object's id
NEEDED = {
    OBJECTS: ("objectid", "title", "attribution", "displaydate"),
    DIMENSIONS: ("objectid", "element"),
    PUBLISHED: ("iiifurl", "viewtype", "openaccess", "depictstmsobjectid"),
}


async def collect_museum(
    out: Path, tables: Fetcher, pictures: Fetcher, *, element: str, limit: int, size: int, base_url: str, workers: int
) -> dict[str, int]:
    """Write the tables' rows of chosen objects and images/<objectid>.jpg; return {"done", "failed", "waiting"}.

    tables, pictures: fetchers with the limits of each. element: of objects_dimensions.csv, in any case. limit: most
    objects, 0 for all; a larger limit contains the smaller. size: of the box [px] that each picture fits into.
    Raises CollectError.
    """
    with Store(out) as store:
        settings = f"{element.strip().lower()}, {size} px"
        if store.keep("museum", settings) != settings:
            raise CollectError(f"{out}: was begun with another --element or --size; use the same, or another --out")
        for name in NEEDED:
            await fetch_table(tables, f"{base_url.rstrip('/')}/{name}", store.folder / name)
        chosen = choose(store.folder, element, limit)
        if not chosen:
            raise CollectError(f"no object with the element {element!r} has a published picture; try another --element")
        plan(store, chosen, size)
        for name, key in KEYS.items():
            columns = csv_header(store.folder / name)
            rows = (row for row in csv_rows(store.folder / name) if row[key].strip() in chosen)
            write_csv(out / name, columns, (list(map(row.__getitem__, columns)) for row in rows))
        await fetch_pictures(store, out, pictures, workers)
        failures = store.reader.execute(
            "SELECT objectid, key, why FROM objects JOIN jobs ON jobs.id = job WHERE state = 'failed' "
            "ORDER BY CAST(objectid AS INTEGER)"
        )
        write_csv(out / "failed.csv", ("objectid", "url", "why"), failures)
        return store.count([images.KIND])


async def fetch_table(fetcher: Fetcher, url: str, path: Path) -> None:
    """Fetch one table unless it is there; it is there whole or not at all. Raises CollectError."""
    if path.is_file():
        return
    partial = path.with_suffix(".partial")
    try:
        with partial.open("w+b") as stream:
            await fetcher.get(url, into=stream)
        need(path, NEEDED[path.name], csv_header(partial))
        partial.replace(path)
    except FetchError as error:
        raise CollectError(f"{path.name}: cannot be had: {error.why}; the same command tries again") from error
    except UnicodeDecodeError as error:
        raise CollectError(f"{path.name}: is no table in UTF-8 any more; this version cannot read it") from error
    finally:
        partial.unlink(missing_ok=True)


def choose(folder: Path, element: str, limit: int) -> dict[str, str]:
    """Return {object id: IIIF address} of objects with the element and a primary, open-access picture.

    In an order that depends on the ids only, and mixes them.
    """
    wanted = element.strip().lower()
    having = {row["objectid"] for row in csv_rows(folder / DIMENSIONS) if row["element"].strip().lower() == wanted}
    pictures: dict[str, str] = {}
    for row in csv_rows(folder / PUBLISHED):
        object_id = row["depictstmsobjectid"].strip()
        is_open = row["openaccess"].strip() == "1"
        if is_open and row["viewtype"] == "primary" and object_id in having and is_id(object_id):
            pictures.setdefault(object_id, row["iiifurl"].strip().rstrip("/"))
    order = sorted(pictures, key=lambda one: sha256(one.encode()).digest())
    return {object_id: pictures[object_id] for object_id in (order[:limit] if limit else order)}


def is_id(text: str) -> bool:
    """Say whether an object id may become a file name: digits, and few."""
    return text.isascii() and text.isdecimal() and len(text) <= 12


def plan(store: Store, chosen: dict[str, str], size: int) -> None:
    """Write down which object's picture has which address; another limit adds or drops objects."""
    with transaction(store.db):
        store.db.execute("DELETE FROM objects")
        for object_id, address in chosen.items():
            url = f"{address}/full/!{size},{size}/0/default.jpg"
            store.db.execute(ADD_JOB, (images.KIND, url))
            found = "(SELECT id FROM jobs WHERE kind = ? AND key = ?)"
            store.db.execute(f"INSERT INTO objects VALUES (?, {found})", (object_id, images.KIND, url))
        store.db.execute("DELETE FROM jobs WHERE id NOT IN (SELECT job FROM objects)")
    store.wait_again([images.KIND])


async def fetch_pictures(store: Store, out: Path, fetcher: Fetcher, workers: int) -> None:
    """Fetch what is missing to images/<objectid>.jpg, and remove pictures of objects that are no longer chosen."""
    ids = dict(store.reader.execute("SELECT job, objectid FROM objects"))

    def place(job: Job, picture: Picture) -> str:
        if picture.suffix != ".jpg":
            raise Permanent(f"is {picture.suffix}, though a JPEG was asked for")
        return f"{IMAGES}/{ids[job.id]}.jpg"

    images.wait_for_lost(store, out, place)
    await images.fetch_pictures(store, out, fetcher, workers=workers, place=place)
    known = {f"{object_id}.jpg" for object_id in ids.values()}
    for file in (out / IMAGES).glob("*.jpg"):
        if file.name not in known and is_id(file.stem):
            file.unlink()
