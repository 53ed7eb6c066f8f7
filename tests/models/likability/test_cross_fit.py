"""Every account is judged once, by models that saw nothing of it."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from likeness.compare.every_account import every_account
from likeness.models.likability import cross_fit as module
from likeness.models.likability.classifiers import Recipe
from likeness.models.likability.cross_fit import TREES, cross_fit, cross_recipes, nested_logit, scores_of
from likeness.models.likability.predictions import COLUMNS
from likeness.stats.scores import SCORE_COLUMNS
from likeness.stats.verification import auc

CS = (0.01, 1.0)
RECIPES = [Recipe("m, SVM", "svm", ("m",)), Recipe("m, boosting", "boosting", ("m",))]


def sample(users: int = 30, each: int = 6, seed: int = 0) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Return features of which the first tells who is liked, and posts; the second number is the account's."""
    rng = np.random.default_rng(seed)
    user = np.repeat(np.arange(users), each)
    liked = rng.random(len(user)) < 0.5
    m = np.column_stack([2.0 * liked + rng.normal(size=len(user)), user])
    posts = pd.DataFrame({"post_id": [f"p{row:03d}" for row in range(len(user))], "liked": liked})
    return {"m": m}, posts.assign(group=[f"u{number:02d}" for number in user])


def test_no_model_is_fitted_on_an_account_that_it_judges(monkeypatch):
    sets, posts = sample()
    seen = []

    def spy(kind, rows, liked, asked, *, cs, seed):
        seen.append((set(rows[0][:, 1]), set(asked[0][:, 1])))
        return np.zeros((len(cs), len(asked[0])))

    monkeypatch.setattr(module, "scores_of", spy)
    found = cross_fit(sets, RECIPES[:1], posts, folds=5, cs=CS, seed=0)
    assert len(seen) == 5 * (module.INNER + 1)  # inner folds choose, a last model judges
    assert all(not trained & judged for trained, judged in seen)
    last = [judged for _, judged in seen[module.INNER :: module.INNER + 1]]
    assert sorted(user for judged in last for user in judged) == list(range(30))  # each account once
    for fold, judged in enumerate(last):  # what chooses has no part of the accounts that are judged afterwards
        inner = seen[fold * (module.INNER + 1) : fold * (module.INNER + 1) + module.INNER]
        assert all(not judged & (trained | chosen) for trained, chosen in inner)
    assert found["left"].tolist() == posts["post_id"].tolist()


def test_every_post_has_one_answer_of_each_recipe_and_it_is_a_good_one():
    sets, posts = sample()
    found = cross_fit(sets, RECIPES, posts, folds=5, cs=CS, seed=0)
    assert list(found) == COLUMNS
    assert found.groupby("model")["left"].nunique().to_dict() == {"m, SVM": 180, "m, boosting": 180}
    np.testing.assert_allclose(found["probability"], expit(found["score"]))
    for _, rows in found.groupby("model"):
        assert auc(rows["same"], rows["score"]) > 0.78  # the best possible is 0.92
        assert rows["probability"].mean() == pytest.approx(rows["same"].mean(), abs=0.06)  # inner folds scaled it


def test_too_few_accounts_are_refused():
    sets, posts = sample(users=8)
    with pytest.raises(ValueError, match="8 accounts are too few for 5 folds; set folds to 4 or fewer"):
        cross_fit(sets, RECIPES, posts, folds=5, cs=CS, seed=0)


def test_labels_that_say_nothing_give_nothing():
    _, posts = sample(seed=3)
    rng = np.random.default_rng(1)
    noise = {"m": rng.normal(size=(180, 5))}
    found = cross_fit(noise, RECIPES[:1], posts, folds=5, cs=CS, seed=0)
    assert abs(auc(found["same"], found["score"]) - 0.5) < 0.12


def test_the_setting_that_inner_folds_like_best_is_taken(monkeypatch):
    sets, posts = sample()
    liked, groups = posts["liked"].to_numpy(), posts["group"].to_numpy()
    truth = {tuple(row): answer for row, answer in zip(sets["m"], liked, strict=True)}

    def settings(kind, rows, liked, asked, *, cs, seed):
        right = np.array([truth[tuple(row)] for row in asked[0]], dtype=float)
        return np.stack([1 - right, right, np.zeros(len(right))])

    monkeypatch.setattr(module, "scores_of", settings)
    logit = nested_logit("svm", [sets["m"]], liked, groups, [sets["m"]], cs=CS, seed=0)
    assert logit[liked].min() > 0 > logit[~liked].max()
    monkeypatch.setattr(module, "scores_of", lambda *given, **more: settings(*given, **more)[:1])  # against the labels
    flat = nested_logit("svm", [sets["m"]], liked, groups, [sets["m"]], cs=CS, seed=0)
    np.testing.assert_allclose(expit(flat), liked.mean())


def test_scores_are_a_row_a_setting():
    sets, posts = sample()
    given = ([sets["m"]], posts["liked"].to_numpy(), [sets["m"][:7]])
    assert scores_of("svm", *given, cs=CS, seed=0).shape == (len(CS), 7)
    assert scores_of("boosting", *given, cs=CS, seed=0).shape == (len(TREES), 7)
    with pytest.raises(ValueError, match="kind 'forest' is not cross-fitted"):
        scores_of("forest", *given, cs=CS, seed=0)


def test_recipes_are_those_whose_features_there_are():
    names = [recipe.name for recipe in cross_recipes(["user", "metadata", "colour", "fc7"], "fc7", ["colour", "faces"])]
    assert names == ["user only, boosting", "metadata, boosting", "metadata, SVM", "fc7, SVM", "fc7 + colour + metadata, boosting"]  # fmt: skip
    assert [recipe.name for recipe in cross_recipes(["user", "metadata"], "fc7", ["colour"])] == names[:3]


def test_all_accounts_stand_beside_the_few_of_the_single_split():
    sets, posts = sample()
    crossed = cross_fit(sets, RECIPES, posts, folds=5, cs=CS, seed=0)
    clusters = posts.set_index("post_id")["group"]
    single = crossed[crossed["left"] < "p036"].assign(scheme="honest")  # six accounts
    scored = [("honest", "test", name, "auc", 0.5, 0.3, 0.7, 36, 1, 0) for name in ("m, SVM", "m, boosting", "other")]
    scores = pd.DataFrame(scored, columns=SCORE_COLUMNS)
    found = every_account(crossed, single, scores, clusters, baseline="m, SVM", n_boot=200, seed=0)
    assert found.accounts == (30, 6)
    assert found.single["model"].tolist() == ["m, SVM", "m, boosting"]
    area = found.scores[(found.scores["model"] == "m, SVM") & (found.scores["metric"] == "auc")].iloc[0]
    rows = crossed[crossed["model"] == "m, SVM"]
    assert area["value"] == pytest.approx(auc(rows["same"], rows["score"]))
    assert area["low"] < area["value"] < area["high"]
    assert found.tests[["a", "b", "n"]].to_numpy().tolist() == [["m, boosting", "m, SVM", 180]]
