"""Measures of single queries by hand, and a random ranking against all orders there are."""

from itertools import permutations

import numpy as np
import pytest
from face_toys import CROPS, FACES, PHOTOS, vectors

from likeness.compare import face_views
from likeness.compare.face_queries import Answers, answers_by_artist, candidates, face_queries
from likeness.compare.face_values import MEASURES, Look, measures_of, random_values, share_of_top, view_values
from likeness.compare.face_views import similarity

N = np.nan
QUERIES = face_queries(FACES, PHOTOS, CROPS)
LOOKS = {"whole": Look("general"), "face": Look("face"), "all": Look("faces"), "half": Look("combined", 0.5)}


def test_measures_by_hand():
    similarity_ = np.array([[0.1, 0.9, 0.8, N], [0.4, 0.3, 0.2, 0.1], [N, N, N, N]])
    relevant = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], dtype=bool)
    first, second, third = measures_of(similarity_, relevant)  # first: wrong, right, right
    gain = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    np.testing.assert_allclose(first, [0, 1, (1 / 2 + 2 / 3) / 2, gain, 2 / 5])
    assert np.isnan(second).all()
    np.testing.assert_array_equal(third, np.zeros(5))


def test_share_of_the_top_counts_only_what_was_found():
    similarity_ = np.array([[0.5, N, 0.4]])
    assert share_of_top(similarity_, np.array([[True, True, False]]), 2).tolist() == [0.5]


def test_a_random_ranking_equals_the_mean_over_all_orders():
    for size, right in ((1, 1), (4, 2), (6, 1), (6, 6), (7, 3)):
        relevant = np.arange(size)[None] < right
        orders = np.array(list(permutations(range(size))), dtype=float)
        slow = measures_of(orders, np.repeat(relevant, len(orders), axis=0)).mean(axis=0)
        wide = np.concatenate([relevant, np.ones((1, 3), bool)], axis=1)  # what is not allowed cannot be found
        allowed = np.arange(size + 3)[None] < size
        np.testing.assert_allclose(random_values(wide, allowed)[0], slow)


def test_a_random_ranking_of_galleries_of_different_size():
    relevant = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]], dtype=bool)
    allowed = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 0, 1]], dtype=bool)
    found = random_values(relevant, allowed)
    assert found[:, 0].tolist()[::2] == [0.25, 0.5]
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("cells", [6, 10_000])
@pytest.mark.parametrize("exclude", [None, PHOTOS["duplicate_group"]])
def test_every_look_is_measured_on_its_own_similarities(monkeypatch, cells, exclude):
    monkeypatch.setattr(face_views, "CELLS", cells)
    answers = {"artist": answers_by_artist(QUERIES, PHOTOS, exclude)}
    answers |= {"none": Answers(np.zeros((6, 6), bool), np.ones((6, 6), bool))}
    found = view_values(vectors(), QUERIES, LOOKS, answers, exclude)
    assert list(found.measures) == ["artist", "none"]
    for name, look in LOOKS.items():
        whole = similarity(vectors(), QUERIES, look.view, face_weight=look.face_weight, exclude=exclude)
        whole = np.where(PHOTOS["artist"] != "", whole, np.nan)
        np.testing.assert_allclose(found.measures["artist"][name], measures_of(whole, answers["artist"].right))
        assert found.measures["none"][name].shape == (6, len(MEASURES))
        assert np.isnan(found.measures["none"][name]).all()
        assert not found.undefined[name].any()


def test_nobody_asks():
    found = view_values(vectors(), QUERIES.head(0), LOOKS, {"artist": Answers(*np.zeros((2, 0, 6), bool))})
    assert found.measures["artist"]["face"].shape == (0, 5)
    assert found.undefined["face"].shape == (0,)
    assert candidates(QUERIES.head(0), 6).shape == (0, 6)


def test_what_nobody_knows_is_no_wrong_answer():
    """The whole picture puts d (20 degrees) and e (10) before b (60), where ann is; nobody looked who is in d or e."""
    right = np.zeros((6, 6), bool)
    right[0, 1] = True
    known = np.ones((6, 6), bool)
    found = [view_values(vectors(), QUERIES, LOOKS, {"who": Answers(right, known)}, PHOTOS["duplicate_group"])]
    known[:, 3:5] = False
    found += [view_values(vectors(), QUERIES, LOOKS, {"who": Answers(right, known)}, PHOTOS["duplicate_group"])]
    assert [each.measures["who"]["whole"][0, :3].tolist() for each in found] == [[0, 1, 1 / 3], [1, 1, 1]]
