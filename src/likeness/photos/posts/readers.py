"""Posts from where they were collected: a table, an Instaloader download, or profiles as JSON."""

from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.manifest import relative_path
from likeness.photos.posts.cells import HIDDEN, as_written, flag
from likeness.photos.posts.counts import counts
from likeness.photos.posts.files import picture_paths
from likeness.photos.posts.hashtags import tags_of
from likeness.photos.posts.json_posts import Refused, Rows, instaloader_posts, profile_posts
from likeness.photos.posts.nodes import tells_hidden
from likeness.photos.posts.swallowed import TELLING, line_count, refuse_swallowed
from likeness.photos.posts.table import POST_TYPES, refusals
from likeness.photos.text_tables import read_text_table

LAYOUTS = ("table", "instaloader", "profiles")
COLUMNS = tuple(name for name in POST_TYPES if name != "path")
NEEDED = ("post_id", "user_id", "likes", "followers", "taken_at")
DEFAULTS = {"image": "", "collected_at": None, "caption": "", "is_ad": False, "is_video": False, "place": ""}
TABLES = ("posts.csv", "posts.parquet")
SUFFIXES = (".csv", ".tsv", ".parquet")


def read_posts(
    folder: Path,
    layout: str,
    *,
    root: Path,
    columns: str = "",
    collected_at: str = "",
    decimal: str = "",
    thousands: str = "",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (raw, unread): posts as the source wrote them, for `posts.validate_posts`, and what cannot be read.

    folder: what the layout needs: "table" posts.csv or posts.parquet in it, or such a file itself; "instaloader" a
    download folder; "profiles" one JSON file a profile.
    root: what image and path become relative to; an image outside it is left as it is, for `validate_posts` to refuse.
    columns: for tables, "ours=theirs, ...", such as "likes=like_count, followers=owner_followers".
    collected_at: an ISO date (its midnight in UTC), used where the source does not say when likes were counted.
    decimal, thousands: the marks in numbers that are text, see `posts_counts.counts`.
    raw: columns of POST_TYPES, values as found; raw.attrs["said"] says in words how the source was read, "" where there
    is nothing to say. unread: path, post_id, reason, detail.
    Raises LayoutError for a folder that is missing, holds no posts or pictures under other names, and for numbers that
    may mean two, a mapping that does not fit, or an unknown date of collection; ValueError for an unknown layout.
    """
    folder = Path(folder)
    if layout not in LAYOUTS:
        raise ValueError(f"unknown layout {layout!r}; choose one of {', '.join(LAYOUTS)}")
    if not folder.exists():
        raise LayoutError(f"{folder}: no such folder or file; give the place that holds the posts")
    if columns and layout != "table":
        raise LayoutError(f"columns {columns!r}: only the layout table has columns to map; leave it empty")
    if layout == "table":
        rows, unread, said = read_table(folder, columns)
    else:
        rows, unread, said = (instaloader_posts if layout == "instaloader" else profile_posts)(folder)
    if not rows and not unread:
        raise LayoutError(f"{folder}: no post in it; check the layout ({layout}) and the folder")
    raw = pd.DataFrame(rows, dtype=object).reindex(columns=list(POST_TYPES))
    raw["collected_at"] = known_collection(raw["collected_at"], collected_at, folder)
    raw["image"] = [inside(image, root) for image in raw["image"]]
    raw["path"] = [relative_path(path, root) for path in raw["path"]]
    for name in ("likes", "followers"):
        raw[name] = counts(raw[name], raw["path"], decimal=decimal, thousands=thousands)
    raw.attrs["said"] = said
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
        raise LayoutError(
            f"{folder}: {int(unknown.sum())} posts do not say when their likes were counted; set collected_at to the "
            "date, such as 2017-05-01"
        )
    if pd.isna(pd.to_datetime(collected_at, format="ISO8601", errors="coerce")):
        raise LayoutError(f"collected_at {collected_at!r}: is no ISO date; write it as 2017-05-01")
    return found.where(~unknown, collected_at)


def read_table(folder: Path, columns: str = "") -> tuple[Rows, Refused, str]:
    """Return (posts as records, rows with more or fewer cells than the header, how it was read) of a table.

    Image paths are taken as relative to the table's folder, see `posts_files.picture_paths`. Columns that are not
    there get DEFAULTS; hashtags and mentions are then read from the caption. Likes that a column calls hidden are
    HIDDEN. Rows are numbered as a spreadsheet does, the header is row 1.
    """
    file = table_file(folder)
    table, odd, how = read_parquet(file) if file.suffix.lower() == ".parquet" else read_text(file, columns)
    is_hidden = hidden_rows(table)
    table = table.assign(**{ours: table[theirs] for ours, theirs in mapping(table, columns, file).items()})
    table["likes"] = table["likes"].astype(object).mask(is_hidden, HIDDEN)
    for name in (name for name in DEFAULTS if name not in table):
        table[name] = DEFAULTS[name]
    for name, sign in (("hashtags", "#"), ("mentions", "@")):
        if name not in table:
            table[name] = pd.Series([tags_of(caption, sign) for caption in table["caption"]], table.index, object)
    table["image"], fits = picture_paths([as_written(image) for image in table["image"]], file)
    rows = table[list(COLUMNS)].assign(path=[f"{file}, row {row}" for row in table.index]).to_dict("records")
    return rows, [(f"{file}, row {row}", "bad-row") for row in odd], "; ".join(filter(None, (how, fits)))


def read_text(file: Path, columns: str) -> tuple[pd.DataFrame, list[int], str]:
    """Return the rows of a text table by row number, the rows that do not fit the header, and how it was read."""
    table, odd, how = read_text_table(file)
    theirs = mapping(table, columns, file)
    refuse_swallowed(table, [theirs.get(name, name) for name in TELLING], file)
    lines, rows = line_count(file), len(table) + len(odd)
    has_breaks = any(cells.str.contains("\n", regex=False).any() for _, cells in table.items())
    several = f"{rows} rows in {lines} lines, as some cells have line breaks" if has_breaks else ""
    return table, odd, "; ".join(filter(None, (how, several)))


def read_parquet(file: Path) -> tuple[pd.DataFrame, list[int], str]:
    """Return the rows of a Parquet table, by row number; whole numbers stay whole beside missing ones."""
    from pyarrow import ArrowException

    try:
        table = pd.read_parquet(file, dtype_backend="numpy_nullable")
    except (ArrowException, ValueError, TypeError, KeyError, OSError) as error:
        what = " ".join(str(error).split()) or type(error).__name__
        raise LayoutError(f"{file}: cannot be read as a table: {what}; write it again") from error
    table = table.reset_index() if table.index.names != [None] else table
    return table.set_axis(range(2, len(table) + 2)), [], ""


def table_file(folder: Path) -> Path:
    """Return the table itself: the file given, or posts.csv or posts.parquet in the folder given."""
    if folder.is_file():
        if folder.suffix.lower() not in SUFFIXES:
            raise LayoutError(f"{folder}: not a .csv or .parquet table")
        return folder
    found = [folder / name for name in TABLES if (folder / name).is_file()]
    if len(found) != 1:
        raise LayoutError(f"{folder}: holds {len(found)} of {' and '.join(TABLES)}; there must be exactly one")
    return found[0]


def mapping(table: pd.DataFrame, columns: str, file: Path) -> dict[str, str]:
    """Return {our column: theirs} as `columns` says. Raises LayoutError naming a column that is not there."""
    there = ", ".join(map(str, table))
    theirs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in columns.split(","))):
        ours, _, name = (word.strip() for word in part.partition("="))
        if ours not in COLUMNS or ours in theirs or not name:
            raise LayoutError(f"columns {part!r}: write ours=theirs, each of ours once: {', '.join(COLUMNS)}")
        if name not in table:
            raise LayoutError(f"columns {part!r}: {file} has no column {name!r}; it has {there}")
        theirs[ours] = name
    if missing := [name for name in NEEDED if name not in table and name not in theirs]:
        raise LayoutError(f"{file}: no column {missing[0]!r}; set columns to {missing[0]}=theirs; it has {there}")
    return theirs


def hidden_rows(table: pd.DataFrame) -> pd.Series:
    """Return which rows a column such as like_and_view_counts_disabled calls hidden."""
    hides = [[flag(value) is not False for value in table[name]] for name in table if tells_hidden(name)]
    return pd.Series([any(row) for row in zip(*hides, strict=True)] if hides else False, table.index, dtype=bool)
