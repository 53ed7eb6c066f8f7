import re
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure

from likeness.report.page.theme import check_alt, check_offline
from likeness.report.palette import GRID, INK, MUTED, model_style
from likeness.report.style import (
    EndLabel,
    alt_text,
    canvas,
    describe,
    end_labels,
    figure_html,
    figure_svg,
    shorten,
    spread,
    styled,
    use_style,
)


@styled
def plot(slope: float, name: str = "x") -> Figure:
    fig, ax = canvas(2)
    ax.plot([0, 1.23456789], [0, slope], marker="o")
    ax.grid()
    ax.set_xlabel(name)
    return describe(fig, f"a line of slope {slope}")


def ids(svg: str) -> set[str]:
    return set(re.findall(r'<[^>]* id="([^"]*)"', svg))


def test_svg_is_well_formed_named_and_small():
    svg = figure_svg(plot(1))
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == alt_text(plot(1)) == "a line of slope 1"
    assert root.attrib["viewBox"] == "0 0 432 144"
    assert [part for part in ("<metadata", "<style", "<!--", "#ffffff") if part in svg] == []  # paper is transparent
    assert not re.search(r' [dxy]="[^"]*\d\.\d{3}', svg)


def test_text_stays_text_in_the_inks():
    svg = figure_svg(plot(1, "distance [px]"))
    assert ">distance [px]</text>" in svg
    assert all(f"fill: {ink}" in svg for ink in (INK, MUTED))
    assert f"stroke: {GRID}" in svg
    assert all("fill: #" in style for style in re.findall(r'<text style="([^"]*)"', svg))  # nothing falls back to black
    assert "Bitstream Vera" not in svg


def test_same_figure_same_bytes_other_figure_other_ids():
    svg = figure_svg(plot(1))
    one, two = ids(svg), ids(figure_svg(plot(2)))
    assert svg == figure_svg(plot(1))
    assert one
    assert two
    assert not one & two
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)) == one  # every reference has its target


def test_hostile_text_is_inert_and_whole(hostile):
    strange = hostile + ' id="y" d="1.23456" font-family: z'
    fig = plot(1, strange)
    html = figure_html(describe(fig, hostile))
    assert "<script" not in html
    assert "<img" not in html
    text = next(t.text for t in ElementTree.fromstring(figure_svg(fig)).iter() if t.text and "onerror" in t.text)
    assert text == strange
    check_alt(html)
    check_offline(html)


def test_dollar_signs_are_not_maths():
    assert ">Cafe $5 &amp; $6</text>" in figure_svg(plot(1, "Cafe $5 & $6"))


def test_names_in_any_script_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "東京タワー" in figure_svg(plot(1, "東京タワー"))


@pytest.mark.parametrize("fig", [canvas(2)[0], describe(canvas(2)[0], "  ")])
def test_a_figure_without_alt_text_is_refused(fig):
    with pytest.raises(ValueError, match="no alt text"):
        figure_html(fig)


def test_drawing_leaves_the_global_style_alone():
    before = dict(mpl.rcParams)
    figure_svg(plot(1))
    assert dict(mpl.rcParams) == before


def test_use_style_shows_figures_as_html_only(monkeypatch):
    shell = InteractiveShell()
    shell.display_formatter.formatters["image/png"].for_type(Figure, lambda fig: b"png")
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    with mpl.rc_context():
        use_style()
        data, _ = shell.display_formatter.format(plot(1))
    assert data["text/html"] == figure_html(plot(1))
    assert "image/png" not in data


@pytest.mark.parametrize(
    ("positions", "gap", "moved"),
    [
        ([0.1, 0.9, 0.5], 0.1, [0.1, 0.9, 0.5]),  # room enough
        ([0.5, 0.5, 0.5], 0.1, [0.4, 0.5, 0.6]),  # around the mean
        ([0.97, 0.99, 0.95], 0.1, [0.9, 1.0, 0.8]),  # inside, in order
        ([0, 0, 0], 0.6, [0, 0.5, 1]),  # the gap shrinks
        ([], 0.1, []),
    ],
)
def test_labels_are_spread_as_little_as_needed(positions, gap, moved):
    assert spread(positions, gap, 0, 1) == pytest.approx(moved)


def test_shorten_keeps_short_names_and_cuts_long_ones():
    assert shorten("Big\n Ben") == "Big Ben"
    assert shorten("x" * 40, 10) == "x" * 9 + "…"


def test_end_labels_do_not_touch():
    _fig, ax = canvas(2)
    ax.set_ylim(0, 2)
    end_labels(ax, [EndLabel(1.0, name, model_style(name)) for name in ("cosine", "oks", "photo")], gap=0.2)
    places = sorted(text.get_position()[1] for text in ax.texts)
    assert [text.get_text() for text in ax.texts] == ["cosine", "oks", "photo"]
    assert np.diff(places) == pytest.approx([0.2, 0.2])
    assert np.mean(places) == pytest.approx(0.5)
