"""Four photos, two arrangements: rankings that can be read off the matrix."""

import numpy as np
import pytest

from likeness.stats.retrieval import (
    average_precision,
    hit_at_k,
    ndcg,
    nearest,
    random_hit_at_k,
    rank,
    undefined_queries,
)

N = np.nan
OWN = np.arange(4)  # every photo is asked for once, among all
RELEVANT = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]], dtype=bool)
SIMILARITY = np.array([[9, 0.1, 0.5, 0.9], [0.3, 9, 0.2, 0.1], [N, N, 9, N], [0.2, 0.2, 0.2, 9]])


def test_rank_by_hand():
    assert rank(SIMILARITY, own=OWN).tolist() == [[3, 2, 1, 0], [0, 2, 3, 1], [0, 1, 3, 2], [0, 1, 2, 3]]


def test_nearest_leaves_out_the_query_and_shows_undefined():
    index, similarity = nearest(SIMILARITY, 2, own=OWN)
    assert index.tolist() == [[3, 2], [0, 2], [0, 1], [0, 1]]
    np.testing.assert_array_equal(similarity, [[0.9, 0.5], [0.3, 0.2], [N, N], [0.2, 0.2]])
    np.testing.assert_array_equal(
        nearest(SIMILARITY, 9, own=OWN)[0], nearest(SIMILARITY, 3, own=OWN)[0]
    )  # there are no more
    with pytest.raises(ValueError, match="k is 0: it must be at least 1"):
        nearest(SIMILARITY, 0, own=OWN)


def test_gallery_of_other_photos():
    index, _ = nearest(np.array([[0.1, 0.7]]), 1)
    assert index.tolist() == [[1]]
    with pytest.raises(ValueError, match="own has shape"):
        rank(np.zeros((1, 2)), own=OWN)


def test_a_part_of_the_queries_gets_what_it_gets_among_all():
    rng = np.random.default_rng(0)
    similarity, relevant = rng.integers(0, 5, (30, 30)) / 5, rng.random((30, 30)) < 0.1  # with many ties
    similarity[rng.random((30, 30)) < 0.1] = N
    asked, own, ks = rng.permutation(30)[:7], np.arange(30), [1, 3, 40]
    for measure in (hit_at_k, lambda *given, own: ndcg(*given[:2], 5, own=own)):
        whole = measure(similarity, relevant, ks, own=own)
        np.testing.assert_array_equal(measure(similarity[asked], relevant[asked], ks, own=asked), whole[asked])
    np.testing.assert_array_equal(rank(similarity[asked], own=asked), rank(similarity, own=own)[asked])


def test_hits_equal_a_look_through_the_ranking():
    rng = np.random.default_rng(1)
    for _ in range(50):
        similarity, relevant = rng.integers(0, 4, (12, 12)) / 4, rng.random((12, 12)) < 0.2
        similarity[rng.random((12, 12)) < 0.3] = N
        own, ks = np.arange(12), [1, 2, 5, 20]
        order, slow = rank(similarity, own=own), np.full((12, 4), N)
        for query in range(12):
            answers = set(np.flatnonzero(relevant[query])) - {query}
            found = [i in answers and not np.isnan(similarity[query, i]) for i in order[query]]
            slow[query] = [any(found[:k]) for k in ks] if answers else N
        np.testing.assert_array_equal(hit_at_k(similarity, relevant, ks, own=own), slow)


def test_hits_by_hand():
    np.testing.assert_array_equal(
        hit_at_k(SIMILARITY, RELEVANT, [1, 2], own=OWN), [[0, 1], [1, 1], [0, 0], [N, N]]
    )  # the third query has no similarity: a miss, though the first file would be right


def test_precision_by_hand():
    np.testing.assert_allclose(average_precision(SIMILARITY, RELEVANT, own=OWN), [(1 / 2 + 2 / 3) / 2, 1, 0, N])


def test_average_precision_equals_scikit_learn():
    from sklearn.metrics import average_precision_score, ndcg_score

    rng = np.random.default_rng(0)
    similarity, relevant = rng.random((5, 20)), rng.random((5, 20)) < 0.3
    mine = average_precision(similarity, relevant)
    theirs = [average_precision_score(r, s) for r, s in zip(relevant, similarity, strict=True)]
    np.testing.assert_allclose(mine, theirs)
    mine = ndcg(similarity, relevant, 6)
    theirs = [ndcg_score([r], [s], k=6) for r, s in zip(relevant, similarity, strict=True)]
    np.testing.assert_allclose(mine, theirs)


def test_ndcg_by_hand():
    gain = 1 / np.log2(3)
    np.testing.assert_allclose(ndcg(SIMILARITY, RELEVANT, 2, own=OWN), [gain / (1 + gain), 1, 0, N])


def test_random_hits_equal_counting_all_draws():
    from itertools import combinations

    relevant = np.array([[True, True, False, False, False]])
    draws = list(combinations(range(5), 2))
    slow = np.mean([relevant[0, list(draw)].any() for draw in draws])
    assert random_hit_at_k(relevant, [2])[0, 0] == pytest.approx(slow)
    np.testing.assert_allclose(random_hit_at_k(RELEVANT, [1, 3], own=OWN), [[2 / 3, 1]] * 3 + [[N, N]])


def test_undefined_queries_are_counted():
    assert undefined_queries(SIMILARITY, own=OWN).tolist() == [False, False, True, False]
    assert SIMILARITY[0, 0] == 9  # inputs are left alone


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="relevant has shape"):
        hit_at_k(SIMILARITY, RELEVANT[:2], [1], own=OWN)
