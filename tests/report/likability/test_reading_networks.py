"""What is said of a network of likes: the numbers are those of tables of a few rows."""

import numpy as np
import pandas as pd
import pytest
from shown import says

from likeness.report.likability import reading_networks as reading


def test_a_network_that_is_trained_and_one_that_is_skipped():
    says(reading.describe_start("alexnet", "", 1234, 5), "1,234 weights, and 5 posts")
    says(reading.describe_start("alexnet", "no pictures", 0, 5), "alexnet is skipped: no pictures")


def test_a_networks_card_gives_its_areas_with_intervals():
    ids = [f"p{k}" for k in range(40)]
    table = pd.DataFrame({"left": ids, "right": ids, "same": np.arange(40) % 2 == 0, "split": "test", "run": 0})
    table["score"] = table["same"] + np.random.default_rng(0).normal(size=40)
    rows = [table.assign(scheme="honest"), table.assign(scheme="honest", split="val", score=0.0)]
    rows.append(table.assign(scheme="naive", score=-table["score"]))
    clusters = pd.Series([f"u{k // 4}" for k in range(40)], index=ids)
    honest, naive = reading.network_card("fusion", "", pd.concat(rows), clusters)["numbers"]
    assert (honest["label"], naive["label"]) == ("AUC, users apart", "AUC, posts at random")
    assert honest["value"] == pytest.approx(1 - naive["value"])
    assert honest["low"] < honest["value"] < honest["high"]
    assert reading.network_card("fusion", "no pictures", None, clusters)["numbers"] == []


@pytest.mark.parametrize(
    ("right", "each", "words", "other"),
    [
        ([True] * 19 + [False], 2, "first in 0.95 (", "no interval"),
        ([True] * 19 + [False], 2, ": better than chance.", "distinguishable"),
        ([False] * 19 + [True], 2, ": worse than chance", "distinguishable"),
        ([True, False] * 7 + [True, True, False, False], 2, "not distinguishable from chance, 0.50.", "better"),
        # All right: no resample of the users differs, and the number of users alone says how sure that is, 2^(1 - 10).
        (
            [True] * 20,
            2,
            "first in 1.00 of 20 pairs of test users: better than chance (10 users agree",
            "distinguishable",
        ),
        ([True] * 20, 2, "with p = 0.002); no interval can be estimated", "distinguishable"),
        ([False] * 20, 2, "worse than chance, 0.50 (10 users agree", "distinguishable"),
        ([True, False] * 10, 2, "not distinguishable from chance, 0.50; no interval", "p ="),
        (
            [True] * 20,
            4,
            "first in 1.00 of 20 pairs of test users: not distinguishable from chance, 0.50, by 5",
            "p =",
        ),
        ([True] * 20, 20, "0.50, by 1 user.", "better"),
    ],
)
def test_pairs_of_one_user_against_chance(right, each, words, other):
    users = [f"u{row // each}" for row in range(len(right))]
    html = reading.describe_pair_accuracy(pd.DataFrame({"user_id": users, "right 0": right}), "ranker")
    says(html, words)
    assert other not in html


def test_without_pairs_there_is_nothing_to_say():
    empty = pd.DataFrame({"user_id": pd.Series(dtype=str)})
    says(reading.describe_pair_accuracy(empty, "ranker"), "No test user has two posts")
