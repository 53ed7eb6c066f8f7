import re
from html import unescape

import numpy as np
import pandas as pd

from likeness.report.likability.tables_posts import (
    describe_table,
    funnel_table,
    planted_table,
    refused_table,
    skipped_table,
    slices_table,
)


def cells(html: str) -> list[list[str]]:
    return [
        [unescape(cell).replace("\u00a0", " ") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    ]


def test_refused_posts_are_escaped_and_counted(hostile):
    refused = pd.DataFrame(
        {"path": ["b", hostile], "reason": ["negative-likes", "bad-caption"], "detail": ["x", hostile]}
    )
    html = refused_table(refused)
    assert "<script" not in html
    assert cells(html)[1][1:2] == ["bad-caption"]
    assert "2 posts refused" in html
    assert "2 posts refused, the first 1 listed" in refused_table(refused, most=1)
    assert "No post was refused." in refused_table(refused[:0])


def test_the_funnel_says_what_each_filter_took():
    funnel = pd.DataFrame({"step": ["read", "#me"], "posts": [1200, 900], "users": [10, 9]})
    assert cells(funnel_table(funnel))[1:] == [["read", "1,200", "10", "–"], ["#me", "900", "9", "300"]]


def test_a_table_of_numbers_in_six():
    html = describe_table(pd.DataFrame({"hour": [0.0, 1, 2, np.nan], "is_ad": [True, True, False, False]}))
    assert cells(html)[1] == ["hour", "1.00", "0.82", "0.00", "1.00", "2.00", "1"]
    assert cells(html)[2] == ["is_ad", "0.50", "0.50", "0.00", "0.50", "1.00", "0"]
    assert "4 rows" in html


def test_skipped_models():
    assert cells(skipped_table({"alexnet": "the posts have no pictures"}))[1] == [
        "alexnet",
        "the posts have no pictures",
    ]
    assert "Every model was trained." in skipped_table({})


def test_slices_with_what_is_liked_and_called():
    row = {"slice": "no face", "value": 0.5, "low": 0.4, "high": 0.6, "n": 1200, "liked": 0.25, "called": 0.5}
    html = slices_table(pd.DataFrame([row, row | {"low": np.nan, "high": np.nan}]))
    assert cells(html)[1:] == [
        ["no face", "1,200", "0.50 (0.40–0.60)", "25 %", "50 %"],
        ["no face", "1,200", "0.50", "25 %", "50 %"],
    ]


def test_planted_beside_recovered():
    effects = pd.DataFrame(
        {
            "effect": ["meme", "hour"],
            "planted": [-0.7, 0.1],
            "recovered": [-0.8, np.nan],
            "low": [-1.0, np.nan],
            "high": [-0.6, np.nan],
        }
    )
    assert cells(planted_table(effects))[1:] == [
        ["meme", "−0.70", "−0.80 (−1.00 to −0.60)"],
        ["hour", "0.10", "cannot be recovered here"],
    ]
