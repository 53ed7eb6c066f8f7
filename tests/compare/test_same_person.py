import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from likeness.compare.face_views import FaceVectors
from likeness.compare.same_person import (
    EER,
    SamePerson,
    _logit,
    face_pairs,
    fit_same_person,
    read_same_person,
    verification_scores,
    with_scores,
    write_same_person,
)
from likeness.stats.weighted import true_positive_rate_of


def people(count, photos=4, seed=0, spread=0.35):
    """Faces of people who lie around directions of their own, one picture each; queries, photos, vectors."""
    rng = np.random.default_rng(seed)
    face = np.repeat(rng.normal(size=(count, 8)), photos, axis=0) + spread * rng.normal(size=(count * photos, 8))
    face /= np.linalg.norm(face, axis=1, keepdims=True)
    rows = np.arange(len(face))
    queries = pd.DataFrame({"identity": [f"p{row // photos}" for row in rows], "picture": rows, "face": rows})
    pictures = pd.DataFrame({"duplicate_group": [f"g{row}" for row in rows]})
    return queries, pictures, {"net": FaceVectors(face, face, rows)}


def test_pairs_are_of_known_people_in_different_pictures_and_no_copies():
    queries = pd.DataFrame({"identity": ["ann", "bob", "ann", "", "ann"], "picture": [0, 0, 1, 2, 3]})
    photos = pd.DataFrame({"duplicate_group": ["a", "b", "c", "a"]})  # the last picture is a copy of the first
    pairs = face_pairs(queries, photos)
    same, other = pairs[pairs["same"]], pairs[~pairs["same"]]
    assert sorted(map(tuple, same[["left", "right"]].to_numpy())) == [(0, 2), (2, 4)]
    assert sorted(map(tuple, other[["left", "right"]].to_numpy())) == [(1, 2)]
    assert other[["left_person", "right_person"]].to_numpy().tolist() == [["bob", "ann"]]


def test_of_many_pairs_no_more_than_asked_for_are_drawn_and_each_once():
    queries, photos, _ = people(30, photos=10)
    pairs = face_pairs(queries, photos, seed=1, most=200)
    assert pairs.groupby("same").size().between(150, 200).all()
    assert not pairs.duplicated(["left", "right"]).any()
    named = queries["identity"].to_numpy()
    assert ((named[pairs["left"]] == named[pairs["right"]]) == pairs["same"]).all()
    pd.testing.assert_frame_equal(pairs, face_pairs(queries, photos, seed=1, most=200))


def test_nobody_known_gives_no_pairs_and_no_rates():
    queries, photos, vectors = people(2)
    pairs = with_scores(face_pairs(queries.assign(identity=""), photos), queries, vectors)
    assert (len(pairs), len(verification_scores(pairs, "test")), fit_same_person(pairs)) == (0, 0, {})


def test_the_rate_at_a_false_acceptance_rate_is_the_best_threshold_that_keeps_to_it():
    rng = np.random.default_rng(3)
    same, score = rng.random(400) < 0.3, rng.normal(size=400).round(1)
    score[same] += 1
    for rate in (0.001, 0.01, 0.1, 1.0):
        reached = [(score[same] >= t).mean() for t in np.append(score, 9) if (score[~same] >= t).mean() <= rate]
        found = true_positive_rate_of(same, score, rate)(np.ones((1, 400)))
        assert found == pytest.approx([max(reached)])
    drawn = rng.integers(0, 3, 400)
    found = true_positive_rate_of(same, score, 0.1)(drawn[None].astype(float))
    assert found == pytest.approx(
        true_positive_rate_of(np.repeat(same, drawn), np.repeat(score, drawn), 0.1)(np.ones((1, drawn.sum())))
    )


def test_rates_come_with_intervals_and_those_of_less_than_a_pair_are_left_out():
    queries, photos, vectors = people(8)
    pairs = with_scores(face_pairs(queries, photos), queries, vectors)
    assert (~pairs["same"]).sum() == 448
    rates = verification_scores(pairs, "test", n_boot=100).set_index("metric")
    assert list(rates.index) == [EER, "TAR at FAR 1 %"]  # 0.1 % of 448 pairs is no pair
    assert rates.loc[EER, "low"] <= rates.loc[EER, "value"] <= rates.loc[EER, "high"]
    assert rates["n"].eq(496).all()


def test_probabilities_are_as_frequent_as_they_say_among_new_people_and_six_people_are_needed():
    queries, photos, vectors = people(40, seed=1)
    fitted = fit_same_person(with_scores(face_pairs(queries, photos), queries, vectors))["net"]
    assert (fitted.people, len(fitted.logits)) == (40, 201)
    queries, photos, vectors = people(40, seed=2)
    new = with_scores(face_pairs(queries, photos), queries, vectors)
    chance = fitted.probability(new["score"])
    assert ((chance[:, 1] <= chance[:, 0]) & (chance[:, 0] <= chance[:, 2])).all()
    assert chance[:, 0].mean() == pytest.approx(new["same"].mean(), abs=0.01)
    sure = chance[:, 0] > 0.5
    assert new["same"][sure].mean() == pytest.approx(chance[sure, 0].mean(), abs=0.1)
    few = with_scores(face_pairs(*people(5)[:2]), people(5)[0], people(5)[2])
    assert fit_same_person(few) == {}


def test_each_resample_is_fitted_as_a_logistic_regression_would():
    rng = np.random.default_rng(1)
    score = rng.normal(size=300)
    same, weight = rng.random(300) < 1 / (1 + np.exp(2 - 3 * score)), rng.integers(0, 4, 300)
    expected = LogisticRegression(C=100.0, tol=1e-10).fit(score[:, None], same, weight)
    assert _logit(score, same, weight) == pytest.approx((expected.coef_[0, 0], expected.intercept_[0]), abs=1e-4)
    assert _logit(score, same, weight * same) is None
    slope, intercept = _logit(score, score > 0, np.ones(300))  # nothing errs: the penalty keeps the slope finite
    assert np.isfinite([slope, intercept]).all()


def test_a_calibration_is_read_back_as_it_was_written(tmp_path):
    worth = SamePerson(np.array([[10.0, -5.0], [8.0, -5.0], [12.0, -5.0]]), 7, 99)
    assert worth.probability([0.5, np.nan])[0, 0] == pytest.approx(0.5)
    assert np.isnan(worth.probability([np.nan])).all()
    assert read_same_person(tmp_path, "net") is None
    write_same_person({"net": worth}, tmp_path)
    again = read_same_person(tmp_path, "net")
    np.testing.assert_array_equal(again.logits, worth.logits)
    assert (again.people, again.pairs, read_same_person(tmp_path, "web")) == (7, 99, None)
