import numpy as np
import pandas as pd
import pytest
from shown import row_names, texts

from likeness.report.likability import figures_models
from likeness.report.likability.figures_models import (
    c_curve_figure,
    importance_figure,
    null_figure,
    planted_figure,
    slices_figure,
)
from likeness.report.style import alt_text, figure_svg

CURVE = pd.DataFrame({"c": [1e-6, 1e-2, 1e2], "mean": [0.5, 0.7, 0.6], "std": [0.1, 0.1, 0.2]})


def test_the_best_c_of_each_curve_is_circled():
    fig = c_curve_figure({"fc6": CURVE, "fc7": CURVE.assign(mean=[0.5, 0.6, 0.65])})
    circles = [line for line in fig.axes[0].lines if line.get_markersize() == 10]
    assert [line.get_xydata().tolist() for line in circles] == [[[1e-2, 0.7]], [[1e2, 0.65]]]
    assert texts(fig) == ["fc6, best 0.700", "fc7, best 0.650"]
    assert "fc6: best 0.700 at C = 0.01; fc7: best 0.650 at C = 100" in alt_text(fig)
    assert ">10⁻⁶</text>" in figure_svg(fig)
    with pytest.raises(ValueError, match="no curve"):
        c_curve_figure({})


def test_the_band_is_one_standard_deviation():
    band = c_curve_figure({"fc7": CURVE[::-1]}).axes[0].collections[0].get_paths()[0].vertices
    assert [band[:, 1].min(), band[:, 1].max()] == pytest.approx([0.4, 0.8])


def test_shuffled_labels_beside_the_real_ones():
    fig = null_figure([0.45, 0.5, 0.55], 0.8)
    assert texts(fig) == ["real labels 0.800"]
    assert sum(bar.get_height() for bar in fig.axes[0].patches) == 3
    assert "3 models trained on shuffled labels: mean 0.500, 0.450 to 0.550; with the real" in alt_text(fig)
    figure_svg(null_figure([0.5], 0.5))


def test_importance_shows_the_largest_and_says_of_how_many(monkeypatch):
    table = pd.DataFrame({"feature": list("abc"), "value": [0.01, 0.2, -0.01], "low": [0.0, 0.1, np.nan], "high": 0.3})
    whole = importance_figure(table)
    assert texts(whole) == ["0.200", "0.010", "−0.010"]
    assert whole.axes[0].get_title("left") == "importance"
    assert len(whole.axes[0].lines) == 3 + 2 + 1  # dots, intervals, zero
    monkeypatch.setattr(figures_models, "MOST", 2)
    fig = importance_figure(table)
    assert row_names(fig) == ["b", "a"]
    assert fig.axes[0].get_title("left") == "importance, first 2 of 3"


def test_planted_beside_recovered():
    table = pd.DataFrame(
        {"effect": ["close_up", "meme", "hour"], "planted": [0.5, -0.7, 0.1], "recovered": [0.4, -0.8, np.nan],
         "low": [0.2, -1.0, np.nan], "high": [0.6, -0.6, np.nan]}
    )  # fmt: skip
    fig = planted_figure(table)
    diamonds = next(line for line in fig.axes[0].lines if line.get_marker() == "D")
    assert diamonds.get_xdata().tolist() == [0.5, -0.7, 0.1]
    assert row_names(fig) == ["close_up", "meme", "hour"]
    assert "meme planted -0.70, recovered -0.80, hour planted +0.10, not recovered" in alt_text(fig)


def test_slices_keep_their_order_and_say_how_many_posts(hostile):
    rows = [("no face", 0.6, 0.5, 0.7, 1200), (hostile, 0.7, np.nan, np.nan, 3)]
    table = pd.DataFrame(rows, columns=["slice", "value", "low", "high", "n"])
    fig = slices_figure(table, overall=0.65)
    assert row_names(fig)[0] == "no face (1,200)"
    assert row_names(fig)[1].endswith("(3)")
    assert texts(fig) == ["all 0.65", "0.60", "0.70"]
    assert "no face 0.60 of 1,200 posts" in alt_text(fig)
    assert "<script" not in figure_svg(fig)
