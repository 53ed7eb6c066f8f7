import re

import numpy as np
import pandas as pd
import pytest
from shown import says

from likeness.compare.face_queries import Answers
from likeness.report.faces.grids_views import (
    closest_faces,
    describe_answers,
    first_query,
    matches_grid,
    queries_to_show,
    ranked_views,
    views_grid,
    with_closest_faces,
)
from likeness.report.faces.thumbnails_faces import FaceThumbnails
from likeness.report.page.theme import check_alt, check_offline
from likeness.report.thumbnails import jpeg_uri

FEATURES = np.array([[1.0, 0], [0, 1], [0, 1], [1, 0.1]])  # the second face of id2 is like that of id0


@pytest.fixture
def queries() -> pd.DataFrame:
    return pd.DataFrame({"face_id": ["id0-0", "id1-0", "id2-0", "id2-1"], "photo_id": ["id0", "id1", "id2", "id2"],
                         "identity": ["a", "a", "b", ""], "face": [0, 1, 2, 3]})  # fmt: skip


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
    views = {"general": similarity, "face": similarity, "faces": np.full((4, 6), np.nan)}
    answers = Answers(relevant, np.ones_like(relevant))
    first, asked = {name: each[:1] for name, each in views.items()}, (queries[:1], photos, 2)
    found = ranked_views(first, answers.at(np.array([0])), *asked)
    assert found["view"].tolist() == ["general"] * 2 + ["face"] * 2  # faces has nothing to say
    assert found["photo_id"].tolist() == ["id2", "id1"] * 2
    assert found["rank"].tolist() == [1, 2] * 2
    assert found["right"].tolist() == [False, True] * 2
    named = with_closest_faces(found, queries, crops, FEATURES)
    assert named["face_id"].tolist() == ["", "", "id2-1", "id1-0"]
    assert with_closest_faces(found[:0], queries, crops, FEATURES).empty
    whole = ranked_views({"general": similarity[:1]}, answers.at(np.array([0])), queries[:1], photos, 9)
    assert len(whole) == 3  # what is undefined is no answer
    answers.known[0, 2] = False
    assert ranked_views(first, answers.at(np.array([0])), *asked)["right"].tolist() == [None, True] * 2


def test_an_unknown_person_has_no_right_answers(queries, relevant, photos):
    asked = (Answers(relevant, np.ones_like(relevant)).at(np.array([3])), queries[3:], photos, 2)
    assert ranked_views({"general": np.ones((1, 6))}, *asked)["right"].isna().all()
    assert ranked_views({}, *asked).empty


def test_a_picture_without_a_face_has_no_closest_one(crops):
    assert closest_faces(crops, FEATURES, 0, np.array(["id3"])) == [""]
    with pytest.raises(ValueError, match="3 rows of features for 4 crops"):
        closest_faces(crops, FEATURES[:3], 0, np.array(["id1"]))


@pytest.fixture
def ranked() -> pd.DataFrame:
    rows = [("id0-0", view, rank, photo, 0.5 - rank, right, face)
            for view in ("general", "face", "faces", "combined")
            for rank, photo, right, face in ((1, "id1", True, "id1-0"), (2, "id3", False, ""), (3, "id4", None, ""))]  # fmt: skip
    return pd.DataFrame(rows, columns=["query", "view", "rank", "photo_id", "value", "right", "face_id"])


def test_a_block_a_query_a_row_a_view(tmp_path, queries, photos, crops, ranked, hostile):
    thumbs = FaceThumbnails(tmp_path, photos.assign(title=hostile, artist="", date=""), 60, crops)
    html = views_grid(ranked, queries.assign(identity="Ann"), thumbs)
    assert html.count('class="lk-row"') == html.count('class="lk-cell lk-query"') == 4
    assert html.count('class="lk-cell right"') == html.count('class="lk-cell wrong"') == 4
    says(html, "Query 1, showing Ann", "−1.500")
    named = re.findall(r"<b>(\w+)</b><br>((?:the|face) [\w ]+)<", html)
    assert [view for view, _ in named] == ["general", "face", "faces", "combined"]
    assert thumbs.uri("id0-0") in html
    assert jpeg_uri(thumbs.boxed("id1", crops[1:2])) in html
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/jpeg)", html)
    check_alt(html)
    check_offline(html)


def test_a_page_opens_with_a_query_that_some_view_answers(face_thumbs, ranked):
    rows = first_query(ranked, face_thumbs)
    assert len(rows) == ranked["view"].nunique()
    assert first_query(ranked[:0], face_thumbs) == []
    wrong = ranked.assign(right=False)
    again = pd.concat([wrong.assign(query="id1-0"), ranked.assign(right=True)], ignore_index=True)
    assert [cell.alt for cell in first_query(again, face_thumbs)[0]] == [cell.alt for cell in rows[0]]


def test_a_note_counts_the_right_answers_of_each_view():
    ranked = pd.DataFrame({"view": ["face", "face", "general"], "right": pd.Series([True, False, False], dtype=object)})
    says(describe_answers(ranked), "1 of 2 by the face view, 0 of 1 by the general view")
    says(describe_answers(ranked.assign(right=None)), "Nobody who asks here is known")


def test_queries_without_a_name_or_a_crop(tmp_path, queries, photos, face_thumbs, ranked):
    says(views_grid(ranked, queries.assign(identity=""), face_thumbs), "Query 1, of an unknown person")
    says(views_grid(ranked[:0], queries, face_thumbs), "No queries to show.")
    with pytest.raises(KeyError, match="give the thumbnails the crops table"):
        views_grid(ranked, queries, FaceThumbnails(tmp_path, photos, 60))


PAIRS = pd.DataFrame(
    [("id0", "id2", 0.8, True, "same identity"), ("id1", "id3", -0.1, False, "another identity"),
     ("id1", "id3", 0.1, None, "identity unknown")],
    columns=["left", "right", "value", "same", "outcome"],
)  # fmt: skip
ONES, ZEROS = np.ones((3, 4, 4)), np.zeros((3, 4, 4))


def test_query_and_match_side_by_side_with_their_maps(thumbs):
    html = matches_grid(PAIRS, {"IG": (ONES, ZEROS), "Grad-CAM": (ONES, ZEROS)}, thumbs)
    assert html.count('<figure class="lk-cell">') == 3 * 2 * 4
    says(html, "✓ same identity, similarity 0.800", "✗ another identity, similarity −0.100", "identity unknown, sim")
    assert 'alt="IG map of the query: ' in html
    assert "<script" not in html
    check_alt(html)


def test_one_map_a_pair(thumbs):
    with pytest.raises(ValueError, match=r"IG: \[1, 3\] maps for 3 rows"):
        matches_grid(PAIRS, {"IG": (ONES[:1], ONES)}, thumbs)
    for pairs, maps in ((PAIRS, {}), (PAIRS[:0], {"IG": (ONES[:0], ONES[:0])})):
        says(matches_grid(pairs, maps, thumbs), "No saliency maps to show.")
