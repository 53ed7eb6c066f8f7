"""Marks, figures and sentences that more than one study's pages show."""

import pandas as pd
import pytest
from shown import row_names, says, texts

from likeness.report.figures_photos import sweep_figure
from likeness.report.grids import spread_over
from likeness.report.marks import draw_interval, message_figure, name_rows, write_at_right, write_beside
from likeness.report.reading import signed_test
from likeness.report.reading_data import describe_sweep
from likeness.report.style import alt_text, canvas

SWEEP = pd.DataFrame({"threshold": [0.5, 0.7, 0.9], "kept": [100, 80, 40]})


def test_rows_are_named_from_the_top():
    fig, ax = canvas(3.0)
    name_rows(ax, ["first", "x" * 50], most=9)
    assert row_names(fig) == ["first", "xxxxxxxx…"]
    assert ax.get_ylim() == (1.6, -0.6)


def test_an_interval_is_a_line_only_where_it_is_known():
    fig, ax = canvas(3.0)
    rows = pd.DataFrame({"low": [0.25, None], "high": [0.75, 0.5]})
    for row in rows.itertuples():
        draw_interval(ax, row, row.Index, "red")
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[0.25, 0], [0.75, 0]]]
    write_at_right(ax, 0, "0.50")
    assert texts(fig) == ["0.50"]


@pytest.mark.parametrize(("x", "side"), [(0.2, "left"), (0.8, "right")])
def test_words_stand_where_there_is_room(x, side):
    _, ax = canvas(3.0)
    write_beside(ax, x, "chosen", middle=0.5)
    assert ax.texts[0].get_horizontalalignment() == side  # the side of the words that touches the line


@pytest.mark.parametrize(("chosen", "kept"), [(0.7, 80), (0.8, 60), (0.9, 40)])  # 0.8: halfway
def test_the_sweep_marks_the_chosen_confidence(chosen, kept):
    fig = sweep_figure(SWEEP, chosen)
    assert texts(fig) == [f"chosen: {chosen} keeps {kept}"]
    assert "from 100 at a confidence of 0.5 to 40 at 0.9" in alt_text(fig)


@pytest.mark.parametrize(
    ("kept", "chosen", "words"),
    [
        (
            [100, 100, 60],
            0.9,
            ["of 0.9 a face is found in 100 photos", "0.85 and 0.95", "20.0 %: its exact value matters"],
        ),
        ([100, 100, 60], 0.8, ["little depends on its exact value"]),
        ([0, 0, 0], 0.9, ["in 0 photos"]),
    ],
)
def test_how_much_depends_on_the_confidence(kept, chosen, words):
    says(describe_sweep(pd.DataFrame({"threshold": [0.8, 0.9, 1.0], "kept": kept}), chosen), *words)


def test_a_sentence_in_place_of_a_figure():
    fig = message_figure("alexnet was skipped: no pictures")
    assert texts(fig) == [alt_text(fig)] == ["alexnet was skipped: no pictures"]


@pytest.mark.parametrize(("items", "most", "shown"), [("abcde", 3, "ace"), ("ab", 9, "ab"), ("", 3, ""), ("ab", 0, "")])
def test_items_are_spread_evenly(items, most, shown):
    assert spread_over(list(items), most) == list(shown)


def test_a_comparison_is_found_either_way_round():
    table = pd.DataFrame([("a", "b", -0.1, 0.2, "B better")], columns=["a", "b", "difference", "p_adjusted", "verdict"])
    assert signed_test(table, "a", "b") == (-0.1, 0.2, True)
    assert signed_test(table, "b", "a") == (0.1, 0.2, True)
    assert signed_test(table, "a", "c") is None
