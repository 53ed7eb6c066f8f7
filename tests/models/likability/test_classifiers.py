import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from likeness.models.likability.classifiers import (
    KINDS,
    Recipe,
    classify,
    fit_predict,
    runnable,
)
from likeness.models.likability.predictions import COLUMNS, as_probability
from likeness.stats.scores import score_models


@pytest.fixture(autouse=True)
def schemes(monkeypatch):
    """One scheme is enough for most."""
    monkeypatch.setattr("likeness.models.likability.classifiers.SCHEMES", {"honest": "split"})


def sample(n: int = 240):
    """Posts of which column 0 of the picture and column 0 of the metadata each tell half."""
    rng = np.random.default_rng(1)
    picture, metadata = rng.normal(size=(n, 100)), rng.normal(size=(n, 3))
    signal = picture[:, 0] + metadata[:, 0]
    split = np.array(["train"] * 140 + ["val"] * 40 + ["test"] * 60)
    posts = pd.DataFrame({"post_id": [f"p{k:03d}" for k in range(n)], "liked": signal > 0, "split": split})
    return posts.assign(naive_split=np.roll(split, 90)), {"fc7": picture * [6] + [1], "metadata": metadata}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_learns_and_fits_the_table_of_predictions(kind):
    posts, sets = sample()
    found = classify({"fc7": sets["fc7"][:, :5]}, [Recipe("m", kind, ("fc7",), c=0.1)], posts, seed=0, trees=60)
    assert list(found) == COLUMNS
    assert found["split"].value_counts().to_dict() == {"test": 60, "val": 40}
    assert (found["left"] == found["right"]).all()
    assert found["same"].equals(found["left"].map(posts.set_index("post_id")["liked"]).rename("same"))
    assert found["probability"].between(0, 1).all()
    assert roc_auc_score(found["same"], found["score"]) > 0.7
    scores = score_models(found, posts.assign(user=posts["post_id"]).set_index("post_id")["user"], n_boot=20)
    assert scores.loc[(scores["metric"] == "auc") & (scores["split"] == "test"), "value"].gt(0.7).any()


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_posts_give_the_same_bytes(kind):
    posts, sets = sample()
    recipes = [Recipe("m", kind, ("fc7", "metadata"), c=0.1)]
    first = classify(sets, recipes, posts, seed=3, trees=30)
    assert classify(sets, recipes, posts, seed=3, trees=30).equals(first)


@pytest.mark.parametrize("kind", ["svm", "boosting", "sgd"])
def test_wide_pictures_do_not_drown_the_metadata(kind):
    posts, sets = sample()
    found = classify(sets, [Recipe("m", kind, ("fc7", "metadata"), c=0.01)], posts, seed=0)
    alone = classify(sets, [Recipe("m", kind, ("fc7",), c=0.01)], posts, seed=0)
    assert roc_auc_score(found["same"], found["score"]) > roc_auc_score(alone["same"], alone["score"])


def test_held_out_rows_change_nothing_that_was_fitted():
    posts, sets = sample()
    recipe = [Recipe("m", "svm", ("fc7",), c=0.01)]
    before = classify(sets, recipe, posts, seed=0)
    moved = {"fc7": sets["fc7"].copy()}
    moved["fc7"][-1] += 1000  # one test post
    after = classify(moved, recipe, posts, seed=0)
    assert after.iloc[:-1].equals(before.iloc[:-1])


def test_mirror_images_join_the_training_rows_alone():
    posts, sets = sample()
    nonsense = np.random.default_rng(9).normal(size=sets["fc7"].shape) * 6
    plain = classify(sets, [Recipe("m", "svm", ("fc7",), c=0.01)], posts, seed=0)
    with_mirror = {**sets, "fc7-mirror": nonsense}
    off = classify(with_mirror, [Recipe("m", "svm", ("fc7",), c=0.01)], posts, seed=0)
    on = classify(with_mirror, [Recipe("m", "svm", ("fc7",), c=0.01, mirror=True)], posts, seed=0)
    none = classify(sets, [Recipe("m", "svm", ("fc7",), c=0.01, mirror=True)], posts, seed=0)
    assert off.equals(plain)
    assert none.equals(plain)  # nothing to mirror
    assert len(on) == len(plain)
    assert not np.allclose(on["score"], plain["score"])


def test_posts_without_a_picture_are_left_out_of_image_models():
    posts, sets = sample()
    sets["fc7"][[0, 150, 239]] = np.nan
    recipes = [Recipe("picture", "svm", ("fc7",)), Recipe("metadata", "boosting", ("metadata",))]
    found = classify(sets, recipes, posts, seed=0)
    assert set(found.loc[found["model"] == "metadata", "left"]) - set(
        found.loc[found["model"] == "picture", "left"]
    ) == {"p150", "p239"}


