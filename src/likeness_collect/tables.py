"""Tables as streams: CSV and Parquet read a few rows at a time, CSV written whole or not at all."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from likeness import paths
from likeness_collect.errors import CollectError

ROWS = 10_000  # of Parquet, read at once
LONGEST_CELL = 16 * 2**20  # characters


def column(table: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield (row, cell) of one column of a .csv or .parquet table, rows from 0, "" for an empty cell.

    Raises CollectError for a table or a column that is not there.
    """
    if table.suffix not in (".csv", ".parquet"):
        raise CollectError(f"{table}: not a .csv or .parquet table")
    if not table.is_file():
        raise CollectError(f"{table}: no such file; give the table that holds the addresses")
    cells = parquet_cells(table, name) if table.suffix == ".parquet" else (row[name] for row in csv_rows(table, [name]))
    return enumerate(map(str.strip, cells))


def csv_rows(table: Path, needed: Sequence[str] = ()) -> Iterator[dict[str, str]]:
    """Yield the rows of a UTF-8 CSV as {column: text}, "" where a row is too short. Raises CollectError."""
    csv.field_size_limit(min(LONGEST_CELL, sys.maxsize))
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream, restval="")
            need(table, needed, list(rows.fieldnames or ()))
            for row in rows:
                row.pop(None, None)  # cells beyond the header
                yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise CollectError(f"{table}: cannot be read as a table: {' '.join(str(error).split())}") from error


def csv_header(table: Path) -> list[str]:
    """Return the column names of a CSV, [] of an empty file."""
    with table.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def parquet_cells(table: Path, name: str) -> Iterator[str]:
    """Yield the cells of a Parquet table's column."""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(table) as file:
            need(table, [name], file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=ROWS, columns=[name]):
                for cell in batch.column(0).to_pylist():
                    yield "" if cell is None else str(cell)
    except pyarrow.ArrowException as error:
        raise CollectError(f"{table}: cannot be read as a table: {' '.join(str(error).split())[:200]}") from error


def need(table: Path, needed: Sequence[str], there: Sequence[str]) -> None:
    """Raise CollectError naming the first needed column that is not there."""
    if missing := [name for name in needed if name not in there]:
        raise CollectError(f"{table}: no column {missing[0]!r}; it has {', '.join(map(str, there)) or 'none'}")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows as they come, atomically, and return how many there were; None becomes an empty cell.

    What a run left of this table when it was killed while writing is removed; only one run at a time has the folder.
    """
    for left in path.parent.glob(f".{path.stem}-*{path.suffix}"):
        left.unlink()
    count = 0
    with paths.atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def plain(text: str) -> str:
    """Return text that every table can hold: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
