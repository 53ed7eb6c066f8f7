import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.svm import SVC

from likeness.models.likability.predictions import COLUMNS

pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")

from likeness.spark.mllib import FITS, ORIGINAL, Settings, fit_all
from likeness.spark.mllib_rows import (
    SparkRecipe,
    best_settings,
    classify_on_spark,
    mllib_scores,
    settings_curve,
    spark_recipes,
)

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas", "ignore:The copy keyword")
ONE = {"honest": "split"}
FEW = Settings(trees=5, iterations=5)


def fit(kind, x, liked, settings, session):
    return fit_all(kind, x, liked, [settings], session=session, seed=0)[0]


def clusters(n: int = 120):
    """Two clusters far apart in the first of six columns; the first column tells which."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, 6))
    x[:, 0] += np.where(np.arange(n) % 2, 4, -4)
    split = np.array(["train"] * 60 + ["val"] * 30 + ["test"] * 30)[:n]
    return x, pd.DataFrame({"post_id": [f"p{k:03d}" for k in range(n)], "liked": np.arange(n) % 2 == 1, "split": split})


def test_the_original_settings_are_the_default():
    assert (ORIGINAL.step, ORIGINAL.reg) == (1.0, 1e-4)


@pytest.mark.parametrize("kind", list(FITS))
def test_two_clusters_are_told_apart_in_the_columns_of_the_table(spark, kind):
    x, posts = clusters()
    recipe = SparkRecipe("m", kind, "fc7", FEW)
    found = classify_on_spark({"fc7": x}, [recipe], posts, session=spark, seed=0, schemes=ONE)
    assert list(found) == COLUMNS
    assert found["left"].tolist() == posts["post_id"].tolist()[60:]
    assert found["left"].equals(found["right"].rename("left"))
    assert found["split"].value_counts().to_dict() == {"val": 30, "test": 30}
    assert found["probability"].between(0, 1).all()
    assert roc_auc_score(found["same"], found["score"]) == 1
    assert set(found["model"]) == {"m"}
    assert set(found["scheme"]) == {"honest"}


@pytest.mark.parametrize("kind", list(FITS))
def test_the_same_rows_give_the_same_bytes(spark, kind):
    x, posts = clusters(60)
    first, second = (fit(kind, x, posts["liked"], FEW, session=spark)(x) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_svm_by_sgd_takes_the_steps_of_its_definition(spark):
    """Full-batch subgradient descent on the hinge loss: step / sqrt(t), the L2 penalty shrinking the weights first.

    MLlib lets the intercept start at 1 and shrinks it too.
    """
    x, posts = clusters(40)
    labels, design = np.where(posts["liked"], 1.0, -1.0), np.c_[x[:40], np.ones(40)]
    step, reg, w = 0.5, 0.1, np.eye(7)[6]
    for t in range(1, 31):
        active = labels * (design @ w) < 1
        gradient = -(labels[active, None] * design[active]).sum(axis=0) / 40
        previous, size = w, step / np.sqrt(t)
        w = w * (1 - size * reg) - size * gradient
        if np.linalg.norm(w - previous) < 0.001 * max(np.linalg.norm(w), 1):
            break
    found = fit("mllib-sgd", x[:40], posts["liked"], Settings(step, reg, iterations=30), session=spark)(x[:40])
    np.testing.assert_allclose(found, design @ w, rtol=1e-6)


def answered(x, train):
    """Posts whose first twenty columns tell, the last twenty of them held out."""
    split = ["train"] * train + ["val"] * 10 + ["test"] * 10
    ids = [f"p{k}" for k in range(len(x))]
    return pd.DataFrame({"post_id": ids, "liked": x[:, :20].sum(axis=1) > 0, "split": split})


def test_turned_columns_change_no_score(spark):
    """More columns than rows: the rows are turned first, and the answer is that of all columns."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(50, 200))
    posts = answered(x, 30)
    about = {"kind": "mllib-sgd", "settings": ORIGINAL, "session": spark, "seed": 0, "mirror": None}
    told = mllib_scores(x, posts, column="split", **about)
    mean, scale = x[:30].mean(axis=0), x[:30].std(axis=0)
    plain = fit("mllib-sgd", (x[:30] - mean) / scale, posts["liked"][:30], ORIGINAL, session=spark)(
        (x[30:] - mean) / scale
    )
    np.testing.assert_allclose(told["score"], plain, rtol=1e-6, atol=1e-9)


def test_cross_validation_keeps_users_apart(spark):
    """Each user has one answer and a column of their own: with users apart nothing can be known of them."""
    kind, users = "mllib-svc", np.repeat(np.arange(12), 4)
    own, liked = np.eye(12)[users] * 3, users % 2 == 1
    grid = [Settings(1.0, 1e-2, iterations=5)]
    apart = settings_curve(kind, own, liked, users, session=spark, grid=grid, seed=0, folds=3)
    assert list(apart) == ["step", "reg", "mean", "std", "fold 1", "fold 2", "fold 3"]
    assert apart["mean"].item() < 0.75  # all posts of a fold score the same: the share of liked ones, about a half
    mixed = settings_curve(kind, own, liked, np.arange(48), session=spark, grid=grid, seed=0, folds=3)
    assert mixed["mean"].item() > 0.99
    with pytest.raises(ValueError, match="12 users cannot be parted into 13 folds; set folds to 12 or fewer"):
        settings_curve(kind, own, liked, users, session=spark, grid=grid, seed=0, folds=13)


