"""What a museum says of a picture stays beside it."""

import pandas as pd
import pytest

from likeness.photos.collection_facts import FACTS, with_facts


def found(paths: list) -> pd.DataFrame:
    return pd.DataFrame({"path": paths, **{name: [f"{name} {k}" for k in range(len(paths))] for name in FACTS}})


def test_facts_follow_the_path_and_refused_files_are_left_out(tmp_path):
    photos = pd.DataFrame({"photo_id": ["b", "a"], "path": ["data/2.jpg", "data/0.jpg"]})
    table = with_facts(photos, found([tmp_path / f"data/{k}.jpg" for k in range(3)]), tmp_path)
    assert list(table["photo_id"]) == ["b", "a"]
    assert list(table["title"]) == ["title 2", "title 0"]
    assert list(table["artist"]) == ["artist 2", "artist 0"]


def test_a_file_listed_twice_is_refused(tmp_path):
    photos = pd.DataFrame({"photo_id": ["a"], "path": ["data/0.jpg"]})
    with pytest.raises(pd.errors.MergeError):
        with_facts(photos, found([tmp_path / "data/0.jpg"] * 2), tmp_path)
