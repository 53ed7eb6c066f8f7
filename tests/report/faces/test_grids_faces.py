import pandas as pd
import pytest
from shown import captions, says

from likeness.report.faces import grids_faces
from likeness.report.faces.grids_seen import seen_grid
from likeness.report.page.theme import check_alt, check_offline


@pytest.fixture
def faces(crops, hostile) -> pd.DataFrame:
    each = crops.loc[crops["kind"] == "each", "face_id"]
    return pd.DataFrame({"face_id": each, "score": [0.9, 0.95, 1.0, 0.91], "identity": ["Ann", "", hostile, "Ann"]})


def test_both_croppings_are_drawn_and_groups_come_first(face_thumbs, crops, monkeypatch):
    assert len(captions(grids_faces.boxes_grid(face_thumbs, crops))) == 4
    monkeypatch.setattr(grids_faces, "MOST", 2)
    html = grids_faces.boxes_grid(face_thumbs, crops)
    shown = captions(html)
    assert shown[:2] == ["<b>2 faces</b><br><bdi>photo2.png</bdi>", "<b>1 face</b><br><bdi>Interior</bdi>"]
    assert "from 2 of 3 pictures with a face" in shown[2]
    says(grids_faces.boxes_grid(face_thumbs, crops[:0]), "No picture has a face.")
    check_alt(html)
    check_offline(html)


def test_crops_name_who_is_shown_or_the_picture(face_thumbs, crops, faces, monkeypatch):
    html = grids_faces.crops_grid(face_thumbs, crops, faces)
    shown = captions(html)
    assert shown[:2] == ["<b>score 0.900</b><br><bdi>Ann</bdi>", "<b>score 0.950</b><br><bdi>photo1.png</bdi>"]
    assert "<script" not in html
    check_alt(html)
    assert shown[4].startswith("4 faces cut out:")
    monkeypatch.setattr(grids_faces, "MOST_CROPS", 2)
    assert captions(grids_faces.crops_grid(face_thumbs, crops, faces))[2].startswith("4 faces cut out, 2 of them shown")
    says(grids_faces.crops_grid(face_thumbs, crops[:0], faces), "No face was cut out.")


def test_pictures_without_a_face_are_counted_and_shown(face_thumbs, photos):
    found = photos.assign(faces=[1, 0, 0, 1, 1, 1], face_score=[1.0, 0.62, float("nan"), 1, 1, 1])
    shown = captions(grids_faces.faceless_grid(face_thumbs, found))
    for words, start in zip(
        shown, ("<b>surest candidate 0.62", "<b>no candidate", "No face was found in 2 of 6 pic"), strict=True
    ):
        assert words.startswith(start)
    says(grids_faces.faceless_grid(face_thumbs, found.assign(faces=1)), "in each of the 6 pictures")


def test_a_row_a_picture_with_every_view(tmp_path, photos, crops, hostile):
    named = photos.assign(sha256=photos["photo_id"], title=hostile)
    html = seen_grid(named, crops, tmp_path, 32)
    assert html.count('class="lk-row"') == 3  # the others have no face
    assert html.count("<img") == 3 * 2 + 4  # the whole and the box around all; four faces
    says(html, "3 pictures, 32 x 32 px")
    assert "general view of &quot;&gt;&lt;img" in html
    assert "<script" not in html
    says(seen_grid(named, crops[:0], tmp_path, 32), "No picture has a face.")
