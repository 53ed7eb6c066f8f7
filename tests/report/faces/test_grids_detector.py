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
    FOUND,
    TRUE,
    detector_grid,
    found_cell,
    marked_grid,
    miss_grid,
    overlay_boxes,
)
from likeness.report.html_text import text
from likeness.report.page.audit import check_alt

TRUTH = pd.DataFrame(
    [("id0", 30.0, 20.0, 90.0, 80.0), ("id0", 200.0, 20.0, 260.0, 80.0), ("id2", 30.0, 20.0, 90.0, 80.0)],
    columns=["photo_id", "x0", "y0", "x1", "y1"],
)
FACES = to_table(
    ["id0", "id2", "id4"],
    [np.array([[32, 20, 90, 80, 0.9]]), np.array([[30, 20, 90, 80, 0.9]]), np.array([[0, 0, 50, 50, 0.8]])],
)


def rgb(colour):
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def share(image, colour):
    """The share of the pixels of a level line, y = 20, that have a colour."""
    return (np.asarray(image)[20, 14:86] == rgb(colour)).all(axis=1).mean()


def test_found_boxes_are_solid_and_true_ones_dashed():
    ground = Image.new("RGB", (100, 60), "black")
    assert share(overlay_boxes(ground, np.array([[10, 20, 90, 50]]), FOUND), FOUND) == 1
    assert 0.4 < share(overlay_boxes(ground, np.array([[10, 20, 90, 50]]), TRUE, dashed=True), TRUE) < 0.9
    assert np.asarray(ground).max() == 0  # the original is left alone
    assert overlay_boxes(ground, np.zeros((0, 4)), FOUND).tobytes() == ground.tobytes()
    edge = overlay_boxes(ground, np.array([[0, 0, 100, 60]]), FOUND)
    assert np.asarray(edge)[59, 50].tolist() == list(rgb(FOUND))  # a box at the picture's edge is seen


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
    rows, columns = np.nonzero(image[..., 2] - image[..., 0] > 60)  # blue
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
