import face_tables
import numpy as np
import pandas as pd
import pytest

from likeness.report.faces.figures_faces import difference_figure, view_style, views_figure, weight_figure
from likeness.report.style import alt_text, figure_svg

VALUES = {"resnet50, general": 0.25, "resnet50, face": 0.75, "resnet50, combined": 0.5}


def rows(fig) -> list[str]:
    return [label.get_text() for label in fig.axes[0].get_yticklabels()]


def lines_at(ax, x: float) -> list:
    return [line for line in ax.lines if list(line.get_xdata()) == [x]]


def test_a_panel_a_measure_and_the_best_on_top():
    fig = views_figure(face_tables.scores(VALUES))
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["recall@1", "mAP"]
    assert rows(fig) == ["resnet50, face", "resnet50, combined", "resnet50, general"]
    first, second = fig.axes
    assert [line.get_marker() for line in lines_at(first, 0.75)] == ["o"]  # honest
    assert [line.get_marker() for line in lines_at(first, 0.8125)] == ["|"]  # naive
    assert lines_at(second, 0.375)[0].get_ydata().tolist() == [0]
    assert any(line.get_xdata().tolist() == pytest.approx([0.65, 0.85]) for line in map(_arrays, first.lines))
    dotted = [line for line in first.lines if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in dotted] == [[0.125, 0.125]]
    assert alt_text(fig) == (
        "Dots of identity recall@1, mAP by network and view. recall@1, best first: resnet50, face 0.75, resnet50, "
        "combined 0.50, resnet50, general 0.25; random ranking 0.12."
    )
    figure_svg(fig)


def _arrays(line):
    line.set_xdata(np.asarray(line.get_xdata(), float))
    return line


def test_there_must_be_one_number_a_mark():
    table = face_tables.scores(VALUES)
    with pytest.raises(ValueError, match="no score for the label 'artist'"):
        views_figure(table, "artist")
    with pytest.raises(ValueError, match="no score for the label"):
        views_figure(table[:0])
    with pytest.raises(ValueError, match="resnet50, general has two rows of recall@1; filter the split"):
        views_figure(pd.concat([table, table.assign(split="val")]))


def test_a_number_without_an_interval_is_a_mark_alone():
    table = face_tables.scores({"resnet50, face": 0.5}).assign(low=np.nan, high=np.nan)
    figure_svg(fig := views_figure(table))
    assert all(len(line.get_xdata()) == 1 or line.get_linestyle() == ":" for line in fig.axes[0].lines)


def test_views_look_different_and_always_the_same():
    styles = [view_style(view) for view in ("general", "face", "faces", "combined", "another")]
    assert len({style.color for style in styles}) == len({style.marker for style in styles}) == 5
    assert view_style("face") == styles[1]


def test_differences_largest_first_and_hollow_where_the_test_cannot_tell():
    table = face_tables.compared(
        [
            ("resnet50, combined", "resnet50, face", -0.0625, 0.5),
            ("resnet50, face", "resnet50, general", 0.5, 0.0002),
            ("resnet50, face", "vgg16, face", -0.25, 0.01),
        ]
    )
    fig = difference_figure(table, "identity recall@1")
    assert rows(fig) == ["resnet50: face − general", "resnet50, face − vgg16, face", "resnet50: combined − face"]
    fills = [line.get_markerfacecolor() for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [fill == "none" for fill in fills] == [False, False, True]
    assert [text.get_text() for text in fig.axes[0].texts] == ["+0.50", "−0.25", "−0.06"]
    assert "resnet50, face minus resnet50, general +0.50, A better" in alt_text(fig)
    with pytest.raises(ValueError, match="nothing was compared"):
        difference_figure(table[:0])


def test_the_sweep_has_a_panel_a_network_and_marks_the_chosen_weight():
    table = pd.concat(
        [
            face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5), (1.0, 0.75, 0.25)]),
            face_tables.sweep([(0.0, 0.25, 0.75), (1.0, 0.5, 0.25)], "vgg16"),
        ]
    )
    fig = weight_figure(table, {"resnet50": 0.5, "vgg16": 1.0})
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["resnet50", "vgg16"]
    assert [text.get_text() for ax in fig.axes for text in ax.texts] == ["chosen: 0.5", "chosen: 1"]
    assert fig.axes[0].lines[0].get_xydata().tolist() == [[0, 0.25], [0.5, 0.5], [1, 0.75]]
    assert alt_text(fig) == (
        "Lines against the weight of the face. resnet50, from weight 0 to 1: identity recall@1 0.25 to 0.75, artist "
        "share@5 0.75 to 0.25; chosen 0.5. vgg16, from weight 0 to 1: identity recall@1 0.25 to 0.50, artist share@5 "
        "0.75 to 0.25; chosen 1."
    )
    figure_svg(fig)


def test_a_sweep_without_labels():
    one = face_tables.sweep([(0.0, np.nan, 0.75), (1.0, np.nan, 0.25)])
    fig = weight_figure(one)
    assert "recall" not in alt_text(fig)
    assert "artist share@5 0.75 to 0.25." in alt_text(fig)
    none = weight_figure(face_tables.sweep([(0.0, np.nan, np.nan)]))
    assert alt_text(none).startswith("No person or artist is known to choose by.")
