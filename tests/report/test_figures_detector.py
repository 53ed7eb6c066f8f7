import numpy as np
import pandas as pd
import pytest

from likeness.report.faces.figures_detector import counts_figure, detection_figure, detector_curves
from likeness.report.faces.reading_detector import (
    detector_card,
    detectors_test,
    of_detection,
    of_detector_training,
    of_detectors,
    of_faces,
    of_marks,
    of_misses,
)
from likeness.report.style import alt_text, figure_svg

HISTORY = pd.DataFrame(
    {"epoch": [0, 1, 2], "train_loss": [2.0, 1.0, 0.5], "val_loss": [2.0, 1.2, 1.1], "val_ap50": [0.0, 0.7, 0.6],
     "val_ap": [0.0, 0.3, 0.3]}
)  # fmt: skip
SCORES = pd.DataFrame(
    [
        (detector, metric, value, value - 0.1, value + 0.1, 40)
        for detector, numbers in (("ours", (0.8, 0.4, 0.75, 0.9)), ("mtcnn", (0.25, 0.2, 0.3, 0.6)))
        for metric, value in zip(("AP50", "AP", "recall", "precision"), numbers, strict=True)
    ],
    columns=["detector", "metric", "value", "low", "high", "n"],
)
COUNTS = pd.DataFrame(
    [("ours", "p", 2, 0, 0), ("ours", "q", 1, 1, 3), ("mtcnn", "p", 0, 2, 0), ("mtcnn", "q", 0, 2, 1)],
    columns=["detector", "photo_id", "found", "missed", "false"],
)
COMPARISON = pd.DataFrame(
    [
        ("found", "ours", "mtcnn", 0.45, 0.0004, "A better", 20),
        ("AP50", "ours", "mtcnn", 0.1, 0.3, "not distinguishable", 22),
    ],
    columns=["metric", "a", "b", "difference", "p_adjusted", "verdict", "n"],
).assign(low=0.0, high=0.9)


def test_the_curves_say_which_epoch_was_kept():
    fig = detector_curves(HISTORY, 1)
    assert "from 2.00 to 0.50 in 3 epochs. Epoch 2 was kept: validation AP50 0.70, AP 0.30" in alt_text(fig)
    lower = fig.axes[1]
    np.testing.assert_array_equal(lower.lines[0].get_ydata(), HISTORY["val_ap50"])
    assert "kept: epoch 2" in [text.get_text() for text in lower.texts]
    assert figure_svg(fig) == figure_svg(detector_curves(HISTORY, 1))
    assert detector_curves(HISTORY[:1], 0).axes[0].lines[0].get_marker() == "o"  # one epoch is a dot


def test_every_score_has_a_dot_and_a_missing_one_none():
    fig = detection_figure(SCORES)
    assert len([line for line in fig.axes[0].lines if line.get_marker() in ("o", "s", "^", "D", "v", "P")]) == 8
    assert "AP50 of ours 0.80" in alt_text(fig)
    gap = SCORES.assign(value=SCORES["value"].where(SCORES["metric"] != "precision"), low=np.nan, high=np.nan)
    fig = detection_figure(gap)
    assert len(fig.axes[0].lines) == 6
    assert "precision of mtcnn none" in alt_text(fig)


def test_bars_are_the_sums_of_the_pictures():
    fig = counts_figure(COUNTS)
    assert alt_text(fig) == "Faces by detector. ours: 3 found, 1 missed, 3 false; mtcnn: 0 found, 4 missed, 1 false."
    assert [bar.get_width() for bar in fig.axes[0].patches] == [3, 1, -3, 0, 4, -1]


def test_sentences_read_the_numbers():
    said = of_detector_training(HISTORY, 1)
    assert "Of 3 epochs, number 2 is kept: validation AP50 0.70, AP 0.30 (after the last one 0.60 and 0.30)." in said
    assert "number 3 is kept: validation AP50 0.60, AP 0.30. It was" in of_detector_training(HISTORY, 2)
    said = of_detection(SCORES, 0.5)
    assert (
        "Of 40 true faces on the test pictures: ours has an AP50 of 0.80 (0.70–0.90); from a score of 0.5 on it finds 75"
        in said
    )
    assert "and 60\u00a0% of what it calls a face is one." in said
    silent = SCORES.assign(value=SCORES["value"].where(SCORES["metric"] != "precision"))
    assert "calls a face" not in of_detection(silent, 0.5)
    said = of_detectors(COMPARISON)
    assert (
        "By the share of a picture&#x27;s faces found ours is better than mtcnn by 0.45 on 20 pictures (adjusted p 0.0004)"
        in said
    )
    assert "by the AP50 ours and mtcnn can&#x27;t be told apart on 22 pictures." in said
    turned = COMPARISON.assign(difference=-0.45, verdict="B better")
    assert "mtcnn is better than ours by 0.45" in of_detectors(turned)
    assert "ours: 1 face missed and 3 false on 2 pictures; 1 of them without any mistake." in of_misses(COUNTS, "ours")


def test_the_table_of_the_test_names_both_metrics():
    html = detectors_test(COMPARISON)
    assert "ours, found against mtcnn, found" in html
    assert "ours, found is better" in html
    assert "ours, AP50 against mtcnn, AP50" in html


def test_the_data_are_read_too():
    found = pd.DataFrame({"path": ["a", "b", "c"], "annotation": ["a.xml", "b.xml", ""]})
    photos = pd.DataFrame({"photo_id": ["a", "b"], "split": ["train", "test"]})
    truth = pd.DataFrame({"photo_id": ["a", "a"]})
    said = of_marks(found, photos, truth, pd.DataFrame({"reason": ["bad-box", "bad-box", "no-picture"]}))
    assert (
        "2 faces marked on 1 picture; 1 more picture marked as without a face. 1 picture without a usable annotation"
        in said
    )
    assert "3 marks not used: 2 bad-box, 1 no-picture." in said
    assert "Every annotation is used." in of_marks(found[:2], photos, truth, pd.DataFrame({"reason": []}))
    assert "train 1 picture with 2 faces; test 1 picture with 0 faces." in of_faces(photos, truth)


def test_the_card_sets_both_side_by_side():
    card = detector_card(SCORES, "ours", "mtcnn")
    assert card["sentence"].endswith("reaches an AP50 of 0.80 on unseen ones; mtcnn reaches 0.25.")
    assert [entry["label"] for entry in card["numbers"]] == ["AP50, ours", "AP50, mtcnn", "faces found, ours"]
    assert card["numbers"][0] == {
        "label": "AP50, ours",
        "value": 0.8,
        "low": pytest.approx(0.7),
        "high": pytest.approx(0.9),
    }
