"""The likability study's questions: which models stand for what, slices, and the planted truth."""

import json

import numpy as np
import pandas as pd
import pytest

from likeness.compare import post_study
from likeness.stats.bootstrap import Estimate
from likeness.stats.metrics import MetricsBook


class Study:
    """A study whose models and posts are given."""

    def __init__(self, models=(), pictures=True):
        self.predictions = pd.DataFrame({"model": list(models)})
        self.features = {"fc6": 0, "fc7": 0}
        self.has_pictures = pictures
        ids = [f"p{k}" for k in range(6)]
        self.posts = pd.DataFrame({"post_id": ids, "faces": [0, 1, 2, 0, 1, 3], "followers": [1, 2, 3, 4, 5, 6],
                                   "split": ["test"] * 4 + ["train"] * 2, "photo_id": ["x", "", "y", "z", "v", "w"]})  # fmt: skip
        self.clusters = pd.Series(list("aabbcc"), index=ids)

    def names(self, _):
        return ["hue", "brightness"]

    def of_posts(self, _):
        return np.stack([np.zeros(6), np.arange(6.0)], axis=1)

    def best_of(self, scores, models):
        known = [name for name in scores if name in models]
        return known[0] if known else None


def test_the_ladder_takes_the_best_image_and_the_best_combined_model():
    models = ["metadata, boosting", "user only, boosting", "fc7, SVM", "smallcnn", "fusion", "fc7 + metadata, boosting"]
    order = ["smallcnn", "fc7 + metadata, boosting", "fusion", "fc7, SVM"]  # of their validation scores
    expected = ["user only, boosting", "metadata, boosting", "smallcnn", "fc7 + metadata, boosting"]
    assert post_study.ladder_of(Study(models), order) == expected
    assert post_study.ladder_of(Study(models[:2]), order) == expected[:2]


def test_slices_by_faces_brightness_and_followers():
    slices = post_study.slices_of(Study())
    members = slices.groupby("slice")["post_id"].agg(list).to_dict()
    assert members["no face"] == ["p0", "p3"]
    assert members["several faces"] == ["p2", "p5"]
    assert members["dark photo"] == ["p0", "p1"]
    assert members["most followers"] == ["p4", "p5"]
    assert set(post_study.slices_of(Study(pictures=False))["slice"]) == {
        "fewest followers", "middling followers", "most followers"}  # fmt: skip


def test_truth_is_read_whole_or_not_at_all(tmp_path):
    assert post_study.read_truth(tmp_path, ["a"]) is None
    pd.DataFrame({"post_id": ["a"], "expected": [0.5]}).to_csv(tmp_path / "truth.csv", index=False)
    pd.DataFrame({"post_id": ["a"], "ad": [1.0]}).to_csv(tmp_path / "factors.csv", index=False)
    (tmp_path / "effects.json").write_text(json.dumps({"ad": -0.7, "base": 1.0}))
    truth = post_study.read_truth(tmp_path, ["b", "a"])
    assert truth.effects == {"ad": -0.7}
    assert truth.expected.to_dict() == {"a": 0.5}
    assert post_study.read_truth(tmp_path, ["b"]) is None  # the truth of another corpus


def test_a_model_that_follows_the_formula_recovers_it():
    rng = np.random.default_rng(0)
    factors = pd.DataFrame(rng.normal(size=(200, 2)), columns=["ad", "evening"], index=[f"p{k}" for k in range(200)])
    truth = post_study.Truth(factors.sum(axis=1), factors, {"ad": -1.0, "evening": 0.5})
    study = Study()
    study.clusters = pd.Series(factors.index, index=factors.index)
    logit = -factors["ad"] + 0.5 * factors["evening"]
    told = pd.DataFrame({"left": factors.index, "probability": 1 / (1 + np.exp(-logit))})
    found = post_study.recovered(told, truth, study, n_boot=100, seed=0).set_index("effect")
    np.testing.assert_allclose(found["recovered"], found["planted"], rtol=1e-6)


def test_queries_are_test_posts_with_a_picture():
    assert set(post_study.query_posts(Study(), 9, 0)) == {"p0", "p2", "p3"}
    assert post_study.layer_of(Study()) == "fc7"


def test_ratios_are_added_where_a_truth_is_known():
    book = MetricsBook()
    post_study.add_ratios(book, {})
    post_study.add_ratios(book, {"fusion": Estimate(0.97, 0.9, 1.0, 164)})
    assert book.to_dict() == {
        "test": {"fusion": {"auc of best possible": {"value": 0.97, "low": 0.9, "high": 1.0, "n": 164}}}
    }


def test_the_line_is_the_honest_one():
    rows = [("m", "honest", "threshold", 0.3), ("m", "naive", "threshold", 0.9)]
    scores = pd.DataFrame(rows, columns=["model", "scheme", "metric", "value"])
    assert post_study.line_of(scores, "m") == pytest.approx(0.3)
