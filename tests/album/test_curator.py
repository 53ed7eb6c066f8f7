import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from likeness.album.curator import CS, CuratorMissing, fit_curator, fit_on_posts, load_curator


def sample(n: int = 120, d: int = 300):
    rng = np.random.default_rng(4)
    sets = {"fc7": rng.normal(3, 2, (n, d)).astype(np.float32), "colour": rng.normal(size=(n, 4)).astype(np.float32)}
    liked = sets["colour"][:, 0] + 0.5 * rng.normal(size=n) > 0
    return sets, liked, np.array([f"u{k % 30}" for k in range(n)])


def fit(sets, liked, users, members=2, seed=0, **recipe):
    return fit_curator(sets, liked, users, members=members, seed=seed, recipe=recipe)


def test_a_score_has_an_interval_around_it_and_tells_liked_from_not():
    sets, liked, users = sample()
    curator = fit(sets, liked, users, 15, seed=1, layer="fc7")
    told = curator.score(sets)
    bounds = np.stack([np.zeros(120), told["low"], told["score"], told["high"], np.ones(120)])
    assert (np.diff(bounds, axis=0) >= 0).all()
    assert told["score"][liked].mean() > told["score"][~liked].mean() + 0.2
    assert (told["high"] - told["low"]).mean() > 0.05
    assert curator.coef.shape == (15, 304)
    assert curator.recipe["layer"] == "fc7"
    ridge = curator.recipe["fit"]["ridge"]
    assert curator.recipe["fit"] == {"ridge": ridge, "members": 15, "seed": 1, "posts": 120, "users": 30}
    assert ridge in CS


def test_training_posts_fit_it_and_all_others_are_judged():
    sets, liked, users = sample()
    split = np.where(np.arange(120) % 30 < 20, "train", np.where(np.arange(120) % 30 < 25, "val", "test"))
    posts = pd.DataFrame({"split": split, "liked": liked, "group": users})
    model, told = fit_on_posts(sets, posts, {"layer": "fc7"}, members=3, seed=2)
    train = split == "train"
    alone = fit({name: rows[train] for name, rows in sets.items()}, liked[train], users[train], 3, seed=2, layer="fc7")
    np.testing.assert_array_equal(model.coef, alone.coef)
    assert model.recipe == alone.recipe
    judged = alone.score({name: rows[~train] for name, rows in sets.items()})
    pd.testing.assert_frame_equal(told, judged.assign(liked=liked[~train], group=users[~train]))


def test_a_member_is_the_logistic_regression_of_whole_rows():
    sets, liked, users = sample()
    curator = fit(sets, liked, users, 1, seed=1)
    drawn = np.random.default_rng(1).integers(0, 30, 30)
    weight = np.bincount(drawn, minlength=30)[np.unique(users, return_inverse=True)[1]]
    z = curator.standardise(sets)
    slow = LogisticRegression(C=curator.recipe["fit"]["ridge"], max_iter=5000, tol=1e-8)
    slow.fit(z, liked, sample_weight=weight)
    np.testing.assert_allclose(curator.score(sets)["score"], slow.predict_proba(z)[:, 1], atol=2e-3)


def test_every_set_of_features_weighs_the_same():
    sets, liked, users = sample()
    z = fit(sets, liked, users).standardise(sets)
    assert (z[:, :300] ** 2).sum() == pytest.approx(120, rel=1e-3)
    assert (z[:, 300:] ** 2).sum() == pytest.approx(120, rel=1e-3)


def test_a_file_gives_back_the_model_and_the_same_bytes(tmp_path):
    sets, liked, users = sample()
    curator = fit(sets, liked, users, 3, backbone="alexnet", colours=["é"])
    first = curator.save(tmp_path / "deep" / "curator.npz").read_bytes()
    read = load_curator(tmp_path / "deep" / "curator.npz")
    assert read.score(sets).equals(curator.score(sets))
    assert read.recipe == curator.recipe
    assert read.sets == {"fc7": 300, "colour": 4}
    again = fit(sets, liked, users, 3, backbone="alexnet", colours=["é"])
    assert again.save(tmp_path / "b.npz").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.npz", "deep"]


def test_files_that_are_no_model(tmp_path):
    with pytest.raises(CuratorMissing, match=r"curator\.npz is missing; `dvc repro likability-classify` makes it"):
        load_curator(tmp_path / "curator.npz")
    (tmp_path / "a.npz").write_bytes(b"not a zip")
    np.savez(tmp_path / "b.npz", mean=np.zeros(2))
    for name in ("a", "b"):
        with pytest.raises(ValueError, match="not a curator's model"):
            load_curator(tmp_path / f"{name}.npz")


def test_features_that_do_not_fit():
    sets, liked, users = sample()
    with pytest.raises(
        ValueError, match=r"fitted on \{'fc7': 300, 'colour': 4\} columns of features; given are \{'fc7': 9"
    ):
        fit(sets, liked, users).score({"fc7": sets["fc7"][:, :9], "colour": sets["colour"]})


@pytest.mark.parametrize(
    ("liked", "users", "message"),
    [
        (slice(None), np.full(120, "a"), "120 posts of 1 users: two users are needed"),
        (slice(3), None, "120 rows of features, 3 labels"),
        (None, None, "posts liked and not liked"),
    ],
)
def test_posts_that_cannot_be_fitted(liked, users, message):
    sets, answers, accounts = sample()
    answers = np.ones(120, bool) if liked is None else answers[liked]
    with pytest.raises(ValueError, match=message):
        fit(sets, answers, accounts if users is None else users)


def test_a_feature_that_is_not_finite():
    sets, liked, users = sample()
    sets["colour"][7, 0] = np.nan
    with pytest.raises(ValueError, match="row 7: a feature is not finite"):
        fit(sets, liked, users)


def test_two_users_of_one_kind_each_still_give_an_ensemble():
    sets, _, _ = sample()
    curator = fit(sets, np.arange(120) < 60, np.where(np.arange(120) < 60, "a", "b"), 4)
    assert np.isfinite(curator.coef).all()
