"""Which classifiers are fitted follows from the features that there are."""

import numpy as np
import pandas as pd

from likeness.models.likability.classifiers import runnable
from likeness.models.likability.posts_variants import fusion_table
from likeness.models.likability.recipes import (
    c_curves,
    feature_sets,
    layers_in,
    study_recipes,
    training_layer,
)
from likeness.models.likability.svm_curve import c_curve

EVERYTHING = ["user", "metadata", "colour", "faces", "fc6", "fc6-mirror", "fc7", "fc7-mirror"]
CURVE = pd.DataFrame({"c": [0.1, 1.0, 10.0], "mean": [0.7, 0.6, 0.7]})  # of equals the smallest C is taken


class Study:
    """A study of three posts that show two photos."""

    posts = pd.DataFrame({"split": ["train", "test", "train"], "liked": [True, False, False], "group": ["u", "v", "w"]})
    tables = {"metadata": pd.DataFrame({"hour": [1.0, 2.0, 3.0]}), "user": pd.DataFrame({"f": [1.0, 1.0, 2.0]})}  # noqa: RUF012
    features = {"colour": None, "faces": None, "fc6": None, "fc6-mirror": None}  # noqa: RUF012

    def spread_to_posts(self, name):
        return np.full((3, 2), len(name), np.float32)

    def names(self, name):
        return [f"{name} 1", f"{name} 2"]


def test_every_classifier_of_the_original_is_there_with_and_without_mirror_images():
    names = [recipe.name for recipe in study_recipes(EVERYTHING, {"fc6": CURVE}, mirror=True)]
    assert len(names) == len(set(names))
    for layer in ("fc6", "fc7"):
        for kind in ("SVM", "forest", "SVM by SGD"):
            assert {f"{layer}, {kind}", f"{layer}, {kind}, unmirrored"} <= set(names)
    assert {"user only, boosting", "metadata, boosting", "metadata, large boosting", "colour, boosting"} <= set(names)
    assert "fc7 + colour + metadata, boosting" in names


def test_the_chosen_c_and_the_faces_reach_their_recipes():
    recipes = {recipe.name: recipe for recipe in study_recipes(EVERYTHING, {"fc6": CURVE}, mirror=False)}
    assert recipes["fc6, SVM"].c == 0.1
    assert recipes["fc7, SVM"].c == 1.0
    assert recipes["colour, SVM"].features == ("colour", "faces")
    assert not any(recipe.mirror for recipe in recipes.values())


def test_without_pictures_the_originals_models_are_skipped_by_name():
    wanted = study_recipes(["user", "metadata"], {}, mirror=True)
    fit, skipped = runnable(wanted, {"user": 0, "metadata": 0}, "no pictures")
    assert {recipe.features for recipe in fit} == {("user",), ("metadata",)}
    assert {"fc6, SVM", "fc7, forest", "colour, boosting"} <= set(skipped)
    assert set(skipped.values()) == {"no pictures"}


def test_other_networks_have_one_layer():
    assert layers_in(["pool", "pool-mirror", "user"]) == ["pool"]
    assert layers_in(EVERYTHING) == ["fc6", "fc7"]


def test_a_network_held_beside_answers_by_a_linear_svm_alone():
    beside = "fc7 of alexnet@none"
    wanted = study_recipes(["user", "metadata", "pool", "pool-mirror", beside, f"{beside}-mirror"], {}, mirror=True)
    assert [recipe.name for recipe in wanted if beside in recipe.features] == [f"{beside}, SVM"]
    assert layers_in([beside, "pool"]) == ["pool"]


def test_sets_and_tables_have_a_row_per_post():
    study = Study()
    assert {name: len(array) for name, array in feature_sets(study).items()} == dict.fromkeys(
        ["metadata", "user", "colour", "faces", "fc6", "fc6-mirror"], 3
    )
    assert list(fusion_table(study)) == ["hour", "colour 1", "colour 2", "faces 1", "faces 2"]


def test_a_layers_curve_is_that_of_its_training_posts():
    rng = np.random.default_rng(0)
    study, x = Study(), rng.normal(size=(24, 3))
    study.posts = pd.DataFrame({"split": ["train"] * 20 + ["test"] * 4, "liked": x[:, 0] > 0,
                                "group": np.arange(24) // 2})  # fmt: skip
    study.spread_to_posts = lambda name: x
    found = c_curves(study, ["fc6"], [0.1, 1.0], folds=2, mirror=False, seed=0, cache=None)
    alone = c_curve(x[:20], x[:20, 0] > 0, np.arange(20) // 2, cs=[0.1, 1.0], folds=2, seed=0)
    pd.testing.assert_frame_equal(found["fc6"], alone)


def test_the_sweep_sees_training_posts_alone():
    assert training_layer(Study(), "fc6", mirror=False)["mirror"] is None
    found = training_layer(Study(), "fc6", mirror=True)
    assert found["liked"].tolist() == [True, False]
    assert found["groups"].tolist() == ["u", "w"]
    assert found["x"].shape == found["mirror"].shape == (2, 2)
