import re
import warnings
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure

from likeness.report.page.audit import check_alt, check_offline
from likeness.report.palette import GRID, INK, MUTED
from likeness.report.style import alt_text, canvas, describe, figure_html, figure_svg, styled, use_style


@styled
def plot(slope: float, name: str = "x", caption: str | None = None) -> Figure:
    fig, ax = canvas(2)
    ax.plot([0, 1.23456789], [0, slope], marker="o")
    ax.grid()
    ax.set_xlabel(name)
    return describe(fig, f"a line of slope {slope}", caption)


def ids(svg: str) -> set[str]:
    return set(re.findall(r'<[^>]* id="([^"]*)"', svg))


def test_svg_is_well_formed_named_and_small():
    svg = figure_svg(plot(1))
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "a line of slope 1"
    assert root.attrib["viewBox"] == "0 0 432 144"
    assert "<metadata" not in svg
    assert "<style" not in svg
    assert "<!--" not in svg
    assert not re.search(r' [dxy]="[^"]*\d\.\d{3}', svg)


def test_text_stays_text_in_the_inks():
    svg = figure_svg(plot(1, "distance [px]"))
    assert ">distance [px]</text>" in svg
    assert all(f"fill: {ink}" in svg for ink in (INK, MUTED))
    assert f"stroke: {GRID}" in svg
    assert all("fill: #" in style for style in re.findall(r'<text style="([^"]*)"', svg))  # nothing falls back to black
    assert "Bitstream Vera" not in svg


def test_background_is_transparent():
    assert "#ffffff" not in figure_svg(plot(1))


def test_same_figure_same_bytes_other_figure_other_ids():
    assert figure_svg(plot(1)) == figure_svg(plot(1))
    one, two = ids(figure_svg(plot(1))), ids(figure_svg(plot(2)))
    assert one
    assert two
    assert not one & two


def test_every_reference_has_its_target():
    svg = figure_svg(plot(1))
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)) == ids(svg)


def test_hostile_text_is_inert_and_whole(hostile):
    strange = hostile + ' id="y" d="1.23456" font-family: z'
    fig = plot(1, strange, caption=hostile)
    html = figure_html(describe(fig, hostile, hostile))
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


def test_a_figure_without_alt_text_is_refused():
    fig, _ = canvas()
    with pytest.raises(ValueError, match="no alt text"):
        figure_html(fig)
    with pytest.raises(ValueError, match="alt text is empty"):
        describe(fig, "  ")


def test_caption_goes_below():
    html = figure_html(plot(1, caption="a < b"))
    assert html.endswith("</svg><figcaption>a &lt; b</figcaption></figure>")
    assert '<figure class="lk-figure">' in html
    assert "figcaption" not in figure_html(plot(1)).partition("<figure")[2]


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


def test_alt_text_is_kept():
    assert alt_text(plot(3)) == "a line of slope 3"
