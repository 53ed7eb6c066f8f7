"""The manifest: every file found is either an accepted photo or in quarantine with a reason."""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from likeness.cache import Cache, key
from likeness.parallel import ahead
from likeness.photos.decode import MAX_PIXELS, MIN_SIDE, PhotoError, read_photo
from likeness.photos.duplicates import THUMBNAIL, perceptual_hash
from likeness.progress import track

PLACE = ("site", "pose", "arrangement")
PHOTO_TYPES = {
    "photo_id": "str",
    "path": "str",
    "sha256": "str",
    "width": "int64",
    "height": "int64",
    "site": "str",
    "pose": "str",
    "arrangement": "str",
    "taken_at": "datetime64[us]",
    "phash": "str",
}
QUARANTINE = ("path", "reason", "detail")


class LostPhotos(RuntimeError):
    """Accepted and quarantined files do not add up to the files found."""


def build_manifest(
    found: pd.DataFrame,
    root: Path,
    *,
    cache: Cache | None = None,
    max_pixels: int = MAX_PIXELS,
    min_side: int = MIN_SIDE,
    progress: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Open every file once, on all cores, and return (photos, quarantine), both sorted by path.

    cache: keeps what was found by the file's bytes, so that a file that was looked at before is read and not decoded.
    found: column path (absolute, or relative to root); site, pose, arrangement if the layout tells them.
    photos: the columns of PHOTO_TYPES; paths relative to root with forward slashes; width and height [px] upright.
    quarantine: path, reason (likeness.photos.decode.REASONS), detail. Of files with the same bytes the first path
    is kept and the others are quarantined as "exact-duplicate", with the kept path as their detail.
    Raises LostPhotos unless accepted + quarantined = found.
    """
    table = with_relative_paths(found, root).sort_values("path")
    if (twice := table["path"][table["path"].duplicated()]).size:
        raise ValueError(f"{twice.iloc[0]}: listed twice among the files found; list every file once")
    inspected = ahead(lambda path: inspect(path, root, max_pixels, min_side, cache), table["path"])
    rows = list(track(inspected, "photos", total=len(table)) if progress else inspected)
    places = table.reindex(columns=PLACE).to_dict("records")
    accepted, refused = sort_out([place | row for place, row in zip(places, rows, strict=True)])
    if len(accepted) + len(refused) != len(found):
        raise LostPhotos(f"{len(found)} files found, but {len(accepted)} accepted + {len(refused)} quarantined")
    photos = pd.DataFrame(accepted, columns=list(PHOTO_TYPES)).astype(PHOTO_TYPES)
    return photos, pd.DataFrame(refused, columns=list(QUARANTINE)).astype("str")


def relative_path(path: Path | str, root: Path) -> str:
    """Return `path` relative to root, with forward slashes; links are not followed. ValueError if outside.

    >>> relative_path("/photos/raw/../raw/a.jpg", Path("/photos"))
    'raw/a.jpg'
    """
    relative = Path(os.path.relpath(Path(root).absolute() / path, Path(root).absolute()))
    if ".." in relative.parts:
        raise ValueError(f"{path}: lies outside {root}; put or link the photos under data/raw/")
    return relative.as_posix()


def with_relative_paths(table: pd.DataFrame, root: Path) -> pd.DataFrame:
    """Return the table with its column path relative to root, as `relative_path` gives it."""
    return table.assign(path=[relative_path(path, root) for path in table["path"]])


def inspect(path: str, root: Path, max_pixels: int, min_side: int, cache: Cache | None = None) -> dict[str, Any]:
    """Hash and decode one file: the facts of an accepted photo, or reason and detail of a refused file.

    cache: as for `build_manifest`.
    """
    limits = {"max_pixels": max_pixels, "min_side": min_side}
    try:
        with (Path(root) / path).open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            name = key(__name__, limits, sha256, Path(path).suffix) if cache else ""  # a refusal speaks of the suffix
            kept = cache.read(name) if cache else None
            facts = json.loads(kept) if kept else look(stream, path, limits)
    except OSError as error:
        return {"path": path, "reason": "unreadable", "detail": why_not_opened(Path(root) / path, error)}
    if cache and not kept:
        cache.write(name, json.dumps(facts).encode())
    if "reason" in facts:
        return {"path": path} | facts
    taken_at = datetime.fromisoformat(facts["taken_at"]) if facts["taken_at"] else None
    return {"photo_id": sha256[:16], "path": path, "sha256": sha256} | facts | {"taken_at": taken_at}


def look(stream: BinaryIO, path: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return what a file's content says, as JSON can hold it: width, height, taken_at, phash, or reason and detail."""
    stream.seek(0)
    try:
        photo = read_photo(stream, path, draft=THUMBNAIL, **limits)
    except PhotoError as error:
        return {"reason": error.reason, "detail": error.detail}
    taken_at = photo.taken_at.isoformat() if photo.taken_at else None
    size = {"width": photo.width, "height": photo.height}
    return size | {"taken_at": taken_at, "phash": perceptual_hash(photo.image)}


def why_not_opened(path: Path, error: OSError) -> str:
    r"""Say in one line, without the path, why a file could not be opened: a name that is not UTF-8, a link, a folder.

    path: as `walk` lists it, the bytes that are no UTF-8 written as \xe9.
    """
    if path.is_symlink() and error.errno in (errno.ENOENT, errno.ELOOP):
        return f"cannot be opened: a link to {path.readlink()}, which leads nowhere; mend or remove the link"
    if path.is_dir():
        return "a folder that cannot be read; give yourself the right to, or move its photos"
    written = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes.fromhex(found[1].decode()), os.fsencode(path))
    if written != os.fsencode(path) and os.path.lexists(written):
        unread = " a folder that was not read;" if os.path.isdir(written) else ""  # noqa: PTH112 (Path takes no bytes)
        return f"the name is not UTF-8;{unread} rename it"
    return f"cannot be opened: {error.strerror}; check the link or the file's permissions"


def sort_out(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Split rows into (accepted, refused); the second and later files with the same bytes are refused."""
    accepted: dict[str, dict[str, Any]] = {}
    refused = []
    for row in rows:
        if "reason" in row:
            refused.append(row)
        elif (kept := accepted.setdefault(row["photo_id"], row)) is not row:
            refused.append({"path": row["path"], "reason": "exact-duplicate", "detail": kept["path"]})
    return list(accepted.values()), refused
