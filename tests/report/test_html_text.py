import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from likeness.report.html_text import (
    Html,
    counted,
    figure,
    headline_numbers,
    interval,
    is_missing,
    note,
    percent,
    stack,
    text,
    warning,
)  # fmt: skip


def test_text_escapes_quotes_and_tags_once(hostile):
    once = text(hostile)
    assert once.startswith("&quot;&gt;&lt;img")
    assert "<" not in once
    assert text(Html(once)) == once


@pytest.mark.parametrize("value", [None, float("nan"), np.float64("nan"), pd.NaT, pd.NA])
def test_missing_is_a_dash(value):
    assert is_missing(value)
    assert text(value) == "–"


def test_zero_and_empty_are_not_missing():
    assert not is_missing(0)
    assert not is_missing("")
    assert text(0) == "0"


def test_html_shows_itself_in_notebooks():
    data, _ = InteractiveShell().display_formatter.format(Html("<b>x</b>"))
    assert data == {"text/html": "<b>x</b>", "text/plain": "<Html of 8 characters>"}


def test_intervals():
    assert interval(0.583, 0.52, 0.641) == "0.58 (0.52–0.64)"
    assert interval(-0.02, -0.08, 0.05) == "−0.02 (−0.08 to 0.05)"
    assert interval(0.5, None, None) == "0.50"
    assert interval(0.5, float("nan"), 1.0) == "0.50"
    assert interval(None) == "–"
    assert interval(1.23456, 1.2, 1.3, digits=1) == "1.2 (1.2–1.3)"


def test_counted():
    assert [counted(n, "pair") for n in (0, 1, 1200)] == ["0 pairs", "1 pair", "1,200 pairs"]


def test_percent():
    assert percent(0.163) == "16\u00a0%"
    assert percent(0.163, 1) == "16.3\u00a0%"
    assert percent(float("nan")) == "–"


def test_boxes_escape_and_say_what_they_are(hostile):
    for box, name in ((note(hostile), "lk-note"), (warning(hostile), "lk-warning")):
        assert f'class="{name}"' in box
        assert "<img" not in box
        assert "<script" not in box
    assert "Warning" in warning("x")
    assert 'role="alert"' in warning("x")


def test_figure_escapes_its_caption_not_its_body():
    assert '<figure class="lk-figure"><b>x</b><figcaption>a &lt; b</figcaption></figure>' in figure("<b>x</b>", "a < b")


def test_stack_escapes_plain_strings_only():
    assert stack([Html("<b>x</b>"), "<i>"]) == "<b>x</b><p>&lt;i&gt;</p>"


def test_headline_numbers(hostile):
    strip = headline_numbers(
        [
            {"label": "photos", "value": 1234},
            {"label": hostile, "value": 0.763, "low": 0.71, "high": 0.81},
            {"label": "share", "value": "9 of 10"},
            {"label": "unknown", "value": None},
        ]
    )
    for shown in (
        "<dd>1,234</dd>",
        "<dd>0.76<small>95 % interval 0.71–0.81</small></dd>",
        "<dd>9 of 10</dd>",
        "<dd>–</dd>",
    ):
        assert shown in strip
    assert strip.count("<dt>") == 4
    assert "<img" not in strip
