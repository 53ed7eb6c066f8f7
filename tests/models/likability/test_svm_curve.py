import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from likeness.models.likability.svm_curve import best_c, by_products, c_curve, fit_svm, standardised, standardiser, turn


def sample(n: int = 80, d: int = 200, users: int = 20):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d))
    liked = x[:, :10].sum(axis=1) + rng.normal(size=n) > 0
    return x, liked, np.array([f"u{k}" for k in rng.integers(0, users, n)])


def test_standardiser_leaves_a_constant_column_in_peace():
    mean, scale = standardiser(np.array([[1.0, 7.0], [3.0, 7.0]], np.float32))
    assert mean.tolist() == [2, 7]
    assert scale.tolist() == [1, 1]  # of the first column the spread, of the second none


def test_turning_keeps_every_inner_product():
    x, _, _ = sample()
    z, basis = turn(x)
    assert z.shape == (80, 80)
    np.testing.assert_allclose(z @ z.T, x @ x.T, atol=1e-9)
    np.testing.assert_allclose(x @ basis, z, atol=1e-9)
    tall, none = turn(x.T)
    assert none is None
    assert tall is not None


@pytest.mark.parametrize("columns", [200, 60])
@pytest.mark.parametrize("c", [1e-4, 1e-2, 1.0])
def test_inner_products_give_the_machine_of_the_whole_rows(c, columns):
    x, liked, _ = sample(d=columns)
    others = np.random.default_rng(1).normal(size=(30, x.shape[1]))
    assert by_products(x)
    # so large a scale that the primal solver's penalty on the offset says nothing
    whole = LinearSVC(C=c, dual=False, tol=1e-8, intercept_scaling=100, max_iter=10**5).fit(x, liked)
    _, found = fit_svm(x, liked, [10.0, c])
    expected = whole.decision_function(others)
    np.testing.assert_allclose(found.score(others), expected, atol=0.005 * np.abs(expected).max())


def test_more_rows_than_columns_reach_the_optimum():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 5))
    liked = x[:, 0] + rng.normal(size=300) > 0
    slow = LinearSVC(C=1.0, dual=True, tol=1e-9, max_iter=10**6, random_state=0).fit(x, liked)
    (found,) = fit_svm(x, liked, [1e5])  # so large a C hardly matters where rows cannot be parted
    np.testing.assert_allclose(found.score(x), slow.decision_function(x), rtol=0.02, atol=0.01)


def test_what_libsvm_does_not_finish_is_left_to_the_primal_solver(monkeypatch):
    x, liked, _ = sample()
    (finished,) = fit_svm(x, liked, [0.1])
    monkeypatch.setattr("likeness.models.likability.svm_curve.PASSES", 1)
    easy, left = fit_svm(x, liked, [1e-9, 0.1])
    np.testing.assert_array_equal(left.weights, LinearSVC(C=0.1, dual=False).fit(x, liked).coef_[0])
    np.testing.assert_allclose(left.score(x), finished.score(x), atol=0.05)  # the same loss, but for the offset's
    assert np.abs(easy.weights).max() < 1e-6


def test_copies_with_other_labels_are_fitted_for_every_c():
    x, liked, _ = sample()
    x, liked = np.vstack([x, x[:3]]), np.r_[liked, ~liked[:3]]
    soft, hard = fit_svm(x, liked, [1e-2, 1e3])
    for plane in (soft, hard):
        np.testing.assert_allclose(plane.score(x[:3]), 0, atol=0.5)  # between the two labels
    assert (hard.score(x[3:80]) > 0).tolist() == liked[3:80].tolist()


def test_without_errors_no_row_lies_within_the_margin():
    x, liked, _ = sample()
    soft, hard = fit_svm(x, liked, [1e-4, 1e4])
    assert np.abs(soft.score(x)).min() < 0.5
    assert np.abs(hard.score(x)).min() == pytest.approx(1, abs=0.01)


def test_two_points_have_the_margin_between_them():
    # x = -1 and 1, hard margin: the score is x itself
    (plane,) = fit_svm(np.array([[-1.0], [1.0]]), np.array([False, True]), [1e5])
    np.testing.assert_allclose(plane.score(np.array([[-1.0], [0.0], [0.5], [1.0]])), [-1, 0, 0.5, 1], atol=1e-3)


