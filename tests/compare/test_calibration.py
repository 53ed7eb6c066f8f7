"""Five predictions whose calibration can be added up by hand."""

import numpy as np
import pytest

from likeness.stats.calibration import brier, expected_calibration_error, reliability_table

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


def test_errors_by_hand():
    assert expected_calibration_error(SAME, PROBABILITY, bins=2) == pytest.approx(0.4 / 5)
    assert brier(SAME, PROBABILITY) == pytest.approx((0.01 + 0.81 + 0.16) / 5)
    assert brier([True, True], [1.0, 1.0]) == 0


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
        brier([True], [wrong])
