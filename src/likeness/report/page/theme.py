"""What the pages share: style sheets, the rules that recolour inline charts in dark mode, and how one is made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from likeness.report.page.audit import check_alt, check_offline
from likeness.report.palette import dark_rules

TEMPLATES = Path(__file__).parent / "template"
SHEETS = TEMPLATES / "likeness"
PAGES = {"report": ("base", "fragments", "code", "report"), "index": ("base", "fragments", "index")}


def stylesheet(page: str) -> str:
    """Return the CSS of a page: "report" or "index". Raises KeyError for another name."""
    return f"{_read(PAGES[page])}@media screen and (prefers-color-scheme: dark) {{{dark_rules()}}}\n"


def _read(sheets: Iterable[str]) -> str:
    return "".join((SHEETS / f"{name}.css").read_text(encoding="utf-8") for name in sheets)


def render_page(template: str, *sheets: str, **values: Any) -> str:
    """Return a page from a template: the look of the index, and `sheets` beside it.

    values: what the template names; escaped, unless it is `Html`.
    Raises ValueError for a picture without a text alternative, or for something that a browser would fetch.
    """
    environment = Environment(loader=FileSystemLoader(SHEETS), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template(template).render(**values, css=stylesheet("index") + _read(sheets))
    check_alt(html)
    check_offline(html)
    return html
