"""The index: a card per report, studies in the order of dvc.yaml, nothing invented and nothing fetched."""

import json
import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from likeness.report.page.html import export_html
from likeness.report.page.index import number, write_index

PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DVC = """
stages:
  pose-prepare: {cmd: a}
  pose-finetune: {cmd: a, matrix: {tune: [b, a], stream: [c, d]}}
  pose-report: {cmd: a}
  faces-report: {cmd: a}
"""
HEADLINE = {
    "title": "Skeletons <help>",
    "sentence": "They do.",
    "numbers": [{"label": "accuracy", "value": 0.731, "low": 0.65, "high": 0.8}, {"label": "photos", "value": 1355}],
    "picture": PIXEL,
    "alt": "Two people",
}


@pytest.fixture(scope="module")
def page() -> str:
    cell = new_markdown_cell("# A title · here\n\nA *question* & more?")
    return export_html(new_notebook(cells=[cell]), title="t", study="pose", stage="report")


@pytest.fixture
def root(tmp_path: Path, page: str) -> Path:
    """Pages of two studies, one of them of a failed run, and some that no stage makes any more."""
    (tmp_path / "dvc.yaml").write_text(DVC)
    pages = ["faces/report", "pose/finetune-b-c", "pose/finetune-a-c", "pose/finetune-a-d.failed", "pose/prepare"]
    for name in (*pages, "pose/report", "zoo/x", "pose/finetune-e-c", "pose/finetune-e-c.failed"):
        path = tmp_path / "reports" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page)
    (tmp_path / "reports/pose/headlines").mkdir()
    return tmp_path


def headline(root: Path, **changes: object) -> Path:
    path = root / "reports/pose/headlines/report.json"
    path.write_text(json.dumps(HEADLINE | changes))
    return path


def links(html: str) -> list[str]:
    return [part.partition('"')[0] for part in html.partition("<main")[2].split('href="')[1:]]


@pytest.mark.parametrize(
    ("badge", "says_so"), [("drawn demo corpus: 9 photos", True), ("your photos: data/raw/x", False)]
)
def test_the_index_says_where_its_photos_are_drawn(root: Path, badge: str, says_so: bool) -> None:
    headline(root, badges=[badge])
    html = write_index(root).read_text()
    assert ("What you see here is a demo" in html) == says_so
    assert f"<li>{badge}</li>" in html


def test_every_report_that_a_stage_makes_has_a_card_in_the_order_of_dvc_yaml(root: Path) -> None:
    order = ["pose/report", "pose/prepare", "pose/finetune-b-c", "pose/finetune-a-c", "pose/finetune-a-d.failed"]
    (root / "reports/pose/scores.json").write_text("{}")
    path = write_index(root)
    assert path == root / "reports/index.html"
    html = path.read_text()
    assert links(html) == ["pose/scores.json", *(f"{name}.html" for name in (*order, "faces/report"))]
    assert html.count("This run failed") == 1
    assert '<a href="pose/prepare.html">A title · here</a>' in html  # without a headline the report's own words
    assert "A question &amp; more?" in html


def test_a_study_with_an_explorer_links_it(root: Path) -> None:
    (root / "reports/faces/explore.html").write_text("")
    assert links(write_index(root).read_text())[-2:] == ["faces/explore.html", "faces/report.html"]


def test_a_headline_brings_numbers_with_intervals_and_a_picture(root: Path) -> None:
    headline(root)
    html = write_index(root).read_text()
    assert "Skeletons &lt;help&gt;" in html
    assert "<dd>0.73<small>0.65–0.80</small></dd>" in html
    assert "<dd>1,355</dd>" in html
    assert f'<img src="{PIXEL}" alt="Two people">' in html


@pytest.mark.parametrize(("key", "value"), [("alt", ""), ("picture", "a.png"), ("numbers", [{"label": "x"}])])
def test_an_incomplete_headline_names_its_file(root: Path, key: str, value: object) -> None:
    path = headline(root, **{key: value})
    with pytest.raises(ValueError, match="report") as caught:
        write_index(root)
    assert str(path) in str(caught.value)


def test_a_negative_interval_is_written_out() -> None:
    entry = number({"label": "difference", "value": -0.1, "low": -0.2, "high": 0.05}, "here")
    assert (entry["value"], entry["spread"]) == ("−0.10", "−0.20 to 0.05")


def test_same_bytes_twice_a_whole_style_sheet_and_no_reports_at_all(root: Path) -> None:
    html = write_index(root).read_text()
    assert html == write_index(root).read_text()
    sheet = html.partition("<style>")[2].partition("</style>")[0]
    assert '"Segoe UI"' in sheet
    assert "&#" not in sheet
    shutil.rmtree(root / "reports")
    assert "No report yet" in write_index(root).read_text()
