"""Posts from where they were collected: a table, an Instaloader download, or profiles as JSON."""

import csv
from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.manifest import relative_path
from likeness.photos.posts import POST_TYPES, refusals
from likeness.photos.posts_json import Refused, Rows, read_instaloader, read_profiles, tags_of

LAYOUTS = ("table", "instaloader", "profiles")
COLUMNS = tuple(name for name in POST_TYPES if name != "path")
NEEDED = ("post_id", "user_id", "likes", "followers", "taken_at")
DEFAULTS = {"image": "", "collected_at": None, "caption": "", "is_ad": False, "is_video": False, "place": ""}
TABLES = ("posts.csv", "posts.parquet")


def read_posts(
    folder: Path, layout: str, *, root: Path, columns: str = "", collected_at: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (raw, unread): posts as the source wrote them, for `posts.validate_posts`, and what cannot be read.

    folder: what the layout needs: "table" posts.csv or posts.parquet in it, or such a file itself; "instaloader" a
    download folder; "profiles" one JSON file a profile.
    root: what image and path become relative to; an image outside it is left as it is, for `validate_posts` to refuse.
    columns: for tables, "ours=theirs, ...", such as "likes=like_count, followers=owner_followers".
    collected_at: an ISO date (its midnight in UTC), used where the source does not say when likes were counted.
    raw: columns of POST_TYPES, values as found. unread: path, post_id, reason, detail.
    Raises LayoutError for a folder that is missing or holds no posts, ValueError for an unknown layout, a mapping that
    does not fit, or an unknown date of collection.
    """
    folder = Path(folder)
    if layout not in LAYOUTS:
        raise ValueError(f"unknown layout {layout!r}; choose one of {', '.join(LAYOUTS)}")
    if not folder.exists():
        raise LayoutError(f"{folder}: no such folder or file; give the place that holds the posts")
    if columns and layout != "table":
        raise ValueError(f"columns {columns!r}: only the layout table has columns to map; leave it empty")
    if layout == "table":
        rows, unread = read_table(folder, columns)
    else:
        rows, unread = (read_instaloader if layout == "instaloader" else read_profiles)(folder)
    if not rows and not unread:
        raise LayoutError(f"{folder}: no post in it; check the layout ({layout}) and the folder")
    raw = pd.DataFrame(rows, dtype=object).reindex(columns=list(POST_TYPES))
    raw["collected_at"] = known_collection(raw["collected_at"], collected_at, folder)
    raw["image"] = [inside(image, root) for image in raw["image"]]
    raw["path"] = [relative_path(path, root) for path in raw["path"]]
    where = pd.Series([relative_path(path, root) for path, _ in unread], dtype="str")
    return raw, refusals(where, where.map(lambda _: ""), pd.Series([reason for _, reason in unread], dtype="str"))


def inside(image: str, root: Path) -> str:
    """Return an image's path relative to root, the path as it stands if it lies outside, "" if there is none."""
    try:
        return relative_path(image, root) if image else ""
    except ValueError:
        return image


def known_collection(found: pd.Series, collected_at: str, folder: Path) -> pd.Series:
    """Return when likes were counted, with `collected_at` where the source does not say."""
    unknown = found.isna() | found.eq("")
    if not unknown.any():
        return found
    if not collected_at:
        raise ValueError(
            f"{folder}: {int(unknown.sum())} posts do not say when their likes were counted; set collected_at to the "
            "date, such as 2017-05-01"
        )
    if pd.isna(pd.to_datetime(collected_at, format="ISO8601", errors="coerce")):
        raise ValueError(f"collected_at {collected_at!r}: is no ISO date; write it as 2017-05-01")
    return found.where(~unknown, collected_at)


def read_table(folder: Path, columns: str = "") -> tuple[Rows, Refused]:
    """Return (posts as records, rows with more or fewer cells than the header) of a CSV or Parquet table.

    Image paths are taken as relative to the table's folder. Columns that are not there get DEFAULTS; hashtags and
    mentions are then read from the caption. Rows are numbered as a spreadsheet does, the header is row 1.
    """
    file = table_file(folder)
    try:
        table, refused = read_csv(file) if file.suffix == ".csv" else read_parquet(file)
    except (ValueError, OSError, csv.Error) as error:
        raise LayoutError(f"{file}: cannot be read as a table: {' '.join(str(error).split())}") from error
    table = mapped(table, columns, file)
    for name in (name for name in DEFAULTS if name not in table):
        table[name] = DEFAULTS[name]
    for name, sign in (("hashtags", "#"), ("mentions", "@")):
        if name not in table:
            table[name] = pd.Series([tags_of(caption, sign) for caption in table["caption"]], table.index, object)
    pictures = [image.strip() if isinstance(image, str) else "" for image in table["image"]]
    table["image"] = [str(file.parent / image) if image else "" for image in pictures]
    return table[list(COLUMNS)].assign(path=[f"{file}, row {row}" for row in table.index]).to_dict("records"), refused


def read_csv(file: Path) -> tuple[pd.DataFrame, Refused]:
    """Return the rows of a CSV as text, by row number, and the rows that do not fit the header."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.reader(stream)
        header = next(lines, [])
        rows = {row: cells for row, cells in enumerate(lines, 2) if cells}
    if twice := [name for place, name in enumerate(header) if name in header[:place]]:
        raise ValueError(f"column {twice[0]!r} stands twice in the header; rename one")
    fitting = {row: cells for row, cells in rows.items() if len(cells) == len(header)}
    table = pd.DataFrame(list(fitting.values()), index=list(fitting), columns=header, dtype=object)
    return table, [(f"{file}, row {row}", "bad-row") for row in rows if row not in fitting]


def read_parquet(file: Path) -> tuple[pd.DataFrame, Refused]:
    """Return the rows of a Parquet table, by row number; whole numbers stay whole beside missing ones."""
    table = pd.read_parquet(file, dtype_backend="numpy_nullable")
    return table.set_axis(range(2, len(table) + 2)), []


def table_file(folder: Path) -> Path:
    """Return the table itself: the file given, or posts.csv or posts.parquet in the folder given."""
    if folder.is_file():
        if folder.suffix not in (".csv", ".parquet"):
            raise LayoutError(f"{folder}: not a .csv or .parquet table")
        return folder
    found = [folder / name for name in TABLES if (folder / name).is_file()]
    if len(found) != 1:
        raise LayoutError(f"{folder}: holds {len(found)} of {' and '.join(TABLES)}; there must be exactly one")
    return found[0]


def mapped(table: pd.DataFrame, columns: str, file: Path) -> pd.DataFrame:
    """Return the table with our columns added as the mapping says. Raises ValueError naming a column not there."""
    there = ", ".join(map(str, table))
    ours_by = {}
    for part in filter(None, (part.strip() for part in columns.split(","))):
        ours, _, theirs = (word.strip() for word in part.partition("="))
        if ours not in COLUMNS or ours in ours_by or not theirs:
            raise ValueError(f"columns {part!r}: write ours=theirs, each of ours once: {', '.join(COLUMNS)}")
        if theirs not in table:
            raise ValueError(f"columns {part!r}: {file} has no column {theirs!r}; it has {there}")
        ours_by[ours] = table[theirs]
    table = table.assign(**ours_by)
    if missing := [name for name in NEEDED if name not in table]:
        raise ValueError(f"{file}: no column {missing[0]!r}; set columns to {missing[0]}=theirs; it has {there}")
    return table
