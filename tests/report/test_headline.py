"""A headline is what the index shows of a report."""

import base64
import json

import matplotlib.pyplot as plt
import pytest

from likeness.report.page.headline import write_headline
from likeness.report.style import describe


@pytest.fixture
def figure():
    fig, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, 1], [0, 1])
    describe(fig, "A line that rises.")
    yield fig
    plt.close(fig)


NUMBERS = [{"label": "photos", "value": 12}, {"label": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6}]


def test_a_headline_holds_sentence_numbers_and_picture(tmp_path, figure):
    path = tmp_path / "headlines" / "prepare.json"
    assert write_headline(path, sentence="Île", numbers=NUMBERS, figure=figure) == path
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(content) == ["sentence", "numbers", "picture", "alt"]  # the card's title is the report's own
    assert (content["sentence"], content["numbers"], content["alt"]) == ("Île", NUMBERS, "A line that rises.")
    kind, _, data = content["picture"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    svg = base64.b64decode(data, validate=True).decode()
    assert svg.startswith("<svg")
    assert 'aria-label="A line that rises."' in svg


def test_a_title_goes_first(tmp_path, figure):
    path = write_headline(tmp_path / "a.json", sentence="s", numbers=[], figure=figure, title="last-photo")
    content = json.loads(path.read_text())
    assert next(iter(content)) == "title"
    assert content["title"] == "last-photo"


def test_the_same_figure_gives_the_same_bytes(tmp_path, figure):
    paths = [write_headline(tmp_path / name, sentence="s", numbers=NUMBERS, figure=figure) for name in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_picture_without_words_and_a_missing_number_are_refused(tmp_path, figure):
    bad = [{"label": "accuracy", "value": float("nan")}]
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_headline(tmp_path / "a.json", sentence="s", numbers=bad, figure=figure)
    silent, _ = plt.subplots()
    with pytest.raises(ValueError, match="no alt text"):
        write_headline(tmp_path / "a.json", sentence="s", numbers=[], figure=silent)
    plt.close(silent)
    assert list(tmp_path.iterdir()) == []
