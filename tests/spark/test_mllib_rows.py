"""MLlib's rows: asked of the cluster with the settings that its own cross-validation chose, or left out with a reason."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from likeness.models.likability.predictions import COLUMNS
from likeness.spark import mllib_rows
from likeness.spark.mllib_rows import MODELS, NO_SPARK, fit_mllib, left_out

POSTS = pd.DataFrame(
    {"post_id": list("abc"), "split": ["train", "val", "train"], "liked": [True, False, False], "group": list("uvw")}
)
STUDY = SimpleNamespace(posts=POSTS, spread_to_posts=lambda name: np.full((3, 2), len(name), np.float32))


class Table:
    """Notes what it is asked, and finds the second setting best for one kind and the first for the other."""

    GRIDS = {"sgd": ((1.0, 0.1), (10.0, 0.1)), "svc": ((1.0, 0.1), (1.0, 1.0))}  # noqa: RUF012
    KIND_NAMES = {"sgd": "SVMWithSGD (Spark)", "svc": "LinearSVC (Spark)", "forest": "forest (Spark)"}  # noqa: RUF012

    def __init__(self):
        self.curves_asked, self.recipes_asked, self.classify_asked = [], [], []

    def settings_curve(self, kind, **options):
        self.curves_asked.append((kind, options))
        mean = {"sgd": (0.5, 0.6), "svc": (0.7, 0.6)}[kind]
        return pd.DataFrame(self.GRIDS[kind], columns=["step", "reg"]).assign(mean=mean)

    def best_settings(self, curve):
        return tuple(curve.loc[curve["mean"].idxmax(), ["step", "reg"]])

    def spark_recipes(self, *asked):
        self.recipes_asked.append(asked)
        return ["the recipes"]

    def classify_on_spark(self, *asked, **options):
        self.classify_asked.append((asked, options))
        return pd.DataFrame({name: [0] for name in COLUMNS})


def test_what_the_cluster_is_asked_and_what_comes_back(monkeypatch):
    table, sets = Table(), {"fc6": 1, "fc7": 2}
    for name in ("settings_curve", "best_settings", "spark_recipes", "classify_on_spark", "GRIDS", "KIND_NAMES"):
        monkeypatch.setattr(mllib_rows, name, getattr(table, name))
    monkeypatch.setattr(mllib_rows, "spark_session", {"local[1]": "a session"}.get)
    found = fit_mllib(STUDY, sets, ["fc6", "fc7"], "local[1]", folds=3, mirror=True, trees=7, seed=5)
    assert [kind for kind, _ in table.curves_asked] == ["sgd", "svc", "sgd", "svc"]
    for _, options in table.curves_asked:
        assert options["liked"].tolist() == [True, False]  # the training posts alone
        assert options["groups"].tolist() == ["u", "w"]
        assert (options["session"], options["folds"], options["seed"]) == ("a session", 3, 5)
    best = {(kind, layer): each for layer in ("fc6", "fc7") for kind, each in (("sgd", (10, 0.1)), ("svc", (1, 0.1)))}
    assert table.recipes_asked == [(["fc6", "fc7"], best, True, 7)]
    assert table.classify_asked == [((sets, ["the recipes"], POSTS), {"session": "a session", "seed": 5})]
    assert list(found.predictions) == COLUMNS
    others = pd.DataFrame({name: [1] for name in COLUMNS})
    assert found.appended_to(others)["score"].tolist() == [1, 0]
    assert found.chosen["fc7, SVMWithSGD (Spark)"] == (10, 0.1)
    assert (
        set(found.chosen)
        == set(found.curves)
        == {f"{layer}, {name}" for layer in ("fc6", "fc7") for name in MODELS[:2]}
    )


def test_left_out_with_the_reason():
    assert left_out("spark", ["fc6"]) == {}
    assert left_out("local", ["fc6"]) == dict.fromkeys(MODELS, NO_SPARK)
    for engine in ("local", "spark"):  # without pictures another engine helps nothing
        assert left_out(engine, []) == dict.fromkeys(MODELS, "the posts have no pictures")
