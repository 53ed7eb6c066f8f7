"""What four numbers mean, against pictures turned by Pillow and numbers worked out by hand."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from likeness.photos.voc.boxes import as_boxes, meaning_of, turn_boxes


def read(*marks, size=(160, 120), first=0):
    numbers, sizes = np.array(marks, float).reshape(-1, 4), np.tile(np.array(size, float), (len(marks), 1))
    meaning = meaning_of(numbers, sizes)
    return meaning, *as_boxes(numbers, sizes, meaning, first)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_turn_with_the_picture(orientation):
    """A white box on stored pixels lies, once Pillow has turned the picture, where the turned box is."""
    stored, box = np.zeros((30, 40), np.uint8), (3, 5, 20, 11)
    stored[box[1] : box[3], box[0] : box[2]] = 255
    picture = Image.fromarray(stored)
    picture.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(picture))
    x0, y0, x1, y1 = turn_boxes(np.array([box], float), (40, 30), orientation)[0].astype(int)
    assert upright[y0:y1, x0:x1].all()
    assert upright.sum() == 255 * (x1 - x0) * (y1 - y0)


def test_shares_are_of_the_picture():
    meaning, boxes, faults = read((0.1, 0.1, 0.5, 0.5), (0, 0, 1, 1))
    assert (meaning.shares, meaning.doubt, faults) == (True, "", ["", ""])
    assert boxes.tolist() == [[16, 12, 80, 60], [0, 0, 160, 120]]
    assert read((0.5, 0.5, 0.1, 0.1), first=1)[1].tolist() == [[16, 12, 80, 60]]
    meaning, _, faults = read((0.1, 0.1, 0.5, 0.5), (10, 10, 60, 60))  # of one program: no shares, and no face
    assert (meaning.shares, faults) == (False, [faults[0], ""])
    assert "marks less than 2 px" in faults[0]


def test_corners_are_swapped_only_where_nothing_else_is_possible():
    meaning, boxes, _ = read((60, 10, 10, 60))  # as width and height ten times sixty: no face
    assert (meaning.sizes, meaning.doubt, boxes.tolist()) == (False, "", [[10, 10, 60, 60]])
    meaning, boxes, _ = read((150, 110, 100, 60))  # as width and height outside
    assert (meaning.sizes, meaning.doubt, boxes.tolist()) == (False, "", [[100, 60, 150, 110]])
    assert read((60, 50, 40, 40))[0].doubt.startswith("xmax, ymax lie before xmin, ymin")
    meaning, boxes, _ = read(*[(10 + k, 10, 60 + k, 70) for k in range(9)], (60, 50, 40, 40))  # one slip of ten
    assert (meaning.doubt, boxes[-1].tolist()) == ("", [40, 40, 60, 50])


def test_width_and_height_are_read_where_corners_are_impossible():
    meaning, boxes, faults = read((60, 40, 30, 30), (10, 20, 50, 60), (100, 70, 40, 50), first=1)
    assert (meaning.sizes, meaning.doubt, faults) == (True, "", [""] * 3)
    assert boxes.tolist() == [[59, 39, 89, 69], [9, 19, 59, 79], [99, 69, 139, 119]]


def test_what_looks_like_percent_is_not_taken_for_pixels():
    assert "percent" in read((12.5, 10, 50, 80), size=(640, 480))[0].doubt
    assert read((12.5, 10, 50, 80))[0].doubt == ""  # of a picture of 160 px it may be most
    assert read((12, 10, 50, 80), size=(640, 480))[0].doubt == ""


def test_impossible_numbers_have_a_fault_each_and_none_overflows():
    with np.errstate(all="raise"):
        _, boxes, faults = read((-1e308, 0, 1e308, 50), (1e308, 1e308, -1e308, 5), (500, 500, 600, 600), (5, 5, 5, 9))
    assert all(faults)
    assert np.isfinite(boxes).all()
    assert read()[1].shape == (0, 4)
