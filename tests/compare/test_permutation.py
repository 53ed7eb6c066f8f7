import numpy as np
import pandas as pd
import pytest

from likeness.compare.permutation import joint_columns, permutation_importance, permutation_test, shuffle_by_user


def sample(n: int = 400, users: int = 60):
    rng = np.random.default_rng(2)
    user = rng.integers(0, users, n)
    hour = rng.uniform(0, 2 * np.pi, n)
    table = pd.DataFrame({"useless": rng.normal(size=n), "strong": rng.normal(size=n)})
    table = table.assign(hour_sin=np.sin(hour), hour_cos=np.cos(hour), popularity=rng.normal(size=users)[user])
    liked = table["strong"] + np.sin(hour) + np.cos(hour) > 0
    split = np.where(user < 40, "train", np.where(user < 45, "val", "test"))
    names = [f"u{k}" for k in user]
    return table, pd.DataFrame({"user_id": names, "group": names, "liked": liked, "split": split})


def test_shuffled_labels_are_at_chance_and_real_ones_are_not():
    table, posts = sample()
    found = permutation_test(table, posts, shuffles=10, seed=1)
    assert found.observed > 0.8
    assert found.null["auc"].mean() == pytest.approx(0.5, abs=0.06)
    assert found.null["shuffle"].tolist() == list(range(1, 11))
    assert found.p_value == pytest.approx(1 / 11)
    assert permutation_test(table, posts, shuffles=2, seed=1).null.equals(found.null.head(2))


def test_features_that_say_nothing_have_a_large_p_value():
    table, posts = sample()
    assert permutation_test(table[["useless", "popularity"]], posts, shuffles=19, seed=1).p_value > 0.05


def test_labels_are_dealt_by_user():
    liked = np.array([True, False, True, False, True, False])
    users = np.array(["a", "b", "a", "b", "a", "b"], dtype=object)  # a likes all, b nothing
    dealt = {tuple(shuffle_by_user(liked, users, np.random.default_rng(seed))) for seed in range(20)}
    assert dealt == {(True, False) * 3, (False, True) * 3}  # whole users change places


def test_every_label_is_dealt_once():
    rng = np.random.default_rng(0)
    users = np.array([f"u{k}" for k in rng.integers(0, 9, 50)], dtype=object)
    liked = rng.random(50) < 0.3
    dealt = shuffle_by_user(liked, users, rng)
    assert dealt.sum() == liked.sum()
    assert not np.array_equal(dealt, liked)


def test_importance_is_found_where_it_was_planted():
    table, posts = sample()
    found = permutation_importance(table, posts, repeats=10, seed=0)
    assert set(found["feature"][:2]) == {"strong", "hour"}  # sine and cosine as one
    assert set(found["feature"]) == {"strong", "hour", "useless", "popularity"}
    assert (found["low"][:2] > 0).all()
    assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()
    assert found["value"].is_monotonic_decreasing
    assert (found["n"] == (posts["split"] == "test").sum()).all()
    useless = found.set_index("feature").loc["useless"]
    assert abs(useless["value"]) < 0.05


def test_the_interval_of_an_importance_is_that_of_other_users():
    table, posts = sample()
    own = permutation_importance(table, posts, repeats=30, seed=0).set_index("feature").loc["strong"]
    # the same posts again, each of their users twice: no shuffle tells more, but the sample of users is larger
    again = posts.assign(group=posts["group"] + " again")
    twice = pd.concat([posts, again[again["split"] == "test"]], ignore_index=True)
    rows = np.r_[np.arange(len(posts)), np.flatnonzero(posts["split"] == "test")]
    both = permutation_importance(table.iloc[rows], twice, repeats=30, seed=0).set_index("feature").loc["strong"]
    assert both["high"] - both["low"] == pytest.approx((own["high"] - own["low"]) / np.sqrt(2), rel=0.25)
    alone = permutation_importance(table, posts.assign(group="one"), repeats=5, seed=0)
    assert alone["low"].isna().all()  # a single group: nothing to resample


def test_a_sine_alone_is_a_feature_of_its_own():
    assert joint_columns(["a_sin", "b", "c_cos", "c_sin"]) == {"a_sin": [0], "b": [1], "c": [2, 3]}


def test_posts_of_one_kind_and_rows_that_do_not_fit():
    table, posts = sample()
    with pytest.raises(ValueError, match="9 rows of features for 400 posts"):
        permutation_test(table.head(9), posts)
    with pytest.raises(ValueError, match=r"split: the \d+ posts of 'test' are not of both kinds"):
        permutation_importance(table, posts.assign(liked=posts["liked"] & (posts["split"] != "test")))
