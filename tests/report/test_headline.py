"""A headline is what the index shows of a report."""

import base64
import json

import pytest
from matplotlib.figure import Figure

from likeness.report.page.headline import write_headline
from likeness.report.style import canvas, describe

NUMBERS = [{"label": "photos", "value": 12}, {"label": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6}]


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """An empty repository that the test stands in."""
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drawn() -> Figure:
    fig, axes = canvas(1)
    axes.plot([0, 1], [0, 1])
    return describe(fig, "A line that rises.")


def test_a_headline_holds_sentence_numbers_and_picture(root):
    path = write_headline("pose/prepare", "Île", NUMBERS, figure=drawn())
    assert path == root / "reports/pose/headlines/prepare.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == ["sentence", "numbers", "picture", "alt", "badges"]  # the card's title is the report's own
    assert (content["sentence"], content["numbers"], content["alt"]) == ("Île", NUMBERS, "A line that rises.")
    kind, _, data = content["picture"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    svg = base64.b64decode(data, validate=True).decode()
    assert svg.startswith("<svg")
    assert 'aria-label="A line that rises."' in svg


def test_numbers_without_an_interval_may_come_by_label():
    path = write_headline("pose/finetune-last-photo", "s", {"photos": 12, "pairs": 3}, figure=drawn())
    wanted = [{"label": "photos", "value": 12}, {"label": "pairs", "value": 3}]
    assert json.loads(path.read_text(encoding="utf-8"))["numbers"] == wanted


def test_a_title_goes_first_and_the_same_drawing_gives_the_same_bytes():
    pages = [
        write_headline(f"pose/{name}", "s", NUMBERS, title="last-photo", figure=drawn()).read_bytes() for name in "ab"
    ]
    assert pages[0] == pages[1]
    assert next(iter(json.loads(pages[0]).items())) == ("title", "last-photo")


@pytest.mark.parametrize(
    ("value", "figure", "fault"), [(float("nan"), drawn(), "not JSON compliant"), (0.5, canvas(1)[0], "no alt text")]
)
def test_a_picture_without_words_and_a_missing_number_are_refused(root, value, figure, fault):
    with pytest.raises(ValueError, match=fault):
        write_headline("pose/a", "s", {"x": value}, figure=figure)
    assert not list(root.rglob("*.json"))
