"""Tables that people bring as text: whichever separator and encoding a spreadsheet wrote, and no row lost."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

import pandas as pd

from likeness.errors import LayoutError

SEPARATORS = (",", ";", "\t", "|")
# The longer marks first: UTF-32's begins with UTF-16's.
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
         b"\xfe\xff": "utf-16"}  # fmt: skip
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx and ods; xls
MOST_CELL = 1_000_000  # characters; a longer cell is one that a forgotten quote made
BLOCK = 100_000  # rows that are Python's own objects, of many times the text's size, at a time
SWALLOWED = 3  # whole rows within one cell: a caption may look like a row, but not so often in a row


class TextTable(NamedTuple):
    """A table as text.

    rows: the cells as they stand, str, "" where empty; the index is the row as a spreadsheet counts it (header: 1).
    odd: numbers of the rows that have more or fewer cells than the header; they are not in `rows`.
    how: separator and encoding where they are not comma and UTF-8, as in "; between cells, UTF-16"; else "".
    """

    rows: pd.DataFrame
    odd: list[int]
    how: str


def read_text_table(path: Path, columns: Sequence[str] = ()) -> TextTable:
    """Read a table with a header, its cells between commas, semicolons, tabs or bars, in UTF-8, UTF-16 or UTF-32.

    columns: those to keep, each of which must stand in the header once; () keeps all of them.
    Empty rows are passed over, and empty cells beyond the header are no cells (some programs end each row with a
    comma). Rows are read one by one, so that a table of several 100 MB costs the memory of the kept columns.
    Raises LayoutError in one line with the file, and the row or column: no table, another encoding, a missing or
    repeated column, a quote that is never closed or that closed only in a later row.
    """
    path = Path(path)
    encoding = encoding_of(path)
    usual = csv.field_size_limit(MOST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            separator = _separator(stream)
            lines = csv.reader(stream, delimiter=separator, strict=True)
            header = _header(lines, columns, path)
            table, odd = _rows(lines, header, list(columns or header), separator, path)
    except UnicodeDecodeError as error:
        raise not_utf8(path, error) from error
    except OSError as error:
        raise LayoutError(f"{path}: cannot be opened: {error.strerror}; check the file") from error
    finally:
        csv.field_size_limit(usual)
    said = [f"{separator!r} between cells"] * (separator != ",") + [encoding.upper()] * encoding.startswith(
        ("utf-16", "utf-32")
    )
    return TextTable(table, odd, ", ".join(said))


def encoding_of(path: Path) -> str:
    """Return the encoding that a file's first bytes tell, else "utf-8". Raises LayoutError if it cannot be opened."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise LayoutError(f"{path}: cannot be opened: {error.strerror}; check the file") from error
    if head.startswith(WORKBOOKS):
        raise LayoutError(f"{path}: is a workbook or an archive, not text; save its table as CSV UTF-8")
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 4:  # Latin letters in UTF-16 without a mark
        return "utf-16-le"
    return "utf-8"


def not_utf8(path: Path, error: UnicodeDecodeError) -> LayoutError:
    """Return the error of a text file in an unknown encoding, such as Latin-1."""
    byte = error.object[error.start]
    return LayoutError(f"{path}: is not UTF-8 (byte 0x{byte:02x}: {error.reason}); save it as CSV UTF-8")


def _separator(stream: TextIO) -> str:
    """Return what stands between the header's cells, and leave the stream at the header.

    The separator is the one that makes most cells of the header: captions below hold all of them. Excel may have said
    it in a first line, sep=;.
    """
    first = stream.readline(MOST_CELL)
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    stream.seek(0)
    return max(SEPARATORS, key=first.count)


def _header(lines: Iterator[list[str]], columns: Sequence[str], path: Path) -> list[str]:
    """Return the header's names. Raises LayoutError where a column is missing or stands twice."""
    header = [name.strip() for name in _next(lines, 1, path) or []]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise LayoutError(f"{path}: is empty; bring a table with a header" + _listed(columns))
    if any("\0" in name for name in header):
        raise LayoutError(f"{path}: holds bytes that are no text; save the table as CSV UTF-8")
    for name in columns or filter(None, header):  # a column without a name can only be passed over
        if (count := header.count(name)) != 1:
            fault = "no column" if not count else f"{count} columns"
            raise LayoutError(f"{path}: {fault} {name!r}; bring the table that has it once; here are {_some(header)}")
    return header


def _rows(
    lines: Iterator[list[str]], header: list[str], columns: list[str], separator: str, path: Path
) -> tuple[pd.DataFrame, list[int]]:
    """Return the kept cells by row number, and the numbers of the rows that do not fit the header."""
    places = [header.index(name) for name in columns]
    rows, odd, number, blocks = {}, [], 1, []
    while (cells := _next(lines, number := number + 1, path)) is not None:
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if not any(cells):
            continue
        if any(_swallowed(cell, separator, len(header)) for cell in cells if "\n" in cell):
            raise unclosed(path, number)
        if len(cells) == len(header):
            rows[number] = [cells[place] for place in places]
        elif any(line.count(separator) >= max(1, len(header) // 2) for cell in cells for line in cell.splitlines()[1:]):
            raise unclosed(path, number)  # half a row within a cell: how many rows it holds nobody can say
        else:
            odd.append(number)
        if len(rows) == BLOCK:
            blocks.append(_table(rows, columns))
            rows = {}
    return pd.concat([*blocks, _table(rows, columns)]), odd


def _table(rows: dict[int, list[str]], columns: list[str]) -> pd.DataFrame:
    index = pd.Index(list(rows), dtype="int64")
    return pd.DataFrame(list(rows.values()), index=index, columns=columns, dtype="str")


def _next(lines: Iterator[list[str]], number: int, path: Path) -> list[str] | None:
    """Return the next row's cells, None after the last. Raises LayoutError naming the row."""
    try:
        return next(lines, None)
    except csv.Error as error:
        raise unclosed(path, number) from error


def _swallowed(cell: str, separator: str, width: int) -> bool:
    """Say whether a cell of several lines holds whole rows of the table."""
    inner, streak = cell.splitlines()[1:-1], 0
    for line in inner:
        streak = streak + 1 if width > 2 and line.count(separator) >= width - 1 else 0
        if streak >= SWALLOWED:
            return True
    return False


def unclosed(path: Path, number: int) -> LayoutError:
    """Return the error of a row in which a quote opens a cell and no quote closes it."""
    return LayoutError(
        f'{path}, row {number}: a quote (") opens a cell and is not closed in that row; close it, or write "" for a '
        "quote within a quoted cell"
    )


def _listed(names: Sequence[str]) -> str:
    return f" of {_some(names)}" if names else ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:40]) + (", ..." if len(names) > 40 else "") or "none"
