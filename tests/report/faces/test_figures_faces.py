import face_tables
import numpy as np
import pandas as pd
import pytest
from shown import row_names, texts, titles

from likeness.report.faces.figures_faces import (
    difference_figure,
    features_figure,
    pair_similarity_figure,
    separation,
    variance_figure,
    view_style,
    views_figure,
    weight_figure,
)
from likeness.report.style import alt_text, figure_svg

VALUES = {"resnet50, general": 0.25, "resnet50, face": 0.75, "resnet50, combined": 0.5}


def marks_at(ax, x: float) -> list[str]:
    return [line.get_marker() for line in ax.lines if list(line.get_xdata()) == [x]]


@pytest.mark.parametrize(
    ("similarity", "same", "area"),
    [([0.9, 0.1, 0.5], [1, 0, 0], 1), ([0.3, 0.1, 0.5], [1, 0, 0], 0.5), ([0.3], [1], np.nan), ([], [], np.nan)],
)
def test_separation_is_the_area_under_the_curve(similarity, same, area):
    np.testing.assert_equal(separation(similarity, same), area)


def test_a_histogram_a_view():
    pairs = {"general": ([0.1, 0.2, 0.3], [True, False, False]), "face": ([0.9, 0.2], [True, False]), "empty": ([], [])}
    fig = pair_similarity_figure(pairs)
    assert titles(fig) == ["general: AUC 0.00", "face: AUC 1.00", "empty"]
    assert "general: 1 pair of the same person, 2 of others, AUC 0.00." in alt_text(fig)
    assert "empty: 0 pairs" in alt_text(fig)
    figure_svg(fig)


def test_variance_adds_up():
    fig = variance_figure({"resnet50 face": [0.5, 0.25], "resnet50 general": [0.5, 0.125]})
    assert fig.axes[0].lines[0].get_xydata().tolist() == [[1, 0.5], [2, 0.75]]
    assert "face: 75\u00a0% with 2 components; resnet50 general: 62\u00a0%" in alt_text(fig)


def test_a_panel_a_measure_and_the_best_on_top():
    fig = views_figure(face_tables.scores(VALUES), "identity")
    assert titles(fig) == ["recall@1", "mAP"]
    assert row_names(fig) == ["resnet50, face", "resnet50, combined", "resnet50, general"]
    first, second = fig.axes
    assert marks_at(first, 0.75) == ["o"]  # honest
    assert marks_at(first, 0.8125) == ["|"]  # naive
    assert marks_at(second, 0.375) == ["o"]
    assert any(line.get_xdata() == pytest.approx([0.65, 0.85]) for line in first.lines if line.get_linewidth() == 2.4)
    assert [list(line.get_xdata()) for line in first.lines if line.get_linestyle() == ":"] == [[0.125, 0.125]]
    assert "face 0.75, resnet50, combined 0.50, resnet50, general 0.25; random ranking 0.12." in alt_text(fig)
    figure_svg(fig)


def test_a_number_without_an_interval_is_a_mark_alone():
    fig = views_figure(face_tables.scores({"resnet50, face": 0.5}).assign(low=np.nan, high=np.nan), "identity")
    assert all(len(line.get_xdata()) == 1 or line.get_linestyle() == ":" for line in fig.axes[0].lines)


def test_views_look_different_and_always_the_same():
    styles = [view_style(view) for view in ("general", "face", "faces", "combined", "another")]
    assert len({style.color for style in styles}) == len({style.marker for style in styles}) == 5
    assert view_style("face") == styles[1]


DIFFERENCES = face_tables.compared(
    [
        ("resnet50, combined", "resnet50, face", -0.0625, 0.5),
        ("resnet50, face", "resnet50, general", 0.5, 0.0002),
        ("resnet50, face", "vgg16, face", -0.25, 0.01),
    ]
)


def test_differences_largest_first_and_hollow_where_the_test_cannot_tell():
    fig = difference_figure(DIFFERENCES, "identity recall@1")
    assert row_names(fig) == ["resnet50: face − general", "resnet50, face − vgg16, face", "resnet50: combined − face"]
    fills = [line.get_markerfacecolor() for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [fill == "none" for fill in fills] == [False, False, True]
    assert texts(fig) == ["+0.50", "−0.25", "−0.06"]
    assert "resnet50, face minus resnet50, general +0.50, A better" in alt_text(fig)


def test_the_sweep_has_a_panel_a_network_and_marks_the_chosen_weight():
    first = face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5), (1.0, 0.75, 0.25)])
    both = pd.concat([first, face_tables.sweep([(0.0, 0.25, 0.75), (1.0, 0.5, 0.25)], "vgg16")])
    fig = weight_figure(both, {"resnet50": 0.5, "vgg16": 1.0})
    assert titles(fig) == ["resnet50", "vgg16"]
    assert texts(fig) == ["chosen: 0.5", "chosen: 1"]
    assert fig.axes[0].lines[0].get_xydata().tolist() == [[0, 0.25], [0.5, 0.5], [1, 0.75]]
    assert "recall@1 0.25 to 0.75, artist share@5 0.75 to 0.25; chosen 0.5. vgg16" in alt_text(fig)
    figure_svg(fig)


def test_a_sweep_without_labels():
    by_artist = weight_figure(face_tables.sweep([(0.0, np.nan, 0.75), (1.0, np.nan, 0.25)]), {"resnet50": 0.0})
    assert "recall" not in alt_text(by_artist)
    assert "artist share@5 0.75 to 0.25" in alt_text(by_artist)
    none = weight_figure(face_tables.sweep([(0.0, np.nan, np.nan)]), {"resnet50": 0.0})
    assert alt_text(none).startswith("No person or artist is known")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: pair_similarity_figure({}), "no view"),
        (lambda: variance_figure({}), "nothing was whitened"),
        (lambda: difference_figure(DIFFERENCES[:0], "recall@1"), "nothing was compared"),
        (lambda: views_figure(face_tables.scores(VALUES), "artist"), "no score for the label 'artist'"),
        (
            lambda: views_figure(pd.concat([face_tables.scores(VALUES)] * 2), "identity"),
            "general has two rows of recall@1",
        ),
    ],
)
def test_there_must_be_one_number_a_mark(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_the_figure_that_stands_for_a_page_shows_what_is_known():
    pairs = {"net face": ([0.9, 0.2, 0.4], [True, False, False])}
    general, splits = np.random.default_rng(0).normal(size=(12, 5)), pd.Series(["train", "test"] * 6, name="split")
    assert titles(features_figure(pairs, general, splits)) == titles(pair_similarity_figure(pairs))
    assert "pictures" in titles(features_figure({}, general, splits))[0]
