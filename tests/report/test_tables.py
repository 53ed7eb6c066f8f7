import re

import pandas as pd
import pytest

from likeness.report.tables import (
    audit_table,
    paired_table,
    quarantine_table,
    results_table,
    scorecard_table,
    table,
)  # fmt: skip


def rows_of(html: str) -> list[list[str]]:
    """The texts of all cells, row by row, without tags."""
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in lines]


def test_table_escapes_cells_headings_and_caption(hostile):
    html = table(pd.DataFrame({hostile: [hostile]}), caption=hostile)
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("onerror") == 4
    assert '<div class="lk-scroll" role="region" tabindex="0"' in html
    assert '<table class="lk-table">' in html


def test_table_formats_values():
    frame = pd.DataFrame({"name": ["a"], "n": [1234], "x": [-0.126], "ok": [True], "none": [None], "p": [0.5]})
    html = table(frame, formats={"p": lambda v: f"{v:.0%}"}, names={"n": "count"})
    assert rows_of(html) == [["name", "count", "x", "ok", "none", "p"], ["a", "1,234", "−0.13", "yes", "–", "50%"]]
    assert '<td class="num">1,234</td>' in html
    assert "<td>yes</td>" in html


def test_short_names_do_not_wrap_long_ones_may():
    assert 'scope="row" class="lk-name"' in table(pd.DataFrame({"name": ["short"]}))
    assert 'scope="row">' in table(pd.DataFrame({"name": ["x" * 60]}))


def test_an_empty_table_is_a_note():
    assert "lk-note" in table(pd.DataFrame({"a": []}), empty="none found")
    assert "none found" in table(pd.DataFrame(), empty="none found")


SCORES = pd.DataFrame(
    [
        ("photo", "honest", 0.60, 0.55, 0.65),
        ("photo", "naive", 0.80, 0.76, 0.84),
        ("skeleton", "honest", 0.70, 0.64, 0.76),
        ("majority class", "honest", 0.50, None, None),
    ],
    columns=["model", "scheme", "value", "low", "high"],
)


def test_results_stand_beside_the_original_sorted_by_the_honest_number():
    html = results_table(SCORES, {"photo": 0.65, "never run here": 0.76})
    assert rows_of(html)[1:] == [
        ["skeleton", "–", "–", "0.70 (0.64–0.76)"],
        ["photo", "0.65", "0.80 (0.76–0.84)", "0.60 (0.55–0.65)"],
        ["majority class", "–", "–", "0.50"],
        ["never run here", "0.76", "–", "–"],
    ]
    assert "original study" in html
    assert "original" not in results_table(SCORES)


def test_smaller_can_be_better():
    order = [row[0] for row in rows_of(results_table(SCORES, larger_is_better=False))[1:]]
    assert order == ["majority class", "photo", "skeleton"]


def test_results_refuse_two_numbers_for_one_cell():
    with pytest.raises(ValueError, match="'photo' has two honest rows"):
        results_table(pd.concat([SCORES, SCORES.head(1)]))


def test_paired_table_says_who_is_better_and_greys_what_cannot_be_told():
    comparisons = pd.DataFrame(
        [
            ("heatmaps", "photo", 0.12, 0.05, 0.20, 0.0004, "A better"),
            ("oks", "photo", -0.02, -0.08, 0.05, 0.41, "not distinguishable"),
            ("cosine", "photo", -0.10, -0.18, -0.02, 0.03, "B better"),
        ],
        columns=["a", "b", "difference", "low", "high", "p_adjusted", "verdict"],
    )
    html = paired_table(comparisons)
    assert rows_of(html)[1:] == [
        ["heatmaps against photo", "+0.12 (0.05–0.20)", "&lt; 0.001", "heatmaps is better"],
        ["cosine against photo", "−0.10 (−0.18 to −0.02)", "0.030", "photo is better"],
        ["oks against photo", "−0.02 (−0.08 to 0.05)", "0.410", "not distinguishable"],
    ]
    assert re.findall(r'<tr class="lk-dim"><th[^>]*>(\w+)', html) == ["oks"]
    assert "p (Holm)" in html


def test_audit_marks_leaks():
    audit = pd.DataFrame(
        [("naive", "photos", "train-val", 78, 80, 0.975), ("honest", "photos", "train-val", 0, 80, 0.0)],
        columns=["scheme", "shared", "between", "count", "of", "share"],
    )
    html = audit_table(audit)
    assert rows_of(html)[1:] == [
        ["naive", "photos", "train-val", "✗ 78 of 80", "98\u00a0%"],
        ["honest", "photos", "train-val", "✓ 0 of 80", "0\u00a0%"],
    ]
    assert html.count('<tr class="lk-bad">') == html.count('<tr class="lk-good">') == 1


def test_quarantine_is_sorted_by_reason_and_says_how_many(hostile):
    refused = pd.DataFrame(
        {"path": ["b", hostile, "a"], "reason": ["z", "empty", "z"], "detail": [None, hostile, "cut"]}
    )
    html = quarantine_table(refused, most=2)
    assert [row[1] for row in rows_of(html)[1:]] == ["empty", "z"]
    assert rows_of(html)[2][0] == "a"
    assert "3 files in quarantine, the first 2 listed" in html
    assert "<img" not in html
    assert "No file was refused" in quarantine_table(refused.head(0))


def test_scorecard_carries_its_warning():
    card = pd.DataFrame(
        [
            ("Grad-CAM", "pointing", 0.71, 0.6, 0.8, 24, 0.1, 0.61, 0.5, 0.7, True),
            ("Grad-CAM", "randomisation", 0.9, 0.8, 1.0, 8, 0.0, None, None, None, False),
        ],
        columns=["method", "test", "value", "low", "high", "n", "chance", "gain", "gain_low", "gain_high", "passed"],
    )
    html = scorecard_table(card, "looks the same for random weights")
    assert rows_of(html)[1:] == [
        ["Grad-CAM", "pointing", "0.71 (0.60–0.80)", "0.10", "0.61 (0.50–0.70)", "24", "✓ passed"],
        ["Grad-CAM", "randomisation", "0.90 (0.80–1.00)", "0.00", "–", "8", "✗ failed"],
    ]
    assert html.index("lk-warning") < html.index("<table")
    assert "looks the same" in html
    assert '<div class="lk-warning"' not in scorecard_table(card, None)
