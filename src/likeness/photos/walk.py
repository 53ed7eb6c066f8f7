"""Walking a user's folder: each file once, whatever links there are, and without what devices and programs leave."""

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import NamedTuple

from likeness.errors import LayoutError
from likeness.photos.formats import RAW_MAKERS

DECODED_SUFFIXES = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif",
    ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".j2k", ".jpx", ".jpf", ".avif", ".avifs", ".heic",
    ".heif", ".heics", ".heifs", ".hif",
})  # fmt: skip
PHOTO_SUFFIXES = DECODED_SUFFIXES | {".jxl", *RAW_MAKERS}
TABLES = frozenset({".csv", ".json"})  # other readers read them
NOTES = frozenset({".txt", ".html", ".htm", ".url", ".log", ".ini"})  # sidecars where they bear a photo's name
# What network drives, systems and photo programs keep beside the photos, in lower case: thumbnails, bins, snapshots.
DEVICE_FOLDERS = (
    "@eadir", "@tmp", "@recycle", "@recently-snapshot", "@sharebin", "@synoresource", "#recycle", "#snapshot",
    "$recycle.bin", "recycler", "recycled", "system volume information", "lost+found", "found.[0-9][0-9][0-9]",
    "__macosx", "network trash folder", "temporary items", "thevolumesettingsfolder", "ipod photo cache",
    "_vti_cnf", "*.lrdata", "*.lrcat-data",
)  # fmt: skip
DEVICE_FILES = ("thumbs.db", "thumbs.db:*", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "picasa.ini", "icon\r",
                "zbthumbnail.info", "synophoto_thumb_*", "*.lrcat", "*.lrprev", "*.cocatalogdb", "photothumb.db",
                "*.ds_store", "digikam4.db", "thumbnails-digikam.db")  # fmt: skip
LIBRARIES = (".photoslibrary", ".photolibrary", ".migratedphotolibrary", ".aplibrary", ".cocatalog")
ORIGINALS = frozenset({"originals", "masters"})  # of a library's folders: the others hold previews and faces
# Edits, captions, previews and places that cameras, phones and editors write beside a photo.
SIDECARS = frozenset({
    ".xmp", ".aae", ".thm", ".lrv", ".pp3", ".dop", ".cos", ".comask", ".cop", ".cot", ".nksc", ".on1",
    ".onphoto", ".vrd", ".dr4", ".lrtemplate", ".photo-edit", ".spd", ".arp", ".gpx", ".nmea", ".kml", ".srt",
    ".ctg", ".supplemental-metadata",
})  # fmt: skip
MOVING = frozenset({".mov", ".mp4", ".mp", ".m4v", ".3gp", ".wav", ".m4a", ".aac"})  # Live Photos, motion, voice memos
DEVICES, HIDDEN, AGAIN = "left by devices and programs", "hidden", "reached by another path already"
SIDECAR, PAIRED, SPECIAL = "sidecars", "raws or films of a photo beside them", "no ordinary files"
NAMED = 5  # of many


class Walk(NamedTuple):
    """What a folder holds.

    files: what was asked for, or stands in its place, sorted. Among them, to be refused, are links to nothing and what
    is in `unread`.
    passed: {what was passed over: {suffix or folder's name: how often}}.
    unread: those of `files` that are folders that can't be opened, and names that are not UTF-8, written as `escaped`:
    their folders are not read.
    """

    files: list[Path]
    passed: dict[str, Counter]
    unread: list[Path]


