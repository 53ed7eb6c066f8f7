"""Integer weights must give what repeating the pairs gives."""

import numpy as np
import pytest

from likeness.stats.calibration import expected_calibration_error
from likeness.stats.verification import auc, equal_error_rate
from likeness.stats.weighted import auc_of, calibration_error_of, equal_error_rate_of, mean_of


@pytest.fixture
def sample():
    rng = np.random.default_rng(3)
    same = rng.random(40) < 0.5
    score = np.round(rng.random(40) + 0.3 * same, 1)  # with ties
    return same, score, rng.integers(0, 4, (25, 40))


@pytest.mark.parametrize(
    ("make", "slow"),
    [
        (auc_of, auc),
        (equal_error_rate_of, lambda same, score: equal_error_rate(same, score)[0]),
        (
            lambda same, score: calibration_error_of(same, score / 1.4, 10),
            lambda same, score: expected_calibration_error(same, score / 1.4),
        ),
        (lambda same, score: mean_of(score), lambda same, score: score.mean()),
    ],
)
def test_weights_repeat_pairs(sample, make, slow):
    same, score, weights = sample
    repeated = [slow(np.repeat(same, w), np.repeat(score, w)) for w in weights]
    np.testing.assert_allclose(make(same, score)(weights.astype(float)), repeated, atol=1e-12)


def test_a_resample_without_same_pairs_is_undefined():
    weights = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    value = auc_of([True, False, False], [2, 1, 3])(weights)
    assert np.isnan(value[0])
    assert value[1] == 1
    assert np.isnan(equal_error_rate_of([True, False, False], [2, 1, 3])(weights)[0])
    assert np.isnan(mean_of([1, 0, 1])(np.zeros((1, 3)))[0])


def test_mean_refuses_nan():
    with pytest.raises(ValueError, match="1 of 2 values are NaN"):
        mean_of([1, np.nan])
