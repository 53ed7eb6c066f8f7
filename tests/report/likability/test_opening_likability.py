"""The likability report opens with what the photo adds, over every account."""

from types import SimpleNamespace

import pandas as pd
import pytest
from PIL import Image

from likeness.compare.every_account import EveryAccount
from likeness.report.likability.opening_likability import likability_opening

BOTH, METADATA = "fc7 + metadata, boosting", "metadata, boosting"


@pytest.fixture
def study(tmp_path):
    """Two photos: the likelier one was liked, and so was the other."""
    folder = tmp_path / "data/raw/mine"
    folder.mkdir(parents=True)
    for name in "ab":
        Image.new("RGB", (20, 20), "red").save(folder / f"{name}.jpg")
    photos = pd.DataFrame({"photo_id": ["a", "b"], "path": [f"data/raw/mine/{n}.jpg" for n in "ab"],
                           "width": 20, "height": 20})  # fmt: skip
    posts = pd.DataFrame({"post_id": ["1", "2"], "photo_id": ["a", "b"], "duplicate_group": ["a", "b"], "liked": True})
    crossed = pd.DataFrame({"model": BOTH, "left": ["1", "2"], "probability": [0.9, 0.2]})
    recipe = {"backbone": "resnet18", "weights": "none"}
    return SimpleNamespace(photos=photos, posts=posts, crossed=crossed, recipe=recipe, has_pictures=True)


def every_account(verdict: str, models: dict[str, float]) -> EveryAccount:
    rows = [(model, "auc", value, value - 0.1, value + 0.1) for model, value in models.items()]
    scores = pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])
    tests = pd.DataFrame([(BOTH, METADATA, 0.12, 0.03, verdict)],
                         columns=["a", "b", "difference", "p_adjusted", "verdict"])  # fmt: skip
    return EveryAccount(scores, tests, scores[:0], (40, 8))


AREAS = pd.DataFrame({"model": [BOTH], "scheme": ["naive"], "value": [0.8], "low": [0.7], "high": [0.9]})


@pytest.mark.parametrize(
    ("verdict", "end"),
    [("A better", "the photo adds 0.12 (adjusted p 0.030)."), ("not distinguishable", "(+0.12, adjusted p 0.03).")],
)
def test_what_the_photo_adds_and_the_likeliest_photos(study, tmp_path, verdict, end):
    found = every_account(verdict, {METADATA: 0.6, BOTH: 0.72, "metadata, SVM": 0.9})
    opening = likability_opening(study, found, AREAS, tmp_path)
    assert opening.sentence.startswith("Over all 40 accounts")
    assert "0.60 (0.50–0.70) is reached without the photo, and 0.72" in opening.sentence
    assert opening.sentence.endswith(end)
    assert [entry["value"] for entry in opening.numbers] == [0.6, 0.72, 0.8]
    assert [[cell.right for cell in row] for row in opening.rows] == [[True, True], [False, False]]
    assert [row[0].caption for row in opening.rows] == ["0.90, liked", "0.20, liked"]
    assert opening.badges == ["your photos: data/raw/mine, 2 photos", "networks with random weights"]


def test_posts_without_pictures(study, tmp_path):
    study.has_pictures = False
    opening = likability_opening(study, every_account("A better", {METADATA: 0.55}), AREAS[:0], tmp_path)
    assert opening.sentence.endswith("0.55 (0.45–0.65): not distinguishable from chance.")
    assert not opening.rows
    assert opening.badges == ["posts without pictures"]
