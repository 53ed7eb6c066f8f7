"""What a reader sees of a fragment of HTML."""

import re
from html import unescape


def said(html: str) -> str:
    """Return the words, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html)).replace("\u00a0", " ")


def captions(html: str) -> list[str]:
    """Return the captions, still escaped."""
    return re.findall(r"<figcaption>(.*?)</figcaption>", html)


def rows_of(html: str) -> list[list[str]]:
    """Return the texts of all cells of a table, row by row, still escaped."""
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in lines]
