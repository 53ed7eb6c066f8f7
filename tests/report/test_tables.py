import re

import pandas as pd
import pytest
from shown import rows_of, said

from likeness.params.section import Section
from likeness.report.html_text import POSTS
from likeness.report.tables import (
    audit_table,
    paired_table,
    parameters_table,
    quarantine_table,
    results_table,
    scorecard_table,
    table,
)


def test_table_escapes_cells_headings_and_caption(hostile):
    html = table(pd.DataFrame({hostile: [hostile]}), caption=hostile)
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("onerror") == 4
    assert '<div class="lk-scroll" role="region" tabindex="0"' in html


def test_table_formats_values():
    frame = pd.DataFrame({"name": ["a"], "n": [1234], "x": [-0.126], "ok": [True], "none": [None]})
    html = table(frame, names={"n": "count"})
    assert rows_of(html) == [["name", "count", "x", "ok", "none"], ["a", "1,234", "−0.13", "yes", "–"]]
    assert '<td class="num">1,234</td>' in html
    assert "<td>yes</td>" in html


def test_short_names_do_not_wrap_long_ones_may():
    assert 'scope="row" class="lk-name"' in table(pd.DataFrame({"name": ["short"]}))
    assert 'scope="row">' in table(pd.DataFrame({"name": ["x" * 60]}))


@pytest.mark.parametrize("empty", [pd.DataFrame({"a": []}), pd.DataFrame()])
def test_an_empty_table_is_a_note(empty):
    html = table(empty, empty="none found")
    assert "lk-note" in html
    assert said(html) == "none found"


class Inner(Section):
    rule: str
    lr: float


class Outer(Section):
    columns: str
    square_only: bool
    followers: Inner


def test_the_page_shows_every_parameter_once_as_it_is_and_folds_them_away():
    inner = {"rule": "mad", "lr": 1e-5}
    html = parameters_table(Outer(columns="", square_only=False, followers=inner))
    assert rows_of(html)[1:] == [
        ["columns", "(empty)"], ["square_only", "False"], ["followers.rule", "mad"], ["followers.lr", "1e-05"],
    ]  # fmt: skip
    assert html.startswith('<details class="lk-folded"><summary>The 4 parameters of this run</summary>')


SCORES = pd.DataFrame(
    [
        ("photo", "honest", 0.60, 0.55, 0.65),
        ("photo", "naive", 0.80, 0.76, 0.84),
        ("photo", "temporal", 0.50, 0.46, 0.54),
        ("skeleton", "honest", 0.70, 0.64, 0.76),
        ("majority class", "honest", 0.50, None, None),
    ],
    columns=["model", "scheme", "value", "low", "high"],
)


def test_results_stand_beside_the_original_sorted_by_the_honest_number():
    pairs = SCORES[SCORES["scheme"] != "temporal"]
    html = results_table(pairs, {"photo": 0.65, "never run here": 0.76})
    assert rows_of(html)[1:] == [
        ["skeleton", "0.70 (0.64–0.76)", "–", "–"],
        ["photo", "0.60 (0.55–0.65)", "0.80 (0.76–0.84)", "0.65"],
        ["majority class", "0.50", "–", "–"],
        ["never run here", "–", "–", "0.76"],
    ]
    with pytest.raises(ValueError, match="'photo' has two honest rows"):
        results_table(pd.concat([SCORES, SCORES.head(1)]))


def test_results_of_posts_have_a_later_split():
    html = results_table(SCORES, wording=POSTS)
    assert rows_of(html)[0] == ["model", "ours, honest split", "ours, later posts", "ours, posts at random"]
    assert rows_of(html)[2][2] == "0.50 (0.46–0.54)"


def test_many_rows_without_a_verdict_fold_away_below_those_with_one():
    rows = [(f"m{k}", "photo", 0.01 * k, -0.1, 0.2, 0.9, "not distinguishable") for k in range(7)]
    columns = ["a", "b", "difference", "low", "high", "p_adjusted", "verdict"]
    unclear = pd.DataFrame(rows, columns=columns)
    clear = pd.DataFrame([("good", "photo", 0.3, 0.2, 0.4, 0.001, "A better")], columns=columns)
    shown, fold = paired_table(pd.concat([unclear, clear]), "AUC", "all").split("<details", 1)
    assert [row[0] for row in rows_of(shown)[1:]] == ["good against photo"]
    assert [row[0] for row in rows_of(fold)[1:]] == [f"m{k} against photo" for k in range(6, -1, -1)]
    assert "7 comparisons" in fold
    assert paired_table(unclear, "AUC").startswith("<details")
    assert "<details" not in paired_table(unclear[:6], "AUC")


def test_paired_table_says_who_is_better_and_greys_what_cannot_be_told():
    comparisons = pd.DataFrame(
        [
            ("heatmaps", "photo", 0.12, 0.05, 0.20, 0.0004, "A better"),
            ("oks", "photo", -0.02, -0.08, 0.05, 0.41, "not distinguishable"),
            ("cosine", "photo", -0.10, -0.18, -0.02, 0.03, "B better"),
            ("cosine", "oks", -0.10, -0.18, -0.02, None, "not distinguishable"),
        ],
        columns=["a", "b", "difference", "low", "high", "p_adjusted", "verdict"],
    )
    html = paired_table(comparisons, "accuracy", wording=POSTS)
    assert rows_of(html)[1:] == [
        ["heatmaps against photo", "+0.12 (0.05–0.20)", "&lt; 0.001", "heatmaps is better"],
        ["cosine against photo", "−0.10 (−0.18 to −0.02)", "0.030", "photo is better"],
        ["oks against photo", "−0.02 (−0.08 to 0.05)", "0.410", "not distinguishable"],
        ["cosine against oks", "−0.10 (−0.18 to −0.02)", "–", "not distinguishable"],
    ]
    assert re.findall(r'<tr class="lk-dim"><th[^>]*>(\w+)', html) == ["oks", "cosine"]
    assert "p (Holm)" in html
    assert "same posts, accuracy" in html
    counted = paired_table(comparisons.assign(runs=[5, 1, 3, 1], held=[4, 1, 3, 1]), "accuracy")
    assert rows_of(counted)[0][-1] == "seeds that say so alone"
    assert [row[-1] for row in rows_of(counted)[1:]] == ["4 of 5", "3 of 3", "–", "–"]


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
        {
            "path": ["b", hostile, *["a"] * 50],
            "reason": ["z", "empty", *["z"] * 50],
            "detail": [None, hostile, *["cut"] * 50],
        }
    )
    html = quarantine_table(refused)
    assert [row[1] for row in rows_of(html)[1:]] == ["empty"] + ["z"] * 49
    assert rows_of(html)[2][0] == "a"
    assert "52 files in quarantine, the first 50 listed" in html
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
        ["Grad-CAM", "pointing", "0.71 (0.60–0.80)", "0.10", "0.610 (0.500–0.700)", "24", "✓ passed"],
        ["Grad-CAM", "randomisation", "0.90 (0.80–1.00)", "0.00", "–", "8", "✗ failed"],
    ]
    assert html.index("lk-warning") < html.index("looks the same") < html.index("<table")
    assert '<div class="lk-warning"' not in scorecard_table(card, None)
