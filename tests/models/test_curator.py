import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from likeness.album.curator import CS, CuratorMissing, curator_sets, fit_curator, load_curator
from likeness.features.colour import NAMES


def sample(n: int = 120, d: int = 300):
    rng = np.random.default_rng(4)
    sets = {"fc7": rng.normal(3, 2, (n, d)).astype(np.float32), "colour": rng.normal(size=(n, 4)).astype(np.float32)}
    liked = sets["colour"][:, 0] + 0.5 * rng.normal(size=n) > 0
    return sets, liked, np.array([f"u{k % 30}" for k in range(n)])


def test_a_score_has_an_interval_around_it_and_tells_liked_from_not():
    sets, liked, users = sample()
    curator = fit_curator(sets, liked, users, members=15, seed=1, recipe={"layer": "fc7"})
    told = curator.score(sets)
    assert (
        (told["low"] >= 0) & (told["low"] <= told["score"]) & (told["score"] <= told["high"]) & (told["high"] <= 1)
    ).all()
    assert told["score"][liked].mean() > told["score"][~liked].mean() + 0.2
    assert (told["high"] - told["low"]).mean() > 0.05
    assert curator.coef.shape == (15, 304)
    assert curator.recipe["layer"] == "fc7"
    assert curator.recipe["fit"] == {
        "ridge": curator.recipe["fit"]["ridge"],
        "members": 15,
        "seed": 1,
        "posts": 120,
        "users": 30,
    }
    assert curator.recipe["fit"]["ridge"] in CS


def test_a_member_is_the_logistic_regression_of_whole_rows():
    sets, liked, users = sample()
    curator = fit_curator(sets, liked, users, members=1, seed=1)
    drawn = np.random.default_rng(1).integers(0, 30, 30)
    weight = np.bincount(drawn, minlength=30)[np.unique(users, return_inverse=True)[1]]
    z = curator.standardise(sets)
    slow = LogisticRegression(C=curator.recipe["fit"]["ridge"], max_iter=5000, tol=1e-8).fit(
        z, liked, sample_weight=weight
    )
    np.testing.assert_allclose(curator.score(sets)["score"], slow.predict_proba(z)[:, 1], atol=2e-3)


def test_every_set_of_features_weighs_the_same():
    sets, liked, users = sample()
    z = fit_curator(sets, liked, users, members=2).standardise(sets)
    assert (z[:, :300] ** 2).sum() == pytest.approx(120, rel=1e-3)
    assert (z[:, 300:] ** 2).sum() == pytest.approx(120, rel=1e-3)


def test_a_file_gives_back_the_model_and_the_same_bytes(tmp_path):
    sets, liked, users = sample()
    curator = fit_curator(sets, liked, users, members=3, recipe={"backbone": "alexnet", "colours": ["é"]})
    first = curator.save(tmp_path / "deep" / "curator.npz").read_bytes()
    read = load_curator(tmp_path / "deep" / "curator.npz")
    assert read.score(sets).equals(curator.score(sets))
    assert read.recipe == curator.recipe
    assert read.sets == {"fc7": 300, "colour": 4}
    again = fit_curator(sets, liked, users, members=3, recipe={"backbone": "alexnet", "colours": ["é"]})
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
    curator = fit_curator(sets, liked, users, members=2)
    with pytest.raises(
        ValueError, match=r"fitted on \{'fc7': 300, 'colour': 4\} columns of features; given are \{'fc7': 9"
    ):
        curator.score({"fc7": sets["fc7"][:, :9], "colour": sets["colour"]})
    with pytest.raises(ValueError, match="120 posts of 1 users: two users are needed"):
        fit_curator(sets, liked, np.full(120, "a"))
    with pytest.raises(ValueError, match="posts liked and not liked"):
        fit_curator(sets, np.ones(120, bool), users)
    with pytest.raises(ValueError, match="120 rows of features, 3 labels"):
        fit_curator(sets, liked[:3], users)
    sets["colour"][7, 0] = np.nan
    with pytest.raises(ValueError, match="row 7: a feature is not finite"):
        fit_curator(sets, liked, users)


def test_two_users_of_one_kind_each_still_give_an_ensemble():
    sets, _, _ = sample()
    curator = fit_curator(sets, np.arange(120) < 60, np.where(np.arange(120) < 60, "a", "b"), members=4)
    assert np.isfinite(curator.coef).all()


def test_the_sets_that_any_album_has():
    colour = np.arange(2 * 12).reshape(2, 12)
    found = curator_sets(
        "fc7", {"fc7": np.zeros((2, 5)), "fc6": np.zeros((2, 5)), "colour": colour}, [*NAMES, "faces", "face_share"]
    )
    assert list(found) == ["fc7", "colour"]
    np.testing.assert_array_equal(found["colour"], colour[:, :10])
