"""Sentences that read the data, the features and the training: the numbers in them are counted by hand."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from likeness.report import reading_data


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    words = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note))
    return words.replace("\u00a0", " ")


def test_files_add_up_and_the_most_frequent_reasons_are_named():
    found, photos = pd.DataFrame(index=range(1007)), pd.DataFrame(index=range(1000))
    reasons = ["empty", "truncated", "truncated", "truncated", "empty", "disguised", "disguised"]
    quarantine = pd.DataFrame({"reason": [*reasons, "too-small"]})
    words = said(reading_data.of_files(found, photos, quarantine))
    assert words.startswith("1,007 files found: 1,000 accepted, 8 refused. The most frequent reasons: 3 truncated, 2 ")
    assert "too-small" not in words  # three reasons are enough
    nothing = reading_data.of_files(photos, photos, quarantine[:0])
    assert said(nothing) == "1,000 files found: 1,000 accepted, 0 refused. Nothing had to be refused."


def test_duplicates_are_photos_that_show_nothing_new():
    photos = pd.DataFrame({"duplicate_group": ["a", "a", "a", "b", "b", "c", "d", "e"]})
    assert said(reading_data.of_duplicates(photos)) == (
        "2 groups of near-duplicates hold 5 photos, so 3 (37.5 %) show nothing new. The largest group has 3."
    )
    assert said(reading_data.of_duplicates(photos[4:])).startswith("No photo is a near-duplicate of another")


def test_people_are_counted_by_photo():
    """a: 3 joints of one person. b: 5 and 1 of two people. c: 10 of one. d: nobody."""
    rows = [("a", 0)] * 3 + [("b", 0)] * 5 + [("b", 1)] + [("c", 0)] * 10
    keypoints = pd.DataFrame(rows, columns=["photo_id", "person"])
    photos = pd.DataFrame({"photo_id": list("abcd")})
    assert said(reading_data.of_people(photos, keypoints)) == (
        "Nobody was found in 1 of 4 photos (25.0 %), one person in 2, two or more in 1; "
        "the first person has 5 of 18 joints in the median."
    )
    assert "in 4 of 4 photos (100.0 %), one person in 0, two or more in 0; no joints." in said(
        reading_data.of_people(photos, keypoints[:0])
    )


def test_splits_are_in_the_order_of_their_use():
    photos = pd.DataFrame(
        {"photo_id": range(6), "split": ["test", "train", "val", "train", "train", "test"], "group": list("zaybaz")}
    )
    assert said(reading_data.of_splits(photos)) == (
        "No group is cut: train 3 photos in 2 groups; val 1 photos in 1 groups; test 2 photos in 1 groups."
    )
    assert "val" not in said(reading_data.of_splits(photos[photos["split"] != "val"]))


@pytest.mark.parametrize("same", [[True, True, True, False], [False, False, False, True]])
def test_the_trivial_baseline_answers_what_is_more_frequent_in_the_test(same):
    pairs = pd.DataFrame({"split": ["train"] * 4 + ["test"] * 4, "same": [True, False, True, False, *same]})
    words = said(reading_data.of_pairs(pairs))
    share = (2 + sum(same)) / 8
    assert words.startswith(f"8 pairs, {100 * share:.0f} % of them the same pose. On the 4 test pairs ")
    assert "is right in 75 %: the trivial baseline." in words


def test_leaks_compare_both_splits():
    columns = ["shared", "count", "of", "share"]
    naive = pd.DataFrame([("photos", 45, 50, 0.9), ("sites", 5, 5, 1.0)], columns=columns)
    honest = pd.DataFrame([("photos", 0, 50, 0.0), ("groups", 0, 5, 0.0), ("arrangements", 7, 9, 0.8)], columns=columns)
    assert said(reading_data.of_leaks(honest, naive)) == (
        "With pairs split at random, 45 of 50 validation photos (90 %) were training photos too. "
        "The honest split shares 0."
    )
    assert said(reading_data.of_leaks(honest.assign(count=[2, 1, 7]), naive)).endswith("The honest split shares 3.")


def test_extraction_names_views_photos_and_numbers():
    features = {"photo": np.zeros((1200, 512)), "mirror": np.zeros((1200, 512))}
    assert said(reading_data.of_extraction(features)) == "2 views (photo, mirror) of 1,200 photos: 512 numbers each."


def test_the_nearest_neighbour_is_another_photo_of_known_label():
    """a and b point the same way, c and d nearly so, but d carries a's label; e lies on a and is not labelled."""
    features = np.array([[1, 0], [1, 0.01], [0, 1], [0.1, 1], [1, 0]])
    labels = pd.Series(["louvre", "louvre", "pisa", "louvre", None], name="site")
    # right for a and b, wrong for c and d; chance: (3/4)^2 + (1/4)^2 = 0.625
    assert said(reading_data.of_space(features, labels)) == (
        "In 50 % of the photos the nearest neighbour is of the same site (chance: 62 %)."
    )


