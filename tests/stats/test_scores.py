"""A small table of predictions in, numbers with intervals and verdicts out."""

import numpy as np
import pandas as pd
import pytest

from likeness.stats.bootstrap import estimate_pairs
from likeness.stats.clusters import photo_clusters
from likeness.stats.comparisons import compare_models, model_pairs
from likeness.stats.metrics import MetricsBook
from likeness.stats.scores import (
    MAJORITY,
    best_in_validation,
    decision_thresholds,
    score_models,
    two_halves,
    with_threshold,
)
from likeness.stats.weighted import auc_of


@pytest.fixture
def clusters():
    return pd.Series({f"p{i}": f"site/{i // 4}" for i in range(80)})


@pytest.fixture
def predictions():
    """Return two models on the same pairs: "good" knows, "guess" does not; 20 arrangements of four photos."""
    rng = np.random.default_rng(0)
    tables = []
    for scheme, splits in (("honest", ("val", "test")), ("naive", ("val",))):
        for split in splits:
            left = np.repeat(np.arange(80), 2)
            near = left // 4 * 4 + (left + 1) % 4
            right = np.where(np.arange(160) % 2 == 0, near, (left + rng.integers(8, 60, 160)) % 80)
            same = left // 4 == right // 4
            for model, gap in (("good", 3), ("guess", 0)):
                score = rng.normal(gap * same, 1)
                chance = 1 / (1 + np.exp(-score)) if model == "good" else np.nan
                tables.append(
                    pd.DataFrame(
                        {
                            "left": [f"p{i}" for i in left],
                            "right": [f"p{i}" for i in right],
                            "same": same,
                            "kind": "any",
                            "scheme": scheme,
                            "split": split,
                            "model": model,
                            "run": 0,
                            "probability": chance,
                            "score": score,
                        }
                    ).drop_duplicates(["left", "right"])
                )
    return pd.concat(tables, ignore_index=True)


def pick(table, **wanted):
    for column, value in wanted.items():
        table = table[table[column] == value]
    return table.iloc[0]


def test_scores_of_each_split(predictions, clusters):
    table = score_models(predictions, clusters, n_boot=200)
    assert set(table["metric"]) == {"accuracy", "auc", "eer", "brier", "ece", "threshold"}
    good = pick(table, scheme="honest", split="test", model="good", metric="auc")
    assert good["low"] < good["value"] < good["high"]
    assert good["value"] > 0.9
    guess = table[table["model"] == "guess"]
    assert "brier" not in set(guess["metric"])
    assert (table.dropna()["low"] <= table.dropna()["value"]).all()
    MetricsBook().add_scores(table)


def test_threshold_is_chosen_on_validation(predictions, clusters):
    moved = predictions.copy()
    moved.loc[moved["split"] == "test", "score"] += 100
    table = score_models(moved, clusters, n_boot=20)
    row = pick(table, scheme="honest", split="test", model="good", metric="accuracy")
    test = moved[(moved["split"] == "test") & (moved["model"] == "good")]
    assert row["value"] == test["same"].mean()  # everything lies above the threshold of validation


def test_majority_class(predictions, clusters):
    table = score_models(predictions, clusters, n_boot=20)
    row = pick(table, scheme="honest", split="test", model=MAJORITY)
    rows = predictions[(predictions["split"] == "test") & (predictions["model"] == "good")]
    assert row["value"] == max(rows["same"].mean(), 1 - rows["same"].mean())


def small(same, score, split="val", scheme="naive"):
    """Return one model's predictions of as many pairs as there are letters in `same` ("s" or "d")."""
    n = len(same)
    table = pd.DataFrame({"left": [f"p{2 * i}" for i in range(n)], "right": [f"p{2 * i + 1}" for i in range(n)]})
    own = {"kind": "any", "scheme": scheme, "split": split, "model": "m", "run": 0, "probability": np.nan}
    return table.assign(same=[letter == "s" for letter in same], **own, score=score)


