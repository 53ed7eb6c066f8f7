import numpy as np
import pytest

from likeness.compare.neighbours import nearest_others, neighbour_recall, recall_row, shared_neighbours, without_self
from likeness.features.index import build_index
from likeness.stats.bootstrap import Estimate


def test_a_vector_is_not_its_own_neighbour():
    position = [[0, 2, 1], [1, 0, -1], [0, 1, 3]]  # the third row lacks itself: others are equally near
    assert without_self(position).tolist() == [[2, 1], [0, -1], [0, 1]]


def test_the_nearest_others_of_vectors_on_a_line():
    vectors = np.array([[0.0], [1], [3], [7]])
    index = build_index(vectors, list("abcd"), metric="euclidean")
    assert nearest_others(index, vectors, 2).tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]


def test_a_row_says_what_was_searched_and_what_it_read():
    index = build_index(np.eye(3), list("abc"))
    assert recall_row("exact", index, Estimate(1.0, None, None, 3)) == {
        "search": "exact", "vectors": 3, "reads": "every vector", "value": 1.0, "low": None, "high": None, "n": 3
    }  # fmt: skip
    grown = recall_row("grown", index, Estimate(0.9, 0.8, 1.0, 3), added=1200)
    assert (grown["reads"], grown["low"]) == ("every vector; 1,200 added", 0.8)


def test_shares_by_hand():
    found, true = [[1, 2], [3, -1], [5, 4], [0, 1]], [[2, 9], [3, -1], [4, 5], [-1, -1]]
    np.testing.assert_array_equal(shared_neighbours(found, true), [0.5, 1, 1, np.nan])
    with pytest.raises(ValueError, match="1 queries were searched, 2 have exact neighbours"):
        shared_neighbours([[1]], [[1], [2]])


def test_recall_is_the_mean_share_with_an_interval():
    found, true = [[1, 2], [3, 7], [5, 4], [0, 1]], [[2, 9], [3, 7], [4, 5], [-1, -1]]
    estimate = neighbour_recall(found, true, ["a", "b", "c", "d"], n_boot=200)
    assert (estimate.value, estimate.n) == (pytest.approx(5 / 6), 3)
    assert 0.5 <= estimate.low <= estimate.value <= estimate.high <= 1
