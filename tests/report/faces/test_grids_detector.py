import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from shown import captions, says

from likeness.people.faces import to_table
from likeness.report.faces import grids_detector
from likeness.report.faces.grids_detector import (
    detector_grid,
    found_cell,
    marked_grid,
    miss_grid,
)
from likeness.report.html_text import text
from likeness.report.page.theme import check_alt

TRUTH = pd.DataFrame(
    [("id0", 30.0, 20.0, 90.0, 80.0), ("id0", 200.0, 20.0, 260.0, 80.0), ("id2", 30.0, 20.0, 90.0, 80.0)],
    columns=["photo_id", "x0", "y0", "x1", "y1"],
)
FACES = to_table(
    ["id0", "id2", "id4"],
    [np.array([[32, 20, 90, 80, 0.9]]), np.array([[30, 20, 90, 80, 0.9]]), np.array([[0, 0, 50, 50, 0.8]])],
)


@pytest.mark.parametrize(
    ("photo", "named", "caption", "right"),
    [("id0", "mtcnn", "mtcnn: 1 of 2 faces found", False), ("id4", "", "0 of 0 faces found, 1 false", False),
     ("id2", "", "1 of 1 face found", True)],
)  # fmt: skip
def test_a_caption_counts_found_missed_and_false(thumbs, photo, named, caption, right):
    cell = found_cell(thumbs, photo, TRUTH, FACES, named)
    assert (cell.caption, cell.right) == (caption, right)


def test_boxes_lie_where_the_photo_has_them(thumbs):
    """The thumbnail is 60 x 40 px, a fifth of the photo."""
    uri = found_cell(thumbs, "id2", TRUTH[:0], FACES).uri
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))), int)
    rows, columns = np.nonzero(image[..., 0] - image[..., 2] > 60)  # orange
    assert [columns.min(), columns.max()] == pytest.approx([30 / 5, 90 / 5], abs=2)
    assert [rows.min(), rows.max()] == pytest.approx([20 / 5, 80 / 5], abs=2)


def test_marked_pictures_say_how_many_faces_they_have(thumbs):
    html = marked_grid(thumbs, TRUTH, ["id0", "id1"])
    assert captions(html)[:2] == ["2 faces marked", "0 faces marked"]
    assert 'class="lk-cell wrong"' not in html
    check_alt(html)


def test_misses_come_with_the_most_mistakes_first(thumbs, monkeypatch):
    html = miss_grid(thumbs, TRUTH, FACES)
    assert html.count('class="lk-cell wrong"') == 2
    assert html.index("1 of 2 faces") < html.index("0 of 0 faces found, 1 false")
    says(html, "2 pictures of 6 with a mistake.")
    check_alt(html)
    monkeypatch.setattr(grids_detector, "MOST", 1)
    says(miss_grid(thumbs, TRUTH, FACES), "the 1 with the most shown")
    thumbs.photos = thumbs.photos[thumbs.photos["photo_id"] == "id2"]
    says(miss_grid(thumbs, TRUTH, FACES), "No mistake on 1 picture.")


def test_detectors_stand_below_each_other_on_the_same_pictures(thumbs, hostile):
    html = detector_grid(thumbs, TRUTH, {"ours": FACES, hostile: FACES[:0]}, ["id0", "id2"])
    assert html.count('class="lk-row"') == 2
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', html)
    assert len(alts) == 4
    assert alts[0].endswith("ours: 1 of 2 faces found (wrong)")
    assert text(hostile) in html
    assert "<script" not in html
    check_alt(html)
    says(detector_grid(thumbs, TRUTH, {"ours": FACES}, []), "No pictures to show.")
