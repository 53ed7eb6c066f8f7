"""The index: a card per report, studies as the DAG has them, nothing invented and nothing fetched."""

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
  pose-prepare: {cmd: a, outs: [data/pose]}
  pose-finetune: {cmd: a, deps: [data/pose], matrix: {tune: [a, b], stream: [c, d]}, outs: ["models/${item.tune}-${item.stream}"]}
  pose-report: {cmd: a, deps: [models], outs: [reports/pose/report.html]}
  faces-report: {cmd: a, outs: [reports/faces/report.html]}
"""


def put(root: Path, name: str, opening: str = "# A title · here\n\nA *question* & more?") -> None:
    study, stage = name.split("/")
    path = root / "reports" / study / f"{stage}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(export_html(new_notebook(cells=[new_markdown_cell(opening)]), title="t", study=study, stage=stage))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "dvc.yaml").write_text(DVC)
    for name in ("faces/report", "pose/finetune-b-c", "pose/finetune-a-c", "pose/prepare", "pose/report"):
        put(tmp_path, name)
    return tmp_path


def headline(root: Path, **changes: object) -> Path:
    entry = {
        "title": "Skeletons <help>",
        "sentence": "They do.",
        "numbers": [
            {"label": "accuracy", "value": 0.731, "low": 0.65, "high": 0.8},
            {"label": "photos", "value": 1355},
        ],
        "picture": PIXEL,
        "alt": "Two people",
    }
    path = root / "reports" / "pose" / "headlines" / "report.json"
    path.parent.mkdir()
    path.write_text(json.dumps(entry | changes))
    return path


def text_of(root: Path) -> str:
    path = write_index(root)
    assert path == root / "reports" / "index.html"
    return path.read_text()


def links(html: str) -> list[str]:
    return [part.partition('"')[0] for part in html.partition("<main")[2].split('href="')[1:]]


def test_every_report_has_a_card_in_the_order_of_the_dag(root: Path) -> None:
    order = ["pose/report", "pose/prepare", "pose/finetune-a-c", "pose/finetune-b-c", "faces/report"]
    assert links(text_of(root)) == [f"{name}.html" for name in order]


def test_a_page_that_no_stage_makes_any_more_has_no_card(root: Path) -> None:
    for name in ("zoo/x", "pose/finetune-e-c", "pose/finetune-e-c.failed", "pose/finetune-a-d.failed"):
        put(root, name)
    found = links(text_of(root))
    assert "pose/finetune-a-d.failed.html" in found
    assert not {"zoo/x.html", "pose/finetune-e-c.html", "pose/finetune-e-c.failed.html"} & set(found)


def test_a_card_without_headline_speaks_with_the_report_s_own_words(root: Path) -> None:
    html = text_of(root)
    assert '<a href="pose/prepare.html">A title · here</a>' in html
    assert "A question &amp; more?" in html


def test_a_headline_brings_numbers_with_intervals_and_a_picture(root: Path) -> None:
    headline(root)
    html = text_of(root)
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


def test_metrics_are_linked_where_they_exist(root: Path) -> None:
    (root / "reports/pose/metrics.json").write_text("{}")
    assert links(text_of(root)).count("pose/metrics.json") == 1


def test_a_failed_report_says_so(root: Path) -> None:
    put(root, "pose/prepare.failed")
    assert text_of(root).count("This run failed") == 1


def test_the_style_sheet_is_not_escaped(root: Path) -> None:
    sheet = text_of(root).partition("<style>")[2].partition("</style>")[0]
    assert '"Segoe UI"' in sheet
    assert "&#" not in sheet


def test_same_bytes_twice_and_no_reports_at_all(root: Path) -> None:
    assert text_of(root) == text_of(root)
    shutil.rmtree(root / "reports")
    assert "No report yet" in text_of(root)
