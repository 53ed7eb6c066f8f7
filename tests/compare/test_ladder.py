"""Twelve photos of three arrangements: random, perfect and broken rungs."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.ladder import ORACLE, RANDOM, answerable, ladder_hits, query_blocks, sample_queries
from likeness.stats.retrieval import random_hit_at_k

NAMES = np.repeat([f"s/{i}" for i in range(12)], 3)
RELEVANT = NAMES[:, None] == NAMES
PERFECT = RELEVANT.astype(float)


EVERY = np.arange(36)


def block_of(matrix):
    return lambda queries, gallery: matrix[np.ix_(queries, gallery)]


def hits_of(matrices, relevant, names, ks, **settings):
    rungs = {model: [block_of(matrix)] for model, matrix in matrices.items()}
    return ladder_hits(rungs, block_of(relevant), EVERY, EVERY, names, ks, **settings)


def value_of(rungs, model, k):
    return rungs[(rungs["model"] == model) & (rungs["k"] == k)].iloc[0]


def test_rungs_from_random_to_oracle():
    noise = np.random.default_rng(0).random((36, 36))
    ladder = hits_of({"noise": noise, "perfect": PERFECT}, RELEVANT, NAMES, [1, 5], n_boot=100, n_boot_tests=200)
    assert ladder.rungs["model"].unique().tolist() == [RANDOM, "noise", "perfect", ORACLE]
    assert value_of(ladder.rungs, ORACLE, 1)["value"] == 1
    assert value_of(ladder.rungs, RANDOM, 1)["value"] == pytest.approx(2 / 35)
    assert value_of(ladder.rungs, RANDOM, 5)["value"] == pytest.approx(random_hit_at_k(RELEVANT, [5], own=EVERY).mean())
    assert ladder.comparisons["verdict"].tolist() == ["B better", "B better"]
    assert ladder.comparisons["difference"][0] == value_of(ladder.rungs, "noise", 1)["value"] - 1


def test_queries_without_a_similarity_miss_and_are_counted():
    blind = PERFECT.copy()
    blind[:9] = np.nan
    rungs = hits_of({"blind": blind}, RELEVANT, NAMES, [1], n_boot=100).rungs
    row = value_of(rungs, "blind", 1)
    assert (row["value"], row["undefined"], row["n"]) == (0.75, 9, 36)


def test_queries_that_nobody_can_answer_do_not_count():
    relevant = RELEVANT.copy()
    relevant[:3] = False
    rungs = hits_of({"perfect": PERFECT}, relevant, [None] * 36, [1], n_boot=50).rungs
    assert set(rungs["n"]) == {33}
    with pytest.raises(ValueError, match="none of the 36 queries"):
        hits_of({"perfect": PERFECT}, np.eye(36, dtype=bool), NAMES, [1])


def test_some_queries_in_blocks_get_what_they_get_among_all(monkeypatch):
    rng = np.random.default_rng(0)
    noise, blind = rng.random((36, 36)), np.where(rng.random((36, 36)) < 0.5, np.nan, PERFECT)
    gallery = rng.permutation(36)[:30]
    asked = sample_queries(gallery, 12, seed=0)
    rungs = {"noise": [block_of(noise)], "blind": [block_of(blind)]}
    given = (rungs, block_of(RELEVANT), asked, gallery, NAMES[asked], [1, 5])
    whole = ladder_hits(*given, n_boot=50, n_boot_tests=100)
    monkeypatch.setattr("likeness.compare.ladder.SCORES", 70)
    assert [len(some) for some, _ in query_blocks(asked, gallery)] == [2] * 6
    parts = ladder_hits(*given, n_boot=50, n_boot_tests=100)
    pd.testing.assert_frame_equal(parts.rungs, whole.rungs)
    pd.testing.assert_frame_equal(parts.comparisons, whole.comparisons)
    slow = []
    for query in asked:
        others = gallery[gallery != query]
        if RELEVANT[query, others].any():
            slow.append(RELEVANT[query, others[np.argmax(noise[query, others])]])
    assert value_of(whole.rungs, "noise", 1)["value"] == np.mean(slow)
    assert set(whole.rungs["n"]) == {len(slow)}
    assert len(answerable(block_of(RELEVANT & ~np.eye(36, dtype=bool)), asked, gallery)) == len(slow)


def test_a_sample_of_queries_is_everything_where_they_are_few():
    rows = np.array([3, 5, 8, 13])
    assert sample_queries(rows, 4, seed=0) is rows
    assert len(sample_queries(rows, 3, seed=0)) == 3
    assert set(sample_queries(rows, 3, seed=0)) < set(rows)
    assert sample_queries(np.arange(99), 9, seed=1).tolist() == sample_queries(np.arange(99), 9, seed=1).tolist()
    assert sample_queries(np.arange(99), 9, seed=1).tolist() != sample_queries(np.arange(99), 9, seed=2).tolist()
