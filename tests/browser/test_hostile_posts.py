"""Captions, places and names of users cannot run anything in a report."""

from pathlib import Path

import pandas as pd
from nbformat.v4 import new_notebook
from PIL import Image
from rich_report import code, html_output

from likeness.report.grids import Thumbnails
from likeness.report.likability.grids_posts import ranked_posts_grid
from likeness.report.page.html import export_html

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</figcaption><svg onload=alert(3)>",
    "[a](javascript:alert(4)) $x$",
    "&lt;script&gt;alert(5)&lt;/script&gt;",
)


def test_hostile_captions_stay_text(open_report, tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), (90, 120, 150)).save(tmp_path / "one.png")
    photos = pd.DataFrame({"photo_id": ["p"], "path": ["one.png"], "width": [40], "height": [40]})
    ids = [f"{name}{HOSTILE[1]}" for name in "abcde"]
    posts = pd.DataFrame({"post_id": ids, "user_id": HOSTILE, "photo_id": "p", "caption": HOSTILE})
    posts["ratio"] = [0.5, 0.4, 0.3, 0.2, 0.1]
    shown = ranked_posts_grid(posts, Thumbnails(tmp_path, photos, 40), 5)
    page = tmp_path / "report.html"
    cells = [code("posts", html_output(str(shown)))]
    page.write_text(export_html(new_notebook(cells=cells), title="t", study="likability", stage="report"))
    opened = open_report(page)
    assert opened.dialogs == []
    assert opened.errors == []
    assert opened.requests == []
    assert opened.page.get_by_text("<script>alert(1)</script>").count() == 1
    assert opened.page.evaluate("document.querySelectorAll('main :is(script, svg, img[onerror])').length") == 0
