"""Average precision of a few boxes, by hand."""

import numpy as np
import pytest

from likeness.stats.detection import average_precision


def test_precision_by_hand():
    box, other = [0, 0, 10, 10], [50, 50, 60, 60]
    assert average_precision([np.array([[*box, 0.9]])], [np.array([box])]) == (1, 1)
    assert average_precision([np.zeros((0, 5))], [np.array([box])]) == (0, 0)
    # found at the first of two recalls: 51 of 101 thresholds (0 to 0.50)
    half = average_precision([np.array([[*box, 0.9]])], [np.array([box, other])])
    assert half == pytest.approx((51 / 101, 51 / 101))
    # IoU 0.62 counts at 0.50, 0.55 and 0.60
    assert average_precision([np.array([[0, 0, 10, 6.2, 0.9]])], [np.array([box])]) == pytest.approx((1, 0.3))
    assert np.isnan(average_precision([np.array([[*box, 0.9]])], [np.zeros((0, 4))])).all()
