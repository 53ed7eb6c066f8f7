import pandas as pd
import pytest
from matplotlib.figure import Figure

from likeness.report.figures_photos import pairs_figure, quarantine_figure, role_model_figure, size_figure, split_figure
from likeness.report.palette import SPLITS
from likeness.report.style import alt_text, figure_svg


def rows(fig: Figure) -> list[str]:
    return [label.get_text() for label in fig.axes[0].get_yticklabels()]


def totals(fig: Figure) -> list[str]:
    return [text.get_text() for text in fig.axes[0].texts]


@pytest.fixture
def photos() -> pd.DataFrame:
    sites = ["Sphinx"] * 2 + ["Louvre"] * 5 + ["Big Ben"] * 2 + [None]
    splits = ["train"] * 2 + ["test"] * 5 + ["val", "train"] + ["train"]
    table = pd.DataFrame({"site": sites, "split": splits, "width": 400, "height": 300})
    table.loc[0, "height"] = 600
    return table


def test_sites_are_sorted_and_stacked_in_the_colours_of_the_splits(photos):
    fig = split_figure(photos, "site")
    assert rows(fig) == ["Louvre", "Big Ben", "Sphinx", "(none)"]
    assert totals(fig) == ["5", "2", "2", "1"]
    assert fig.axes[0].yaxis_inverted()  # the first row is on top
    bars = {bar.get_label(): bar for bar in fig.axes[0].containers}
    assert list(bars) == ["train", "val", "test"]
    assert [patch.get_width() for patch in bars["train"]] == [0, 1, 2, 1]
    assert [patch.get_x() for patch in bars["val"]] == [0, 1, 2, 1]
    assert figure_svg(fig).count(f"fill: {SPLITS['test']}") >= 2  # bar and legend
    assert "Louvre (5); fewest: (none) (1). In all 10 photos: 4 train, 1 val, 5 test." in alt_text(fig)


def test_too_many_sites_are_counted_not_drawn():
    fig = split_figure(pd.DataFrame({"site": [f"site {n:02}" for n in range(42)], "split": "train"}), "site")
    assert len(rows(fig)) == 40
    assert "2 smaller sites" in fig.axes[0].get_xlabel()


def test_hostile_and_long_names(photos, hostile):
    fig = split_figure(photos.assign(site=hostile + "x" * 300), "site")
    assert len(rows(fig)[0]) == 34
    assert "<script" not in figure_svg(fig)


def test_positive_pairs_lead_in_bold():
    pairs = pd.DataFrame(
        {
            "kind": ["site-only"] * 5 + ["same-pose-same-site"] * 2 + ["other-pose-same-site"] * 3,
            "same": [False] * 5 + [True] * 2 + [False] * 3,
            "split": ["train", "val", "test", "train", "train"] * 2,
        }
    )
    fig = pairs_figure(pairs)
    assert rows(fig) == ["same-pose-same-site", "site-only", "other-pose-same-site"]
    assert totals(fig) == ["2", "5", "3"]
    weights = [label.get_fontweight() for label in fig.axes[0].get_yticklabels()]
    assert weights == ["bold", "normal", "normal"]
    assert "same-pose-same-site: 1 train, 1 val, 0 test" in alt_text(fig)


def test_quarantine_reasons_most_frequent_first():
    fig = quarantine_figure(pd.DataFrame({"reason": ["empty", "truncated", "truncated", "disguised"]}))
    assert rows(fig) == ["truncated", "disguised", "empty"]
    assert totals(fig) == ["2", "1", "1"]
    assert "2 truncated, 1 disguised, 1 empty" in alt_text(fig)
    empty = quarantine_figure(pd.DataFrame({"reason": []}))
    assert "none" in alt_text(empty)
    assert "<svg" in figure_svg(empty)


def test_sizes_have_units_and_every_photo(photos):
    fig = size_figure(photos)
    assert len(fig.axes[0].collections[0].get_offsets()) == 10
    assert fig.axes[0].get_xlabel() == "width [px]"
    assert "400 to 400 px wide, 300 to 600 px high, 90\u00a0% landscape" in alt_text(fig)


def test_role_models_on_a_date_axis():
    dates = pd.to_datetime(["2014-01-01", "2015-06-01", "2018-01-01", "2016-01-01"])
    photos = pd.DataFrame({"photo_id": list("abcd"), "arrangement": ["Louvre/jump"] * 3 + ["x"], "taken_at": dates})
    models = pd.DataFrame({"arrangement": ["Louvre/jump"], "role_model": ["a"], "copies": [2]})
    models = models.assign(taken_at=dates[:1], last_at=dates[2:3])
    fig = role_model_figure(models, photos)
    assert rows(fig) == ["Louvre/jump"]
    assert totals(fig) == ["2 copies"]
    assert len(fig.axes[0].lines[1].get_xdata()) == 2  # later photos of this arrangement only
    assert "Louvre/jump, first photographed 2014-01-01, 2 later photos" in alt_text(fig)
    with pytest.raises(ValueError, match="no arrangement was copied"):
        role_model_figure(models.head(0), photos)
