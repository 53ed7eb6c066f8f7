"""What is kept of character and style, by hand and on a collection where each view knows one of both."""

import numpy as np
import pandas as pd
import pytest
from face_studies import PHOTOS, QUERIES, SHOWN, vectors

from likeness.compare.face_values import RANDOM
from likeness.compare.kept import KEPT, choose_weight, choose_weights, kept_of, kept_scores, kept_table, weight_sweep
from likeness.stats.metrics import MetricsBook

VALUES = {
    RANDOM: np.full(4, 0.1),
    "face": np.array([1.0, 1, 1, 0.2]),
    "general": np.array([0.5, 0.5, 0, 0]),
    "both": np.array([0.5, 0.5, 0.5, 0.3]),
}


def test_gain_over_chance_as_a_share_of_the_best_single_gain():
    kept = kept_of(VALUES, ["general", "face"], list("abcd"), 100, 0)
    assert (kept.chance, kept.best_model, kept.best) == (pytest.approx(0.1), "face", 0.8)
    shares = {name: share.value for name, share in kept.shares.items()}
    assert shares == pytest.approx({RANDOM: 0, "face": 1, "general": 0.15 / 0.7, "both": 0.35 / 0.7})
    assert (kept.shares["face"].low, kept.shares["face"].high) == (1, 1)
    assert kept.shares["both"].low < 0.5 < kept.shares["both"].high


def test_without_any_gain_nothing_can_be_kept():
    kept = kept_of({RANDOM: np.full(4, 0.5), "face": np.full(4, 0.4)}, ["face"], list("abcd"), 20, 0)
    assert np.isnan(kept.shares["face"].value)
    assert kept.shares["face"].low is None


def table(weight: float):
    return kept_table({"net": vectors()}, QUERIES, PHOTOS, SHOWN, face_weight=weight, n_boot=100)


def test_the_combined_view_keeps_both_or_one(monkeypatch):
    few = table(0.4)
    assert few[few["quality"] == "style"]["keeps"].isna().all()  # four artists are too few for a verdict
    assert few[few["quality"] == "character"]["keeps"].notna().all()  # eight people are not
    monkeypatch.setattr("likeness.compare.kept.FEW", 2)
    kept = table(0.4)
    assert list(kept) == KEPT
    rows = kept.set_index(["view", "quality"])
    assert rows.loc[("face", "character"), "kept"] == pytest.approx(1)
    assert rows.loc[("general", "style"), "kept"] == pytest.approx(1)
    assert rows.loc[("face", "character"), "best_view"] == "face"
    assert rows.loc[("face", "style"), "best_view"] == "general"
    assert rows.loc[("general", "character"), "kept"] == pytest.approx((0 - 3 / 31) / (1 - 3 / 31))
    assert rows.loc[("general", "style"), "chance"] == pytest.approx(7 / 31)
    # combined, more weight on the whole picture: the seven by the same artist, then the three of the same person
    assert rows.loc[("combined", "style"), "keeps"] is True
    assert rows.loc[("combined", "character"), "keeps"] is False
    # more weight on the face: the three of the same person, then two of five by the same artist
    rows = table(0.6).set_index(["view", "quality"])
    assert rows.loc[("combined", "character"), "keeps"] is True
    assert rows.loc[("combined", "style"), "value"] == pytest.approx(2 / 5)


def test_rows_for_the_metrics():
    book = MetricsBook()
    book.add_scores(kept_scores(table(0.5)))
    found = book.to_dict()["test"]["net, face"]
    assert set(found) == {"artist share@5", "kept character", "kept style"}
    assert found["kept character"]["value"] == 1


def test_without_labels_no_rows():
    unnamed = QUERIES.assign(identity="", artist="")
    kept = kept_table({"net": vectors()}, unnamed, PHOTOS, SHOWN, face_weight=0.5, n_boot=20)
    assert kept.empty
    assert list(kept) == KEPT
    assert kept_scores(kept).empty


WEIGHTS = [0.0, 0.3, 0.7, 1.0]
N = np.nan


def swept(queries=QUERIES, networks=("net",)) -> pd.DataFrame:
    return weight_sweep(dict.fromkeys(networks, vectors()), queries, PHOTOS, SHOWN, WEIGHTS, n_boot=50)


def test_the_face_gains_what_the_picture_loses():
    sweep = swept()
    assert sweep["weight"].tolist() == WEIGHTS
    assert sweep["recall_at_1"].tolist() == [0, 0, 1, 1]
    assert sweep["artist_share_at_5"].tolist()[:3] == [1, 1, 2 / 5]  # three of the same person come first
    assert sweep["map"].is_monotonic_increasing
    assert sweep["recall_at_1_low"].isna().all()  # all queries agree, so that no resample differs
    assert set(sweep["n_identity"]) == set(sweep["n_artist"]) == {32}


def test_what_is_kept_is_that_of_the_table():
    sweep = swept().set_index("weight")
    table = kept_table({"net": vectors()}, QUERIES, PHOTOS, SHOWN, face_weight=0.7, n_boot=20)
    kept = table[table["view"] == "combined"].set_index("quality")["kept"]
    assert sweep.loc[0.7, "kept_character"] == pytest.approx(kept["character"])
    assert sweep.loc[0.7, "kept_style"] == pytest.approx(kept["style"])


def rows(character, style) -> pd.DataFrame:
    return pd.DataFrame({"weight": WEIGHTS, "kept_character": character, "kept_style": style})


def test_the_weight_keeps_most_of_the_worse_one():
    assert choose_weight(rows([0.1, 0.6, 0.7, 1], [1, 0.8, 0.6, 0.2])) == 0.3
    assert choose_weight(rows([0.1, 0.6, 0.6, 1], [1, 0.8, 0.6, 0.2])) == 0.3  # of equal ones the smaller
    assert choose_weight(rows([0.1, 0.6, 0.7, 1], [N] * 4)) == 1.0
    assert choose_weight(rows([N] * 4, [1, 0.8, 0.6, 0.2])) == 0.0
    assert choose_weight(rows([N] * 4, [N] * 4)) == 0.5
    assert choose_weight(rows([0.1, 0.6, 0.7, 1], [N] * 4).head(0)) == 0.5


def test_where_many_weights_keep_all_the_one_with_the_best_order_is_taken():
    saturated = rows([0.9, 1, 1, 1], [N] * 4)
    assert choose_weight(saturated.assign(map=[0.5, 0.7, 0.8, 0.95])) == 1.0
    assert choose_weight(saturated.assign(map=[0.99, 0.9, 0.9, 0.9])) == choose_weight(saturated)
    assert choose_weight(saturated.assign(map=N)) == choose_weight(saturated)


def test_each_network_gets_its_own_weight():
    sweep = swept(networks=("net", "web"))
    assert choose_weights(sweep) == dict.fromkeys(("net", "web"), 0.7)


def test_without_labels_or_queries():
    for queries in (QUERIES.assign(identity="", artist=""), QUERIES.head(0)):
        sweep = swept(queries)
        assert sweep["weight"].tolist() == WEIGHTS
        assert sweep[["recall_at_1", "recall_at_1_low", "map", "kept_style"]].isna().all(axis=None)
        assert choose_weights(sweep) == {"net": 0.5}
