"""What the pages share: style sheets, scripts, the rules that recolour charts in dark mode, and how one is made."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from likeness.report.palette import dark_rules

TEMPLATES = Path(__file__).parent / "template"
SHEETS = TEMPLATES / "likeness"
PAGES = {"report": ("base", "fragments", "code", "report", "look"), "index": ("base", "fragments", "index")}
SCRIPTS = {"report": ("dom", "pictures", "tables", "grids"), "explorer": ("dom", "explorer")}


class Script(NamedTuple):
    """The one script of a page, and the hash by which the page's content security policy lets it run, and no other."""

    text: str
    hash: str


def script(page: str) -> Script:
    """Return the script of a page: "report" or "explorer". Raises KeyError for another name."""
    text = "".join((SHEETS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS[page])
    return Script(text, "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())


def stylesheet(page: str) -> str:
    """Return the CSS of a page: "report" or "index". Raises KeyError for another name."""
    return f"{_read(PAGES[page])}@media screen and (prefers-color-scheme: dark) {{{dark_rules()}}}\n"


def _read(sheets: Iterable[str]) -> str:
    return "".join((SHEETS / f"{name}.css").read_text(encoding="utf-8") for name in sheets)


def render_page(template: str, *sheets: str, script: Script | None = None, **values: Any) -> str:
    """Return a page from a template: the look of the index, and `sheets` beside it. script: None for a page without.

    values: what the template names; escaped, unless it is `Html`.
    Raises ValueError for a picture without a text alternative, or for something that a browser would fetch.
    """
    environment = Environment(loader=FileSystemLoader(SHEETS), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template(template).render(**values, css=stylesheet("index") + _read(sheets), script=script)
    check_alt(html)
    check_offline(html)
    return html


FETCHING = {"src", "srcset", "poster", "data", "background"}
VOID_SVG_OK = {"presentation", "none"}
CELL = re.compile(r"cell-\w+")


class Reader(HTMLParser):
    """Walks a page once; collects (cell id, what is wrong)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cell = "the head of the page"
        self.depth = 0  # of nested <svg>
        self.unnamed: str | None = None  # the outermost svg, while no name for it was seen
        self.missing_alt: list[tuple[str, str]] = []
        self.fetched: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if CELL.fullmatch(named.get("id", "")):
            self.cell = named["id"]
        self.fetched += [(self.cell, value) for value in fetches(tag, named)]
        if tag == "img" and not has_text(named):
            self.missing_alt.append((self.cell, "<img>"))
        if tag == "svg":
            self.depth += 1
            if self.depth == 1 and not has_text(named):
                self.unnamed = self.cell
        if tag == "title" and self.depth:
            self.unnamed = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg" and self.depth:
            self.depth -= 1
            if not self.depth and self.unnamed:
                self.missing_alt.append((self.unnamed, "<svg>"))
                self.unnamed = None


def has_text(attributes: dict[str, str]) -> bool:
    """Return whether a picture says what it shows, or that it shows nothing of its own."""
    named = any(attributes.get(name, "").strip() for name in ("alt", "aria-label", "aria-labelledby"))
    return named or attributes.get("aria-hidden") == "true" or attributes.get("role") in VOID_SVG_OK


def fetches(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield the addresses that a browser would load for this tag by itself."""
    for name, value in attributes.items():
        loads = name in FETCHING or (tag in {"link", "image", "use"} and name in {"href", "xlink:href"})
        if loads and value and not value.startswith(("data:", "#")):
            yield value


def read(html: str) -> Reader:
    """Return the reader after a walk through the page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def check_alt(html: str) -> None:
    """Raise ValueError naming the first cell with an <img> or <svg> that has no text alternative."""
    for cell, tag in read(html).missing_alt:
        raise ValueError(f"{cell}: {tag} without alt text; describe the figure where it is drawn")


def check_offline(html: str) -> None:
    """Raise ValueError naming the first cell whose content the browser would have to fetch."""
    for cell, address in read(html).fetched:
        raise ValueError(
            f"{cell}: {address[:80]!r} would be fetched; embed it (a link in Markdown must lie beside the notebook)"
        )
