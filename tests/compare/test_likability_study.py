"""The likability study's questions: which models stand for what, slices, and the planted truth."""

import json

import numpy as np
import pandas as pd
import pytest

from likeness.compare import likability_study
from likeness.stats.bootstrap import Estimate


class Study:
    """A study whose models and posts are given."""

    def __init__(self, models=(), pictures=True):
        self.predictions = pd.DataFrame({"model": list(models)})
        self.variants, self.skipped = ("alexnet", "fusion", "smallcnn", "ranker"), {"alexnet": "no weights"}
        self.features = {"fc6": 0, "fc7": 0}
        self.has_pictures = pictures
        ids = [f"p{k}" for k in range(6)]
        self.posts = pd.DataFrame({"post_id": ids, "faces": [0, 1, 2, 0, 1, 3], "followers": [1, 2, 3, 4, 5, 6],
                                   "split": ["test"] * 4 + ["train"] * 2, "photo_id": ["x", "", "y", "z", "v", "w"]})  # fmt: skip
        self.clusters = pd.Series(list("aabbcc"), index=ids)

    def names(self, _):
        return ["hue", "brightness"]

    def spread_to_posts(self, _):
        return np.stack([np.zeros(6), np.arange(6.0)], axis=1)


@pytest.fixture(autouse=True)
def best(monkeypatch):
    """Of the models, the one that comes first in `scores` did best."""
    first = lambda scores, models: next((name for name in scores if name in models), None)  # noqa: E731
    monkeypatch.setattr("likeness.compare.likability_study.best_in_validation", first)


def test_the_ladder_takes_the_best_image_and_the_best_combined_model():
    models = ["metadata, boosting", "user only, boosting", "fc7, SVM", "smallcnn", "fusion", "fc7 + metadata, boosting"]
    order = ["smallcnn", "fc7 + metadata, boosting", "fusion", "fc7, SVM"]  # of their validation scores
    expected = ["user only, boosting", "metadata, boosting", "smallcnn", "fc7 + metadata, boosting"]
    assert likability_study.ladder_of(Study(models), order) == expected
    assert likability_study.ladder_of(Study(models[:2]), order) == expected[:2]


def test_a_comparison_that_another_table_makes_is_not_made_again():
    posts = [f"p{k}" for k in range(12)]
    rows = [
        {"model": model, "split": split, "scheme": "honest", "left": post, "right": post, "same": k % 2 == 0,
         "score": (k * step) % 5, "probability": np.nan, "run": 0, "kind": ""}
        for model, step in [(likability_study.METADATA, 1), ("user only, boosting", 2), ("colour, SVM", 3)]
        for split in ("val", "test") for k, post in enumerate(posts)
    ]  # fmt: skip
    tested = ["user only, boosting", likability_study.METADATA]
    clusters = pd.Series([*"aabbccddeeff"], index=posts)
    found = likability_study.against_metadata(pd.DataFrame(rows), tested, clusters, 0)
    assert list(zip(found["a"], found["b"], strict=True)) == [("colour, SVM", likability_study.METADATA)]


def test_slices_by_faces_brightness_and_followers():
    slices = likability_study.slices_of(Study())
    members = slices.groupby("slice")["post_id"].agg(list).to_dict()
    assert members["no face"] == ["p0", "p3"]
    assert members["several faces"] == ["p2", "p5"]
    assert members["dark photo"] == ["p0", "p1"]
    assert members["most followers"] == ["p4", "p5"]
    assert set(likability_study.slices_of(Study(pictures=False))["slice"]) == {
        "fewest followers", "middling followers", "most followers"}  # fmt: skip


def test_truth_is_read_whole_or_not_at_all(tmp_path):
    assert likability_study.read_truth(tmp_path, ["a"]) is None
    pd.DataFrame({"post_id": ["a"], "expected": [0.5]}).to_csv(tmp_path / "truth.csv", index=False)
    pd.DataFrame({"post_id": ["a"], "ad": [1.0]}).to_csv(tmp_path / "factors.csv", index=False)
    (tmp_path / "effects.json").write_text(json.dumps({"ad": -0.7, "base": 1.0}))
    truth = likability_study.read_truth(tmp_path, ["b", "a"])
    assert truth.effects == {"ad": -0.7}
    assert truth.expected.to_dict() == {"a": 0.5}
    assert likability_study.read_truth(tmp_path, ["b"]) is None  # the truth of another corpus


