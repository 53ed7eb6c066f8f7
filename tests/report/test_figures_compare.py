"""Models side by side: sorted best first, numbers as worked out by hand, words of pairs or of posts."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from likeness.report.figures_compare import (
    det_figure,
    ladder_figure,
    reliability_figure,
    roc_figure,
    seeds_figure,
    slope_figure,
)
from likeness.report.html_text import PAIRS, POSTS
from likeness.report.palette import model_colour
from likeness.report.style import alt_text, figure_svg

TABLE = pd.DataFrame(
    [("features, cosine", 0.55, 0.5, 0.6), ("full-photo", 0.75, 0.7, 0.8), ("majority class", 0.5, None, None)],
    columns=["model", "value", "low", "high"],
).astype({"low": float, "high": float})


def labels(fig: Figure) -> list[str]:
    return [text.get_text() for text in fig.axes[0].texts]


def test_ladder_is_sorted_with_values_and_chance():
    fig = ladder_figure(TABLE, "AUC", chance=0.5)
    order = ["full-photo", "features, cosine", "majority class"]
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == order
    assert labels(fig) == ["chance 0.50", "0.75", "0.55", "0.50"]
    assert "full-photo 0.75 (0.70 to 0.80), features, cosine 0.55" in alt_text(fig)
    assert fig.axes[0].get_xlabel().startswith("AUC")


def test_each_seed_is_a_dot_and_their_mean_a_bar():
    runs = pd.DataFrame({"model": list("aabbb"), "run": [0, 1, 0, 1, 2], "value": [0.5, 0.7, 0.8, 0.9, 0.7]})
    fig = seeds_figure(runs, "AUC")
    dots, bars = fig.axes[0].lines[::2], fig.axes[0].lines[1::2]
    assert [list(line.get_xdata()) for line in dots] == [[0.8, 0.9, 0.7], [0.5, 0.7]]  # the best on top
    assert [line.get_xdata()[0] for line in bars] == pytest.approx([0.8, 0.6])
    assert "b 0.80 (0.70 to 0.90 over 3 seeds), a 0.60 (0.50 to 0.70 over 2 seeds)" in alt_text(fig)
    assert "no network" in alt_text(seeds_figure(runs[:0], "AUC"))


def test_intervals_are_drawn_in_the_models_colour():
    lines = ladder_figure(TABLE, "AUC", chance=0.4).axes[0].lines
    assert [tuple(line.get_xdata()) for line in lines[1:]] == [(0.7, 0.8), (0.75,), (0.5, 0.6), (0.55,), (0.5,)]
    assert lines[1].get_color() == lines[2].get_color() == model_colour("full-photo")


def test_ladder_refuses_a_model_twice():
    with pytest.raises(ValueError, match="'features, cosine' has two rows"):
        ladder_figure(pd.concat([TABLE, TABLE.head(1)]), "AUC", chance=0.5)


SLOPES = pd.DataFrame(
    [("photo", "naive", 0.8), ("photo", "honest", 0.6), ("oks", "naive", 0.7), ("oks", "honest", 0.69), ("x", "naive", 1)],
    columns=["model", "scheme", "value"],
)  # fmt: skip


@pytest.mark.parametrize("wording", [PAIRS, POSTS])
def test_slopes_join_naive_to_honest(wording):
    fig = slope_figure(SLOPES, chance=0.5, wording=wording)
    assert [tuple(line.get_ydata()) for line in fig.axes[0].lines[:2]] == [(0.7, 0.69), (0.8, 0.6)]
    assert labels(fig) == ["chance", "oks 0.70 → 0.69", "photo 0.80 → 0.60"]
    assert "1 model left out" in alt_text(fig)
    ends = [label.get_text() for label in fig.axes[0].get_xticklabels()]
    assert [words in end for words, end in zip((wording.naive, wording.honest), ends, strict=True)] == [True, True]
    assert "left out" not in alt_text(slope_figure(SLOPES[:4]))
    with pytest.raises(ValueError, match="no model has both"):
        slope_figure(SLOPES[SLOPES["scheme"].eq("naive")])


def scored(**scores: list[float]) -> pd.DataFrame:
    same = [True, True, False, False]
    return pd.concat([pd.DataFrame({"model": name, "same": same, "score": score}) for name, score in scores.items()])


PERFECT = [0.9, 0.8, 0.2, 0.1]
MODELS = scored(poor=[0.9, 0.1, 0.8, 0.2], perfect=PERFECT, upside_down=PERFECT[::-1])


@pytest.mark.parametrize(
    ("draw", "order"),
    [
        (roc_figure, ["perfect, 1.00", "poor, 0.50", "upside_down, 0.00"]),
        (det_figure, ["perfect, 0.00", "poor, 0.50", "upside_down, 1.00"]),
    ],
)
def test_curves_are_named_best_first_from_the_top(draw, order):
    fig = draw(MODELS)
    assert labels(fig) == order
    assert "best first: " + ", ".join(name.replace(",", "") for name in order) in alt_text(fig)
    heights = [text.get_position()[1] for text in fig.axes[0].texts]
    assert heights == sorted(heights, reverse=True)


def test_roc_curve_and_equal_error_point_by_hand():
    lines = roc_figure(scored(perfect=PERFECT)).axes[0].lines
    curve, circle = lines[2].get_xydata(), lines[3].get_xydata()
    assert [0, 1] in curve.tolist()
    assert circle.tolist() == [[0, 1]]  # no errors: upper left corner


def test_roc_speaks_of_posts():
    ax = roc_figure(MODELS, wording=POSTS).axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("not-liked posts called liked", "liked posts found")


def test_det_axes_are_normal_deviates_in_percent():
    ax = det_figure(MODELS).axes[0]
    named = {label.get_text(): tick for label, tick in zip(ax.get_xticklabels(), ax.get_xticks(), strict=True)}
    assert named["20\u00a0%"] == pytest.approx(-0.8416, abs=1e-4)  # standard normal quantile of 0.2
    assert named["80\u00a0%"] == pytest.approx(0.8416, abs=1e-4)
    curves = np.concatenate([line.get_xydata() for line in ax.lines if line.get_transform() == ax.transData])
    assert np.isfinite(curves).all()


def test_undefined_scores_do_not_break_curves():
    assert "photo" in alt_text(roc_figure(scored(photo=[0.9, np.nan, 0.8, np.nan])))


def test_a_hostile_model_name_is_inert(hostile):
    ladder = ladder_figure(TABLE[:1].assign(model=hostile), "AUC", chance=0.5)
    for fig in (roc_figure(scored(photo=PERFECT).assign(model=hostile)), ladder):
        assert "<script" not in figure_svg(fig)
        assert "<img" not in figure_svg(fig)


def test_many_models_have_room_below_each_other():
    many = scored(**{f"model {n}": PERFECT for n in range(12)})
    heights = [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*>model \d+, 1.00<', figure_svg(roc_figure(many)))]
    assert len(heights) == 12
    assert min(np.diff(sorted(heights))) > 11  # user units: more than the text's height


def test_reliability_by_hand():
    predictions = pd.DataFrame(
        {"model": "m", "same": [True, False, True, True], "probability": [0.25, 0.25, 0.75, 0.75]}
    )
    fig = reliability_figure(predictions, wording=POSTS)
    upper, lower = fig.axes
    assert upper.lines[1].get_xydata().tolist() == [[0.25, 0.5], [0.75, 1.0]]
    assert [bar.get_height() for bar in lower.patches] == [0, 0, 2, 0, 0, 0, 0, 2, 0, 0]
    assert "calibration error 0.25" in upper.get_title("left")
    assert "0.25 over 4 posts" in alt_text(fig)


def test_reliability_leaves_out_models_without_probabilities():
    table = pd.DataFrame({"model": list("aabbccdd"), "same": [True, False] * 4, "probability": [0.9, 0.2] * 4})
    table.loc[table["model"] == "b", "probability"] = np.nan
    fig = reliability_figure(table)
    named = [ax.get_title("left").split("\n")[0] for ax in fig.axes if ax.get_visible()]
    assert [name for name in named if name] == ["a", "c", "d"]
    with pytest.raises(ValueError, match="no row has a probability"):
        reliability_figure(table[table["model"].eq("b")])
