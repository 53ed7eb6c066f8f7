import numpy as np
import pytest

from likeness.report.palette import model_style
from likeness.report.style import EndLabel, canvas, end_labels, shorten, spread


def test_spread_leaves_labels_that_have_room():
    assert spread([0.1, 0.9, 0.5], 0.1, 0, 1) == pytest.approx([0.1, 0.9, 0.5])


def test_spread_moves_a_cluster_apart_around_its_mean():
    assert spread([0.5, 0.5, 0.5], 0.1, 0, 1) == pytest.approx([0.4, 0.5, 0.6])


def test_spread_stays_inside_and_keeps_the_order():
    assert spread([0.97, 0.99, 0.95], 0.1, 0, 1) == pytest.approx([0.9, 1.0, 0.8])
    assert spread([0, 0, 0], 0.6, 0, 1) == pytest.approx([0, 0.5, 1])  # the gap shrinks
    assert spread([], 0.1, 0, 1).size == 0


def test_shorten_keeps_short_names_and_cuts_long_ones():
    assert shorten("Big\n Ben") == "Big Ben"
    assert shorten("x" * 40, 10) == "x" * 9 + "…"


def test_end_labels_do_not_touch():
    _fig, ax = canvas()
    ax.set_ylim(0, 2)
    end_labels(ax, [EndLabel(1.0, name, model_style(name)) for name in ("cosine", "oks", "photo")], gap=0.2)
    places = sorted(text.get_position()[1] for text in ax.texts)
    assert [text.get_text() for text in ax.texts] == ["cosine", "oks", "photo"]
    assert np.diff(places) == pytest.approx([0.2, 0.2])
    assert np.mean(places) == pytest.approx(0.5)
