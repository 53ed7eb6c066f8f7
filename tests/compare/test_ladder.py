"""Twelve photos of three arrangements: random, perfect and broken rungs."""

import numpy as np
import pytest

from likeness.compare.ladder import ORACLE, RANDOM, ladder_hits
from likeness.stats.retrieval import random_hit_at_k

NAMES = np.repeat([f"s/{i}" for i in range(12)], 3)
RELEVANT = NAMES[:, None] == NAMES
PERFECT = RELEVANT.astype(float)


def value_of(rungs, model, k):
    return rungs[(rungs["model"] == model) & (rungs["k"] == k)].iloc[0]


def test_rungs_from_random_to_oracle():
    noise = np.random.default_rng(0).random((36, 36))
    ladder = ladder_hits({"noise": noise, "perfect": PERFECT}, RELEVANT, NAMES, [1, 5], n_boot=100, n_boot_tests=200)
    assert ladder.rungs["model"].unique().tolist() == [RANDOM, "noise", "perfect", ORACLE]
    assert value_of(ladder.rungs, ORACLE, 1)["value"] == 1
    assert value_of(ladder.rungs, RANDOM, 1)["value"] == pytest.approx(2 / 35)
    assert value_of(ladder.rungs, RANDOM, 5)["value"] == pytest.approx(random_hit_at_k(RELEVANT, [5]).mean())
    assert ladder.comparisons["verdict"].tolist() == ["B better", "B better"]
    assert ladder.comparisons["difference"][0] == value_of(ladder.rungs, "noise", 1)["value"] - 1


def test_queries_without_a_similarity_miss_and_are_counted():
    blind = PERFECT.copy()
    blind[:9] = np.nan
    rungs = ladder_hits({"blind": blind}, RELEVANT, NAMES, [1], n_boot=100).rungs
    row = value_of(rungs, "blind", 1)
    assert (row["value"], row["undefined"], row["n"]) == (0.75, 9, 36)


def test_queries_that_nobody_can_answer_do_not_count():
    relevant = RELEVANT.copy()
    relevant[:3] = False
    rungs = ladder_hits({"perfect": PERFECT}, relevant, [None] * 36, [1], n_boot=50).rungs
    assert set(rungs["n"]) == {33}
    with pytest.raises(ValueError, match="none of the 36 queries"):
        ladder_hits({"perfect": PERFECT}, np.eye(36, dtype=bool), NAMES, [1])
