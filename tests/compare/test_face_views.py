"""Similarities that can be read off the angles of six pictures."""

import numpy as np
import pandas as pd
import pytest
from face_toys import CROPS, FACES, GENERAL, PHOTOS, cosine, directions, vectors

from likeness.compare import face_views
from likeness.compare.face_queries import face_queries
from likeness.compare.face_views import (
    VIEWS,
    face_vectors,
    nearest_pictures,
    picture_similarity,
    similarities,
    similarity,
)
from likeness.features.vectors import combine

N = np.nan
QUERIES = face_queries(FACES, PHOTOS, CROPS)
GROUPS = PHOTOS["duplicate_group"]


def test_whole_pictures():
    found = similarity(vectors(), QUERIES, "general")
    assert found.shape == (6, 6)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found[0], [N, 0.5, 0, cosine(0, 20), cosine(0, 10), 1], atol=1e-12)
    np.testing.assert_array_equal(found[1], found[2])  # two faces of one picture
    honest = similarity(vectors(), QUERIES, "general", exclude=GROUPS)
    assert np.isnan(honest).sum(axis=1).tolist() == [2, 1, 1, 1, 1, 2]
    np.testing.assert_array_equal(honest[0, 1:5], found[0, 1:5])


def test_the_best_of_a_pictures_faces():
    found = similarity(vectors(), QUERIES, "face")
    np.testing.assert_allclose(found[0], [N, cosine(0, 10), cosine(0, 80), cosine(0, 45), N, cosine(0, 5)])
    np.testing.assert_allclose(found[4], [cosine(45, 0), cosine(45, 10), cosine(45, 80), N, N, cosine(45, 5)])


def test_the_box_around_all_faces():
    found = similarity(vectors(), QUERIES, "faces")
    np.testing.assert_allclose(found[2], [cosine(50, 0), N, cosine(50, 80), cosine(50, 45), N, cosine(50, 5)])
    with pytest.raises(ValueError, match="no features of the boxes around all faces"):
        similarity(vectors(together=False), QUERIES, "faces")


@pytest.mark.parametrize("weight", [0, 0.25, 1])
def test_combined_is_the_product_of_combined_vectors(weight):
    found = similarity(vectors(), QUERIES, "combined", face_weight=weight)
    faces, owners = FACES["face_id"], QUERIES["picture"].to_numpy()
    seen = directions({"a-0": 0, "b-0": 10, "b-1": 90, "c-0": 80, "d-0": 45, "f-0": 5}[name] for name in faces)
    general = directions(GENERAL.values())
    rows = combine(seen, general[owners], weight).astype(float)
    faceless = combine(np.full((1, 2), np.nan), general[[4]], weight).astype(float)
    products = rows @ rows.T
    for query in range(6):
        for picture in range(6):
            own = np.flatnonzero(owners == picture)
            expected = products[query, own].max() if len(own) else (rows[query] @ faceless.T)[0]
            expected = np.nan if picture == owners[query] else expected
            np.testing.assert_allclose(found[query, picture], expected, atol=1e-6)


def test_queries_in_parts_give_the_same(monkeypatch):
    whole = {view: similarity(vectors(), QUERIES, view, exclude=GROUPS) for view in VIEWS}
    monkeypatch.setattr(face_views, "CELLS", 12)  # two queries at a time
    assert [len(part) for part in face_views.blocks(vectors(), QUERIES)] == [2, 2, 2]
    for view in VIEWS:
        np.testing.assert_allclose(similarity(vectors(), QUERIES, view, exclude=GROUPS), whole[view], rtol=1e-12)


def test_whole_pictures_ask_by_their_best_face():
    asked = np.array([1, 4])  # b has two faces, e has none
    found = picture_similarity(vectors(), asked, "face")
    np.testing.assert_allclose(found[0], [cosine(10, 0), N, cosine(90, 80), cosine(10, 45), N, cosine(10, 5)])
    assert np.isnan(found[1]).all()
    mixed = picture_similarity(vectors(), asked, "combined", face_weight=0.25)
    assert mixed[0, 2] == pytest.approx(0.25 * cosine(90, 80) + 0.75 * cosine(60, 90))
    assert mixed[1, 0] == pytest.approx(0.75 * cosine(10, 0))
    assert np.isnan(picture_similarity(vectors(), asked, "faces")[1]).all()
    general = picture_similarity(vectors(), np.array([0]), "general", exclude=GROUPS)
    np.testing.assert_allclose(general[0], [N, 0.5, 0, cosine(0, 20), cosine(0, 10), N], atol=1e-12)


def test_a_collection_without_any_face():
    empty = face_vectors(PHOTOS, CROPS.head(0), directions(GENERAL.values()), np.zeros((0, 2)), np.zeros((0, 2)))
    for view in VIEWS:
        assert similarity(empty, QUERIES.head(0), view).shape == (0, 6)
    assert np.isnan(picture_similarity(empty, np.array([2]), "face")).all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="view 'nose': choose one of general, face"):
        similarity(vectors(), QUERIES, "nose")
    with pytest.raises(ValueError, match="view 'nose': choose one of general, face"):
        picture_similarity(vectors(), np.array([0]), "nose")
    with pytest.raises(ValueError, match=r"face_weight 1\.5 must be between 0 and 1"):
        similarity(vectors(), QUERIES, "combined", face_weight=1.5)
    with pytest.raises(ValueError, match=r"features face have shape \(5, 2\) for 6 rows"):
        face_vectors(PHOTOS, CROPS, directions(GENERAL.values()), np.ones((5, 2)))


def test_the_views_that_are_shown_side_by_side():
    found = similarities(vectors(), QUERIES, 0.25, GROUPS)
    assert list(found) == ["general", "face", "combined"]
    combined = similarity(vectors(), QUERIES, "combined", face_weight=0.25, exclude=GROUPS)
    np.testing.assert_array_equal(found["combined"], combined)
    np.testing.assert_array_equal(found["face"], similarity(vectors(), QUERIES, "face", exclude=GROUPS))


def test_the_nearest_picture_is_that_of_the_whole_block(monkeypatch):
    index, value = nearest_pictures(vectors(), QUERIES, GROUPS)
    whole = similarity(vectors(), QUERIES, "general", exclude=GROUPS)
    np.testing.assert_array_equal(value, np.nanmax(whole, axis=1))
    np.testing.assert_array_equal(index, np.nanargmax(whole, axis=1))
    monkeypatch.setattr("likeness.compare.face_views.CELLS", 7)
    np.testing.assert_array_equal(nearest_pictures(vectors(), QUERIES, GROUPS)[0], index)
    assert nearest_pictures(vectors(), QUERIES[:0], GROUPS)[0].shape == (0,)


def test_many_pictures_are_held_in_single_precision(monkeypatch):
    given = vectors()
    crops = pd.DataFrame({"kind": "each", "photo_id": PHOTOS["photo_id"].to_numpy()[given.owner]})
    exact = face_vectors(PHOTOS, crops, given.general, given.face)
    monkeypatch.setattr("likeness.compare.face_views.SINGLE_PRECISION", 2)
    single = face_vectors(PHOTOS, crops, given.general, given.face)
    assert (exact.general.dtype, single.general.dtype, single.face.dtype) == (np.float64, np.float32, np.float32)
    for view in ("general", "face", "combined"):
        np.testing.assert_allclose(similarity(single, QUERIES, view), similarity(exact, QUERIES, view), atol=1e-6)
