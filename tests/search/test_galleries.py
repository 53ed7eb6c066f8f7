import numpy as np
import pandas as pd
import pytest

from likeness.search import galleries
from likeness.search.galleries import Gallery, cosines, query_similarity, ranked_pictures


@pytest.fixture
def gallery():
    """Three pictures: one with two faces, one with one, one without."""
    photos = pd.DataFrame({"photo_id": list("abc"), "path": ["a.jpg", "b.jpg", "c.jpg"], "width": 9, "height": 9,
                           "title": ["A", None, ""], "artist": ""})  # fmt: skip
    crops = pd.DataFrame({"crop_id": ["a-0", "b-0", "a-1"], "photo_id": ["a", "b", "a"]})
    general, face = np.array([[1, 0], [3, 4], [0, 2]]), np.array([[0, 1], [1, 0], [4, 3]])
    return Gallery("faces", photos, {"backbone": "net"}, general, crops, face)


def test_cosines_block_by_block(monkeypatch):
    rows = np.random.default_rng(0).normal(size=(10, 3))
    query = np.array([1.0, 2, 3])
    expected = [row @ query / np.linalg.norm(row) / np.linalg.norm(query) for row in rows]
    monkeypatch.setattr(galleries, "BLOCK", 4)
    np.testing.assert_allclose(cosines(rows, query), expected)
    assert cosines(rows[:0], query).shape == (0,)


def test_every_view_worked_out_by_hand(gallery):
    asked = {"general": np.array([2.0, 0]), "face": np.array([1.0, 0])}
    found, closest = query_similarity(gallery, asked, "general")
    np.testing.assert_allclose(found, [1, 0.6, 0])
    assert closest.tolist() == [-1, -1, -1]
    found, closest = query_similarity(gallery, asked, "face")
    np.testing.assert_allclose(found, [0.8, 1, np.nan])
    assert closest.tolist() == [2, 1, -1]  # the second face of the first picture
    found, closest = query_similarity(gallery, asked, "combined", 0.25)
    np.testing.assert_allclose(found, [0.25 * 0.8 + 0.75, 0.25 + 0.75 * 0.6, 0])
    assert closest.tolist() == [2, 1, -1]
    found, closest = query_similarity(gallery, {"general": asked["general"]}, "combined", 0.25)
    np.testing.assert_allclose(found, [0.75, 0.45, 0])  # the query has no face
    assert closest.tolist() == [-1, -1, -1]


def test_of_equally_like_faces_the_first_is_named(gallery):
    found, closest = query_similarity(gallery, {"face": np.array([0.0, 0])}, "face")
    assert closest.tolist() == [0, 1, -1]
    np.testing.assert_allclose(found, [0, 0, np.nan])


def test_views_that_cannot_be_are_refused(gallery):
    with pytest.raises(ValueError, match="view 'faces'"):
        query_similarity(gallery, {"general": np.ones(2), "face": np.ones(2)}, "faces")
    with pytest.raises(ValueError, match="view 'face' with general of the query"):
        query_similarity(gallery, {"general": np.ones(2)}, "face")


def test_pictures_are_ranked_and_undefined_ones_left_out(gallery):
    table = ranked_pictures(gallery, np.array([0.2, 0.9, np.nan]), np.array([2, 1, -1]), 5)
    assert table["photo_id"].tolist() == ["b", "a"]
    assert table["rank"].tolist() == [1, 2]
    assert table["crop_id"].tolist() == ["b-0", "a-1"]
    assert table["title"].tolist() == ["", "A"]
    assert "artist" not in table  # nobody is known
    assert ranked_pictures(gallery, np.array([0.2, 0.9, np.nan]), np.array([2, 1, -1]), 1)["path"].tolist() == ["b.jpg"]
    assert ranked_pictures(gallery, np.full(3, np.nan), np.full(3, -1), 2).empty
