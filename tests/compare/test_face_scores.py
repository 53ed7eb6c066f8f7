"""The face knows who, the whole picture knows by whom: every number follows."""

import numpy as np
import pandas as pd
import pytest
from face_studies import FACES, IDS, PHOTOS, QUERIES, SHOWN, WHO, vectors

from likeness.compare.face_queries import identities_shown
from likeness.compare.face_scores import COMPARISONS, SCORES, face_scores
from likeness.compare.face_values import RANDOM
from likeness.stats.metrics import MetricsBook

EFFORT = {"n_boot": 100, "n_boot_tests": 500}
WHOLE = {"net": vectors()}


def value_of(scores: pd.DataFrame, scheme: str, model: str, metric: str) -> float:
    """Return the one value of a model."""
    picked = scores[(scores["scheme"] == scheme) & (scores["model"] == model) & (scores["metric"] == metric)]
    assert len(picked) == 1
    return picked["value"].iloc[0]


def test_each_view_finds_what_it_knows():
    found = face_scores(WHOLE, QUERIES, PHOTOS, SHOWN, face_weight=0.5, **EFFORT)
    scores = found.scores
    assert list(scores) == SCORES
    assert len(scores) == 2 * 2 * 5 * 4  # schemes, labels, models with the random ranking, measures
    assert set(scores["split"]) == {"test"}
    for measure in ("recall@1", "recall@5", "mAP", "nDCG@10"):
        assert value_of(scores, "honest", "net, face", f"identity {measure}") == pytest.approx(1)
        assert value_of(scores, "honest", "net, general", f"artist {measure}") == pytest.approx(1)
        assert value_of(scores, "honest", "net, faces", f"artist {measure}") == pytest.approx(1)
    assert value_of(scores, "honest", RANDOM, "identity recall@1") == pytest.approx(3 / 31)
    assert value_of(scores, "honest", RANDOM, "artist recall@1") == pytest.approx(7 / 31)
    # of 31 pictures the whole picture puts 7 by the same artist first, none of them of the same person
    assert value_of(scores, "honest", "net, general", "identity recall@5") == 0
    naive, honest = (scores[scores["scheme"] == scheme]["value"].to_numpy() for scheme in ("naive", "honest"))
    np.testing.assert_array_equal(naive, honest)  # nothing is a copy of anything
    baseline = scores[scores["model"] == RANDOM]
    assert set(baseline["network"]) == set(baseline["view"]) == {""}
    assert (scores["undefined"] == 0).all()


def test_paired_tests_say_which_view_is_better():
    tests = face_scores(WHOLE, QUERIES, PHOTOS, SHOWN, face_weight=0.5, **EFFORT).comparisons
    assert list(tests) == COMPARISONS
    assert len(tests) == 2 * 4 * 6
    one = tests[tests["metric"] == "identity recall@1"].set_index(["a", "b"])
    row = one.loc["net, face", "net, general"]
    assert (row["difference"], row["verdict"], row["n"]) == (1, "A better", 32)
    assert one.loc["net, faces", "net, general"]["verdict"] == "not distinguishable"
    assert (one["p_adjusted"] >= one["p_value"]).all()


def test_two_networks_are_corrected_together_and_compared_apart():
    both = {"net": vectors(), "web": vectors()}
    found = face_scores(both, QUERIES, PHOTOS, SHOWN, face_weight={"net": 0.0, "web": 1.0}, **EFFORT)
    assert found.comparisons.groupby("metric").size().unique().tolist() == [12]
    pairs = found.comparisons[["network", "a", "b"]].to_numpy()
    assert all(a.startswith(network) and b.startswith(network) for network, a, b in pairs)
    scores = found.scores
    for view, combined in (("net, general", "net, combined"), ("web, face", "web, combined")):
        for metric in ("identity mAP", "artist mAP"):
            assert value_of(scores, "honest", view, metric) == value_of(scores, "honest", combined, metric)
    with pytest.raises(ValueError, match="face_weight has no entry for 'web', only for net"):
        face_scores(both, QUERIES, PHOTOS, SHOWN, face_weight={"net": 0.5}, **EFFORT)
    with pytest.raises(ValueError, match="n_boot 50 cannot reach"):
        face_scores(both, QUERIES, PHOTOS, SHOWN, face_weight=0.5, n_boot_tests=50)


def test_the_naive_number_counts_copies():
    copied = PHOTOS.assign(
        duplicate_group=[IDS[4 * person] if row % 4 < 2 else IDS[row] for row, person in enumerate(WHO)]
    )
    scores = face_scores(WHOLE, QUERIES, copied, SHOWN, face_weight=0.5, **EFFORT).scores
    # of 31 others one is a copy for half of the queries: 2 of 30 are right, else 3 of 31
    assert value_of(scores, "honest", RANDOM, "identity recall@1") == pytest.approx((2 / 30 + 3 / 31) / 2)
    assert value_of(scores, "naive", RANDOM, "identity recall@1") == pytest.approx(3 / 31)


def test_only_labelled_queries_count():
    named = QUERIES.assign(identity=QUERIES["identity"].where(WHO < 3, ""), artist="")
    found = face_scores(WHOLE, named, PHOTOS.assign(artist=""), SHOWN, face_weight=0.5, **EFFORT)
    assert set(found.scores["label"]) == {"identity"}
    assert set(found.scores["n"]) == {12}
    assert set(found.comparisons["n"]) == {12}


def test_pictures_that_nobody_annotated_are_out_of_the_gallery():
    """Of each person two pictures of four are annotated: unknown is not none, and chance is that of the other 15."""
    half = np.tile([True, True, False, False], 8)
    photos = PHOTOS.assign(annotated=half)
    faces = FACES.assign(identity=FACES["identity"].where(half, ""))
    named, shown = QUERIES[half].reset_index(drop=True), identities_shown(photos, faces, faces[half])
    scores = face_scores(WHOLE, named, photos, shown, face_weight=0.5, **EFFORT).scores
    assert value_of(scores, "honest", RANDOM, "identity recall@1") == pytest.approx(1 / 15)
    for measure in ("recall@1", "mAP", "nDCG@10"):  # one's other three pictures look alike; only one is named
        assert value_of(scores, "honest", "net, face", f"identity {measure}") == pytest.approx(1)


def test_without_labels_the_tables_are_empty():
    unnamed = QUERIES.assign(identity="", artist="")
    found = face_scores(WHOLE, unnamed, PHOTOS, SHOWN, face_weight=0.5, **EFFORT)
    assert found.scores.empty
    assert list(found.scores) == SCORES
    assert found.comparisons.empty
    assert list(found.comparisons) == COMPARISONS
    assert face_scores(WHOLE, QUERIES.head(0), PHOTOS, SHOWN, face_weight=0.5, **EFFORT).scores.empty


def test_scores_become_metrics_and_are_the_same_twice():
    found = [face_scores(WHOLE, QUERIES, PHOTOS, SHOWN, face_weight=0.5, **EFFORT) for _ in range(2)]
    for first, second in zip(*found, strict=True):
        pd.testing.assert_frame_equal(first, second)
    book = MetricsBook()
    book.add_scores(found[0].scores)
    assert book.to_dict()["test"]["net, face"]["identity recall@1"]["value"] == 1
    assert set(book.to_dict()) == {"test", "naive-test"}
    assert len(FACES) == 32