def test_halves_hold_as_many_of_each_kind_whatever_the_order_of_the_rows():
    rows = small("sssssddddd", np.arange(10.0))
    half = two_halves(rows, 0)
    assert np.bincount(half).tolist() == [5, 5]
    assert sorted([half[:5].sum(), half[5:].sum()]) == [2, 3]
    assert two_halves(rows[::-1], 0)[::-1].tolist() == half.tolist()
    assert any(two_halves(rows, seed).tolist() != half.tolist() for seed in range(1, 9))


def test_each_half_is_decided_at_the_threshold_of_the_other():
    rows = small("ssdd", [5.0, 9.0, 1.0, 3.0])  # each half has one same and one different pair, and cuts halfway
    half = two_halves(rows, 0)
    for own in (0, 1):
        other = rows[half != own]
        assert sorted(other["same"]) == [False, True]
        assert decision_thresholds(rows, 7.0, 0)[half == own].tolist() == [other["score"].mean()] * 2


def test_random_scores_gain_nothing_from_choosing_the_threshold(clusters):
    # one threshold for all could cut off the single pair at the top, whatever it is; the other half cannot know it
    rows = small("sd" * 20, np.random.default_rng(1).normal(size=40))
    thresholds, same = decision_thresholds(rows, 7.0, 0), rows["same"].to_numpy()
    expected = ((rows["score"].to_numpy() >= thresholds) == same).mean()
    found = pick(score_models(rows, clusters, n_boot=20), model="m", metric="accuracy")["value"]
    chosen = pick(score_models(rows, clusters, n_boot=20), model="m", metric="threshold")["value"]
    assert found == expected
    assert found < ((rows["score"] >= chosen) == same).mean()  # what the threshold's own pairs would have claimed


@pytest.mark.parametrize(("same", "value"), [("sssddd", 0.5), ("ssssssdd", 0.75), ("sddd", 0.75)])
def test_the_majority_class_is_the_better_of_both_constants(clusters, same, value):
    rows = small(same, np.zeros(len(same)))
    assert pick(score_models(rows, clusters, n_boot=20), model=MAJORITY)["value"] == value


@pytest.mark.parametrize(
    ("chosen", "threshold", "called"),
    [
        (1.0, 0.4, [False, False, True, True]),  # halfway between 0.2 and 0.6
        (2.0, 0.4, [False, False, True, True]),  # on the score itself: called the same
        (-9.0, 0.1, [False, True, True, True]),  # below all; the pair without a score is called different still
        (9.0, 1.0, [False, False, False, False]),  # above all: a probability of 1 is not enough
    ],
)
def test_a_threshold_of_scores_becomes_one_of_probabilities(chosen, threshold, called):
    rows = small("dsss", [np.nan, -3.0, 2.0, 5.0], "test", "honest").assign(probability=[0.0, 0.2, 0.6, 1.0])
    names = ["model", "scheme", "metric", "value"]
    lines = [("n", "honest", "threshold", 77.0), ("m", "naive", "threshold", 77.0), ("m", "honest", "auc", 77.0)]
    table = with_threshold(rows, pd.DataFrame([*lines, ("m", "honest", "threshold", chosen)], columns=names))
    assert table["threshold"].tolist() == pytest.approx([threshold] * 4)
    assert (table["probability"] >= table["threshold"]).tolist() == called


def test_neighbouring_probabilities_are_parted():
    top = np.nextafter(0.5, 1)
    rows = small("ds", [0.0, 1.0], "test", "honest").assign(probability=[0.5, top])
    chosen = pd.DataFrame([("m", "honest", "threshold", 0.5)], columns=["model", "scheme", "metric", "value"])
    assert with_threshold(rows, chosen)["threshold"].tolist() == [top, top]


