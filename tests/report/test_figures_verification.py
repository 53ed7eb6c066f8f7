import re

import numpy as np
import pandas as pd
import pytest

from likeness.report.figures import det_figure, reliability_figure, roc_figure
from likeness.report.style import alt_text, figure_svg

SAME = [True, True, False, False]


def scored(**scores: list[float]) -> pd.DataFrame:
    return pd.concat(
        [pd.DataFrame({"model": name, "same": SAME, "score": score}) for name, score in scores.items()],
        ignore_index=True,
    )


MODELS = scored(poor=[0.9, 0.1, 0.8, 0.2], perfect=[0.9, 0.8, 0.2, 0.1], upside_down=[0.1, 0.2, 0.8, 0.9])


def labels(fig) -> list[str]:
    return [text.get_text() for text in fig.axes[0].texts]


def test_roc_names_models_by_area_best_first():
    fig = roc_figure(MODELS)
    assert labels(fig) == ["perfect, 1.00", "poor, 0.50", "upside_down, 0.00"]
    assert "best first: perfect 1.00, poor 0.50, upside_down 0.00" in alt_text(fig)
    heights = [text.get_position()[1] for text in fig.axes[0].texts]
    assert heights == sorted(heights, reverse=True)


def test_roc_curve_and_equal_error_point_by_hand():
    lines = roc_figure(scored(perfect=[0.9, 0.8, 0.2, 0.1])).axes[0].lines
    curve, circle = lines[2].get_xydata(), lines[3].get_xydata()
    assert [0, 1] in curve.tolist()
    assert circle.tolist() == [[0, 1]]  # no errors: upper left corner


def test_det_sorts_by_equal_error_rate():
    assert labels(det_figure(MODELS)) == ["perfect, 0.00", "poor, 0.50", "upside_down, 1.00"]


def test_det_axes_are_normal_deviates_in_percent():
    fig = det_figure(MODELS)
    ax = fig.axes[0]
    named = {label.get_text(): tick for label, tick in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)}
    assert named["20\u00a0%"] == pytest.approx(-0.8416, abs=1e-4)  # standard normal quantile of 0.2
    assert named["80\u00a0%"] == pytest.approx(0.8416, abs=1e-4)
    curves = np.concatenate([line.get_xydata() for line in ax.lines if line.get_transform() == ax.transData])
    assert np.isfinite(curves).all()


def test_undefined_scores_do_not_break_curves():
    assert "photo" in alt_text(roc_figure(scored(photo=[0.9, np.nan, 0.8, np.nan])))


def test_a_hostile_model_name_is_inert(hostile):
    svg = figure_svg(roc_figure(scored(photo=[0.9, 0.8, 0.2, 0.1]).assign(model=hostile)))
    assert "<script" not in svg
    assert "<img" not in svg


def test_many_models_have_room_below_each_other():
    many = pd.concat([scored(m=[0.9, 0.8, 0.2, 0.1]).assign(model=f"model {n}") for n in range(12)])
    heights = [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*>model \d+, 1.00<', figure_svg(roc_figure(many)))]
    assert len(heights) == 12
    assert min(np.diff(sorted(heights))) > 11  # user units: more than the text's height


def test_reliability_by_hand():
    predictions = pd.DataFrame({"same": [True, False, True, True], "probability": [0.25, 0.25, 0.75, 0.75]})
    fig = reliability_figure(predictions, bins=2)
    upper, lower = fig.axes
    assert upper.lines[1].get_xydata().tolist() == [[0.25, 0.5], [0.75, 1.0]]
    assert [bar.get_height() for bar in lower.patches] == [2, 2]
    assert "calibration error 0.25" in upper.get_title("left")
    assert "expected calibration error 0.25 over 4 pairs" in alt_text(fig)


def test_reliability_leaves_out_models_without_probabilities():
    predictions = pd.DataFrame(
        {"model": ["a", "a", "b", "b"], "same": [True, False] * 2, "probability": [0.9, 0.2, np.nan, np.nan]}
    )
    fig = reliability_figure(predictions)
    assert [ax.get_title("left").split("\n")[0] for ax in fig.axes] == ["a", ""]
    with pytest.raises(ValueError, match="no row has a probability"):
        reliability_figure(predictions[predictions["model"].eq("b")])
