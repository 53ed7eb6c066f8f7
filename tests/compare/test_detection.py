"""How well faces were found: values by hand, and a slow independent way to the same intervals."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.detection import (
    METRICS,
    ap_of,
    clusters_of,
    compare_detectors,
    detection_scores,
    picture_counts,
    statistic_of,
)
from likeness.people.faces import to_table
from likeness.stats.bootstrap import cluster_draws
from likeness.stats.detection import IOUS, average_precision

PHOTOS = pd.DataFrame({"photo_id": ["p", "q", "r"]})
A, B, C = [0, 0, 10, 10], [50, 50, 60, 60], [0, 0, 10, 10]
TRUTH = pd.DataFrame([("p", *A), ("p", *B), ("q", *C)], columns=["photo_id", "x0", "y0", "x1", "y1"]).astype(
    dict.fromkeys(("x0", "y0", "x1", "y1"), float)
)
FOUND = to_table(
    ["p", "q"],
    [np.array([[*A, 0.9], [20, 20, 30, 30, 0.8]]), np.array([[0, 0, 10, 6.2, 0.7]])],  # right, false, IoU 0.62
)


def values(scores):
    return scores.set_index(["detector", "metric"])["value"]


def random_tables(seed, photos=9):
    """Pictures with up to three faces in a row, most of them found a little aside, and some false ones."""
    rng, ids = np.random.default_rng(seed), [f"p{k}" for k in range(photos)]
    truth, found = [], []
    for photo_id in ids:
        seen = []
        for k in range(rng.integers(0, 4)):
            box = np.array([30.0 * k, 0, 30 * k + 20, 20])
            truth.append((photo_id, *box))
            if rng.random() < 0.8:
                seen.append([*(box + rng.uniform(-4, 4, 4)), round(rng.uniform(0.3, 1), 4)])
        seen += [[200, 10 * k, 220, 10 * k + 30, round(rng.uniform(0.1, 0.9), 4)] for k in range(rng.integers(0, 3))]
        seen = np.array(seen).reshape(-1, 5)
        found.append(seen[np.argsort(-seen[:, 4])])
    table = pd.DataFrame(truth, columns=["photo_id", "x0", "y0", "x1", "y1"])
    return to_table(ids, found), table, pd.DataFrame({"photo_id": ids})


def test_scores_by_hand():
    scores = detection_scores({"mine": FOUND}, TRUTH, PHOTOS, confidence=0.75)
    assert scores["metric"].tolist() == list(METRICS)
    found = values(scores)["mine"]
    # precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3: 34 of the 101 recalls see 1, the next 33 see 2/3, the rest 0
    assert found["AP50"] == pytest.approx((34 + 33 * 2 / 3) / 101)
    assert found["AP"] == pytest.approx((3 * 56 + 7 * 34) / 10 / 101)  # beyond 0.6 the third is no longer right
    assert found["recall"] == pytest.approx(1 / 3)  # the third is below the confidence
    assert found["precision"] == pytest.approx(1 / 2)
    assert scores["n"].tolist() == [3] * 4
    told = scores.dropna(subset="low")  # one number in all resamples is no interval
    assert ((told["low"] <= told["value"]) & (told["value"] <= told["high"])).all()
    assert len(told) == 3


def test_pictures_are_counted_by_hand():
    counts = picture_counts({"mine": FOUND, "none": FOUND[:0]}, TRUTH, PHOTOS, confidence=0.5)
    assert counts["photo_id"].tolist() == ["p", "q", "r"] * 2
    mine = counts[counts["detector"] == "mine"]
    assert mine[["found", "missed", "false"]].to_numpy().tolist() == [[1, 1, 1], [1, 0, 0], [0, 0, 0]]
    assert counts[counts["detector"] == "none"]["missed"].tolist() == [2, 1, 0]


def test_nothing_found_and_nothing_to_find():
    found = values(detection_scores({"none": FOUND[:0]}, TRUTH, PHOTOS, confidence=0.5))["none"]
    assert (found["AP50"], found["AP"], found["recall"]) == (0, 0, 0)
    assert np.isnan(found["precision"])
    empty = detection_scores({"mine": FOUND}, TRUTH[:0], PHOTOS, confidence=0.5)
    assert np.isnan(values(empty)["mine"]["AP50"])
    assert empty["low"].isna().tolist() == [True] * 4  # no precision but 0 can be drawn
    with pytest.raises(ValueError, match="none of the 3 pictures has a true face"):
        compare_detectors({"a": FOUND, "b": FOUND}, TRUTH[:0], PHOTOS, confidence=0.5)


def test_other_pictures_are_passed_over():
    whole = detection_scores({"mine": FOUND}, TRUTH, PHOTOS[:1], confidence=0.5)
    part = FOUND[FOUND["photo_id"] == "p"], TRUTH[TRUTH["photo_id"] == "p"]
    alone = detection_scores({"mine": part[0]}, part[1], PHOTOS[:1], confidence=0.5)
    pd.testing.assert_frame_equal(whole, alone)
    assert whole["low"].isna().all()  # a single picture: nothing to resample


@pytest.mark.parametrize("seed", range(5))
def test_a_weighted_picture_counts_as_so_many_copies(seed):
    """The fast statistic against torchmetrics (COCO) on tables in which pictures are really repeated."""
    found, truth, photos = random_tables(seed)
    statistics = [ap_of(found, truth, photos, ious) for ious in (IOUS[:1], IOUS)]
    rng = np.random.default_rng(seed)
    for weights in (np.ones(len(photos), int), rng.integers(0, 4, len(photos))):
        copies = np.repeat(photos["photo_id"], weights)
        lists = [
            [table.loc[table["photo_id"] == photo_id, columns].to_numpy(float) for photo_id in copies]
            for table, columns in ((found, ["x0", "y0", "x1", "y1", "score"]), (truth, ["x0", "y0", "x1", "y1"]))
        ]
        fast = [statistic(weights[None].astype(float))[0] for statistic in statistics]
        assert fast == pytest.approx(average_precision(*lists), abs=1e-6)  # torchmetrics gives single precision


def test_intervals_are_those_of_resampled_pictures_and_groups():
    found, truth, photos = random_tables(1, photos=6)
    photos["group"] = ["x", "x", "y", "y", "z", "z"]
    statistic = statistic_of("recall", found, truth, photos, 0.5)
    draws = cluster_draws(statistic, clusters_of(photos), 200, 3)
    counts = picture_counts({"": found}, truth, photos, confidence=0.5).groupby(photos["group"].to_numpy()).sum()
    hits, all_of_them = counts["found"].to_numpy(), (counts["found"] + counts["missed"]).to_numpy()
    drawn = np.random.default_rng(3).multinomial(3, np.full(3, 1 / 3), 200)
    total = drawn @ all_of_them
    np.testing.assert_allclose(draws, np.where(total, drawn @ hits / np.maximum(total, 1), np.nan))
    scores = detection_scores({"": found}, truth, photos, confidence=0.5, n_boot=200, seed=3)
    low, high = np.nanquantile(draws, [0.025, 0.975])
    row = scores[scores["metric"] == "recall"].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_a_clear_difference_is_told_from_none():
    ids = [f"p{k}" for k in range(20)]
    photos = pd.DataFrame({"photo_id": ids})
    truth = pd.DataFrame([(photo_id, 0.0, 0.0, 10.0, 10.0) for photo_id in ids], columns=TRUTH.columns)
    perfect = to_table(ids, [np.array([[0, 0, 10, 10, 0.9]])] * 20)
    half = perfect[perfect["photo_id"].isin(ids[::2])]
    table = compare_detectors({"one": perfect, "half": half}, truth, photos, confidence=0.5, n_boot=500)
    assert table["metric"].tolist() == ["found", "AP50"]
    assert table["difference"].tolist() == pytest.approx([0.5, 1 - 51 / 101])  # recalls 0 to 0.50 of 101
    assert table["verdict"].tolist() == ["A better", "A better"]
    assert (table["p_value"] <= table["p_adjusted"]).all()
    same = compare_detectors({"one": perfect, "two": perfect}, truth, photos, confidence=0.5, n_boot=500)
    assert set(same["verdict"]) == {"not distinguishable"}
    unsure = perfect.assign(score=0.4)  # found, but below the confidence
    table = compare_detectors({"one": perfect, "unsure": unsure}, truth, photos, confidence=0.5, n_boot=500)
    assert table["difference"].tolist() == pytest.approx([1, 0])


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"1 detectors \(a\): give two to compare"):
        compare_detectors({"a": FOUND}, TRUTH, PHOTOS, confidence=0.5)
    with pytest.raises(ValueError, match="unknown metric 'F1': use one of AP50, AP, recall, precision"):
        statistic_of("F1", FOUND, TRUTH, PHOTOS, 0.5)


def test_a_difficult_face_counts_neither_way():
    """What VOC marks as difficult is no face to find, and no false one: as if neither it nor its box were there."""
    hard = TRUTH.assign(difficult=[False, True, False])
    twice = to_table(["p", "q"], [np.array([[*A, 0.9], [*B, 0.95], [*B, 0.6]]), np.array([[0, 0, 10, 6.2, 0.7]])])
    without = twice.drop(index=[1, 2]).reset_index(drop=True)
    for faces in (twice, without):
        pd.testing.assert_frame_equal(
            detection_scores({"mine": faces}, hard, PHOTOS, confidence=0.65, n_boot=50),
            detection_scores({"mine": without}, TRUTH.drop(index=1), PHOTOS, confidence=0.65, n_boot=50),
        )
    counts = picture_counts({"mine": twice}, hard, PHOTOS, confidence=0.65)
    assert counts[["found", "missed", "false"]].to_numpy().tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]
    table = compare_detectors({"mine": twice, "none": FOUND[:0]}, hard, PHOTOS, confidence=0.65, n_boot=200)
    assert table.set_index("metric")["difference"].to_dict() == pytest.approx({"found": 1.0, "AP50": 1.0}, abs=0.01)
    with pytest.raises(ValueError, match="none of the 3 pictures has a true face"):
        compare_detectors({"a": twice, "b": twice}, hard.assign(difficult=True), PHOTOS, confidence=0.5)
