import re

import pandas as pd

from likeness.report.grids import Cell, cell, duplicate_grid, grid, photo_grid, quarantine_gallery, row_grid
from likeness.report.page.audit import check_alt, check_offline


def captions(html: str) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", html)


def test_cell_marks_right_and_wrong_by_class_symbol_and_word():
    right, wrong, neither = (cell(Cell("data:,", "a photo", "x", verdict)) for verdict in (True, False, None))
    assert 'class="lk-cell right"' in right
    assert "✓" in right
    assert 'alt="a photo (right)"' in right
    assert 'class="lk-cell wrong"' in wrong
    assert "✗" in wrong
    assert 'alt="a photo (wrong)"' in wrong
    assert 'class="lk-cell"' in neither
    assert 'alt="a photo"' in neither
    assert "lk-mark" not in neither


def test_cell_without_a_picture_says_so():
    html = cell(Cell(None, "broken.jpg"))
    assert "<img" not in html
    assert 'role="img" aria-label="broken.jpg">no picture' in html


def test_photo_grid_keeps_the_order_and_escapes(thumbs, hostile):
    html = photo_grid(thumbs, ["id1", "id0"], caption=hostile)
    shown = captions(html)
    assert html.count("<img ") == 2
    assert shown[0].endswith("&lt;/script&gt;, jump")
    assert shown[1] == "Louvre, jump"
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/jpeg)", html)
    assert thumbs.uri("id1") in html
    check_alt(html)
    check_offline(html)


def test_photo_grid_takes_own_captions_and_says_when_empty(thumbs):
    assert captions(photo_grid(thumbs, ["id0"], captions=["a & b"])) == ["a &amp; b"]
    assert "lk-note" in photo_grid(thumbs, [], empty="none at all")
    assert "none at all" in photo_grid(thumbs, [], empty="none at all")


def test_grid_is_deterministic(thumbs):
    assert photo_grid(thumbs, ["id0", "id1"]) == photo_grid(thumbs, ["id0", "id1"])


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
    only = duplicate_grid(thumbs, most=1)
    assert only.count("<img ") == 3
    assert "2 groups of near-duplicates, the 1 largest shown" in only


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
    assert captions(html)[0] == "photo0.png: exact-duplicate (of photo9.png)"
    assert captions(html)[1] == "gone.jpg: truncated"
    assert "<script" not in html
    assert "3 files in quarantine" in html
    assert "1 more in quarantine.csv" in quarantine_gallery(refused, thumbs.root, most=2)
    assert "No file was refused" in quarantine_gallery(refused.head(0), thumbs.root)
    check_alt(html)


def test_empty_grid_is_a_note():
    assert "lk-note" in grid([])
