"""Sentences that read a comparison: the numbers in them are those of tables of a few rows."""

import re
from html import unescape

import numpy as np
import pandas as pd

from likeness.report import reading


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    words = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note))
    return words.replace("\u00a0", " ")


def test_the_winner_beside_what_a_random_split_claims():
    scores = pd.DataFrame(
        [
            ("full", "honest", 0.61, 0.55, 0.67),
            ("last", "honest", 0.58, 0.5, 0.6),
            ("full", "naive", 0.93, 0.9, 0.95),
            ("last", "naive", 0.99, 0.9, 1.0),
        ],
        columns=["model", "scheme", "value", "low", "high"],
    )
    lead = (
        "The highest of 2 numbers on the honest test pairs is that of full, 0.61 (0.55–0.67); "
        "which differences are real is tested below."
    )
    assert said(reading.of_winner(scores)) == f"{lead} With pairs split at random the same model reads 0.93."
    assert said(reading.of_winner(scores[::-1])) == said(reading.of_winner(scores))
    assert said(reading.of_winner(scores[:2])) == lead


def inflation(rows: dict[str, tuple[float | None, float | None]]) -> str:
    table = [
        (model, scheme, value)
        for model, values in rows.items()
        for scheme, value in zip(("honest", "naive"), values, strict=True)
        if value is not None
    ]
    return said(reading.of_inflation(pd.DataFrame(table, columns=["model", "scheme", "value"])))


def test_inflation_is_the_mean_gap_of_models_with_both_numbers():
    assert inflation({"a": (0.5, 0.9), "b": (0.6, 0.6), "c": (0.1, None)}) == (
        "Over 2 models the random split reads +0.20 against the honest one on average; it flatters a the most (+0.40)."
    )
    assert inflation({"a": (0.5, 0.4)}) == (
        "Over 1 model the random split reads −0.10 against the honest one on average; it flatters none of them."
    )
    assert inflation({"a": (0.5, None), "b": (None, 0.5)}) == "No model has a number on both splits."
    assert inflation({"a": (0.5, None)}) == "No model has a number on both splits."


COMPARISONS = pd.DataFrame(
    [
        ("a", "b", 0.1, 0.03, "A better"),
        ("a", "c", -0.3, 0.0012, "B better"),
        ("b", "c", -0.4, 0.2, "not distinguishable"),
    ],
    columns=["a", "b", "difference", "p_adjusted", "verdict"],
)


def test_the_largest_real_difference_names_the_better_model():
    assert said(reading.of_comparisons(COMPARISONS)) == (
        "Of 3 differences, 2 stand after Holm's correction; the largest: c is better than a by 0.30 (adjusted p 0.0012)."
    )
    one = said(reading.of_comparisons(COMPARISONS[::2]))
    assert one.startswith("Of 2 differences, 1 stands after Holm's correction; the largest: a is better than b by 0.10")
    assert said(reading.of_comparisons(COMPARISONS[2:])) == (
        "Of 1 difference, none can be told from chance on these pairs."
    )
    assert said(reading.of_comparisons(COMPARISONS[:0])).startswith("There is only one model here")


RUNGS = pd.DataFrame(
    [
        (5, "random ranking", 0.2, np.nan, np.nan, 30, 0),
        (5, "oracle", 1.0, 1.0, 1.0, 30, 0),
        (5, "joints", 0.4, 0.3, 0.5, 30, 4),
        (5, "features", 0.35, 0.3, 0.4, 30, 0),
        (5, "a copy of joints", 0.4, 0.3, 0.5, 30, 4),
        (1, "features", 0.9, 0.3, 0.4, 30, 0),
    ],
    columns=["k", "model", "value", "low", "high", "n", "undefined"],
)


def test_hits_of_the_best_model_beside_chance_and_without_the_oracle():
    words = said(reading.of_hits(RUNGS[RUNGS["model"] != "a copy of joints"], 5, "the test photos"))
    assert words == (
        "Among the test photos, the highest hit@5 of 2 models is that of joints: a match for 0.40 (0.30–0.50) of 30 "
        "queries; a random ranking finds one for 0.20. Queries that had nothing to rank by count as misses: 4."
    )


SCORES = pd.DataFrame(
    [
        ("honest", "test", "b", "eer", 0.3, 0.2, 0.4),
        ("honest", "test", "a", "eer", 0.3, 0.25, 0.35),
        ("honest", "test", "c", "eer", 0.4, 0.2, 0.5),
        ("honest", "val", "c", "eer", 0.1, 0.0, 0.2),
        ("naive", "val", "c", "eer", 0.0, 0.0, 0.1),
        ("honest", "test", "a", "ece", 0.05, 0.0, 0.1),
        ("honest", "test", "b", "ece", 0.25, 0.2, 0.3),
        ("honest", "test", "c", "ece", 0.01, 0.0, 0.1),
        ("honest", "val", "b", "ece", 0.0, 0.0, 0.1),
    ],
    columns=["scheme", "split", "model", "metric", "value", "low", "high"],
)


