import re

import pandas as pd
import pytest
from shown import captions

from likeness.report.grids import Cell, cell, duplicate_grid, grid, quarantine_gallery, row_grid
from likeness.report.page.theme import check_alt, check_offline


@pytest.mark.parametrize(("verdict", "word", "mark"), [(True, "right", "✓"), (False, "wrong", "✗")])
def test_cell_marks_right_and_wrong_by_class_symbol_and_word(verdict, word, mark):
    html = cell(Cell("data:,", "a photo", "x", verdict))
    assert f'class="lk-cell {word}"' in html
    assert f'alt="a photo ({word})"' in html
    assert mark in html


def test_a_cell_without_verdict_or_picture():
    html = cell(Cell(None, "broken.jpg"))
    assert '<figure class="lk-cell">' in html
    assert "lk-mark" not in html
    assert "<img" not in html
    assert 'role="img" aria-label="broken.jpg">no picture' in html


def test_grid_keeps_the_order_and_escapes(thumbs, hostile):
    cells = [Cell(thumbs.uri(photo), thumbs.name(photo), thumbs.name(photo)) for photo in ("id1", "id0")]
    html = grid(cells, hostile)
    assert html.count("<img ") == 2
    assert captions(html)[0].endswith("&lt;/script&gt;, jump")
    assert captions(html)[1] == "Louvre, jump"
    assert "<script" not in html
    check_alt(html)
    check_offline(html)
    assert "none at all" in grid([], empty="none at all")


def test_row_grid_is_as_wide_as_its_longest_row():
    one = Cell("data:,", "x")
    html = row_grid([[one] * 6, [one] * 2])
    assert html.count('class="lk-row"') == 2
    assert html.count("calc((100% - 70px)/6)") == 2


def test_duplicates_come_by_group_largest_first(thumbs):
    html = duplicate_grid(thumbs)
    assert captions(html) == [
        *(f"group 1: photo{n}.png" for n in (3, 4, 5)),
        *(f"group 2: photo{n}.png" for n in (0, 1)),
        "2 groups of near-duplicates",
    ]
    assert html.count("<img ") == 5


def test_eight_groups_of_duplicates_are_enough(thumbs, photos):
    thumbs.photos = pd.concat([photos.iloc[:2].assign(duplicate_group=number) for number in range(9)])
    html = duplicate_grid(thumbs)
    assert html.count("<img ") == 16
    assert "9 groups of near-duplicates, the 8 largest shown" in html


def test_quarantine_gallery_shows_what_still_decodes(thumbs, hostile):
    refused = pd.DataFrame(
        {
            "path": ["photo0.png", "gone.jpg", hostile],
            "reason": ["exact-duplicate", "truncated", "disguised"],
            "detail": ["of photo9.png", None, hostile],
        }
    )
    html = quarantine_gallery(refused, thumbs.root)
    assert html.count("<img ") == 1
    assert html.count("no picture") == 2
    assert captions(html)[:2] == ["photo0.png: exact-duplicate (of photo9.png)", "gone.jpg: truncated"]
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/jpeg)", html)
    assert "3 files in quarantine" in html
    assert "1 more in quarantine.csv" in quarantine_gallery(refused, thumbs.root, most=2)
    assert "No file was refused" in quarantine_gallery(refused.head(0), thumbs.root)
    check_alt(html)
