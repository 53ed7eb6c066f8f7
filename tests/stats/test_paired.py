"""The paired test must be fair when nothing differs, and see a real difference."""

import numpy as np
import pytest
from clustered import compare_scores, make_pairs, make_scores

from likeness.stats.paired import (
    bootstrap_p,
    check_resolution,
    holm,
    paired_query_test,
    verdict,
)
from likeness.stats.weighted import auc_of, equal_error_rate_of, mean_of


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.6, 0.9]), [1, 1])
    assert holm([0.04]).tolist() == [0.04]


def test_p_value_is_never_zero_and_counts_both_tails():
    assert bootstrap_p(np.ones(99)) == pytest.approx(2 / 100)
    assert bootstrap_p(np.append(np.ones(97), [-1, 0])) == pytest.approx(6 / 100)
    assert bootstrap_p(np.zeros(99)) == 1.0
    assert bootstrap_p(np.array([np.nan, 1.0])) == 1.0


def test_verdict_in_words():
    assert verdict(0.1, 0.01) == "A better"
    assert verdict(-0.1, 0.01) == "B better"
    assert verdict(-0.1, 0.01, larger_is_better=False) == "A better"
    assert verdict(0.1, 0.05) == "not distinguishable"
    assert verdict(0.1, float("nan")) == "not distinguishable"


def test_a_model_equals_itself():
    rng = np.random.default_rng(0)
    same, left, right = make_pairs(8, 4, rng)
    score = make_scores(same, left, right, rng)
    result = compare_scores(auc_of, same, score, score, left, right, n_boot=200)
    assert (result.difference, result.low, result.high, result.p_value) == (0, 0, 0, 1)
    assert result.verdict == "not distinguishable"


def test_few_false_claims_when_nothing_differs():
    """Two models of equal skill, each with its own hard arrangements: about 5 % may be called different."""
    rng = np.random.default_rng(11)
    claims = single_claims = 0
    for study in range(150):
        same, left, right = make_pairs(20, 8, rng)
        scores = [make_scores(same, left, right, rng, shared=1.0, noise=0.3) for _ in range(2)]
        right_a, right_b = ((score >= 0.5) == same for score in scores)
        draws = {"n_boot": 199, "seed": study}
        claims += (
            compare_scores(lambda _, right: mean_of(right), same, right_a, right_b, left, right, **draws).p_value < 0.05
        )
        single_claims += paired_query_test(right_a, right_b, np.arange(len(same)), **draws).p_value < 0.05
    assert claims / 150 <= 0.08
    assert single_claims / 150 > 0.12  # as if pairs were independent, which they are not


def test_a_real_difference_is_seen():
    rng = np.random.default_rng(5)
    seen = 0
    for study in range(20):
        same, left, right = make_pairs(20, 8, rng)
        strong, weak = (make_scores(same, left, right, rng, gap=gap) for gap in (3, 1))
        found = compare_scores(auc_of, same, weak, strong, left, right, n_boot=199, seed=study)
        seen += found.verdict == "B better"
    assert seen >= 18


def test_smaller_error_rate_is_better():
    rng = np.random.default_rng(6)
    same, left, right = make_pairs(20, 8, rng)
    strong, weak = (make_scores(same, left, right, rng, gap=gap) for gap in (4, 0.5))
    errors = {"n_boot": 399, "larger_is_better": False}
    result = compare_scores(equal_error_rate_of, same, strong, weak, left, right, **errors)
    assert result.difference < 0
    assert result.verdict == "A better"


def test_query_test_by_hand():
    result = paired_query_test([1] * 8, [0] * 8, list("abcdefgh"), n_boot=99)
    assert (result.difference, result.low, result.high) == (1, 1, 1)
    assert result.p_value == pytest.approx(0.02)
    assert result.verdict == "A better"


@pytest.mark.parametrize(("clusters", "p_value"), [(2, 1 / 2), (5, 1 / 16), (6, 1 / 32)])
def test_few_clusters_on_one_side_may_be_chance(clusters, p_value):
    # the null of a coin for each cluster: all heads or all tails, in 2 of 2^clusters throws
    names = [f"c{k % clusters}" for k in range(60)]
    result = paired_query_test(np.ones(60), np.zeros(60), names, n_boot=999)
    assert result.p_value == pytest.approx(p_value)
    assert result.verdict == ("A better" if clusters > 5 else "not distinguishable")


def test_one_cluster_cannot_tell():
    result = paired_query_test([1, 1], [0, 0], ["a", "a"], n_boot=99)
    assert (result.low, result.p_value, result.verdict) == (None, 1, "not distinguishable")


def test_too_few_resamples_are_refused():
    with pytest.raises(ValueError, match=r"n_boot 1000 cannot reach p < 0.05 after Holm over 45"):
        check_resolution(1000, 45)
    check_resolution(10_000, 45)
