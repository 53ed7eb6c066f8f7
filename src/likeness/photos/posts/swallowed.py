"""Rows of a table of posts that a caption swallowed, because its quote was closed by the quote of another row."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from likeness.photos.text_tables import SEPARATORS, encoding_of, unclosed

TELLING = ("likes", "followers", "taken_at")  # what tells a row of the table from a line of a caption
COUNT = re.compile(r"-?\d[\d.,]*")
DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{4}")
BLANK = "\ufeff\r\n\t ,;|"


def refuse_swallowed(table: pd.DataFrame, telling: Sequence[str], file: Path) -> None:
    """Raise LayoutError for a row with a cell that holds the beginning of another row.

    table: cells as text, by row number. telling: the table's names for TELLING. A caption of several lines does no
    harm: where its line breaks stand, the numbers and the date of a row would have to stand as well.
    """
    header = list(table)
    places = [header.index(name) for name in telling]
    for column, _name in enumerate(header):
        cells = table.iloc[:, column]
        for row, cell in cells[cells.str.contains("[\n\r]")].items():
            if any(_holds_row(cell.splitlines(), separator, column, len(header), places) for separator in SEPARATORS):
                raise unclosed(file, row)


def line_count(file: Path) -> int:
    """Return the number of lines of a text file that hold something."""
    with file.open(encoding=encoding_of(file)) as stream:
        return sum(bool(line.strip(BLANK)) for line in stream)


def _holds_row(lines: Sequence[str], separator: str, column: int, width: int, places: Sequence[int]) -> bool:
    """Say whether, between two lines of the cell in a column, one row of the table ends and another begins."""
    after = width - 1 - column  # cells of a row behind this column
    split = [line.split(separator) for line in lines]
    for ending, beginning in itertools.pairwise(split):
        if len(ending) > after and len(beginning) > column:
            cells = [*beginning[:column], "", *ending[len(ending) - after :]]
            if all(place == column or _fits(cells[place], name) for place, name in zip(places, TELLING, strict=True)):
                return True
    return False


def _fits(cell: str, name: str) -> bool:
    bare = cell.strip(' "')
    return (DATE.match if name == "taken_at" else COUNT.fullmatch)(bare) is not None
