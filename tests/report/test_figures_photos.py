import pandas as pd
import pytest
from matplotlib.figure import Figure

from likeness.report.figures import date_figure, pairs_figure, quarantine_figure, size_figure, split_figure
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
    table["taken_at"] = pd.to_datetime(["2015-03-01", "2019-07-09"] + [None] * 8)
    return table


def test_sites_are_sorted_with_their_totals(photos):
    fig = split_figure(photos)
    assert rows(fig) == ["Louvre", "Big Ben", "Sphinx", "(none)"]
    assert totals(fig) == ["5", "2", "2", "1"]
    assert fig.axes[0].yaxis_inverted()  # the first row is on top


def test_bars_are_stacked_in_the_colours_of_the_splits(photos):
    fig = split_figure(photos)
    bars = {bar.get_label(): bar for bar in fig.axes[0].containers}
    assert list(bars) == ["train", "val", "test"]
    assert [patch.get_width() for patch in bars["train"]] == [0, 1, 2, 1]
    assert [patch.get_x() for patch in bars["val"]] == [0, 1, 2, 1]
    assert figure_svg(fig).count(f"fill: {SPLITS['test']}") >= 2  # bar and legend


def test_alt_text_says_the_numbers(photos):
    assert "Most: Louvre (5); fewest: (none) (1). In all 10 photos: 4 train, 1 val, 5 test." in alt_text(
        split_figure(photos)
    )
    assert alt_text(split_figure(photos, alt="mine")) == "mine"


def test_too_many_sites_are_counted_not_drawn(photos):
    fig = split_figure(photos.dropna(subset="site"), most=2)
    assert rows(fig) == ["Louvre", "Big Ben"]
    assert fig.axes[0].get_xlabel() == "photos; 1 smaller sites are not shown"


def test_hostile_and_long_names(photos, hostile):
    fig = split_figure(photos.assign(site=hostile + "x" * 300))
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
    assert alt_text(fig) == "Bars of files in quarantine by reason: 2 truncated, 1 disguised, 1 empty."


def test_an_empty_quarantine_draws():
    fig = quarantine_figure(pd.DataFrame({"reason": []}))
    assert "none" in alt_text(fig)
    assert "<svg" in figure_svg(fig)


def test_sizes_have_units_and_every_photo(photos):
    fig = size_figure(photos)
    assert len(fig.axes[0].collections[0].get_offsets()) == 10
    assert fig.axes[0].get_xlabel() == "width [px]"
    assert "400 to 400 px wide, 300 to 600 px high, 90\u00a0% landscape" in alt_text(fig)


def test_dates_count_what_is_unknown(photos):
    fig = date_figure(photos)
    assert fig.axes[0].get_xlabel() == "date; 8 of 10 photos carry none"
    assert sum(patch.get_height() for patch in fig.axes[0].patches) == 2
    assert "from 2015-03-01 to 2019-07-09" in alt_text(fig)
    assert "no dates at all" in alt_text(date_figure(photos.assign(taken_at=pd.NaT)))
