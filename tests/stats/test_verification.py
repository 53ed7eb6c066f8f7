"""Four pairs whose ROC curve can be drawn by hand, and slow formulas for random ones."""

import numpy as np
import pytest

from likeness.stats.verification import (
    auc,
    best_threshold,
    decide,
    det_points,
    equal_error_rate,
    roc_points,
)
from likeness.stats.weighted import rank_undefined_last

SAME = [True, True, False, False]
SCORE = [0.9, 0.4, 0.6, 0.1]


def accuracy_at(same, score, threshold):
    return np.mean(decide(score, threshold) == np.asarray(same, dtype=bool))


def test_roc_by_hand():
    false_positive, true_positive, _ = roc_points(SAME, SCORE)
    assert false_positive.tolist() == [0, 0, 0.5, 0.5, 1]
    assert true_positive.tolist() == [0, 0.5, 0.5, 1, 1]


def test_det_by_hand():
    false_positive, false_negative, _ = det_points(SAME, SCORE)
    assert (0.5, 0.5) in zip(false_positive, false_negative, strict=True)
    assert (0.5, 0.0) in zip(false_positive, false_negative, strict=True)


def test_auc_counts_won_comparisons_and_half_of_ties():
    assert auc(SAME, SCORE) == 0.75  # 3 of 4 comparisons
    assert auc([True, False], [0.5, 0.5]) == 0.5


def test_equal_error_rate_by_hand():
    rate, threshold = equal_error_rate(SAME, SCORE)
    assert rate == 0.5
    assert accuracy_at(SAME, SCORE, threshold) in (0.5, 0.75)
    assert equal_error_rate([True, False], [1, 0]) == (0.0, 1.0)


def test_equal_error_rate_lies_between_roc_points():
    # ROC polygon (0,0) (1/3, 1) (1,1) starts straight: 1 - 3f = f gives f = 1/4
    rate, _ = equal_error_rate([True, False, False, False], [1, 1, 0, 0])
    assert rate == pytest.approx(0.25)


def test_best_threshold_equals_exhaustive_search():
    rng = np.random.default_rng(0)
    for _ in range(50):
        same, score = rng.random(12) < 0.5, rng.integers(0, 6, 12) / 5
        tried = [accuracy_at(same, score, t) for t in np.append(np.unique(score), 2.0)]
        assert accuracy_at(same, score, best_threshold(same, score)) == pytest.approx(max(tried))


def test_best_threshold_lies_halfway():
    assert best_threshold([True, False], [0.8, 0.2]) == pytest.approx(0.5)
    assert best_threshold([False, False], [0.8, 0.2]) > 0.8


def test_without_a_defined_score_every_pair_is_different():
    undefined = [np.nan, np.nan]
    assert best_threshold([True, False], undefined) == 0.0
    assert accuracy_at([True, False], undefined, best_threshold([True, False], undefined)) == 0.5


def test_undefined_scores_are_different_and_last():
    assert decide([np.nan, 0.2], 0.1).tolist() == [False, True]
    assert rank_undefined_last([0.5, np.nan, 0.2]).tolist() == [0.5, -0.8, 0.2]
    assert rank_undefined_last([np.nan]).tolist() == [0.0]
    assert auc([True, False], [np.nan, -3.0]) == 0.0
    assert best_threshold([True, False, False], [0.8, 0.2, np.nan]) == pytest.approx(0.5)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        auc(SAME, [1, 2, 3, np.inf])
    with pytest.raises(ValueError, match="2 of 2 pairs are the same"):
        auc([True, True], [1, 2])
    with pytest.raises(ValueError, match=r"shape \(4,\), score \(2,\)"):
        auc(SAME, [1, 2])
