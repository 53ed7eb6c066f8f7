import re

import pandas as pd
import pytest

from likeness.report.faces.grids_faces import boxes_grid, crops_grid, faceless_grid, spread_over
from likeness.report.faces.thumbnails_faces import FaceThumbnails
from likeness.report.page.audit import check_alt, check_offline

BOX = {"x0": 10, "y0": 10, "x1": 60, "y1": 60}


def captions(html: str) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", html)


@pytest.fixture
def crops() -> pd.DataFrame:
    """A face in id0 and in id1, two in id2."""
    rows = [("id0-0", "id0"), ("id1-0", "id1"), ("id2-0", "id2"), ("id2-1", "id2")]
    each = [{"crop_id": face, "photo_id": photo, "kind": "each", "face_id": face, **BOX} for face, photo in rows]
    around = [{"crop_id": f"{photo}-all", "photo_id": photo, "kind": "all", "face_id": "", **BOX}
              for photo in ("id0", "id1", "id2")]  # fmt: skip
    return pd.DataFrame(each + around)


@pytest.fixture
def faces(crops, hostile) -> pd.DataFrame:
    each = crops[crops["kind"] == "each"]
    return pd.DataFrame(
        {"face_id": each["face_id"], "score": [0.9, 0.95, 1.0, 0.91], "identity": ["Ann", "", hostile, "Ann"]}
    )


@pytest.fixture
def face_thumbs(tmp_path, photos, crops) -> FaceThumbnails:
    named = photos.assign(title=["Interior", "", "", "", "", ""], artist="", date="")
    return FaceThumbnails(tmp_path, named, 60, crops)


def test_items_are_spread_evenly():
    assert spread_over(list("abcde"), 3) == ["a", "c", "e"]
    assert spread_over(list("ab"), 9) == ["a", "b"]
    assert spread_over([], 3) == spread_over(list("ab"), 0) == []


def test_both_croppings_are_drawn_and_groups_come_first(face_thumbs, crops):
    html = boxes_grid(face_thumbs, crops, most=2)
    shown = captions(html)
    assert shown[0] == "<b>2 faces</b><br><bdi>photo2.png</bdi>"
    assert shown[1] == "<b>1 face</b><br><bdi>Interior</bdi>"
    assert shown[2].startswith("What is cut from 2 of 3 pictures with a face")
    assert len(captions(boxes_grid(face_thumbs, crops, most=12))) == 4
    assert "No picture has a face." in boxes_grid(face_thumbs, crops[:0])
    check_alt(html)
    check_offline(html)


def test_crops_name_who_is_shown_or_the_picture(face_thumbs, crops, faces):
    html = crops_grid(face_thumbs, crops, faces)
    shown = captions(html)
    assert shown[0] == "<b>score 0.900</b><br><bdi>Ann</bdi>"
    assert shown[1] == "<b>score 0.950</b><br><bdi>photo1.png</bdi>"
    assert shown[4] == "4 faces cut out: what the face view is given"
    assert captions(crops_grid(face_thumbs, crops, faces, most=2))[-1].startswith("4 faces cut out, 2 of them shown")
    assert "<script" not in html
    check_alt(html)
    assert "No face was cut out." in crops_grid(face_thumbs, crops[:0], faces)


def test_pictures_without_a_face_are_counted_and_shown(face_thumbs, photos):
    counted = photos.assign(faces=[1, 0, 0, 1, 1, 1], face_score=[1.0, 0.62, float("nan"), 1, 1, 1])
    html = faceless_grid(face_thumbs, counted)
    shown = captions(html)
    assert shown[0].startswith("<b>surest candidate 0.62</b>")
    assert shown[1].startswith("<b>no candidate</b>")
    assert shown[2].startswith("No face was found in 2 of 6 pictures; they are kept and flagged")
    assert "A face was found in each of the 6 pictures." in faceless_grid(face_thumbs, counted.assign(faces=1))
