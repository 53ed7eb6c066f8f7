"""Means of queries with intervals, and paired differences, against what the older functions give."""

import numpy as np
import pytest

from likeness.stats.bootstrap import cluster_bootstrap
from likeness.stats.comparisons import mean_rows, paired_rows
from likeness.stats.paired import paired_query_test
from likeness.stats.weighted import mean_of

CLUSTERS = np.repeat(list("abcdef"), 4)
RNG = np.random.default_rng(0)
VALUES = {"one": RNG.random(24), "two": RNG.random(24) + 0.2}


def test_means_are_those_of_the_cluster_bootstrap():
    rows = mean_rows(VALUES, CLUSTERS, 200, 3)
    assert [row["model"] for row in rows] == ["one", "two"]
    for row, value in zip(rows, VALUES.values(), strict=True):
        expected = cluster_bootstrap(mean_of(value), CLUSTERS, 200, 3).to_dict()
        for name in ("value", "low", "high", "n"):
            assert row[name] == pytest.approx(expected[name])


def test_queries_without_a_value_do_not_count():
    holes = np.where(np.arange(24) < 4, np.nan, VALUES["one"])
    whole = mean_rows({"one": VALUES["one"][4:]}, CLUSTERS[4:], 50, 0)
    assert mean_rows({"one": holes, "none": np.full(24, np.nan)}, CLUSTERS, 50, 0) == whole
    (row,) = paired_rows({"one": holes, "two": VALUES["two"]}, [("one", "two")], CLUSTERS, 50, 0)
    assert row["n"] == 20
    assert row["difference"] == pytest.approx((holes - VALUES["two"])[4:].mean())


def test_pairs_are_those_of_the_paired_test():
    (row,) = paired_rows(VALUES, [("two", "one")], CLUSTERS, 500, 1)
    expected = paired_query_test(VALUES["two"], VALUES["one"], CLUSTERS, n_boot=500, seed=1)
    assert (row["a"], row["b"], row["n"], row["verdict"]) == ("two", "one", 24, expected.verdict)
    for name in ("difference", "low", "high", "p_value"):
        assert row[name] == pytest.approx(getattr(expected, name))


def test_smaller_may_be_better():
    values = {"small": np.zeros(24), "large": np.ones(24)}
    pair = [("small", "large")]
    assert paired_rows(values, pair, CLUSTERS, 100, 0)[0]["verdict"] == "B better"
    assert paired_rows(values, pair, CLUSTERS, 100, 0, larger_is_better=False)[0]["verdict"] == "A better"


def test_nothing_to_compare():
    assert paired_rows({}, [], [], 50, 0) == []
    assert paired_rows(VALUES, [], CLUSTERS, 50, 0) == []
    assert paired_rows({"one": np.full(24, np.nan)}, [("one", "one")], CLUSTERS, 50, 0) == []


def test_one_cluster_has_no_interval():
    (row,) = mean_rows({"one": VALUES["one"]}, ["x"] * 24, 50, 0)
    assert (row["low"], row["high"]) == (None, None)
