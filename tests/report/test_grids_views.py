import re

import numpy as np
import pandas as pd
import pytest

from likeness.report.faces.grids_views import views_grid
from likeness.report.faces.ranked_views import closest_faces, queries_to_show, ranked_views
from likeness.report.faces.thumbnails_faces import FaceThumbnails
from likeness.report.page.audit import check_alt, check_offline
from likeness.report.thumbnails import jpeg_uri

BOX = {"x0": 10, "y0": 10, "x1": 60, "y1": 60}
FACES = [("id0-0", "id0"), ("id1-0", "id1"), ("id2-0", "id2"), ("id2-1", "id2")]


@pytest.fixture
def crops() -> pd.DataFrame:
    """A face in id0 and in id1, two in id2, none in the others; the boxes around all."""
    each = [{"crop_id": face, "photo_id": photo, "kind": "each", "face_id": face, **BOX} for face, photo in FACES]
    around = [{"crop_id": f"{photo}-all", "photo_id": photo, "kind": "all", "face_id": "", **BOX}
              for photo in ("id0", "id1", "id2")]  # fmt: skip
    return pd.DataFrame(each + around)


@pytest.fixture
def queries() -> pd.DataFrame:
    owners = [photo for _, photo in FACES]
    return pd.DataFrame({"face_id": [face for face, _ in FACES], "photo_id": owners, "identity": ["a", "a", "b", ""],
                         "picture": [0, 1, 2, 2], "face": [0, 1, 2, 3]})  # fmt: skip


@pytest.fixture
def relevant() -> np.ndarray:
    """id0 and id1 show a; nobody else shows b."""
    found = np.zeros((4, 6), bool)
    found[0, 1] = found[1, 0] = True
    return found


def test_queries_have_an_answer_and_are_of_different_people(queries, relevant):
    for seed in range(5):
        assert queries_to_show(queries, relevant, 3, seed).tolist() in ([0], [1])  # both show a
    nobody = np.zeros_like(relevant)
    assert queries_to_show(queries.assign(identity=""), nobody, 9, 0).shape == (3,)  # a picture once
    assert queries_to_show(queries[:0], nobody[:0], 3, 0).tolist() == []
    assert queries_to_show(queries, nobody, 2, 7).tolist() == queries_to_show(queries, nobody, 2, 7).tolist()


def test_answers_are_ranked_and_name_the_face_that_was_alike(queries, relevant, photos, crops):
    similarity = np.full((4, 6), np.nan)
    similarity[0] = [np.nan, 0.2, 0.9, -0.5, np.nan, np.nan]
    features = np.array([[1.0, 0], [0, 1], [0, 1], [1, 0.1]])  # the second face of id2 is like that of id0
    views = {"general": similarity, "face": similarity, "faces": np.full((4, 6), np.nan)}
    found = ranked_views(views, queries, photos, relevant, np.array([0]), 2, crops, features)
    assert found["view"].tolist() == ["general"] * 2 + ["face"] * 2  # faces has nothing to say
    assert found["photo_id"].tolist() == ["id2", "id1"] * 2
    assert found["rank"].tolist() == [1, 2] * 2
    assert found["right"].tolist() == [False, True] * 2
    assert found["face_id"].tolist() == ["", "", "id2-1", "id1-0"]
    assert closest_faces(crops, features, 0, np.array(["id3"])) == [""]
    with pytest.raises(ValueError, match="3 rows of features for 4 crops"):
        closest_faces(crops, features[:3], 0, np.array(["id1"]))
    whole = ranked_views({"general": similarity}, queries, photos, relevant, np.array([0]), 9)
    assert len(whole) == 3  # what is undefined is no answer


def test_an_unknown_person_has_no_right_answers(queries, relevant, photos):
    found = ranked_views({"general": np.ones((4, 6))}, queries, photos, relevant, np.array([3]), 2)
    assert found["right"].isna().all()
    assert ranked_views({}, queries, photos, relevant, np.array([3]), 2).empty


@pytest.fixture
def ranked() -> pd.DataFrame:
    rows = [("id0-0", view, rank, photo, 0.5 - rank, right, face)
            for view in ("general", "face", "faces", "combined")
            for rank, photo, right, face in ((1, "id1", True, "id1-0"), (2, "id3", False, ""), (3, "id4", None, ""))]  # fmt: skip
    return pd.DataFrame(rows, columns=["query", "view", "rank", "photo_id", "value", "right", "face_id"])


def test_a_block_a_query_a_row_a_view(tmp_path, photos, crops, ranked, hostile):
    thumbs = FaceThumbnails(tmp_path, photos.assign(title=hostile, artist="", date=""), 60, crops)
    html = views_grid(ranked, thumbs, {"id0-0": "Ann"}, top=3)
    assert html.count('class="lk-row"') == 4
    assert html.count('class="lk-cell lk-query"') == 4
    assert html.count('class="lk-cell right"') == html.count('class="lk-cell wrong"') == 4
    assert "<strong>Query 1, showing <bdi>Ann</bdi></strong>" in html
    assert "<b>−1.500</b>" in html
    assert re.findall(r"<b>(\w+)</b><br>(the [\w ]+|face [\w ]+)<", html) == [
        ("general", "the whole picture"), ("face", "the face alone"), ("faces", "the box around all faces"),
        ("combined", "face and whole picture"),
    ]  # fmt: skip
    assert thumbs.uri("id0-0") in html
    assert jpeg_uri(thumbs.boxed("id1", crops[1:2])) in html
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/jpeg)", html)
    check_alt(html)
    check_offline(html)


def test_queries_without_a_name_or_a_crop(tmp_path, photos, crops, ranked):
    thumbs = FaceThumbnails(tmp_path, photos, 60, crops)
    assert "Query 1, of an unknown person" in views_grid(ranked, thumbs)
    assert "No queries to show." in views_grid(ranked[:0], thumbs)
    with pytest.raises(KeyError, match="give the thumbnails the crops table"):
        views_grid(ranked, FaceThumbnails(tmp_path, photos, 60))
