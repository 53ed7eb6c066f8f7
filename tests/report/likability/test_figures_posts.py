import numpy as np
import pandas as pd
import pytest
from shown import row_names, texts

from likeness.report.likability.figures_posts import (
    followers_figure,
    funnel_figure,
    hours_figure,
    measures_figure,
    ratio_figure,
)
from likeness.report.style import alt_text, figure_svg

FUNNEL = pd.DataFrame({"step": ["posts read", "#me", "old enough"], "posts": [1200, 900, 30], "users": [150, 120, 1]})


def test_the_funnel_keeps_its_order(hostile):
    fig = funnel_figure(FUNNEL)
    assert [bar.get_width() for bar in fig.axes[0].patches] == [1200, 900, 30]
    assert texts(fig) == ["1,200 of 150 users", "900 of 120 users", "30 of 1 user"]
    assert row_names(fig) == FUNNEL["step"].tolist()
    assert "#me: 900 of 120 users" in alt_text(fig)
    assert "<script" not in figure_svg(funnel_figure(FUNNEL.assign(step=hostile)))


def test_two_rules_above_the_followers():
    before = pd.Series([10.0, 100, 100, 1000, 1_000_000])
    fig = followers_figure(before, before[:4], {"mad": (-50, 1500), "sd": (-2e6, 2e6)})
    assert texts(fig) == ["0 to 1,500 followers: 4 of 5 users", "0 to 2,000,000 followers: 5 of 5 users"]
    assert "5 users before and 4 after" in alt_text(fig)
    assert "keeps 4 (0 to 1,500 followers); that by mean and SD 5" in alt_text(fig)
    lines = fig.axes[0].lines
    assert lines[0].get_xdata()[1] == 1500
    assert [line.get_marker() for line in lines].count("|") == 1  # bounds off the axis have no end mark
    histogram = fig.axes[1].patches
    assert [int(sum(patch.get_data()[0])) for patch in histogram] == [5, 4]
    assert fig.axes[1].get_xscale() == "log"


def test_users_with_equal_followers_draw():
    equal = pd.Series([100.0, 100.0])
    fig = followers_figure(equal, equal, {"mad": (100, 100), "sd": (100, 100)})
    assert "100 to 100 followers: 2 of 2 users" in texts(fig)


def test_posts_without_a_like_are_counted():
    posts = pd.DataFrame({"ratio": [0.0, 0.1, 0.2, 0.8], "liked": [False, False, True, True]})
    fig = ratio_figure(posts, line=0.35)
    assert fig.axes[0].get_xlabel() == "likes per follower; 1 post without a like"
    assert [line.get_xdata()[0] for line in fig.axes[0].lines] == [pytest.approx(0.15), 0.35]
    legend = [text.get_text() for text in fig.legends[0].get_texts()]
    assert legend == ["liked (2 posts)", "not liked (2 posts)", "median 0.15", "liked above 0.35"]
    assert "50\u00a0% count as liked" in alt_text(fig)
    nothing = ratio_figure(posts.assign(ratio=0.0), line=None)
    assert "4 posts without a like" in nothing.axes[0].get_xlabel()
    figure_svg(nothing)


def test_hours_by_weekday():
    monday = pd.Timestamp("2017-01-02 08:30")
    posts = pd.DataFrame({"taken_at": [monday, monday, monday + pd.Timedelta(days=1)]})
    fig = hours_figure(posts)
    assert fig.axes[0].collections[0].get_offsets().tolist() == [[8, 0], [8, 1]]
    assert "most frequent hour is Mon 08:00 with 2 posts" in alt_text(fig)


def test_days_without_hours_are_bars():
    winter, summer = pd.Timestamp("2017-01-02 06:00"), pd.Timestamp("2017-07-04 05:00")  # a Monday and a Tuesday
    fig = hours_figure(pd.DataFrame({"taken_at": [winter] * 12 + [summer] * 8}))
    assert [bar.get_width() for bar in fig.axes[0].patches] == [12, 8, 0, 0, 0, 0, 0]
    assert "20 in all; most on Mon: 12 posts" in alt_text(fig)


def test_measures_by_how_far_liked_photos_differ():
    measures = pd.DataFrame({"flat": [1.0] * 4, "bright": [1.0, 1, 0, 0], "round": [0.0, 1, 1, 1]})
    liked = pd.Series([True, True, False, False])
    fig = measures_figure(measures, liked)
    gaps = [bar.get_width() for bar in fig.axes[0].patches]
    np.testing.assert_allclose(gaps, [2, -0.5 / np.sqrt(3 / 16), 0])  # means 1 and 0, standard deviation 1/2; ...
    assert row_names(fig) == ["bright", "round", "flat"]
    assert "bright +2.00, round -1.15, flat +0.00" in alt_text(fig)
    with pytest.raises(ValueError, match="all photos are of one kind"):
        measures_figure(measures, liked | True)
    with pytest.raises(ValueError, match="4 rows of measures but 3 answers"):
        measures_figure(measures, liked[:3])
