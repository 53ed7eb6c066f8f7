"""What a report opens with: its answer before everything else, and one picture of it for the index."""

import json

import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from shown import said

from likeness.report.grids import Cell
from likeness.report.html_text import Html
from likeness.report.opening import Opening, alt_of, data_badge, montage, open_report
from likeness.report.page.html import export_html, take_answer
from likeness.report.palette import RIGHT, WRONG
from likeness.report.pose.reading_kinds import describe_kinds, kinds_figure, pose_or_site
from likeness.report.style import alt_text
from likeness.report.thumbnails import image_of, jpeg_uri

GREY = jpeg_uri(Image.new("RGB", (80, 40), "#808080"))
ROWS = [[Cell(GREY, "asks"), Cell(GREY, "a", right=True)], [Cell(GREY, "asks"), Cell(None, "b", right=False)]]
OPENING = Opening("It does.", [{"label": "right", "value": 0.9, "low": 0.8, "high": 0.95}], ROWS, "Photos.", ["drawn"])


def hexadecimal(image: Image.Image, x: int, y: int) -> np.ndarray:
    return np.array(image.getpixel((x, y)))


def test_the_montage_frames_right_and_wrong_pictures():
    image = image_of(montage(ROWS))
    assert image.size == (2 * 160 + 6, 2 * 160 + 6)
    green = np.array([int(RIGHT[k : k + 2], 16) for k in (1, 3, 5)])
    assert abs(hexadecimal(image, 168, 80) - green).max() < 40  # JPEG
    assert abs(hexadecimal(image, 80, 80) - 128).max() < 8
    assert (hexadecimal(image, 246, 246) > 247).all()  # no picture: white
    assert montage([]) == ""
    assert alt_of(OPENING) == "Photos. 1 of 2 are right."
    assert WRONG != RIGHT


def test_badges_say_whose_photos_these_are():
    assert data_badge(["data/raw/demo-pose/a/b/c.jpg"] * 3) == "drawn demo corpus: 3 photos"
    assert data_badge(["data/raw/nga/images/1.jpg"], "picture") == "your pictures: data/raw/nga, 1 picture"
    assert data_badge([]) == "no pictures"


def test_the_answer_is_computed_last_and_read_first(tmp_path, monkeypatch):
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    shown = open_report("pose/report", OPENING)
    assert json.loads((tmp_path / "reports/pose/headlines/report.json").read_text())["badges"] == ["drawn"]
    output = new_output("execute_result", {"text/html": str(shown), "text/plain": "x"}, execution_count=2)
    cells = [new_markdown_cell("# A question?\n\nA lede."), new_code_cell("1"), new_code_cell("2", outputs=[output])]
    cells[2].metadata["tags"] = ["answer"]
    page = export_html(new_notebook(cells=cells), title="t", study="pose", stage="report")
    assert page.index("A question?</h1>") < page.index("It does.") < page.index("A lede.</p>") < page.index("Show code")
    assert page.count("It does.") == 1
    assert take_answer(new_notebook(cells=cells[:2]))[1] == ""


def kinds(wrong: tuple[float, float, float]) -> pd.DataFrame:
    shares = {"same-pose-same-site": (0.9, 0.8, 1.0, 50), "same-pose-other-site": (*wrong, 20),
              "other-pose-same-site": (0.1, 0.0, 0.2, 30)}  # fmt: skip
    rows = [("net", kind, kind == "same-pose-same-site", *values) for kind, values in shares.items()]
    return pd.DataFrame(rows, columns=["model", "kind", "same", "value", "low", "high", "n"])


def test_by_kind_of_pair():
    assert pose_or_site(kinds((0.8, 0.7, 0.9)), "net").endswith("it sees the pose and overlooks the site.")
    assert pose_or_site(kinds((0.2, 0.1, 0.3)), "net").endswith("it heeds the site too.")
    assert pose_or_site(kinds((0.5, 0.3, 0.7)), "net").endswith("of those of the same pose at another.")
    words = said(describe_kinds(kinds((0.8, 0.7, 0.9)), "net"))
    assert "by the pose alone would be right in 80" in words  # 20 of 100 pairs have the same pose at another site
    assert "one by the site alone in 70" in words
    flat = kinds((0.8, 0.7, 0.9)).assign(kind="near")
    assert "No site is known" in said(describe_kinds(flat, "net"))
    assert "net, same pose, another site: 0.80" in alt_text(kinds_figure(kinds((0.8, 0.7, 0.9))))
    assert isinstance(describe_kinds(flat, "net"), Html)
