import numpy as np
import pytest

from likeness.compare.neighbours import neighbour_recall, shared_neighbours, without_self


def test_a_vector_is_not_its_own_neighbour():
    position = [[0, 2, 1], [1, 0, -1], [0, 1, 3]]  # the third row lacks itself: others are equally near
    assert without_self(position).tolist() == [[2, 1], [0, -1], [0, 1]]


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
