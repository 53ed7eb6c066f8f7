"""Sentences that read the models of likes: the numbers in them are those of tables of a few rows."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from likeness.report.likability import reading_likes as reading
from likeness.stats.bootstrap import Estimate


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note)).replace("\u00a0", " ")


def test_the_best_c_and_whether_more_should_be_tried():
    curve = pd.DataFrame({"c": [0.01, 1.0, 100.0], "mean": [0.5, 0.7, 0.6]})
    assert said(reading.of_c_curve({"fc6": curve[::-1], "fc7": curve.assign(mean=[0.5, 0.6, 0.65])})) == (
        "fc6 is best at C = 1 (average precision 0.700, 0.200 above the worst C); fc7 is best at C = 100, at the edge of "
        "what was tried (average precision 0.650, 0.150 above the worst C)."
    )


SCORES = pd.DataFrame(
    [("user only", 0.6, 0.5, 0.7), ("metadata", 0.7, 0.6, 0.8), ("fusion", 0.8, 0.7, 0.9)],
    columns=["model", "value", "low", "high"],
)


def test_what_the_photo_adds_to_the_metadata():
    comparisons = pd.DataFrame(
        [("metadata", "fusion", -0.1, 0.01, "B better"), ("fusion", "user only", 0.2, 0.2, "not distinguishable")],
        columns=["a", "b", "difference", "p_adjusted", "verdict"],
    )
    ladder = ["user only", "metadata", "image", "fusion"]
    assert said(reading.of_added_value(SCORES, comparisons, ladder)) == (
        "AUC: user only 0.60 (0.50–0.70), metadata 0.70 (0.60–0.80), fusion 0.80 (0.70–0.90). fusion against user only: "
        "+0.20, not distinguishable from no change (adjusted p 0.200). fusion adds 0.10 against metadata (adjusted p "
        "0.0100)."
    )
    worse = comparisons.head(1).assign(difference=0.1, verdict="A better")
    assert said(reading.of_added_value(SCORES, worse, ladder)).endswith(
        "fusion costs 0.10 against metadata (adjusted p 0.0100)."
    )
    assert said(reading.of_added_value(SCORES[:1], comparisons, ladder)) == "AUC: user only 0.60 (0.50–0.70)."
    assert said(reading.of_added_value(SCORES[:0], comparisons, ladder)) == "None of these models has a number."


def test_shuffled_labels_must_be_at_chance():
    words = said(reading.of_null([0.48, 0.5, 0.52], 0.7))
    assert words == (
        "With shuffled labels the mean AUC of 3 models is 0.500 (0.480 to 0.520), at chance, as it must be. The real "
        "labels give 0.700; p = 0.250."
    )
    assert "away from chance" in said(reading.of_null([0.6, 0.61, 0.62], 0.7))
    assert "p = 1.000" in said(reading.of_null([0.6, 0.61, 0.62], 0.5))


def test_importance_counts_what_lies_above_0():
    table = pd.DataFrame({"feature": ["hour", "followers", "x"], "value": [0.01, 0.2, 0.3], "low": [-0.1, 0.1, -0.1]})
    table["high"] = table["value"] + 0.1
    assert said(reading.of_importance(table)).startswith(
        "1 of 3 features lower the AUC when shuffled, with the whole interval above 0; followers costs the most, "
        "0.200 (0.100–0.300)."
    )
    assert said(reading.of_importance(table.assign(low=np.nan))).startswith("Of no feature that is shuffled")


EFFECTS = pd.DataFrame(
    {"effect": ["close_up", "scenic", "hour", "meme"], "planted": [0.5, 0.4, 0.1, -0.7],
     "recovered": [0.6, 0.1, np.nan, -0.8], "low": np.nan, "high": np.nan}
)  # fmt: skip


def test_planted_effects_that_came_back():
    words = said(reading.of_planted(EFFECTS))
    assert words.startswith(
        "The model gives 100 % of 3 planted effects the right sign, and their order with a rank correlation of 1.00. "
        "Furthest off is scenic: planted +0.40, recovered +0.10."
    )
    assert words.endswith("1 effect did not vary over these posts.")
    assert "could be recovered" in said(reading.of_planted(EFFECTS.assign(recovered=np.nan)))
    assert "rank correlation" not in said(reading.of_planted(EFFECTS[:2]))


def test_how_near_to_the_best_possible():
    assert said(reading.of_ratio(Estimate(0.96, 0.9, 1.0, 200), "fusion")).startswith(
        "fusion reaches 0.96 (0.90–1.00) of the AUC of the best possible ranking, which knows what was planted in each of "
        "200 test posts, but neither"
    )


def test_slices_and_what_cannot_be_known():
    table = pd.DataFrame(
        {
            "slice": ["no face", "one face", "few"],
            "value": [0.5, 0.8, 0.1],
            "low": [0.4, 0.7, np.nan],
            "high": [0.6, 0.9, np.nan],
        }
    )
    words = said(reading.of_slices(table))
    assert "lowest for “no face”, 0.50 (0.40–0.60), and highest for “one face”, 0.80 (0.70–0.90)" in words
    assert "their intervals do not touch" in words
    assert words.endswith("Few faces and a dark photo are properties of pictures.")
    assert "their intervals overlap" in said(reading.of_slices(table.assign(high=1.0)))
    assert said(reading.of_slices(table[2:])).startswith("No slice has posts of two users or more")


def test_skipped_models_by_reason():
    skipped = {"alexnet": "no pictures", "metadata": "too few", "fusion": "no pictures"}
    assert said(reading.of_skipped(skipped)) == ("3 models skipped: alexnet, fusion (no pictures); metadata (too few).")
    assert said(reading.of_skipped({})) == "Every model was trained."


def test_rankings_by_account():
    posts = pd.DataFrame({"post_id": list("abcd"), "user_id": ["u", "u", "v", "w"], "ratio": [4, 3, 2, 1]})
    assert said(reading.of_rankings(posts, 3)) == (
        "The first 3 posts come from 2 of 3 users; the most that one user has among them is 2. Much of what looks like a "
        "liked photo may be a liked account."
    )
    assert said(reading.of_rankings(posts[1:], 5)).endswith("among them is 1.")


def test_the_study_in_one_sentence():
    scores = pd.DataFrame(
        [
            ("fusion", s, "accuracy", v, v - 0.1, v + 0.1)
            for s, v in (("honest", 0.62), ("naive", 0.8), ("temporal", 0.7))
        ]
        + [("fusion", "honest", "auc", 0.66, 0.6, 0.7), ("other", "honest", "accuracy", 0.9, 0.8, 1.0)],
        columns=["model", "scheme", "metric", "value", "low", "high"],
    )
    sentence, numbers = reading.of_likability(scores, "fusion")
    assert sentence.replace("\u00a0", " ") == (
        "The model that did best in validation, fusion, tells 62 % of the posts of unseen users rightly as liked or not; "
        "with posts split at random it would have read 80 %."
    )
    assert [(n["label"], n["value"]) for n in numbers] == [
        ("accuracy, users apart", 0.62),
        ("accuracy, posts at random", 0.8),
        ("accuracy, later posts", 0.7),
        ("AUC, users apart", 0.66),
    ]
    sentence, numbers = reading.of_likability(scores[:1], "fusion")
    assert sentence.endswith("as liked or not.")
    assert len(numbers) == 1


def test_a_networks_card_gives_its_areas_with_intervals():
    rng = np.random.default_rng(0)
    ids = [f"p{k}" for k in range(40)]
    table = pd.DataFrame(
        {"left": ids, "right": ids, "same": np.arange(40) % 2 == 0, "split": "test", "scheme": "honest"}
    )
    table["score"] = table["same"] + rng.normal(size=40)
    table = pd.concat(
        [table, table.assign(split="val", score=0.0), table.assign(scheme="naive", score=-table["score"])]
    )
    clusters = pd.Series([f"u{k // 4}" for k in range(40)], index=ids)
    plain = reading.network_card("fusion", "", table)["numbers"]
    assert [set(each) for each in plain] == [{"label", "value"}] * 2
    honest, naive = reading.network_card("fusion", "", table, clusters)["numbers"]
    assert (honest["label"], naive["label"]) == ("AUC, users apart", "AUC, posts at random")
    assert honest["value"] == plain[0]["value"] == pytest.approx(1 - naive["value"])
    assert honest["low"] < honest["value"] < honest["high"]
    assert reading.network_card("fusion", "no pictures", None, clusters)["numbers"] == []
