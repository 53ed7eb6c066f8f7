"""What the curator writes, always outside the album: the page, the table, copies and ratings beside them."""

import shutil
from pathlib import Path

import pandas as pd

from likeness.album.curate import COLUMNS, Curated, choose
from likeness.album.gallery import album_page
from likeness.album.reasons import KEPT, LEFT
from likeness.album.wishes import CurateError, Wishes
from likeness.cache import Cache
from likeness.paths import write_csv, write_text
from likeness.photos.walk import passed_over, photo_files, say_passed
from likeness.report.tables import safe_cells

STARS = {KEPT: 5, LEFT: 3}  # of five, as photo programs show xmp:Rating; the others get none
SIDECAR = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{stars}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def curate_album(
    album: Path,
    output: Path,
    wishes: Wishes,
    *,
    copy_to: Path | None = None,
    xmp: bool = False,
    cache: Cache | None = None,
    progress: bool = False,
) -> Curated:
    """Choose the photos that tell an album, and write gallery.html and choices.csv into `output`; see `curate.choose`.

    copy_to: a folder that the photos kept are copied to, under their paths. xmp: also write ratings, <photo>.xmp,
    beside the copies, or else into output/xmp. All these lie outside the album, which is only read. Raises CurateError.
    """
    album, output = Path(album), Path(output)
    for folder in filter(None, (output, copy_to)):
        check_outside(album, Path(folder))
    found = choose(album, wishes, cache=cache, progress=progress)
    table, root = found.table, album.absolute()
    passed = say_passed(passed_over(album))
    page = album_page(table, found.refused, root, wishes, found.picked, found.taste, passed)
    write_text(page, output / "gallery.html")
    write_csv(safe_cells(_rounded(table)), output / "choices.csv")
    if copy_to is not None:
        copy_kept(table, root, Path(copy_to))
    if xmp:
        write_ratings(table, Path(copy_to) if copy_to is not None else output / "xmp", copies=copy_to is not None)
    return found


def check_outside(album: Path, folder: Path) -> None:
    """Raise CurateError unless `folder` can be written to without writing to the album, or what it links to."""
    if not album.is_dir():
        what = "is a file, not a folder" if album.exists() else "no such folder"
        raise CurateError(f"{album}: {what}; give the folder that holds the photos")
    if folder.exists() and not folder.is_dir():
        raise CurateError(f"{folder}: is a file; give a folder")
    inside = {path.parent.resolve() for path in photo_files(album)} | {album.resolve()}
    if any(folder.resolve().is_relative_to(each) for each in inside):
        raise CurateError(f"{folder}: lies inside the album, which is only read; give a folder outside {album}")


def copy_kept(table: pd.DataFrame, album: Path, folder: Path) -> None:
    """Copy the photos kept, bytes and dates, under their paths within the album. Raises CurateError for another file.

    A file of that name with the same size and date is one copied before, and is left as it is.
    """
    for path in table.loc[table["state"] == KEPT, "path"]:
        source, target = album / path, folder / path
        if target.exists():
            one, other = source.stat(), target.stat()
            if (one.st_size, int(one.st_mtime)) != (other.st_size, int(other.st_mtime)):
                raise CurateError(f"{target}: is there already and is another file; give an empty folder")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def write_ratings(table: pd.DataFrame, folder: Path, copies: bool) -> None:
    """Write <path>.xmp with an xmp:Rating of STARS for photos kept and, unless beside copies, those that could be."""
    states = [KEPT] if copies else list(STARS)
    for path, state in table.loc[table["state"].isin(states), ["path", "state"]].itertuples(index=False):
        write_text(SIDECAR.format(stars=STARS[state]), folder / f"{path}.xmp")


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return COLUMNS as they are written: numbers to four digits, people as "1 3"."""
    shown = table.reindex(columns=COLUMNS)
    shown["people"] = [" ".join(map(str, who)) if isinstance(who, list) else "" for who in shown["people"]]
    numbers = shown.select_dtypes("number").columns
    shown[numbers] = shown[numbers].round(4)
    return shown.astype({"order": int})