def test_a_mirror_image_is_right_where_its_own_photo_is_closest():
    features = {"photo": np.eye(4), "mirror": np.eye(4)[[0, 1, 3, 2]]}
    assert said(reading_data.of_mirror(features)).startswith("For 50 % of the mirror images")


@pytest.mark.parametrize(
    ("shift", "gap", "verdict"),
    [(0.2, "0.20", "hardly apart"), (1.0, "1.00", "overlapping"), (3.0, "3.00", "well apart")],
)
def test_the_gap_is_in_standard_deviations(shift, gap, verdict):
    same = np.array([True, False] * 2)
    similarity = np.array([shift - 1, -1, shift + 1, 1])  # both kinds have a standard deviation of 1
    words = said(reading_data.of_similarity(similarity, same))
    assert words.startswith(
        f"Same pairs have a mean of {shift:.3f}, others 0.000: {gap} standard deviations, the two are {verdict}."
    )


def test_similarities_without_any_spread_are_hardly_apart():
    assert "hardly apart" in said(reading_data.of_similarity(np.ones(4), np.array([True, True, False, False])))


def test_training_counts_epochs_from_one():
    history = pd.DataFrame(
        {
            "scheme": ["honest"] * 3 + ["naive"] * 2,
            "epoch": [0, 1, 2, 0, 1],
            "val_loss": [0.7, 0.6123, 0.65, 0.5, 0.4],
            "val_accuracy": [0.5, 0.625, 0.6, 0.8, 0.9],
            "best": [False, True, False, False, True],
        }
    )
    assert said(reading_data.of_training(history)).startswith(
        "honest: best after epoch 2 of 3, validation loss 0.612, accuracy 0.62; "
        "naive: best after epoch 2 of 2, validation loss 0.400, accuracy 0.90."
    )


def test_a_network_beside_its_pairs():
    assert (
        said(reading_data.of_network(1_234_567, 890)) == "1,234,567 weights are trained on 890 honest training pairs."
    )


PREDICTIONS = pd.DataFrame(
    [
        ("honest", "test", True, 0.9),
        ("honest", "test", True, 0.5),
        ("honest", "test", True, 0.4),
        ("honest", "test", True, 0.7),
        ("honest", "test", False, 0.5),
        ("honest", "test", False, 0.1),
        ("honest", "val", False, 0.9),
        ("naive", "val", False, 0.2),
        ("naive", "val", True, 0.2),
        ("naive", "val", False, 0.3),
        ("naive", "val", False, 0.4),
    ],
    columns=["scheme", "split", "same", "probability"],
)


def test_one_half_is_called_the_same():
    honest = PREDICTIONS[:6]
    assert said(reading_data.of_probabilities(honest)) == (
        "Of the 6 honest test pairs, 75 % of the same and 50 % of the others are called the same at one half."
    )


def test_accuracy_at_half_is_that_of_honest_test_and_naive_validation_pairs():
    rows = PREDICTIONS.assign(left=list("abcdefghijk"), right=list("bcdefghijka"))
    honest, naive = reading_data.accuracy_at_half(rows)
    assert honest == {"label": "accuracy at one half, honest test", "value": pytest.approx(4 / 6)}
    assert naive == {"label": "the same, pairs at random", "value": pytest.approx(3 / 4)}
    own = pd.Series(list("abcdefghijk"), index=list("abcdefghijk"))
    for plain, card in zip((honest, naive), reading_data.accuracy_at_half(rows, own), strict=True):
        assert card["value"] == plain["value"]
        assert 0 <= card["low"] < card["value"] < card["high"] <= 1


def test_words_from_the_data_are_escaped(hostile):
    quarantine = pd.DataFrame({"reason": [hostile]})
    note = reading_data.of_files(quarantine, quarantine[:0], quarantine)
    assert "<script" not in note
    assert "&lt;script&gt;" in note
