import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.report.faces.thumbnails_faces import FaceThumbnails, picture_caption, picture_name
from likeness.report.thumbnails import DASHED, SOLID

CROPS = pd.DataFrame(
    [("p-0", "p", "each", "p-0", 100, 20, 140, 60), ("p-all", "p", "all", "", 90, 10, 150, 70)],
    columns=["crop_id", "photo_id", "kind", "face_id", "x0", "y0", "x1", "y1"],
)


@pytest.fixture
def thumbs_of(tmp_path):
    """Thumbnails of one picture, 200 x 100 px: red, but for a blue square from (100, 20) to (140, 60)."""
    array = np.full((100, 200, 3), (200, 0, 0), np.uint8)
    array[20:60, 100:140] = (0, 0, 200)
    Image.fromarray(array).save(tmp_path / "a.png")
    row = {"photo_id": "p", "path": "a.png", "width": 200, "height": 100, "title": "T", "artist": "", "date": "1901"}
    return lambda size: FaceThumbnails(tmp_path, pd.DataFrame([row]), size, CROPS)


def test_a_crop_is_cut_from_its_picture_and_never_enlarged(thumbs_of):
    thumbs = thumbs_of(20)
    assert thumbs.image("p").size == (20, 10)
    crop = thumbs.image("p-0")
    assert crop.size == (20, 20)
    assert crop.getpixel((10, 10)) == (0, 0, 200)
    assert thumbs_of(500).image("p-0").size == (40, 40)
    assert thumbs.name("p-0") == thumbs.name("p") == "T, 1901"
    with pytest.raises(KeyError, match="crop 'q' is not in the crops table of 2 rows"):
        thumbs.crop("q")
    with pytest.raises(KeyError, match="photo 'q'"):
        thumbs.image("q")


def test_boxes_are_drawn_where_the_faces_are(thumbs_of):
    thumbs = thumbs_of(100)  # half the size
    drawn = thumbs.boxed("p", CROPS[:1], CROPS[1:])
    each, around = (tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in (SOLID, DASHED))
    assert drawn.getpixel((50, 20)) == drawn.getpixel((60, 10)) == each
    assert around in {drawn.getpixel((x, 2)) for x in range(45, 75)}  # 3 px outside of y0 = 5
    assert drawn.getpixel((60, 20)) == (0, 0, 200)  # the inside stays
    assert thumbs.image("p").getpixel((50, 20)) != each  # and the thumbnail itself


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (
            {"title": "A long title " * 10, "artist": None, "date": float("nan")},
            ("A long title " * 10)[:43].rstrip() + "…",
        ),
        ({"title": " "}, "y.jpg"),
        ({}, "y.jpg"),
    ],
)
def test_what_is_not_known_of_a_picture_is_left_out(known, name):
    assert picture_name({"path": "x/y.jpg", **known}) == name


def test_strangers_words_are_escaped_and_apart(hostile):
    words = picture_caption({"path": "x", "title": hostile[:20], "artist": "لوحة"}, "0.87")
    assert words == "<b>0.87</b><br><bdi>&quot;&gt;&lt;img src=x onerror</bdi><br><bdi>لوحة</bdi>"
