"""Readers: which files a user's folder holds, what their place in it says about them, and tables beside them."""

import unicodedata
from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.contents import parse_date
from likeness.photos.names import Fits, fit_names, ignores_case, normal
from likeness.photos.text_tables import read_text_table
from likeness.photos.walk import PHOTO_SUFFIXES, photo_files

SITE_ALONE = "_zz"  # the folder of photos that show a site without a person posing
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

    Every file in a pose folder is listed, photo or not, but for what `walk` passes over. Files in <site>/_zz/ show the
    site alone: pose and arrangement are missing, as for a folder that cannot be read. Names of folders are in NFC.
    Raises LayoutError if the folder is missing, holds no photo, or holds photos at another depth.
    """
    rows = []
    for path in photo_files(folder):
        parts = path.relative_to(folder).parts
        if len(parts) == 3:
            site, pose = (unicodedata.normalize("NFC", part) for part in parts[:2])
            rows.append((path.as_posix(), site, *((None, None) if pose == SITE_ALONE else (pose, f"{site}/{pose}"))))
        elif path.suffix.lower() in PHOTO_SUFFIXES:
            raise LayoutError(f"{path}: a photo outside a pose folder; {SITES_LAYOUT}")
        elif not path.is_file():  # to be refused: its photos may be many
            rows.append((path.as_posix(), None, None, None))
    if not rows:
        raise LayoutError(f"{folder}: no photo in it; {SITES_LAYOUT}")
    return pd.DataFrame(rows, columns=["path", "site", "pose", "arrangement"], dtype="str")


def read_flat(folder: Path) -> pd.DataFrame:
    """List every file in a folder and its subfolders: path, sorted.

    What `walk` passes over is left out. Raises LayoutError if the folder is missing or holds no photo.
    """
    paths = [path.as_posix() for path in photo_files(folder)]
    if not paths:
        raise LayoutError(f"{folder}: no photo in it; put the photos into this folder or a subfolder")
    return pd.DataFrame({"path": paths}, dtype="str")


def read_dates(path: Path) -> pd.DataFrame:
    """Read a table of path (or file name) and date: path (str), date (datetime64[us]), one row per photo.

    Dates are ISO 8601 or as EXIF writes them, with or without a time of day; those with a zone become UTC. Separator
    and encoding are sniffed. Raises LayoutError naming the file and the line.
    """
    table, odd, _ = read_text_table(path)
    if sorted(table.columns) != ["date", "path"]:
        raise LayoutError(f"{path}: columns {', '.join(table.columns)}; give exactly path,date")
    if odd:
        raise LayoutError(f"{path}, line {odd[0]}: not two cells; give one line per photo: name,2015-06-01")
    dates = pd.to_datetime(table["date"], format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    dates = dates.astype("datetime64[us]").fillna(table["date"].map(parse_date).astype("datetime64[us]"))
    is_again = table["path"].map(normal).duplicated()
    for is_bad, fault, column in ((dates.isna(), "is no ISO date", "date"), (is_again, "names a photo again", "path")):
        if is_bad.any():
            row = is_bad.idxmax()
            value = table.loc[row, column]
            raise LayoutError(f"{path}, line {row}: {value!r} {fault}; give one line per photo: name,2015-06-01")
    return table[["path"]].assign(date=dates).reset_index(drop=True)


def fill_dates(photos: pd.DataFrame, dates: pd.DataFrame, *, ignore_case: bool = False) -> pd.Series:
    """Return taken_at with the dates of `read_dates` put before EXIF's, matched as `names.fit_names` does.

    A name that fits no photo is ignored (see `unfit_dates`); one that fits several raises LayoutError.
    """
    taken_at = photos["taken_at"].copy()
    fits = fit_names(dates["path"].tolist(), photos["path"].tolist(), ignore_case=ignore_case)
    for name, date, rows in zip(dates["path"], dates["date"], fits.rows, strict=True):
        if len(rows) > 1:
            raise LayoutError(f"dates: {name!r} fits {len(rows)} photos; give more of its path, as site/pose/name")
        if rows:
            taken_at.iloc[rows[0]] = date
    return taken_at


def known_dates(photos: pd.DataFrame, folder: Path) -> pd.Series:
    """Return taken_at with the dates of the folder's dates.csv put before EXIF's, where there is such a file.

    Raises LayoutError where the table names photos, and none of the folder's.
    """
    path = folder / "dates.csv"
    if not path.is_file():
        return photos["taken_at"]
    dates, files = read_dates(path), [file.as_posix() for file in photo_files(folder)]
    if len(dates) and not any(_fits(dates, files, folder).rows):
        raise LayoutError(
            f"{path}: none of its {len(dates)} names fits a photo, such as {dates['path'].iloc[0]!r}; here is "
            f"{files[0] if files else 'no photo'}; give the end of the photos' paths"
        )
    return fill_dates(photos, dates, ignore_case=ignores_case(folder))


def unfit_dates(found: pd.DataFrame, folder: Path) -> list[str]:
    """Return the names in the folder's dates.csv that fit none of the files found; [] without the file.

    A name that differs from a file's in case only says so: "A.JPG (there is a.jpg)".
    """
    path = folder / "dates.csv"
    if not path.is_file():
        return []
    dates = read_dates(path)
    fits = _fits(dates, found["path"].tolist(), folder)
    unfit = [name for name, rows in zip(dates["path"], fits.rows, strict=True) if not rows]
    return [f"{name} (there is {Path(fits.near[name]).name})" if name in fits.near else name for name in unfit]


def _fits(dates: pd.DataFrame, paths: list[str], folder: Path) -> Fits:
    return fit_names(dates["path"].tolist(), paths, ignore_case=ignores_case(folder))
