import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape

from likeness.report.html_text import (
    Html,
    counted,
    figure,
    headline_numbers,
    interval,
    is_missing,
    note,
    percent,
    signed,
    stack,
    text,
    warning,
)


def test_text_escapes_quotes_and_tags_once(hostile):
    once = text(hostile)
    assert once.startswith("&quot;&gt;&lt;img")
    assert "<" not in once
    assert text(Html(once)) == once


@pytest.mark.parametrize("value", [None, float("nan"), np.float64("nan"), pd.NaT, pd.NA])
def test_missing_is_a_dash(value):
    assert is_missing(value)
    assert text(value) == "–"


@pytest.mark.parametrize("value", [0, ""])
def test_zero_and_empty_are_not_missing(value):
    assert not is_missing(value)
    assert text(value) == str(value)


def test_html_shows_itself_in_notebooks_and_templates():
    data, _ = InteractiveShell().display_formatter.format(Html("<b>x</b>"))
    assert data == {"text/html": "<b>x</b>", "text/plain": "<Html of 8 characters>"}
    assert escape(Html("<b>x</b>")) == "<b>x</b>"  # what Jinja does to a value


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((0.583, 0.52, 0.641), "0.58 (0.52–0.64)"),
        ((-0.02, -0.08, 0.05), "−0.02 (−0.08 to 0.05)"),
        ((0.5, None, None), "0.50"),
        ((0.5, float("nan"), 1.0), "0.50"),
        ((None,), "–"),
        ((1.23456, 1.2, 1.3, 1), "1.2 (1.2–1.3)"),
    ],
)
def test_intervals(given, shown):
    assert interval(*given) == shown


def test_numbers_as_words():
    assert [counted(n, "pair") for n in (0, 1, 1200)] == ["0 pairs", "1 pair", "1,200 pairs"]
    assert [percent(0.163), percent(0.163, 1), percent(float("nan"))] == ["16\u00a0%", "16.3\u00a0%", "–"]
    assert [signed(0.123), signed(-0.123)] == ["+0.12", "−0.12"]


def test_boxes_escape_and_say_what_they_are(hostile):
    for box, name in ((note(hostile), "lk-note"), (warning(hostile), "lk-warning")):
        assert f'class="{name}"' in box
        assert "<img" not in box
        assert "<script" not in box
    assert "Warning" in warning("x")
    assert 'role="alert"' in warning("x")


def test_fragments_stay_and_plain_strings_are_escaped():
    assert figure("<b>x</b>", "a < b").endswith("<b>x</b><figcaption>a &lt; b</figcaption></figure>")
    assert stack([Html("<b>x</b>"), "<i>"]) == "<b>x</b><p>&lt;i&gt;</p>"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ({"value": 1234}, "<dd>1,234</dd>"),
        ({"value": 0.763, "low": 0.71, "high": 0.81}, "<dd>0.76<small>95 % interval 0.71–0.81</small></dd>"),
        ({"value": "9 of 10"}, "<dd>9 of 10</dd>"),
        ({"value": None}, "<dd>–</dd>"),
    ],
)
def test_headline_numbers(number, shown, hostile):
    strip = headline_numbers([{"label": hostile, **number}])
    assert shown in strip
    assert "<img" not in strip
