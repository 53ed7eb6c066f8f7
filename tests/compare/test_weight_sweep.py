"""From whole picture to face, and the weight that keeps most of both."""

import numpy as np
import pandas as pd
import pytest
from face_studies import PHOTOS, QUERIES, SHOWN, vectors

from likeness.compare.kept import kept_table
from likeness.compare.weight_sweep import choose_weight, choose_weights, weight_sweep

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


def test_each_network_gets_its_own_weight():
    sweep = swept(networks=("net", "web"))
    assert choose_weights(sweep) == dict.fromkeys(("net", "web"), 0.7)


def test_without_labels_or_queries():
    for queries in (QUERIES.assign(identity="", artist=""), QUERIES.head(0)):
        sweep = swept(queries)
        assert sweep["weight"].tolist() == WEIGHTS
        assert sweep[["recall_at_1", "recall_at_1_low", "map", "kept_style"]].isna().all(axis=None)
        assert choose_weights(sweep) == {"net": 0.5}
