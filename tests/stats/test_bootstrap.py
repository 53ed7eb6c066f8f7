"""Weights by hand, and the promise of a 95 % interval on simulated clustered pairs."""

import time

import numpy as np
import pandas as pd
import pytest
from clustered import make_pairs, make_scores
from scipy.stats import norm

from likeness.stats.bootstrap import (
    Estimate,
    cluster_bootstrap,
    cluster_draws,
    interval,
    mean_draws,
    pair_bootstrap,
    pair_draws,
    summarise,
)
from likeness.stats.clusters import cluster_codes, cluster_kind, clusters_of_test
from likeness.stats.verification import auc
from likeness.stats.weighted import auc_of, mean_of


def test_pair_weights_are_products_and_a_shared_cluster_counts_once():
    seen = []

    def spy(weights):
        seen.append(weights.copy())
        return weights.sum(axis=1)

    pair_draws(spy, ["a", "a", "b"], ["a", "b", "b"], 50, 0)
    (weights,) = seen
    count_a, both, count_b = weights.T
    assert (count_a + count_b == 2).all()
    np.testing.assert_array_equal(both, count_a * count_b)
    assert set(count_a) == {0, 1, 2}


def test_cluster_weights_draw_whole_clusters():
    draws = cluster_draws(mean_of([1, 1, 0, 0]), ["a", "a", "b", "b"], 200, 0)
    assert set(draws) == {0, 0.5, 1}


def test_all_columns_at_once_are_the_draws_of_each():
    values = np.random.default_rng(0).random((30, 3))
    clusters = np.arange(30) % 7
    together = mean_draws(values, clusters, 40, 3)
    for column in range(3):
        np.testing.assert_allclose(together[:, column], cluster_draws(mean_of(values[:, column]), clusters, 40, 3))


def test_sites_are_resampled_where_there_are_six():
    sites = [f"s{i % 6}" for i in range(12)]
    photos = pd.DataFrame({"photo_id": list("abcdefghijkl"), "site": sites, "group": sites, "split": "test"})
    photos = photos.assign(arrangement=photos["site"] + "/x", duplicate_group=photos["photo_id"])
    assert cluster_kind(photos) == "group"
    assert clusters_of_test(photos).tolist() == sites
    few = photos.assign(split=["train"] * 2 + ["test"] * 4 + ["val"] * 6)  # four sites are tested
    assert clusters_of_test(few).tolist() == [f"{site}/x" for site in sites]
    joined = photos.assign(group=photos["group"].replace("s0", "s1"))  # sites that share a near-duplicate are one
    assert cluster_kind(joined) == "arrangement"
    flat = photos.assign(site=None, arrangement=None, group=photos["photo_id"])
    assert clusters_of_test(flat).tolist() == list("abcdefghijkl")


def test_estimate_holds_value_and_count():
    estimate = cluster_bootstrap(mean_of([1, 0, 1, 0]), list("abcd"), 500, 1)
    assert (estimate.value, estimate.n) == (0.5, 4)
    assert estimate.low < 0.5 < estimate.high
    assert list(estimate.to_dict()) == ["value", "low", "high", "n"]


def test_one_cluster_or_mostly_undefined_has_no_interval():
    assert cluster_bootstrap(mean_of([1, 0]), ["a", "a"], 100, 0) == Estimate(0.5, None, None, 2)
    assert interval(np.array([np.nan, np.nan, 1.0])) == (None, None)
    assert interval(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)


def test_calibration_interval_is_centred_and_not_negative():
    draws = np.linspace(0.2, 0.4, 101)
    estimate = summarise(0.1, draws, 9, 5, centred=True)
    assert estimate.low == pytest.approx(0.005)
    assert estimate.high == pytest.approx(0.195)


def test_missing_clusters_are_refused():
    with pytest.raises(ValueError, match="1 rows have no cluster"):
        cluster_codes(["a", None])
    with pytest.raises(ValueError, match="n_boot is 0"):
        cluster_draws(mean_of([1, 0]), ["a", "b"], 0, 0)


def test_same_seed_same_draws_however_large_the_blocks(monkeypatch):
    same, left, right = make_pairs(10, 4, np.random.default_rng(0))
    whole = pair_draws(mean_of(same), left, right, 64, 5)
    np.testing.assert_array_equal(whole, pair_draws(mean_of(same), left, right, 64, 5))
    monkeypatch.setattr("likeness.stats.bootstrap.CELLS", 800)
    np.testing.assert_allclose(whole, pair_draws(mean_of(same), left, right, 64, 5))
    assert not np.array_equal(whole, pair_draws(mean_of(same), left, right, 64, 6))


def test_a_thousand_resamples_of_400_pairs_take_less_than_a_second():
    rng = np.random.default_rng(0)
    same, left, right = make_pairs(40, 5, rng)
    score = make_scores(same, left, right, rng)
    start = time.process_time()
    pair_bootstrap(auc_of(same, score), left, right, 1000, 0)
    assert time.process_time() - start < 1


def test_interval_covers_the_truth_on_clustered_pairs_where_single_pairs_do_not():
    """Coverage of 95 % intervals of the AUC over 150 simulated studies of 24 arrangements."""
    rng = np.random.default_rng(7)
    truth = norm.cdf(1 / np.sqrt(2 * (0.9**2 + 0.5**2)))
    covered = {"clusters": 0, "single pairs": 0}
    for study in range(150):
        same, left, right = make_pairs(24, 8, rng)
        score = make_scores(same, left, right, rng)
        by_cluster = pair_bootstrap(auc_of(same, score), left, right, 200, study)
        by_pair = cluster_bootstrap(auc_of(same, score), np.arange(len(same)), 200, study)
        covered["clusters"] += by_cluster.low <= truth <= by_cluster.high
        covered["single pairs"] += by_pair.low <= truth <= by_pair.high
    assert 0.90 <= covered["clusters"] / 150 <= 0.99
    assert covered["single pairs"] / 150 < 0.85


def test_the_estimate_is_the_plain_auc():
    rng = np.random.default_rng(2)
    same, left, right = make_pairs(6, 4, rng)
    score = make_scores(same, left, right, rng)
    assert pair_bootstrap(auc_of(same, score), left, right, 10, 0).value == pytest.approx(auc(same, score))
