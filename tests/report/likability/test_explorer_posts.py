"""The explorer of posts: what a photo is called and judged, and posts without pictures."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness import paths
from likeness.report.likability.explorer import explore_posts

POSTS = pd.DataFrame(
    {
        "post_id": ["p", "q", "r", "s"],
        "user_id": ["zoe", "ann", "ann", "zoe"],
        "photo_id": ["a", "b", "c", "a"],  # the last post shows the first one's photo again
        "liked": [True, False, True, False],
        "ratio": [0.25, 0.5, 0.125, 9.0],
        "taken_at": pd.to_datetime(["2015-01-02", None, "2016-03-04", "2017-01-01"]),
    }
)
JUDGED = pd.DataFrame(
    {"left": ["p", "q"], "same": [True, False], "probability": [0.7, 0.6], "threshold": 0.5, "model": "fusion"}
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "reports", lambda study: tmp_path / "reports" / study)
    for number, name in enumerate("abc"):
        Image.new("RGB", (40, 40), (80 * number, 90, 90)).save(tmp_path / f"{name}.png")
    return tmp_path


def photos(names: str) -> pd.DataFrame:
    """Return photos that nothing but their name tells apart."""
    rows = {"photo_id": list(names), "path": [f"{name}.png" for name in names], "duplicate_group": list(names)}
    return pd.DataFrame(rows, dtype=object).assign(width=40, height=40, split="test")


def written(root: Path) -> tuple[dict, str]:
    page = (root / "reports/likability/explore.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'id="content">(.*?)</script>', page)[1]), page


def test_a_photo_is_called_by_its_first_post_and_judged_where_a_model_was(root: Path) -> None:
    features = {
        "pool": np.array([[1.0, 0.0], [1, 1], [0, 1]]),
        "pool-mirror": np.ones((3, 2)),
        "colour": np.ones((3, 2)),
    }
    study = SimpleNamespace(posts=POSTS, photos=photos("abc"), features=features, recipe={"sights": ["net@none"]})
    assert 'href="explore.html"' in explore_posts(study, JUDGED, root, seed=1)
    told, page = written(root)
    assert told["fields"] == {
        "account": [["user 2"], ["user 1"], ["user 1"]],
        "liked": [["liked"], ["not liked"], ["liked"]],
        "split": [["test"]] * 3,
    }
    assert told["facts"] == {"likes per follower": ["0.25", "0.5", "0.125"], "posted": ["2015-01-02", "", "2016-03-04"]}
    assert told["judged"] == {"fusion": "10-"}  # q was called liked; nobody was asked about r
    assert [model["name"] for model in told["models"]] == ["pool of net@none"]
    assert told["models"][0]["near"] == [[1, 2], [0, 2], [1, 0]]
    assert 'alt="user 2, liked"' in page
    assert "zoe" not in page


def test_posts_without_pictures_have_a_page_that_says_so(root: Path) -> None:
    study = SimpleNamespace(posts=POSTS.assign(photo_id=""), photos=photos(""), features={}, recipe={})
    explore_posts(study, JUDGED, root, seed=1)
    told, page = written(root)
    assert "There is no photo to show." in page
    assert told["models"] == []
