"""Columns of a CSV table that somebody else wrote: the needed ones as text, or one line that says why not."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from likeness.photos.readers import LayoutError

MOST_HEADER = 1_000_000  # characters; what has a longer first line is no table


def read_columns(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return these columns of a UTF-8 CSV (with or without a byte order mark) as stripped text, "" for empty cells.

    Other columns are not kept, so that a table of several 100 MB needs little memory; empty lines are passed over,
    line breaks within a cell become spaces. Raises LayoutError naming the file, and the missing column, the odd row or
    the other encoding.
    """
    from pyarrow import ArrowInvalid, string
    from pyarrow.csv import ConvertOptions, ParseOptions, read_csv

    path = Path(path)
    there = _header(path)
    if missing := [name for name in columns if there.count(name) != 1]:
        fault = "two columns" if missing[0] in there else "no column"
        raise LayoutError(f"{path}: {fault} {missing[0]!r}; bring the table that has it once; here are {_some(there)}")
    kept = ConvertOptions(include_columns=list(columns), column_types=dict.fromkeys(columns, string()))
    try:
        table = read_csv(path, parse_options=ParseOptions(newlines_in_values=True), convert_options=kept)
    except ArrowInvalid as error:
        what = " ".join(str(error).split())
        if "UTF8" in what:
            raise _encoding(path) from error
        raise LayoutError(f"{path}: cannot be read as a table: {what[:200]}; correct that row") from error
    cells = table.to_pandas().astype("str")
    return cells.apply(lambda column: column.str.split().str.join(" ")).astype("str")


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader([stream.readline(MOST_HEADER)]), [])
    except UnicodeDecodeError as error:
        raise _encoding(path) from error
    except csv.Error as error:
        raise LayoutError(f"{path}: cannot be read as a table: {error}") from error
    except OSError as error:
        raise LayoutError(f"{path}: cannot be opened: {error.strerror}; check the file") from error


def _encoding(path: Path) -> LayoutError:
    return LayoutError(f"{path}: is not UTF-8; save it as CSV UTF-8")


def _some(names: Sequence[str], most: int = 40) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "") or "none"
