"""A headline is what the index shows of a report."""

import base64
import json

import pytest
from matplotlib.figure import Figure

from likeness.report.page.headline import write_headline
from likeness.report.style import canvas, describe

NUMBERS = [{"label": "photos", "value": 12}, {"label": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6}]


def drawn() -> Figure:
    fig, axes = canvas(1)
    axes.plot([0, 1], [0, 1])
    return describe(fig, "A line that rises.")


def test_a_headline_holds_sentence_numbers_and_picture(tmp_path):
    path = tmp_path / "headlines" / "prepare.json"
    assert write_headline(path, sentence="Île", numbers=NUMBERS, figure=drawn()) == path
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == ["sentence", "numbers", "picture", "alt"]  # the card's title is the report's own
    assert (content["sentence"], content["numbers"], content["alt"]) == ("Île", NUMBERS, "A line that rises.")
    kind, _, data = content["picture"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    svg = base64.b64decode(data, validate=True).decode()
    assert svg.startswith("<svg")
    assert 'aria-label="A line that rises."' in svg


def test_a_title_goes_first_and_the_same_drawing_gives_the_same_bytes(tmp_path):
    options = {"sentence": "s", "numbers": NUMBERS, "title": "last-photo"}
    one, two = (write_headline(tmp_path / name, figure=drawn(), **options).read_bytes() for name in "ab")
    assert one == two
    assert next(iter(json.loads(one).items())) == ("title", "last-photo")


@pytest.mark.parametrize(
    ("value", "figure", "fault"), [(float("nan"), drawn(), "not JSON compliant"), (0.5, canvas(1)[0], "no alt text")]
)
def test_a_picture_without_words_and_a_missing_number_are_refused(tmp_path, value, figure, fault):
    with pytest.raises(ValueError, match=fault):
        write_headline(tmp_path / "a.json", sentence="s", numbers=[{"label": "x", "value": value}], figure=figure)
    assert list(tmp_path.iterdir()) == []
