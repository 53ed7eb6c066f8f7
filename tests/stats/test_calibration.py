"""Five predictions whose calibration can be added up by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from likeness.stats.calibration import expected_calibration_error, platt_scale, reliability_table

SAME = [True, False, True, True, False]
PROBABILITY = [0.9, 0.9, 0.6, 1.0, 0.0]


def test_reliability_table_by_hand():
    table = reliability_table(SAME, PROBABILITY, bins=2)
    assert table["n"].tolist() == [1, 4]
    assert table["probability"].tolist() == pytest.approx([0, 0.85])
    assert table["share"].tolist() == [0, 0.75]


def test_empty_bins_stay():
    table = reliability_table(SAME, PROBABILITY, bins=10)
    assert len(table) == 10
    assert table["n"].tolist() == [1, 0, 0, 0, 0, 0, 1, 0, 0, 3]
    assert np.isnan(table["share"][1])


def test_error_by_hand():
    assert expected_calibration_error(SAME, PROBABILITY, bins=2) == pytest.approx(0.4 / 5)


def test_error_equals_the_table():
    rng = np.random.default_rng(0)
    probability = rng.random(200)
    same = rng.random(200) < probability**2
    table = reliability_table(same, probability).dropna()
    slow = ((table["share"] - table["probability"]).abs() * table["n"]).sum() / 200
    assert expected_calibration_error(same, probability) == pytest.approx(slow)


@pytest.mark.parametrize("wrong", [1.2, -0.1, np.nan])
def test_impossible_probabilities_are_refused(wrong):
    with pytest.raises(ValueError, match="outside"):
        expected_calibration_error([True], [wrong])


def test_platt_scaling_finds_the_planted_slope():
    rng = np.random.default_rng(0)
    score = rng.normal(0, 1, 20_000)
    same = rng.random(20_000) < 1 / (1 + np.exp(-(2.5 * score - 0.7)))
    slope, intercept = platt_scale(score, same)
    assert slope == pytest.approx(2.5, abs=0.12)
    assert intercept == pytest.approx(-0.7, abs=0.08)
    model = LogisticRegression(C=100.0).fit(score[:, None], same)
    assert (slope, intercept) == (model.coef_[0, 0], model.intercept_[0])
    with pytest.raises(ValueError, match="3 validation pairs are all of one kind"):
        platt_scale(score[:3], np.ones(3, dtype=bool))
