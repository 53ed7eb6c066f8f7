"""The exported page: complete, inert, the same bytes every time, and of use after a failure."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from likeness.report.page.html import export_html
from likeness.report.page.theme import check_alt, check_offline

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shown(data: dict[str, str], **metadata: object) -> nbformat.NotebookNode:
    return new_output("display_data", data=data, metadata=metadata)


def code(source: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def page(*cells: nbformat.NotebookNode | str, **options: object) -> str:
    """Return the page of some cells; text is a cell of Markdown."""
    settings = {"title": "Fallback", "study": "pose", "stage": "report"} | options
    cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return export_html(new_notebook(cells=cells), **settings)


def article(html: str) -> str:
    return html.partition("<article>")[2].partition("</article>")[0]


def missing(html: str, *parts: str) -> list[str]:
    return [part for part in parts if part not in html]


def test_the_head_and_the_title_block() -> None:
    html = page(
        "# Is it *alike*?\n\nWe ask\nit plainly.\n\nThe data.", siblings={"a": "a.html", "report": "report.html"}
    )
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert missing(
        html,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        "<title>Is it alike? · pose · likeness</title>",
        '<meta name="description" content="We ask it plainly.">',
        "<h1>Is it <em>alike</em>?</h1>",
        'href="../index.html"',
        '<a href="a.html">a</a>',
        '<a href="report.html" aria-current="page">report</a>',
    ) == []  # fmt: skip
    assert html.count("<script") == 1  # our own
    assert "<p>The data.</p>" in article(html)
    assert "plainly" not in article(html)


def test_without_a_heading_the_given_title_stands_escaped() -> None:
    html = page("Only prose.", title="a <b> & c")
    assert "<h1>a &lt;b&gt; &amp; c</h1>" in html
    assert "Only prose." in article(html)


@pytest.mark.parametrize("opening", ["- a list", "## Data", "| a |\n|---|", "> quote", "$$\nx\n$$", "1. one", "* star"])
def test_only_a_paragraph_becomes_the_lede(opening: str) -> None:
    assert "lk-lede" not in page(f"# T\n\n{opening}").partition("</style>")[2]


def test_contents_hold_second_and_third_level_with_unique_anchors() -> None:
    html = page("# T\n\n## Limits & more\n### Data\n#### Deep\n## Data\n## Cell 1\n## ¿?")
    contents = html.partition('aria-label="Contents">')[2].partition("</nav>")[0]
    anchors = ["limits-more", "data", "data-2", "cell-1-2", "section"]
    assert [part.partition('"')[0] for part in contents.split('href="#')[1:]] == anchors
    assert all(html.count(f' id="{anchor}"') == 1 for anchor in anchors)
    assert "Limits &amp; more" in contents


def test_code_is_folded_with_few_marks_and_empty_cells_leave_nothing() -> None:
    html = article(page(code("for x in y:\n    f(x, '<script>')  # why"), code("  ")))
    assert html.count('<details class="lk-code"><summary>Show code</summary>') == 1
    assert '<span class="k">for</span> x <span class="ow">in</span> y:\n    f(x, <span class="s1">' in html
    assert "&lt;script&gt;" in html


def test_cell_numbers_are_those_of_the_notebook_before_papermill_added_to_it() -> None:
    html = page(
        code("k = 1", tags=("parameters",)),
        code("k = 2", tags=("injected-parameters",)),
        code("print(k)", new_output("stream", name="stdout", text="2\n")),
    )
    numbers = [part.partition('"')[0] for part in article(html).split(' id="')[1:]]
    assert numbers == ["cell-2"]
    assert article(html).count("<summary>Show") == 1, "one thing to fold out, not one for each cell"
    assert re.sub(r"<[^>]+>", "", article(html)).split("Show code")[1].split() == [
        "k",
        "=",
        "1",
        "k",
        "=",
        "2",
        "print(k)",
        "2",
    ]


def test_same_notebook_same_bytes_whatever_its_ids() -> None:
    one, two = (page("# T\n\n## A\n\n$x$", code("1", shown({"text/plain": "<f at 0x7f3a>"}))) for _ in range(2))
    assert one == two
    assert "0x7f3a" not in one


def test_pictures_have_a_text_or_their_cell_is_named(tmp_path) -> None:
    html = page(code("plot()", shown({"image/png": PIXEL}, alt="A chart")))
    assert f'<img src="data:image/png;base64,{PIXEL}" alt="A chart">' in html
    with pytest.raises(ValueError, match=r"cell-2: <img> without alt"):
        page("x", code("plot()", shown({"image/png": PIXEL})))
    with pytest.raises(ValueError, match=r"cell-1: <svg> without alt"):
        page(code("plot()", shown({"text/html": "<svg><path/></svg>"})))


@pytest.mark.parametrize(
    "named",
    [
        '<svg aria-label="A chart"><svg></svg></svg>',
        "<svg><title>A chart</title></svg>",
        '<svg aria-hidden="true"></svg>',
        '<img alt="A photo">',
        '<img alt="" role="presentation">',
    ],
)
def test_named_pictures_pass(named: str) -> None:
    check_alt(named)


@pytest.mark.parametrize("nameless", ['<img alt="">', "<img src='a'>", "<svg></svg>", '<svg aria-label=" "></svg>'])
def test_nameless_pictures_do_not(nameless: str) -> None:
    with pytest.raises(ValueError, match="without alt text"):
        check_alt(nameless)


@pytest.mark.parametrize(
    "fetching",
    ['<img src="https://example.org/a.png">', '<link href="a.css">', "<image xlink:href='a.png'>", '<iframe src="x">'],
)
def test_anything_fetched_is_an_error_links_and_embedded_pictures_are_not(fetching: str) -> None:
    check_offline('<a href="https://example.org">x</a><img src="data:image/png;base64,AA"><use href="#a"/>')
    with pytest.raises(ValueError, match=r"cell-3: .* would be fetched"):
        check_offline(f'<section id="cell-3">{fetching}')


def test_markdown_pictures_beside_the_notebook_are_embedded(tmp_path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    html = page("![A drawing](a.svg)", folder=tmp_path)
    assert '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="A drawing"' in html
    with pytest.raises(ValueError, match=r"cell-1: 'b.svg' would be fetched"):
        page("![A drawing](b.svg)", folder=tmp_path)


def test_a_wrong_formula_names_its_cell() -> None:
    with pytest.raises(ValueError, match=r"cell-1: maths"):
        page(r"$\nosuchthing$")


def test_outputs_are_escaped_and_scripts_give_way_to_plain_text() -> None:
    widget = {
        "application/vnd.jupyter.widget-view+json": "{}",
        "application/javascript": "alert(1)",
        "text/plain": "<b>",
    }
    html = page(code("x", shown(widget), new_output("stream", name="stdout", text="<i>")))
    assert "alert" not in html
    assert '<pre class="lk-text">&lt;b&gt;</pre>' in html
    assert "&lt;i&gt;" in html


def test_drawings_stand_inside_the_page() -> None:
    svg = '<?xml version="1.0"?><svg aria-label="A chart"></svg>'
    assert '<svg aria-label="A chart"></svg>' in article(page(code("x", shown({"image/svg+xml": svg}))))


def test_a_style_sheet_that_every_fragment_brings_stands_once() -> None:
    cells = [code(name, shown({"text/html": f"<style>.a{{}}</style><p>{name}</p>"})) for name in "xy"]
    html = article(page(*cells))
    assert html.count("<style>.a{}</style>") == 1
    assert html.index("<style>") < html.index("<p>x</p>") < html.index("<p>y</p>")


def test_a_failed_run_says_so_on_top_and_shows_its_traceback() -> None:
    trace = ["\x1b[31mValueError\x1b[39m", "File ~/likeness/src/likeness/a.py:3, in f(x)", "no <photo>"]
    html = page(
        new_markdown_cell("# T\n\nQuestion.", metadata={"tags": ["papermill-error-cell-tag"]}),
        "## Start",
        code("k = 2", tags=("injected-parameters",)),
        code("f(1)", new_output("error", ename="ValueError", evalue="no <photo>", traceback=trace)),
        code("plot()", shown({"image/png": PIXEL})),
    )
    banner = html.partition('lk-failed" role')[2].partition("</div>")[0]
    assert missing(banner, "cell 2.", "ValueError: no &lt;photo&gt;", 'href="#cell-2"') == []
    assert '<details class="lk-code" open>' in html
    assert "\x1b" not in html
    assert "File src/likeness/a.py:3, in f(x)" in html  # the folder before names a machine
    assert "Question." not in html  # papermill's own note


def test_the_frame_is_small() -> None:
    assert len(page("# T\n\nQ.\n\n## A\n\ntext", code("x = 1")).encode()) < 30_000
