"""What a reader is shown: the words, tables and captions of a page, the names and texts of a figure."""

import re
from html import unescape


def said(html: str) -> str:
    """Return the words of a fragment, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html)).replace("\u00a0", " ")


def says(html: str, *parts: str) -> None:
    """Assert that a fragment says each of `parts`: the numbers, and the words that matter."""
    words = said(html)
    missing = [part for part in parts if part not in words]
    assert not missing, f"{missing} not in {words!r}"


def cells(html: str) -> list[list[str]]:
    """Return the rows of a table, the heading first; a line break inside a cell is " | "."""
    rows = re.findall(r"<tr.*?</tr>", html.replace("<br>", " | "), re.DOTALL)
    return [[said(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def rows_of(html: str) -> list[list[str]]:
    """Return the cells of a table as they are written, still escaped."""
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in lines]


def captions(html: str) -> list[str]:
    """Return the captions of a grid, its own last."""
    return re.findall(r"<figcaption>(.*?)</figcaption>", html)


def texts(fig) -> list[str]:
    """Return what is written inside the axes of a figure."""
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def row_names(fig) -> list[str]:
    """Return the names of a figure's rows, the first on top."""
    return [label.get_text() for label in fig.axes[0].get_yticklabels()]


def titles(fig) -> list[str]:
    """Return the titles of a figure's panels."""
    return [ax.get_title(loc="left") for ax in fig.axes]
