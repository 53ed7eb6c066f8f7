"""Readers: which files a user's folder holds, what their place in it says about them, and tables beside them."""

import os
from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError

SITE_ALONE = "_zz"  # the folder of photos that show a site without a person posing
RASTER_SUFFIXES = (".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".jp2", ".avif")
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".heic", ".heif", *RASTER_SUFFIXES})
NOT_PHOTOS = frozenset({".csv", ".json"})
JUNK = frozenset({"Thumbs.db", "desktop.ini"})  # file managers leave them behind
SITES_LAYOUT = (
    f"the layout must be <folder>/<site>/<pose>/*.jpg, and <folder>/<site>/{SITE_ALONE}/*.jpg for the site alone"
)


def read_photos(folder: Path, layout: str) -> pd.DataFrame:
    """Read a folder in the layout "sites" or "flat"; raises ValueError for another."""
    if layout == "sites":
        return read_sites(folder)
    if layout == "flat":
        return read_flat(folder)
    raise ValueError(f"unknown layout {layout!r}; choose 'sites' or 'flat'")


def read_sites(folder: Path) -> pd.DataFrame:
    """List <folder>/<site>/<pose>/*: path, site, pose, arrangement ("site/pose"), sorted by path.

    Every file in a pose folder is listed, photo or not, except hidden ones, .csv and .json. Files in <site>/_zz/
    show the site alone: pose and arrangement are missing.
    Raises LayoutError if the folder is missing, holds no photo, or holds photos at another depth.
    """
    rows = []
    for path in photo_files(folder):
        parts = path.relative_to(folder).parts
        if len(parts) == 3:
            site, pose, _ = parts
            rows.append((path.as_posix(), site, *((None, None) if pose == SITE_ALONE else (pose, f"{site}/{pose}"))))
        elif path.suffix.lower() in PHOTO_SUFFIXES:
            raise LayoutError(f"{path}: a photo outside a pose folder; {SITES_LAYOUT}")
    if not rows:
        raise LayoutError(f"{folder}: no photo in it; {SITES_LAYOUT}")
    return pd.DataFrame(rows, columns=["path", "site", "pose", "arrangement"], dtype="str")


def read_flat(folder: Path) -> pd.DataFrame:
    """List every file in a folder and its subfolders: path, sorted.

    Hidden files, .csv and .json are left out. Raises LayoutError if the folder is missing or holds no photo.
    """
    paths = [path.as_posix() for path in photo_files(folder)]
    if not paths:
        raise LayoutError(f"{folder}: no photo in it; put the photos into this folder or a subfolder")
    return pd.DataFrame({"path": paths}, dtype="str")


def photo_files(folder: Path) -> list[Path]:
    """Return the files at any depth that are, or stand where, photos: sorted, linked folders followed."""
    folder = Path(folder)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "no such folder"
        raise LayoutError(f"{folder}: {what}; give the folder that holds the photos")
    files = []
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(parent) / name for name in names if may_be_photo(name)]
    return sorted(files, key=Path.as_posix)


def may_be_photo(name: str) -> bool:
    """Say whether a file stands where a photo should: not hidden, no table, nothing a file manager left."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise LayoutError(f"{name!r}: the file name is not UTF-8; rename the file") from error
    return not name.startswith(".") and Path(name).suffix.lower() not in NOT_PHOTOS and name not in JUNK


def read_dates(path: Path) -> pd.DataFrame:
    """Read a CSV of path (or file name) and date: path (str), date (datetime64[us]), one row per photo.

    Dates are ISO 8601, with or without a time of day. Raises ValueError naming the file and the line.
    """
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    if list(table.columns) != ["path", "date"]:
        raise ValueError(f"{path}: columns {', '.join(table.columns)}; give exactly path,date")
    dates = pd.to_datetime(table["date"], format="ISO8601", errors="coerce")
    for is_bad, fault in ((dates.isna(), "is no ISO date"), (table["path"].duplicated(), "names a photo again")):
        if is_bad.any():
            row = int(is_bad.to_numpy().argmax())
            value = table.loc[row, "path" if "again" in fault else "date"]
            raise ValueError(f"{path}, line {row + 2}: {value!r} {fault}; give one line per photo: name,2015-06-01")
    return table.assign(date=dates.astype("datetime64[us]"))


def fill_dates(photos: pd.DataFrame, dates: pd.DataFrame) -> pd.Series:
    """Return taken_at with the dates of `read_dates` put before EXIF's, matched by the end of the path.

    A name that fits no photo is ignored (it may be in quarantine); one that fits several raises ValueError.
    """
    taken_at = photos["taken_at"].copy()
    positions: dict[str, list[int]] = {}
    for k, path in enumerate(photos["path"]):
        parts = path.split("/")
        for start in range(len(parts)):
            positions.setdefault("/".join(parts[start:]), []).append(k)
    for name, date in zip(dates["path"], dates["date"], strict=True):
        fits = positions.get(name, [])
        if len(fits) > 1:
            raise ValueError(f"dates: {name!r} fits {len(fits)} photos; give more of its path, as site/pose/name")
        if fits:
            taken_at.iloc[fits[0]] = date
    return taken_at


def known_dates(photos: pd.DataFrame, folder: Path) -> pd.Series:
    """Return taken_at with the dates of the folder's dates.csv put before EXIF's, where there is such a file."""
    path = folder / "dates.csv"
    return fill_dates(photos, read_dates(path)) if path.is_file() else photos["taken_at"]