def test_the_smallest_equal_error_rate_is_that_of_honest_test_pairs():
    assert said(reading.of_rates(SCORES)).startswith(
        "The smallest of 3 equal error rates on these test pairs is that of a: 0.30 (0.25–0.35) of the same pairs are"
    )
    assert said(reading.of_rates(SCORES[::-1])) == said(reading.of_rates(SCORES))


def test_calibration_names_the_best_and_the_worst_of_those_shown():
    assert said(reading.of_calibration(SCORES, ["b", "a"])).startswith(
        "Promised and observed shares differ by 0.05 on average for a, by 0.25 for b;"
    )


CARD = pd.DataFrame(
    [
        ("IG", "deletion", 0.5, 0.8),
        ("CAM", "deletion", 0.4, 0.9),
        ("IG", "insertion", 0.5, 0.1),
        ("IG", "pointing", 0.25, 0.1),
        ("CAM", "pointing", 0.75, 0.1),
    ],
    columns=["method", "test", "value", "chance"],
)


def test_saliency_says_how_much_hangs_on_the_photo_and_who_points_at_people():
    assert said(reading.of_saliency(CARD)) == (
        "While a photo is greyed out cell by cell, the network's answer keeps a mean probability of 0.85: it hardly "
        "hangs on the photo that is covered. CAM has its strongest point on a person in 75 % of the photos (a blind "
        "guess: 10 %)."
    )
    estimated = said(reading.of_saliency(CARD.replace({"test": {"pointing": "pointing, estimated people"}})))
    assert "CAM has its strongest point on an estimated person in 75 % of the photos" in estimated
    needed = CARD[:3].assign(chance=[0.5, 0.6, 0.1])
    assert said(reading.of_saliency(needed)) == (
        "While a photo is greyed out cell by cell, the network's answer keeps a mean probability of 0.55."
    )


def test_the_study_in_a_sentence_and_three_numbers():
    accuracy = pd.DataFrame(
        [
            ("last", "honest", 0.7, 0.6, 0.8),
            ("full", "honest", 0.6, 0.5, 0.7),
            ("full", "naive", 0.9, 0.8, 1.0),
            ("last", "naive", 1.0, 1.0, 1.0),
        ],
        columns=["model", "scheme", "value", "low", "high"],
    )
    hits = pd.concat([RUNGS, RUNGS[3:4].assign(model="full", value=0.31)])  # others do better on the test photos
    sentence, numbers = reading.of_study(accuracy, hits, "full")
    assert said(sentence) == (
        "The network that did best in validation, full, decides 60 % of the pairs from unseen groups rightly; "
        "with pairs split at random it would have read 90 %."
    )
    assert numbers == [
        {"label": "accuracy, honest split", "value": 0.6, "low": 0.5, "high": 0.7},
        {"label": "accuracy, pairs at random", "value": 0.9, "low": 0.8, "high": 1.0},
        {"label": "hit@5", "value": 0.31, "low": 0.3, "high": 0.4},
    ]


def test_a_number_without_an_interval_has_no_bounds():
    row = pd.Series({"value": np.float64(0.5), "low": None, "high": np.nan}, dtype=object)
    assert reading.number("share", row) == {"label": "share", "value": 0.5}


def test_role_models_name_the_most_copied_arrangement():
    models = pd.DataFrame(
        {
            "arrangement": ["louvre/jump", "louvre/lean"],
            "taken_at": pd.to_datetime(["2019-05-03", "2020-01-01"]),
            "copies": [7, 2],
            "days": [1200, 3],
        }
    )
    assert said(reading.of_role_models(models)) == (
        "2 photos set an arrangement that later ones repeat; the most copied, louvre/jump, dates from 03 May 2019 and "
        "was repeated 7 times within 1,200 days."
    )
    assert said(reading.of_role_models(models[:0])).startswith("No dated photo was copied by a later one")


def test_names_from_the_data_are_escaped(hostile):
    rows = [(hostile, "honest", 0.6, 0.5, 0.7), (hostile, "naive", 0.9, 0.8, 1.0)]
    scores = pd.DataFrame(rows, columns=["model", "scheme", "value", "low", "high"])
    for note in (reading.of_winner(scores), reading.of_inflation(scores)):
        assert "<script" not in note
        assert "&lt;script&gt;" in note
