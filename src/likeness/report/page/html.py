"""An executed notebook as one HTML page that needs no network and no second file, and is whole without its script."""

import re
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets.config import Config

from likeness.report.page.markdown import Outline, markdown_to_html, plain_text
from likeness.report.page.outputs import failed_cell, tags, tidy
from likeness.report.page.theme import TEMPLATES, check_alt, check_offline, script, stylesheet

# Richest first; widgets and scripts of outputs are left out: their plain-text form is shown instead.
KINDS = ["text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain"]
TITLE = re.compile(r"\A\s*#[ \t]+(?P<heading>.+?)[ \t#]*(?:\n+|\Z)(?P<lede>(?![#>|$`<\s]|\d+[.)] |[*+-] )(?:.+\n?)+)?")
# Names, operators and punctuation have no colour in code.css: their marks would be half of a report's text.
PLAIN = re.compile(r'<span(?: class="(?:n|p|o|w|nn|na|nv)")?>([^<]*)</span>')


class ReportExporter(HTMLExporter):
    """nbconvert's exporter with our template, Markdown and no second pass over the page."""

    template_name = "likeness"

    @property
    def default_config(self) -> Config:
        config = Config({"NbConvertBase": {"display_data_priority": KINDS}})
        config.TemplateExporter.extra_template_basedirs = [str(TEMPLATES)]
        return config

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        cell, resources = context.get("cell", {}), context["resources"]
        try:
            return markdown_to_html(
                source, resources["outline"], path=resources["folder"], attachments=cell.get("attachments", {})
            )
        except ValueError as error:
            raise ValueError(f"{cell.get('id', 'title')}: {error}") from error

    def default_filters(self) -> Any:
        yield from super().default_filters()
        highlight = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        yield "highlight_code", lambda *args, **named: PLAIN.sub(r"\1", highlight(*args, **named))
        yield "inline_svg", inline_svg

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kwargs: Any) -> tuple[str, Any]:
        # HTMLExporter's own method parses the page again, megabytes of pictures included, to put a stock phrase
        # where an alt text is missing; here a missing one is an error.
        return TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)


def export_html(
    notebook: NotebookNode,
    *,
    title: str,
    study: str,
    stage: str,
    siblings: dict[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Return the page for an executed notebook; the same notebook gives the same bytes.

    title: where the notebook has no first-level heading of its own. study, stage: shown above it, e.g. "pose",
    "report". siblings: stage -> address of the study's other reports. folder: where the notebook lies; pictures linked
    from Markdown are looked up there and embedded. A notebook that failed is rendered as far as it came, its traceback
    in red and a banner on top. Raises ValueError naming the cell that holds a picture without a text alternative, a
    formula that is not LaTeX, or something a browser would fetch; of a failed notebook only the formula is held against
    it.
    """
    failure = failed_cell(notebook)
    notebook, answer = take_answer(tidy(notebook))
    notebook, heading, lede = take_title(notebook)
    outline, path = Outline(), str(folder or "")
    page = {
        **_opening(heading, lede, path, title),
        "study": study,
        "stage": stage,
        "siblings": siblings or {},
        "failure": failure,
        "answer": answer,
    }
    outline.taken |= {cell.id for cell in notebook.cells} | {"article"}
    html, _ = ReportExporter().from_notebook_node(
        notebook,
        {"page": page, "outline": outline, "folder": path, "css": stylesheet("report"), "script": script("report")},
    )
    if failure is None:
        check_alt(html)
        check_offline(html)
    return html


def _opening(heading: str, lede: str, path: str, title: str) -> dict[str, str]:
    """Return the page's heading and first paragraph as HTML and as plain text."""
    lede = markdown_to_html(lede, path=path)
    heading = inner(markdown_to_html(heading, path=path)) or escape(title)
    return {"title": plain_text(heading), "heading": heading, "lede": lede, "summary": plain_text(lede)}


def take_title(notebook: NotebookNode) -> tuple[NotebookNode, str, str]:
    """Return (notebook without its opening and cells left empty by this, first heading, first paragraph) as Markdown.

    The heading is "" where the notebook does not begin with one, the paragraph "" where none follows it.
    """
    notebook, heading, lede = deepcopy(notebook), "", ""
    first = notebook.cells[0] if notebook.cells else None
    if first is not None and first.cell_type == "markdown" and (found := TITLE.match(first.source)):
        heading, lede = found["heading"], (found["lede"] or "").strip()
        first.source = first.source[found.end() :]
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip() or cell.get("outputs")]
    return notebook, heading, lede


def take_answer(notebook: NotebookNode) -> tuple[NotebookNode, str]:
    """Return (notebook without the HTML of the cell tagged `answer`, that HTML): what a page opens with; "" for none.

    A notebook comes to its answer last; a reader wants it first.
    """
    notebook, answer = deepcopy(notebook), ""
    for cell in notebook.cells:
        if "answer" in tags(cell):
            shown = [output for output in cell.outputs if "text/html" in output.get("data", {})]
            answer += "".join(output.data["text/html"] for output in shown)
            cell.outputs = [output for output in cell.outputs if output not in shown]
    return notebook, answer


def inner(paragraph: str) -> str:
    """Return a rendered line without the <p> around it."""
    return re.sub(r"^<p>|</p>\s*$", "", paragraph.strip())


def inline_svg(source: str) -> str:
    """Return an SVG file's text as an element that may stand inside a page."""
    return source[source.index("<svg") :]
