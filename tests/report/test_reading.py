"""Sentences that read the data or a comparison: the numbers in them are counted by hand in tables of a few rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shown import said, says

from likeness.people.marks.account import Account
from likeness.report import figures_training, html_text, reading, reading_data, reading_fit
from likeness.report.html_text import POSTS
from likeness.report.pose import reading_marks

ACCURACY = pd.DataFrame(
    [
        ("full", "honest", 0.61, 0.55, 0.67),
        ("last", "honest", 0.58, 0.5, 0.6),
        ("full", "naive", 0.93, 0.9, 0.95),
        ("last", "naive", 0.99, 0.9, 1.0),
    ],
    columns=["model", "scheme", "value", "low", "high"],
)
COMPARISONS = pd.DataFrame(
    [
        ("a", "b", 0.1, 0.03, "A better"),
        ("a", "c", -0.3, 0.0012, "B better"),
        ("b", "c", -0.4, 0.2, "not distinguishable"),
    ],
    columns=["a", "b", "difference", "p_adjusted", "verdict"],
)
RUNGS = pd.DataFrame(
    [
        (5, "random ranking", 0.2, np.nan, np.nan, 30, 0),
        (5, "oracle", 1.0, 1.0, 1.0, 30, 0),
        (5, "joints", 0.4, 0.3, 0.5, 30, 4),
        (5, "features", 0.35, 0.3, 0.4, 30, 0),
        (1, "features", 0.9, 0.3, 0.4, 30, 0),
    ],
    columns=["k", "model", "value", "low", "high", "n", "undefined"],
)
SCORES = pd.DataFrame(
    {
        "scheme": ["honest"] * 4 + ["naive"] + ["honest"] * 4,
        "split": ["test"] * 3 + ["val"] * 2 + ["test"] * 3 + ["val"],
        "model": list("bacccabcb"),
        "metric": ["eer"] * 5 + ["ece"] * 4,
        "value": [0.3, 0.3, 0.4, 0.1, 0.0, 0.05, 0.25, 0.01, 0.0],
        "low": [0.2, 0.25, 0.2, 0.0, 0.0, 0.0, 0.2, 0.0, 0.0],
        "high": [0.4, 0.35, 0.5, 0.2, 0.1, 0.1, 0.3, 0.1, 0.1],
    }
)
CARD = pd.DataFrame(
    {
        "method": ["IG", "CAM", "IG", "IG", "CAM"],
        "test": ["deletion", "deletion", "insertion", "pointing", "pointing"],
        "value": [0.5, 0.4, 0.5, 0.25, 0.75],
        "chance": [0.8, 0.9, 0.1, 0.1, 0.1],
    }
)
ESTIMATED, FACES = (CARD.replace({"test": {"pointing": f"pointing, {who}"}}) for who in ("estimated people", "faces"))
# a: 0.60 and 0.62, b: 0.5 and 0.6; their intervals are those of SCORES
RUNS = pd.DataFrame({"model": list("aabb"), "run": [0, 1, 0, 1], "value": [0.6, 0.62, 0.5, 0.6]})
SHOWN = pd.DataFrame({"photo_id": list("abcd"), "duplicate_group": list("abcd"), "site": "s", "group": "s", "split": ["test"] * 3 + ["val"],
                      "arrangement": ["s/x", "s/x", "s/y", "s/z"]})  # fmt: skip
MANY = pd.concat([SHOWN.assign(photo_id=SHOWN["photo_id"] + str(k), group=f"s{k}") for k in range(6)])
ROLE_MODELS = pd.DataFrame(
    {
        "arrangement": ["louvre/jump", "louvre/lean"],
        "taken_at": pd.to_datetime(["2019-05-03", "2020-01-01"]),
        "copies": [7, 2],
        "days": [1200, 3],
    }
)
FOUND, ACCEPTED = pd.DataFrame(index=range(1007)), pd.DataFrame(index=range(1000))
REFUSED = pd.DataFrame({"reason": ["empty"] * 2 + ["truncated"] * 3 + ["disguised"] * 2 + ["too-small"]})
COPIES = pd.DataFrame({"duplicate_group": list("aaabbcde")})
PHOTOS = pd.DataFrame(
    {"photo_id": list("abcdef"), "split": ["test", "train", "val", "train", "train", "test"], "group": list("zaybaz")}
)
# a: 3 joints of one person. b: 5 and 1 of two people. c: 10 of one. d, e and f: nobody.
PEOPLE = pd.DataFrame([("a", 0)] * 3 + [("b", 0)] * 5 + [("b", 1)] + [("c", 0)] * 10, columns=["photo_id", "person"])
# Of 20 photos that a file names, 10 are among 12; all of their 90 joints lie inside.
ACCOUNT = Account(Path("k.json"), 20, 10, 12, [], 90, 90, 3, 2, 0, "px", 0, 0, {})
LEAKS = pd.DataFrame([("photos", 45, 50, 0.9), ("sites", 5, 5, 1.0)], columns=["shared", "count", "of", "share"])
CLEAN = LEAKS.iloc[[0, 0, 1]].assign(shared=["photos", "groups", "arrangements"], count=[2, 1, 7])
# a and b point the same way, c and d nearly so, but d carries a's label; e lies on a and is not labelled.
SPACE = np.array([[1, 0], [1, 0.01], [0, 1], [0.1, 1], [1, 0]])
SITES = pd.Series(["louvre", "louvre", "pisa", "louvre", None], name="site")
HISTORY = pd.DataFrame(
    {
        "scheme": ["honest"] * 3 + ["naive"] * 2,
        "run": 0,
        "epoch": [0, 1, 2, 0, 1],
        "val_loss": [0.7, 0.6123, 0.65, 0.5, 0.4],
        "val_accuracy": [0.5, 0.625, 0.6, 0.8, 0.9],
        "best": [False, True, False, False, True],
    }
)
PREDICTIONS = pd.DataFrame(
    {
        "scheme": ["honest"] * 7 + ["naive"] * 4,
        "split": ["test"] * 6 + ["val"] * 5,
        "run": 0,
        "same": [True] * 4 + [False] * 4 + [True] + [False] * 2,
        "probability": [0.9, 0.5, 0.4, 0.7, 0.5, 0.1, 0.9, 0.2, 0.2, 0.3, 0.4],
    }
)


def pairs(*same: bool) -> pd.DataFrame:
    return pd.DataFrame({"split": ["train"] * 4 + ["test"] * 4, "same": [True, False, True, False, *same]})


def gaps(**rows: tuple[float | None, float | None]) -> pd.DataFrame:
    """Return {model: (honest, naive)} as a table of scores."""
    table = pd.DataFrame([(m, s, v) for m, vs in rows.items() for s, v in zip(("honest", "naive"), vs, strict=True)])
    return table.set_axis(["model", "scheme", "value"], axis=1).dropna()


CASES = [
    (reading.describe_winner, [ACCURACY], "highest of 2 numbers | full, 0.61 (0.55–0.67) | reads 0.93."),
    (reading.describe_winner, [ACCURACY[::-1]], "full, 0.61 (0.55–0.67) | reads 0.93."),
    (reading.describe_inflation, [gaps(a=(0.5, 0.9), b=(0.6, 0.6), c=(0.1, None))], "2 models that learnt | +0.20 | a the most (+0.40)"),
    (reading.describe_inflation, [gaps(a=(0.5, 0.9), b=(0.6, 0.6)), ["b"]], "1 model that learnt | +0.40"),
    (reading.describe_ladder, [ACCURACY[:2].assign(low=[0.4, 0.55]), 0.5], "1 of 2 models"),
    (reading.describe_ladder, [ACCURACY.assign(low=0.4), 0.5], "No interval of"),
    (reading.describe_inflation, [gaps(a=(0.5, 0.4))], "1 model | −0.10 | flatters none"),
    (reading.describe_inflation, [gaps(a=(0.5, None), b=(None, 0.5))], "No model"),
    (reading.describe_comparisons, [COMPARISONS], "Of 3 differences, 2 stand | c is better than a by 0.30 (adjusted p 0.0012)"),
    (reading.describe_comparisons, [COMPARISONS[::2]], "Of 2 differences, 1 stands | a is better than b by 0.10"),
    (reading.describe_comparisons, [COMPARISONS[2:], POSTS], "Of 1 difference, none | these posts"),
    (reading.describe_comparisons, [COMPARISONS[:0]], "only one model"),
    (reading.describe_comparisons, [COMPARISONS.assign(runs=[5, 3, 1], held=[4, 3, 1])], "trained once, 1 of the 2 verdicts on networks would depend on the seed"),
    (reading.describe_tests, [COMPARISONS.assign(low=-0.5, high=0.5), "AUC", "some"], "some | Of 3 differences, 2 stand"),
    (reading.describe_seeds, [RUNS, SCORES[:3].assign(metric="auc")], "deviation of 0.014 to 0.071 (most for b) | reach 0.075 to either side"),
    (reading.describe_seeds, [RUNS[:1], SCORES], "trained once: nothing here speaks"),
    (reading.describe_intervals, [SHOWN], "resample 2 arrangements | too few"),
    (reading.describe_intervals, [SHOWN.assign(arrangement=None)], "resample 3 photos with their near-duplicates"),
    (reading.describe_intervals, [MANY], "resample 6 sites, so that they speak of other sites"),
    (reading.describe_hits, [RUNGS, 5, "the test photos"], "hit@5 of 2 models is that of joints | 0.40 (0.30–0.50) of 30 | for 0.20. | misses: 4."),
    (reading.describe_rates, [SCORES], "3 equal error rates | that of a: 0.30 (0.25–0.35)"),
    (reading.describe_rates, [SCORES[::-1]], "3 equal error rates | that of a: 0.30 (0.25–0.35)"),
    (reading.describe_calibration, [SCORES, ["b", "a"]], "0.05 on average for a, by 0.25 for b"),
    (reading.describe_saliency, [CARD], "0.85: it hardly depends on | CAM | on a person in 75 % | guess: 10 %"),
    (reading.describe_saliency, [ESTIMATED], "on an estimated person in 75 %"),
    (reading.describe_saliency, [FACES], "on a face in 75 %"),
    (reading.describe_saliency, [CARD[:3].assign(chance=[0.5, 0.6, 0.1])], "probability of 0.55."),
    (reading.describe_role_models, [ROLE_MODELS], "2 photos | louvre/jump | 03 May 2019 | 7 times within 1,200 days"),
    (reading.describe_role_models, [ROLE_MODELS[:0]], "No dated photo"),
    (reading_data.describe_files, [FOUND, ACCEPTED, REFUSED], "1,007 files found: 1,000 accepted, 8 refused | 3 truncated, 2 "),
    (reading_data.describe_files, [ACCEPTED, ACCEPTED, REFUSED[:0]], "1,000 accepted, 0 refused. Nothing"),
    (reading_data.describe_duplicates, [COPIES], "2 groups of near-duplicates hold 5 photos, so 3 (37.5 %) | has 3."),
    (reading_data.describe_duplicates, [COPIES[4:]], "No photo is a near-duplicate"),
    (reading_data.describe_people, [PHOTOS[:4], PEOPLE], "in 1 of 4 photos (25.0 %), one person in 2, two or more in 1 | 5 of 18 joints"),
    (reading_data.describe_people, [PHOTOS[:4].assign(mask=[*["keypoints"] * 3, "unknown"]), PEOPLE], "in 0 of 3 photos (0.0 %)"),
    (reading_marks.describe_marks, [ACCOUNT], "k.json names 20 photos: 10 of them are among the 12 here. 90 joints are marked in these, 100.0 % | With nobody marked in them: 3 photos. Not annotated: 2 photos; whether"),
    (reading_marks.describe_marks, [ACCOUNT._replace(unit="0 to 1", scaled=1, turned=2, twice=3)], "run from 0 to 1 of | Those of 1 photo were made on another size | Those of 2 photos were turned | counted once: 3 people"),
    (reading_marks.describe_marks, [ACCOUNT._replace(left_out={"crowds": 4}, strangers=["x.jpg", "y.jpg"])], "Left out, crowds: 4. | Names that fit no accepted photo: x.jpg, y.jpg and 8 more."),
    (reading_marks.describe_marks, [ACCOUNT._replace(inside=60)], "Warning | 66.7 % of them inside"),
    (reading_marks.describe_marks, [ACCOUNT._replace(found=6)], "Warning | 6 of them are among the 12 here"),
    (reading_data.describe_people, [PHOTOS[:4], PEOPLE[:0]], "in 4 of 4 photos (100.0 %), one person in 0, two or more in 0; no joints"),
    (reading_data.describe_splits, [PHOTOS], "train 3 photos in 2 groups; val 1 photos in 1 groups; test 2 photos in 1 groups"),
    (reading_data.describe_splits, [PHOTOS[PHOTOS["split"] != "val"]], "train 3 photos in 2 groups; test 2"),
    (reading_data.describe_pairs, [pairs(True, True, True, False)], "8 pairs, 62 % | On the 4 test pairs | in 75 %"),
    (reading_data.describe_pairs, [pairs(False, False, False, True)], "8 pairs, 38 % | On the 4 test pairs | in 75 %"),
    (reading_data.describe_leaks, [CLEAN, LEAKS], "45 of 50 validation photos (90 %) | shares 3."),
    (reading_fit.describe_extraction, [{"photo": np.zeros((1200, 512)), "mirror": ...}], "2 views (photo, mirror) of 1,200 photos: 512"),
    # right for a and b, wrong for c and d; chance: (3/4)^2 + (1/4)^2 = 0.625
    (reading_fit.describe_space, [SPACE, SITES], "In 50 % | same site (chance: 62 %)"),
    (reading_fit.describe_mirror, [{"photo": np.eye(4), "mirror": np.eye(4)[[0, 1, 3, 2]]}], "For 50 % of the mirror images"),
    (figures_training.describe_training, [HISTORY], "honest: best after epoch 2 of 3, validation loss 0.612, accuracy 0.62 | naive: best after epoch 2 of 2, validation loss 0.400, accuracy 0.90 | new places"),
    (figures_training.describe_training, [HISTORY, POSTS], "new users"),
    (figures_training.describe_training, [pd.concat([HISTORY, HISTORY[:1].assign(run=1, best=True)])], "Over 2 seeds | honest: best after epoch 1 to 2 of 3, validation loss 0.612 to 0.700, accuracy 0.50 to 0.62 | naive: best after epoch 2 of"),
    (reading_fit.describe_network, [1_234_567, 890], "1,234,567 weights | 890 honest training pairs"),
    (reading_fit.describe_probabilities, [PREDICTIONS[:6]], "6 honest test pairs, 75 % of the same and 50 % of the others are called the same"),
    (reading_fit.describe_probabilities, [PREDICTIONS[:6], POSTS], "6 honest test posts, 75 % of the liked and 50 % of the others are called liked"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "given", "expected"), CASES)
def test_a_sentence_holds_these_numbers(read, given, expected):
    words = said(read(*given))
    assert [part for part in expected.split(" | ") if part not in words] == [], words


@pytest.mark.parametrize(
    ("read", "given", "absent"),
    [
        (reading.describe_winner, [ACCURACY[:2]], "0.93"),  # no naive number
        (reading_data.describe_files, [FOUND, ACCEPTED, REFUSED], "too-small"),  # three reasons are enough
    ],
)
def test_a_sentence_leaves_out(read, given, absent):
    assert absent not in said(read(*given))


@pytest.mark.parametrize(
    ("shift", "gap", "verdict"),
    [(0.2, "0.20", "hardly apart"), (1.0, "1.00", "overlapping"), (3.0, "3.00", "well apart")],
)
def test_the_gap_is_in_standard_deviations(shift, gap, verdict):
    same = np.array([True, False] * 2)
    similarity = np.array([shift - 1, -1, shift + 1, 1])  # both kinds have a standard deviation of 1
    words = said(reading_fit.describe_similarity(similarity, same))
    assert f"a mean of {shift:.3f}, others 0.000: {gap} standard deviations, the two are {verdict}" in words
    assert "hardly apart" in said(reading_fit.describe_similarity(np.ones(4), same))  # no spread at all


def test_the_study_in_a_sentence_and_three_numbers():
    hits = pd.concat([RUNGS, RUNGS[3:4].assign(model="full", value=0.31)])  # others do better on the test photos
    untrained, _ = reading.summarise_study(ACCURACY, hits, "full", trained=False)
    assert "full (no network is trained yet) is right about 61" in untrained
    sentence, numbers = reading.summarise_study(ACCURACY, hits, "full")
    assert [part in said(sentence) for part in ("full", "61 %", "93 %")] == [True] * 3
    assert numbers == [
        {"label": "right, places unseen", "value": 0.61, "low": 0.55, "high": 0.67},
        {"label": "right, pairs at random", "value": 0.93, "low": 0.9, "high": 0.95},
        {"label": "hit@5, places unseen", "value": 0.31, "low": 0.3, "high": 0.4},
    ]


@pytest.mark.parametrize(("constant", "told"), [(0.5, True), (0.58, False)])
def test_a_network_that_the_more_frequent_answer_reaches_is_not_told_from_it(constant, told):
    majority = ACCURACY[:1].assign(model="majority class", scheme="honest", value=constant)
    sentence, _ = reading.summarise_study(pd.concat([ACCURACY, majority]), RUNGS[:0], "full")
    assert f"alone is right about {100 * constant:.0f}" in said(sentence)
    assert ("can't be told from that" in sentence) != told


def test_a_number_without_an_interval_has_no_bounds():
    row = pd.Series({"value": np.float64(0.5), "low": None, "high": np.nan}, dtype=object)
    assert html_text.number("share", row) == {"label": "share", "value": 0.5}


def test_accuracy_at_half_is_that_of_honest_test_and_naive_validation_pairs():
    names = list("abcdefghijk")[: len(PREDICTIONS)]
    rows = PREDICTIONS.assign(left=names, right=names[1:] + names[:1])
    honest, naive = reading_fit.accuracy_at_half(rows, pd.Series(names, index=names))
    assert (honest["value"], naive["value"]) == (pytest.approx(4 / 6), pytest.approx(3 / 4))
    assert all(0 <= card["low"] < card["value"] < card["high"] <= 1 for card in (honest, naive))
    perfect = rows.assign(run=1, probability=rows["same"].astype(float))
    both = reading_fit.accuracy_at_half(pd.concat([rows, perfect]), pd.Series(names, index=names))
    assert both[0]["value"] == pytest.approx((4 / 6 + 1) / 2)


def test_names_from_the_data_are_escaped(hostile):
    scores, refused = ACCURACY.replace({"model": {"full": hostile}}), pd.DataFrame({"reason": [hostile]})
    notes = [reading.describe_winner(scores), reading.describe_inflation(scores.assign(value=[0.1, 0.9, 0.9, 0.9]))]
    for note in (*notes, reading_data.describe_files(refused, refused, refused)):
        assert "<script" not in note
        assert "&lt;script&gt;" in note


def test_skipped_models_by_reason():
    skipped = {"alexnet": "no pictures", "metadata": "too few", "fusion": "no pictures"}
    says(reading.describe_skipped(skipped), "since no pictures: alexnet; fusion.", "since too few: metadata.")
    many = reading.describe_skipped(dict.fromkeys(["fc6, SVM", *"abcdefg"], "no pictures"))
    says(many, "8 models skipped, since no pictures.", "The 8 models that were skipped", "fc6, SVM")
    says(reading.describe_skipped({}), "Every model was trained.")