def test_a_step_that_does_not_learn_is_not_chosen(spark):
    """The difference of two columns tells; a step that hardly leaves zero points along the difference of the means."""
    rng = np.random.default_rng(4)
    liked, common = np.arange(60) % 2 == 1, rng.normal(size=60)
    x = np.c_[common + 0.5 * liked, common]
    grid = [Settings(1e-9, 1e-4), Settings(1.0, 1e-4)]
    curve = settings_curve("mllib-sgd", x, liked, np.arange(60) // 2, session=spark, grid=grid, seed=0, folds=3)
    assert curve["step"].tolist() == [1e-9, 1.0]
    assert best_settings(curve) == Settings(1.0, 1e-4)


def test_of_equal_settings_the_more_regularised_is_chosen():
    curve = pd.DataFrame({"step": [1.0, 0.1, 1.0], "reg": [1e-4, 1e-2, 1e-2], "mean": [0.8, 0.8, 0.8 - 1e-9]})
    assert best_settings(curve) == Settings(0.1, 1e-2)


def test_mirror_images_join_the_training_rows_alone(spark):
    x, posts = clusters()
    mirrored = np.random.default_rng(9).normal(size=x.shape)
    recipe = SparkRecipe("m", "mllib-sgd", "fc7", FEW, mirror=True)
    sets = {"fc7": x, "fc7-mirror": mirrored}
    told = classify_on_spark(sets, [recipe], posts, session=spark, seed=0, schemes=ONE)
    rows, liked = np.concatenate([x[:60], mirrored[:60]]), np.tile(posts["liked"][:60], 2)
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    alone = fit("mllib-sgd", (rows - mean) / scale, liked, FEW, session=spark)
    np.testing.assert_allclose(told["score"], alone((x[60:] - mean) / scale), rtol=1e-6, atol=1e-9)


def test_posts_without_a_picture_are_left_out_and_what_is_missing_is_named(spark):
    x, posts = clusters()
    x[[0, 70]] = np.nan
    place = {"session": spark, "seed": 0, "schemes": ONE}
    found = classify_on_spark({"fc7": x}, [SparkRecipe("m", "mllib-sgd", "fc7", FEW)], posts, **place)
    assert "p070" not in set(found["left"])
    assert len(found) == 59
    with pytest.raises(ValueError, match="m: no features 'fc6'; there are fc7"):
        classify_on_spark({"fc7": x}, [SparkRecipe("m", "mllib-sgd", "fc6")], posts, **place)
    with pytest.raises(ValueError, match="the 0 posts of 'val' are not of both kinds"):
        classify_on_spark(
            {"fc7": x}, [SparkRecipe("m", "mllib-sgd", "fc7", FEW)], posts.replace("val", "test"), **place
        )
    with pytest.raises(ValueError, match="unknown kind 'svm'; choose one of mllib-sgd, mllib-svc, mllib-forest"):
        fit("svm", x, posts["liked"], ORIGINAL, session=spark)


def test_recipes_are_named_by_layer_and_kind():
    best = {("mllib-svc", "fc7"): Settings(reg=1e-2)}
    recipes = spark_recipes(["fc6", "fc7"], best, mirror=True, trees=50)
    assert [recipe.name for recipe in recipes][:3] == [
        "fc6, SVMWithSGD (Spark)",
        "fc6, LinearSVC (Spark)",
        "fc6, forest (Spark)",
    ]
    assert {recipe.settings.reg for recipe in recipes if recipe.name == "fc7, LinearSVC (Spark)"} == {1e-2}
    assert recipes[2].settings.trees == 50
    assert len(recipes) == 6


def test_linear_svc_learns_from_fewer_rows_than_columns(spark):
    """Centred rows leave one turned column of nothing but rounding errors, at which MLlib once gave up with zeros.

    MLlib's regularisation is 1 / (C x rows) of the support vector machine with the same loss. Its solver stops at the
    kinks of the hinge before the minimum (here a third above it, where zeros are 85 times above), so the two are alike
    and not equal.
    """
    rng = np.random.default_rng(3)
    x = rng.normal(size=(60, 200))
    posts = answered(x, 40)
    about = {"kind": "mllib-svc", "settings": Settings(reg=0.1), "session": spark, "seed": 0, "mirror": None}
    told = mllib_scores(x, posts, column="split", **about)
    z = (x - x[:40].mean(axis=0)) / x[:40].std(axis=0)
    expected = SVC(kernel="linear", C=1 / (0.1 * 40)).fit(z[:40], posts["liked"][:40]).decision_function(z[40:])
    assert np.corrcoef(told["score"], expected)[0, 1] > 0.95
    assert told["score"].std() == pytest.approx(expected.std(), rel=0.3)