def test_each_fold_judges_users_it_has_not_seen():
    x, liked, users = sample()
    curve = c_curve(x, liked, users, cs=[1e-3, 1.0], folds=4, seed=3)
    assert list(curve) == ["c", "mean", "std", "fold 1", "fold 2", "fold 3", "fold 4"]
    folds = StratifiedGroupKFold(4, shuffle=True, random_state=3).split(x, liked, users)
    for number, (train, judge) in enumerate(folds, 1):
        assert not set(users[train]) & set(users[judge])
        z = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
        model = LinearSVC(C=1e-3, dual=False, intercept_scaling=100).fit(z[train], liked[train])
        slow = average_precision_score(liked[judge], model.decision_function(z[judge]))
        assert curve[f"fold {number}"][0] == pytest.approx(slow)
    np.testing.assert_allclose(curve["mean"], curve.filter(like="fold").mean(axis=1))
    assert curve["mean"][0] > 0.6


def test_mirror_images_train_and_are_not_judged():
    x, liked, users = sample()
    nonsense = np.random.default_rng(5).normal(size=x.shape)
    plain = c_curve(x, liked, users, cs=[1e-3])
    assert c_curve(x, liked, users, cs=[1e-3], mirror=x)["mean"][0] == pytest.approx(plain["mean"][0], abs=0.05)
    assert c_curve(x, liked, users, cs=[1e-3], mirror=nonsense)["mean"][0] != plain["mean"][0]


def test_too_few_users_and_a_fold_of_one_kind():
    x, liked, _ = sample()
    with pytest.raises(ValueError, match="2 users cannot be parted into 5 folds; set folds to 2"):
        c_curve(x, liked, np.tile(["a", "b"], 40))
    with pytest.raises(ValueError, match="fold 1 of 2: its posts are all of one kind"):
        c_curve(x[:4], [True, True, False, False], ["a", "a", "b", "b"], folds=2)
    with pytest.raises(ValueError, match="80 rows, 3 labels"):
        c_curve(x, [True] * 3, ["a"] * 80)


def test_the_best_c_is_the_smallest_of_the_best():
    assert best_c(pd.DataFrame({"c": [1e-2, 1e-1, 1, 10], "mean": [0.5, 0.7, 0.7, 0.6]})) == 0.1
    assert best_c(pd.DataFrame({"c": [10, 1], "mean": [0.7, 0.7 - 1e-9]})) == 1


@pytest.mark.parametrize("mirror", [False, True])
def test_of_many_rows_the_curve_is_that_of_few(monkeypatch, mirror):
    """L-BFGS in single precision, from C to C, against liblinear: within 0.5 % of its average precision."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(900, 12)) @ rng.normal(size=(12, 40)) + 0.3 * rng.normal(size=(900, 40))).astype(np.float32)
    liked = x[:, 0] + 2 * rng.normal(size=900) > 0
    asked = {"groups": rng.integers(0, 60, 900), "cs": [1e-6, 1e-3, 1.0, 1e3, 1e5], "folds": 3}
    asked["mirror"] = x + np.float32(0.1) if mirror else None
    before = x.copy()
    exact = c_curve(x, liked, **asked)
    monkeypatch.setattr("likeness.models.likability.svm_curve.MANY", 500)
    found = c_curve(x, liked, **asked)
    np.testing.assert_allclose(found["mean"], exact["mean"], rtol=0.005)
    assert not found.equals(exact)
    np.testing.assert_array_equal(x, before)


def test_many_rows_are_standardised_in_place_and_in_single_precision(monkeypatch):
    x = np.random.default_rng(0).normal(3, 2, size=(50, 4)).astype(np.float32)
    exact, expected = standardiser(x), (x.astype(float) - x.mean(axis=0)) / x.std(axis=0)
    monkeypatch.setattr("likeness.models.likability.svm_curve.MANY", 20)
    found = standardiser(x)
    np.testing.assert_allclose(found, exact, rtol=1e-12)
    z = standardised(x, *found)
    assert z is x
    np.testing.assert_allclose(z, expected, atol=1e-5)
