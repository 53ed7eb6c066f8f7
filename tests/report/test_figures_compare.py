import pandas as pd
import pytest

from likeness.report.figures import ladder_figure, role_model_figure, slope_figure
from likeness.report.palette import model_colour
from likeness.report.style import alt_text, figure_svg

TABLE = pd.DataFrame(
    [("cosine", 0.55, 0.5, 0.6), ("photo+skeleton", 0.75, 0.7, 0.8), ("majority class", 0.5, None, None)],
    columns=["model", "value", "low", "high"],
).astype({"low": float, "high": float})


def rows(fig) -> list[str]:
    return [label.get_text() for label in fig.axes[0].get_yticklabels()]


def test_ladder_is_sorted_with_values_and_chance():
    fig = ladder_figure(TABLE, chance=0.5)
    assert rows(fig) == ["photo+skeleton", "cosine", "majority class"]
    assert [text.get_text() for text in fig.axes[0].texts] == ["chance 0.50", "0.75", "0.55", "0.50"]
    assert alt_text(fig) == (
        "accuracy per model, best first: photo+skeleton 0.75 (0.70 to 0.80), cosine 0.55 (0.50 to 0.60), "
        "majority class 0.50. Chance is 0.50."
    )


def test_ladder_turns_round_where_smaller_is_better():
    fig = ladder_figure(TABLE, name="distance", larger_is_better=False, oracle=0.1)
    assert rows(fig) == ["majority class", "cosine", "photo+skeleton"]
    assert "smaller is better" in fig.axes[0].get_xlabel()
    assert fig.axes[0].texts[0].get_text() == "perfect 0.10"


def test_intervals_are_drawn_in_the_models_colour():
    lines = ladder_figure(TABLE).axes[0].lines
    assert [tuple(line.get_xdata()) for line in lines] == [(0.7, 0.8), (0.75,), (0.5, 0.6), (0.55,), (0.5,)]
    assert lines[0].get_color() == lines[1].get_color() == model_colour("photo+skeleton")


def test_ladder_refuses_a_model_twice(hostile):
    with pytest.raises(ValueError, match="'cosine' has two rows"):
        ladder_figure(pd.concat([TABLE, TABLE.head(1)]))
    assert "<script" not in figure_svg(ladder_figure(TABLE.assign(model=[hostile, "b", "c"])))


def test_slopes_join_naive_to_honest():
    table = pd.DataFrame(
        [("photo", "naive", 0.8), ("photo", "honest", 0.6), ("oks", "naive", 0.7), ("oks", "honest", 0.69), ("x", "naive", 1)],
        columns=["model", "scheme", "value"],
    )  # fmt: skip
    fig = slope_figure(table, chance=0.5)
    assert [tuple(line.get_ydata()) for line in fig.axes[0].lines[:2]] == [(0.7, 0.69), (0.8, 0.6)]
    labels = [text.get_text() for text in fig.axes[0].texts]
    assert labels == ["chance", "oks 0.70 → 0.69", "photo 0.80 → 0.60"]
    assert "oks 0.70 to 0.69, photo 0.80 to 0.60. 1 model left out: only one of the two is known." in alt_text(fig)
    with pytest.raises(ValueError, match="no model has both"):
        slope_figure(table[table["scheme"].eq("naive")])


def test_role_models_on_a_date_axis():
    dates = pd.to_datetime(["2014-01-01", "2015-06-01", "2018-01-01", "2016-01-01"])
    photos = pd.DataFrame({"photo_id": list("abcd"), "arrangement": ["Louvre/jump"] * 3 + ["x"], "taken_at": dates})
    models = pd.DataFrame(
        {
            "arrangement": ["Louvre/jump"],
            "role_model": ["a"],
            "taken_at": [dates[0]],
            "copies": [2],
            "last_at": [dates[2]],
        }
    )
    fig = role_model_figure(models, photos)
    assert rows(fig) == ["Louvre/jump"]
    assert [text.get_text() for text in fig.axes[0].texts] == ["2 copies"]
    assert len(fig.axes[0].lines[1].get_xdata()) == 2  # later photos of this arrangement only
    assert "Louvre/jump, first photographed 2014-01-01, 2 later photos" in alt_text(fig)
    with pytest.raises(ValueError, match="no arrangement was copied"):
        role_model_figure(models.head(0), photos)