def test_boosting_takes_a_missing_value_and_the_others_say_so():
    posts, sets = sample()
    sets["metadata"][5, 1] = np.nan
    assert len(fit_predict("boosting", [sets["metadata"]], posts, column="split", seed=0)) == 100
    with pytest.raises(ValueError, match="missing \\(NaN\\) in some posts; only boosting"):
        fit_predict("svm", [sets["metadata"]], posts, column="split", seed=0)


def test_every_scheme_is_trained_on_its_own_split(monkeypatch):
    both = {"honest": "split", "naive": "naive_split"}
    monkeypatch.setattr("likeness.models.likability.classifiers.SCHEMES", both)
    posts, sets = sample()
    found = classify(
        sets,
        [Recipe("m", "boosting", ("metadata",))],
        posts,
        seed=0,
    )
    for scheme, column in both.items():
        own = found[found["scheme"] == scheme]
        assert set(own["left"]) == set(posts.loc[posts[column] != "train", "post_id"])


def test_a_table_whose_index_is_not_counted_from_zero():
    posts, sets = sample()
    other = posts.set_axis(range(1000, 1240))
    recipe = [Recipe("m", "boosting", ("metadata",))]
    assert classify(sets, recipe, other, seed=0).equals(classify(sets, recipe, posts, seed=0))


def test_probabilities_rise_with_the_score_or_say_nothing():
    score = np.array([-2e-6, -1e-6, 1e-6, 2e-6, 0.0])
    told = pd.DataFrame({"same": [False, True, False, True, True], "split": ["val"] * 4 + ["test"]})
    probability = as_probability(score, told)
    assert (np.diff(probability[np.argsort(score)]) > 0).all()
    assert probability[4] == pytest.approx(0.5)
    np.testing.assert_allclose(as_probability(1e9 * score, told), probability)  # whatever the scale
    assert as_probability(-score, told).tolist() == [0.5] * 5


def test_what_cannot_be_run_is_named():
    posts, sets = sample()
    recipes = [Recipe("a", "svm", ("fc7",)), Recipe("b", "boosting", ("metadata",))]
    fit, skipped = runnable(recipes, {"metadata": sets["metadata"]}, "the posts have no pictures")
    assert fit == recipes[1:]
    assert skipped == {"a": "the posts have no pictures"}
    with pytest.raises(ValueError, match="a: no features 'fc7'; there are metadata"):
        classify({"metadata": sets["metadata"]}, recipes, posts, seed=0)
    with pytest.raises(ValueError, match="x: unknown kind 'tree'; choose one of svm, forest, sgd, boosting"):
        classify(sets, [Recipe("x", "tree", ("fc7",))], posts, seed=0)
    with pytest.raises(ValueError, match="give one row for each of 240 posts"):
        classify({"fc7": sets["fc7"][:9]}, recipes[:1], posts, seed=0)
    with pytest.raises(ValueError, match="split: the 40 posts of 'val' are not of both kinds"):
        fit_predict(
            "svm", [sets["fc7"]], posts.assign(liked=posts["liked"] & (posts["split"] != "val")), column="split", seed=0
        )
    assert list(classify(sets, [], posts, seed=0)) == COLUMNS


def test_numbers_in_single_precision_are_not_copied_and_give_the_same_bits():
    posts, sets = sample()
    single = {name: np.asarray(table, np.float32) for name, table in sets.items()}
    double = {name: table.astype(float) for name, table in single.items()}
    wanted = [Recipe(kind, kind, ("fc7",)) for kind in KINDS]
    first, second = (classify(given, wanted, posts, seed=0, trees=9) for given in (single, double))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_of_many_rows_models_say_what_they_say_of_few(monkeypatch):
    posts, sets = sample()
    wanted = [Recipe(kind, kind, ("fc7", "metadata"), c=0.01) for kind in ("svm", "sgd", "boosting", "forest")]
    exact = classify(sets, wanted, posts, seed=0, trees=60)
    for module in ("classifiers", "svm_curve"):
        monkeypatch.setattr(f"likeness.models.likability.{module}.MANY", 10)
    found = classify(sets, wanted, posts, seed=0, trees=60, tree_rows=len(posts) // 4)
    for model, least in (("svm", 0.99), ("sgd", 0.99), ("boosting", 0.3), ("forest", 0.6)):
        scores = (table.loc[table["model"] == model, "score"] for table in (exact, found))
        assert np.corrcoef(*scores)[0, 1] > least
    svm = (table.loc[table["model"] == "svm", "score"].to_numpy() for table in (exact, found))
    assert not np.array_equal(*svm)