def test_a_model_that_follows_the_formula_recovers_it():
    rng = np.random.default_rng(0)
    factors = pd.DataFrame(rng.normal(size=(200, 2)), columns=["ad", "evening"], index=[f"p{k}" for k in range(200)])
    truth = likability_study.Truth(factors.sum(axis=1), factors, {"ad": -1.0, "evening": 0.5})
    study = Study()
    study.clusters = pd.Series(factors.index, index=factors.index)
    logit = -factors["ad"] + 0.5 * factors["evening"]
    told = pd.DataFrame({"left": factors.index, "run": 0, "probability": 1 / (1 + np.exp(-logit))})
    found = likability_study.recovered(study, truth, told, n_boot=100, seed=0).set_index("effect")
    np.testing.assert_allclose(found["recovered"], found["planted"], rtol=1e-6)
    assert likability_study.recovered(study, None, told, n_boot=100, seed=0) is None


def test_queries_are_test_posts_with_a_picture():
    study = Study()
    assert set(likability_study.query_posts(study, 9, 0)) == {"p0", "p2", "p3"}
    study.posts = study.posts.assign(liked=True, group=list("aabbcc"))
    study.spread_to_posts = {"fc7": np.eye(6) + 0.1}.get  # the deepest layer alone is looked at
    found = likability_study.query_neighbours(study, 9, 2, 0)
    assert found.groupby("query").size().to_dict() == {"p0": 2, "p2": 2, "p3": 2}
    assert set(found.loc[found["query"] == "p2", "post_id"]) <= {"p0", "p4", "p5"}  # of others, with a picture


def test_the_network_of_the_maps_sees_nothing_but_the_photo():
    assert likability_study.photo_network(Study(), ["fusion", "alexnet", "ranker", "smallcnn"]) == "ranker"
    assert likability_study.photo_network(Study(), ["fusion", "alexnet"]) is None


def scored(n: int = 6) -> pd.DataFrame:
    """Return predictions of one model that ranks the first half of the posts wrongly, on honest test posts."""
    ids = [f"p{k}" for k in range(n)]
    table = pd.DataFrame(
        {"left": ids, "right": ids, "same": [True, False] * (n // 2), "score": [0.2, 0.4, 0.1, 0.6, 0.9, 0.3]}
    )
    return table.assign(scheme="honest", split="test", model="fusion", run=0, kind="post", probability=0.5)


def test_metrics_hold_the_ratio_to_the_best_where_a_truth_is_known(tmp_path):
    study, factors = Study(), pd.DataFrame(index=[f"p{k}" for k in range(6)])
    study.predictions = scored()
    truth = likability_study.Truth(pd.Series([6.0, 3, 5, 2, 4, 1], index=factors.index), factors, {})
    found = likability_study.ratios(study, truth, ["fusion", "fusion", "unknown"], n_boot=50, seed=0)
    assert list(found) == ["fusion"]
    assert found["fusion"].value == pytest.approx(3 / 9)  # the best possible ranks all nine pairs, the model three
    assert likability_study.ratios(study, None, ["fusion"], n_boot=50, seed=0) == {}
    scores = pd.DataFrame([("honest", "test", "fusion", "auc", 0.5, 0.4, 0.6, 6)],
                          columns=["scheme", "split", "model", "metric", "value", "low", "high", "n"])  # fmt: skip
    likability_study.write_metrics([scores], {"fusion": Estimate(0.97, 0.9, 1.0, 164)}, "fusion", tmp_path)
    best, fusion = "AUC, unseen accounts, best model", "AUC, unseen accounts, fusion network"
    shown = {"value": 0.5, "low": 0.4, "high": 0.6}
    assert json.loads((tmp_path / "metrics.json").read_text()) == {best: shown, fusion: shown}
    assert json.loads((tmp_path / "scores.json").read_text()) == {
        "test": {"fusion": {"auc": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 6},
                            "auc of best possible": {"value": 0.97, "low": 0.9, "high": 1.0, "n": 164}}}
    }  # fmt: skip


ROWS = [("fusion", "honest", "val", "threshold", 0.35), ("fusion", "naive", "val", "threshold", 0.9),
        ("fusion", "honest", "test", "auc", 0.7), ("fusion", "honest", "val", "auc", 0.8)]  # fmt: skip
SCORES = pd.DataFrame(ROWS, columns=["model", "scheme", "split", "metric", "value"])


def test_an_honest_number_is_found_by_its_name():
    assert likability_study.honest_value(SCORES, "fusion", "auc") == 0.7
    assert likability_study.honest_value(SCORES, "fusion", "threshold", "val") == 0.35


def test_slices_are_judged_at_the_line_that_validation_chose():
    slices = likability_study.slice_accuracy(Study(), scored(), SCORES, n_boot=50, seed=0).set_index("slice")
    called = scored()["score"] >= 0.35
    right = dict(zip(scored()["left"], called == scored()["same"], strict=True))
    assert slices.loc["no face", "value"] == np.mean([right["p0"], right["p3"]])
    assert slices.loc["most followers", "value"] == np.mean([right["p4"], right["p5"]])