def test_undefined_scores_are_counted(predictions, clusters):
    index = predictions.index[(predictions["split"] == "test") & (predictions["model"] == "good")][:3]
    predictions.loc[index, ["score", "probability"]] = np.nan
    table = score_models(predictions, clusters, n_boot=20)
    row = pick(table, scheme="honest", split="test", model="good", metric="brier")
    assert row["undefined"] == 3
    whole = predictions[(predictions["split"] == "test") & (predictions["model"] == "good")]
    assert row["n"] == len(whole)


def test_same_input_same_table(predictions, clusters):
    one, two = (score_models(predictions, clusters, n_boot=20, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    shuffled = predictions.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(
        compare_models(predictions, clusters, n_boot=100), compare_models(shuffled, clusters, n_boot=100)
    )


def test_comparison_sees_the_good_model(predictions, clusters):
    table = compare_models(predictions, clusters, metrics=("auc", "eer"), n_boot=400)
    assert table[["scheme", "split"]].drop_duplicates().to_numpy().tolist() == [["honest", "test"], ["naive", "val"]]
    assert set(table["verdict"]) == {"A better"}
    swapped = compare_models(predictions, clusters, baseline="good", metrics=("auc", "eer"), n_boot=400)
    assert set(swapped["verdict"]) == {"B better"}
    np.testing.assert_allclose(swapped["difference"], -table["difference"])


def test_verdict_follows_the_corrected_p_value(predictions, clusters):
    extra = [predictions[predictions["model"] == "guess"].assign(model=f"guess {i}") for i in range(3)]
    table = compare_models(pd.concat([predictions, *extra]), clusters, n_boot=999)
    twins = table[table["a"].str.startswith("guess") & table["b"].str.startswith("guess")]
    assert set(twins["verdict"]) == {"not distinguishable"}
    assert (twins["p_adjusted"] == 1).all()
    assert (table["p_adjusted"] >= table["p_value"]).all()


def test_models_on_different_pairs_are_refused(predictions, clusters):
    with pytest.raises(ValueError, match="was not scored on the pairs of good"):
        compare_models(predictions.drop(predictions.index[predictions["model"] == "guess"][-1:]), clusters)
    only_test = predictions[predictions["split"] == "test"]
    with pytest.raises(ValueError, match="no val pairs"):
        score_models(only_test, clusters)
    with pytest.raises(ValueError, match="baseline 'x'"):
        model_pairs(["a", "b"], "x")


def test_photos_without_arrangement_are_their_own_cluster():
    clusters = pd.Series({"a": "s/1", "b": None, "c": None})
    assert photo_clusters(pd.Series(["b", "a", "b"]), clusters).tolist() == ["photo b", "s/1", "photo b"]
    with pytest.raises(ValueError, match="photo z has no row"):
        photo_clusters(pd.Series(["z"]), clusters)


def test_one_number_of_some_pairs_has_an_interval_where_clusters_are_known(predictions, clusters):
    rows = predictions[(predictions["split"] == "test") & (predictions["model"] == "good")]
    area = auc_of(rows["same"], rows["score"])
    plain, found = (estimate_pairs(area, rows, known, n_boot=200) for known in (None, clusters))
    scored = pick(
        score_models(predictions, clusters, n_boot=200), scheme="honest", split="test", model="good", metric="auc"
    )
    assert (plain.low, plain.high) == (None, None)
    assert (found.value, found.low, found.high) == (scored["value"], scored["low"], scored["high"])
    assert plain.value == found.value


def test_the_best_is_chosen_on_validation_rows_alone():
    rows = [("honest", "val", "a", 0.7), ("honest", "val", "b", 0.8), ("honest", "test", "a", 0.9),
            ("naive", "val", "a", 0.99)]  # fmt: skip
    scores = pd.DataFrame(rows, columns=["scheme", "split", "model", "value"]).assign(metric="auc")
    assert best_in_validation(scores, ["a", "b"]) == "b"
    assert best_in_validation(scores, ["c"]) is None
