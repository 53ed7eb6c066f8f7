import numpy as np
import pytest

from likeness.people.marks.scales import PIXELS, SHARES, SIGNED, in_pixels, unit_of


@pytest.mark.parametrize(
    ("places", "unit"),
    [
        ([[0.2, 0.9], [0.3, 1.03], [0.5, 0.5]], SHARES),
        ([[-0.2, 0.9], [0.3, -0.95], [0.5, 0.5]], SIGNED),
        ([[-0.02, 0.9], [0.3, 0.4], [0.5, 0.5]], SHARES),  # a little beyond the edge
        ([[0.2, 0.9], [0.3, 1.2], [0.5, 0.5]], PIXELS),
        ([[0, 0], [1, 1], [1, 0]], PIXELS),
        ([[0.2, 0.9], [0.5, 0.5]], PIXELS),  # too few to say
        ([[np.nan, np.nan]] * 3, PIXELS),
        ([], PIXELS),
    ],
)
def test_the_unit_is_told_by_all_the_places_of_a_file(places, unit):
    assert unit_of(np.array(places, dtype=float).reshape(-1, 2)) == unit


def test_the_corners_of_each_unit():
    size = np.array([640.0, 480.0])
    assert in_pixels(np.array([[0.0, 0], [1, 1]]), SHARES, size).tolist() == [[0, 0], [640, 480]]
    assert in_pixels(np.array([[-1.0, -1], [1, 1]]), SIGNED, size).tolist() == [[0, 0], [640, 480]]
    assert in_pixels(np.array([[3.0, 4]]), PIXELS, size).tolist() == [[3, 4]]
