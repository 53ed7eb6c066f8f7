"""The file that holds every score, and the one that DVC shows."""

import json

import numpy as np
import pandas as pd
import pytest

from likeness.stats.bootstrap import Estimate
from likeness.stats.metrics import MetricsBook


def test_leaves_are_sorted_and_rounded(tmp_path):
    book = MetricsBook()
    book.add("val", "b", "auc", Estimate(0.5, None, None, 3))
    book.add("test", "b", "auc", Estimate(1 / 3, 0.1, 0.9, np.int64(4)))
    book.add("test", "a", "auc", Estimate(1.0, 1.0, 1.0, 4))
    book.write(tmp_path, {})
    found = json.loads((tmp_path / "scores.json").read_text())
    assert list(found) == ["test", "val"]
    assert list(found["test"]) == ["a", "b"]
    assert found["test"]["b"]["auc"] == {"value": 0.333333, "low": 0.1, "high": 0.9, "n": 4}
    assert found["val"]["b"]["auc"]["low"] is None


def test_tables_are_taken_whole(tmp_path):
    book = MetricsBook()
    scores = {"scheme": ["honest", "naive"], "split": ["test", "val"], "model": "m", "metric": "auc"}
    book.add_scores(
        pd.DataFrame(scores | {"value": 0.5, "low": np.nan, "high": np.nan, "n": 2, "runs": 1, "undefined": 0})
    )
    ladder = pd.DataFrame({"model": ["m"], "k": [5], "value": [0.2], "low": [0.1], "high": [0.3], "n": [9]}).assign(
        runs=3
    )
    book.add_ladder("test", ladder)
    assert list(book.to_dict()) == ["naive-val", "test"]
    assert book.to_dict()["naive-val"]["m"]["auc"] == {"value": 0.5, "low": None, "high": None, "n": 2}
    assert book.to_dict()["test"]["m"]["hit@5"] == {"value": 0.2, "low": 0.1, "high": 0.3, "n": 9, "runs": 3}
    book.write(tmp_path, {})


def test_headlines_are_the_chosen_numbers_under_their_own_names(tmp_path):
    book = MetricsBook()
    book.add("test", "a", "auc", Estimate(0.5, 0.4, 0.6, 4, runs=3))
    book.add("test", "b", "auc", Estimate(0.7, None, None, 4))
    places = {"AUC of a": ("test", "a", "auc"), "of b": ("test", "b", "auc"), "of nobody": ("test", "c", "auc")}
    book.write(tmp_path, places)
    assert json.loads((tmp_path / "metrics.json").read_text()) == {
        "AUC of a": {"value": 0.5, "low": 0.4, "high": 0.6},
        "of b": {"value": 0.7},
    }


def test_twice_or_nothing_is_refused():
    book = MetricsBook()
    book.add("test", "a", "auc", Estimate(0.5, None, None, 3))
    with pytest.raises(ValueError, match="test > a > auc was added before"):
        book.add("test", "a", "auc", Estimate(0.5, None, None, 3))
    with pytest.raises(ValueError, match="eer is nan"):
        book.add("test", "a", "eer", Estimate(float("nan"), None, None, 3))
