"""A number that may mean two is refused; one that cannot is read."""

import numpy as np
import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.posts.counts import counts, is_short, whole_number


def column(*cells, **marks):
    where = pd.Series([f"posts.csv, row {row}" for row in range(2, len(cells) + 2)])
    return counts(pd.Series(cells, dtype=object, name="likes"), where, **marks).tolist()


@pytest.mark.parametrize("cell", ["1.000", "1,000", "12.500", "1,234", "-1.000", " 123.456 "])
def test_a_number_with_two_readings_stops_and_names_the_key(cell):
    with pytest.raises(LayoutError, match=r"^posts\.csv, row 3: likes .*likability\.prepare\.thousands") as caught:
        column("7", cell)
    assert cell.strip() in str(caught.value)
    assert "\n" not in str(caught.value)
    assert np.isnan(whole_number(cell))


def test_one_mark_tells_the_other():
    cells = ("1.000", "12.500", "1.200.000", "7", "9,0")
    assert column(*cells, thousands=".") == column(*cells, decimal=",") == [1000, 12500, 1200000, "7", 9]
    assert column("1.000", "1,000", decimal=".") == [1, 1000]
    assert column("12.5", "1.00", "x", decimal=",") == [None, None, None]  # left to the checks: no whole numbers


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1 234", 1234), ("1\u202f234\u00a0567", 1234567), ("1'234", 1234), ("1’234", 1234), ("1.234.567", 1234567),
     ("1,234.0", 1234), ("1.234,00", 1234), ("12.0", 12), ("12,0", 12), ("1234.000", 1234), ("0.000", 0)],
)  # fmt: skip
def test_a_number_with_one_reading_is_read(cell, value):
    assert column(cell) == [value]
    assert whole_number(cell) == value


def test_a_column_is_written_in_one_way():
    with pytest.raises(LayoutError, match=r"two ways, '12\.0' and '13,0'"):
        column("12.0", "13,0")


@pytest.mark.parametrize("cell", ["1.2k", "3 Mio.", "10K", "1,2万", "2 m"])
def test_shortened_numbers_are_no_counts(cell):
    assert is_short(cell)
    assert np.isnan(whole_number(cell))
    assert column(cell) == [cell]


def test_other_cells_stay_as_they_are():
    cells = ("12", "hidden", "", "many", None, 5, True, "1e3", "12.5", "1.2.3")
    assert column(*cells) == [*cells[:7], 1000, *cells[8:]]
    assert not any(map(is_short, (*cells, "2017", "12 likes", "k")))