def walk(folder: Path, suffixes: tuple[str, ...] | None = None) -> Walk:
    """List a folder and its subfolders. Linked folders are followed, but none is read twice, nor what holds `folder`.

    suffixes: in lower case, of the names to list; ("",) lists all. None lists photos: without tables, sidecars and what
    belongs to a photo beside it.
    A file that can be reached with and without a link keeps the path without. Raises LayoutError if there is no such
    folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "no such folder"
        raise LayoutError(f"{folder}: {what}; give the folder that holds the photos")
    if (name := escaped(str(folder))) != str(folder):
        raise LayoutError(f"{name}: the folder's name is not UTF-8; rename it")
    files: list[Path] = []
    unread: list[Path] = []
    passed: dict[str, Counter] = defaultdict(Counter)
    seen = {_identity(parent) for parent in folder.resolve().parents}
    plain, linked = [folder], []
    while plain or linked:
        parent = plain.pop() if plain else linked.pop(0)
        if (identity := _identity(parent)) in seen:
            passed[AGAIN]["linked folder"] += 1
            continue
        seen.add(identity)
        try:
            entries = sorted(os.scandir(parent), key=lambda entry: entry.name)
        except OSError:
            unread.append(parent)
            continue
        names = []
        for entry in entries:
            path, is_folder = parent / escaped(entry.name), _is_folder(entry)
            if why := _passed_over(entry.name, is_folder, parent):
                passed[why][_sort_of(entry.name, is_folder)] += 1
            elif path.name != entry.name:
                if is_folder or suffixes is None or path.name.lower().endswith(suffixes):
                    unread.append(path)
            elif is_folder:
                (linked if entry.is_symlink() else plain).append(path)
            elif _is_special(entry):
                passed[SPECIAL][_sort_of(entry.name, False)] += 1
            else:
                names.append(entry.name)
        for name, why in _sorted_out(names) if suffixes is None else _ending_so(names, suffixes):
            if why:
                passed[why][_sort_of(name, False)] += 1
            else:
                files.append(parent / name)
    return Walk(sorted(files + unread, key=Path.as_posix), dict(passed), unread)


def photo_files(folder: Path) -> list[Path]:
    """Return the files of `walk`: what is, or stands where, a photo."""
    return walk(folder).files


def passed_over(folder: Path, suffixes: tuple[str, ...] | None = None) -> dict[str, Counter]:
    """Return what `walk` passes over; nothing where there is no such folder."""
    return walk(folder, suffixes).passed if Path(folder).is_dir() else {}


def say_passed(passed: Mapping[str, Mapping[str, int]]) -> str:
    """Return a sentence, with a blank before it, of what was passed over in a folder; "" for nothing.

    >>> say_passed({"sidecars": {".xmp": 2, ".aae": 1}})
    ' Passed over: 3 sidecars (2 .xmp, 1 .aae).'
    """
    parts = [
        f"{sum(sorts.values()):,} {why} ({', '.join(f'{n:,} {sort}' for sort, n in _most(sorts))})"
        for why, sorts in sorted(passed.items())
    ]
    return f" Passed over: {'; '.join(parts)}." if parts else ""


def _most(sorts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the most frequent sorts, the others as one."""
    ranked = sorted(sorts.items(), key=lambda item: (-item[1], item[0]))
    others = sum(number for _, number in ranked[NAMED:])
    return ranked[:NAMED] + ([("others", others)] if others else [])


def escaped(name: str) -> str:
    r"""Return a name that is UTF-8 as it is, and of another the bytes that are none written out.

    >>> escaped("caf\udce9.jpg") == "caf" + chr(92) + "xe9.jpg"
    True
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _identity(folder: Path) -> tuple[int, int] | str:
    try:
        status = folder.stat()
    except OSError:
        return folder.as_posix()
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _is_special(entry: os.DirEntry) -> bool:
    """Say whether an entry is a pipe, socket or device: opening it could wait for ever."""
    try:
        return not entry.is_file() and Path(entry.path).exists()
    except OSError:
        return False


def _passed_over(name: str, is_folder: bool, parent: Path) -> str | None:
    """Say why a folder or file is none of the user's photos, whatever is in it; None if it may be."""
    folded = name.casefold()
    if any(fnmatchcase(folded, pattern) for pattern in (DEVICE_FOLDERS if is_folder else DEVICE_FILES)):
        return DEVICES
    if is_folder and parent.suffix.lower() in LIBRARIES and folded not in ORIGINALS:
        return DEVICES
    return HIDDEN if name.startswith(".") else None


def _sort_of(name: str, is_folder: bool) -> str:
    return escaped(name) if is_folder else PurePath(escaped(name)).suffix.lower() or "without suffix"


def _sorted_out(names: list[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the names of a folder's files, each with why it is passed over, or None; tables are left out."""
    keys = {_key(name) for name in names if PurePath(name).suffix.lower() in DECODED_SUFFIXES}
    keys |= {PurePath(key).stem for key in keys}
    for name in names:
        suffix, key = PurePath(name).suffix.lower(), _key(name)
        is_beside = key in keys or PurePath(key).stem.removesuffix("_hevc") in keys
        # Google Takeout's: IMG_1.jpg.json, IMG_1.jpg.supplemental-metadata.json
        is_about = is_beside or PurePath(PurePath(key).stem).stem in keys
        if suffix in SIDECARS or (is_about and suffix in TABLES | NOTES):
            yield name, SIDECAR
        elif suffix in TABLES:
            continue
        elif is_beside and (suffix in RAW_MAKERS or suffix in MOVING):
            yield name, PAIRED
        else:
            yield name, None


def _ending_so(names: list[str], suffixes: tuple[str, ...]) -> Iterator[tuple[str, None]]:
    yield from ((name, None) for name in names if name.lower().endswith(suffixes))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
