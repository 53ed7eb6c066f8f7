"""The style sheets of the pages: ours, and the rules that recolour inline charts in dark mode."""

from pathlib import Path

from likeness.report.palette import dark_rules

SHEETS = Path(__file__).parent / "template" / "likeness"
PAGES = {"report": ("base", "fragments", "code", "report"), "index": ("base", "fragments", "index")}


def stylesheet(page: str) -> str:
    """Return the CSS of a page: "report" or "index". Raises KeyError for another name."""
    sheets = "".join((SHEETS / f"{name}.css").read_text(encoding="utf-8") for name in PAGES[page])
    return f"{sheets}@media screen and (prefers-color-scheme: dark) {{{dark_rules()}}}\n"
