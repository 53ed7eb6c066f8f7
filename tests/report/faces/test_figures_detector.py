"""The face detector's figures, and the sentences beside them."""

import numpy as np
import pandas as pd
import pytest
from shown import says, texts

from likeness.report.faces import reading_detector as reading
from likeness.report.faces.figures_detector import counts_figure, detection_figure, detector_curves
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
UNSURE = SCORES.assign(value=SCORES["value"].where(SCORES["metric"] != "precision"), low=np.nan, high=np.nan)
COUNTS = pd.DataFrame(
    [("ours", "p", 2, 0, 0), ("ours", "q", 1, 1, 3), ("mtcnn", "p", 0, 2, 0), ("mtcnn", "q", 0, 2, 1)],
    columns=["detector", "photo_id", "found", "missed", "false"],
)
COMPARISON = pd.DataFrame(
    [("found", "ours", "mtcnn", 0.45, 0.0004, "A better", 20), ("AP50", "ours", "mtcnn", 0.1, 0.3, "not distinguishable", 22)],
    columns=["metric", "a", "b", "difference", "p_adjusted", "verdict", "n"],
).assign(low=0.0, high=0.9)  # fmt: skip


def test_the_curves_say_which_epoch_was_kept():
    fig = detector_curves(HISTORY, 1)
    assert "from 2.00 to 0.50 in 3 epochs. Epoch 2 was kept: validation AP50 0.70, AP 0.30" in alt_text(fig)
    np.testing.assert_array_equal(fig.axes[1].lines[0].get_ydata(), HISTORY["val_ap50"])
    assert "kept: epoch 2" in texts(fig)
    assert figure_svg(fig) == figure_svg(detector_curves(HISTORY, 1))
    assert detector_curves(HISTORY[:1], 0).axes[0].lines[0].get_marker() == "o"  # one epoch is a dot


def test_every_score_has_a_dot_and_a_missing_one_none():
    fig = detection_figure(SCORES)
    assert len([line for line in fig.axes[0].lines if line.get_marker() in ("o", "s", "^", "D", "v", "P")]) == 8
    assert "AP50 of ours 0.80" in alt_text(fig)
    fig = detection_figure(UNSURE)
    assert len(fig.axes[0].lines) == 6
    assert "precision of mtcnn none" in alt_text(fig)


def test_bars_are_the_sums_of_the_pictures():
    fig = counts_figure(COUNTS)
    assert alt_text(fig).endswith("ours: 3 found, 1 missed, 3 false; mtcnn: 0 found, 4 missed, 1 false.")
    assert [bar.get_width() for bar in fig.axes[0].patches] == [3, 1, -3, 0, 4, -1]


def test_training_is_read():
    says(
        reading.describe_detector_training(HISTORY, 1),
        "number 2 is kept",
        "0.70",
        "0.30 (after the last one 0.60 and 0.30)",
    )
    says(reading.describe_detector_training(HISTORY, 2), "number 3 is kept: validation AP50 0.60, AP 0.30. It")


def test_scores_are_read():
    says(reading.describe_detection(SCORES, 0.5), "40 true faces", "ours has an AP50 of 0.80 (0.70–0.90)", "score of 0.5",
         "75 %", "60 % of what it calls a face is one.")  # fmt: skip
    assert "calls a face" not in reading.describe_detection(UNSURE, 0.5)


@pytest.mark.parametrize(("difference", "verdict", "first"), [(0.45, "A better", "ours"), (-0.45, "B better", "mtcnn")])
def test_the_paired_test_is_read(difference, verdict, first):
    table = COMPARISON.assign(difference=[difference, 0.1], verdict=[verdict, "not distinguishable"])
    says(reading.describe_detector_test(table), f"faces found {first} is better than", "by 0.45 on 20 pictures (adjusted p 0.0004)",
         "by the AP50 ours and mtcnn can't be told apart on 22 pictures")  # fmt: skip
    says(reading.detectors_test(COMPARISON), "ours, found against mtcnn, found", "ours, found is better",
         "ours, AP50 against mtcnn, AP50")  # fmt: skip


def test_misses_are_read():
    says(reading.describe_misses(COUNTS, "ours"), "1 face missed and 3 false on 2 pictures; 1 of them without any")


def test_the_data_are_read_too():
    found = pd.DataFrame({"path": ["a", "b", "c"], "annotation": ["a.xml", "b.xml", ""]})
    photos = pd.DataFrame({"photo_id": ["a", "b"], "split": ["train", "test"]})
    truth = pd.DataFrame({"photo_id": ["a", "a"]})
    left_out = pd.DataFrame({"reason": ["bad-box", "bad-box", "no-picture"]})
    says(reading.describe_marks(found, photos, truth, left_out), "2 faces marked on 1 picture; 1 more picture",
         "1 picture without a usable annotation", "3 annotations not used: 2 bad-box, 1 no-picture")  # fmt: skip
    says(reading.describe_marks(found[:2], photos, truth, left_out[:0]), "Every annotation is used.")
    says(reading.describe_faces(photos, truth), "train 1 picture with 2 faces; test 1 picture with 0 faces.")


def test_the_card_sets_both_side_by_side():
    sentence, numbers = reading.detector_card(SCORES, "ours", "mtcnn")
    says(sentence, "an AP50 of 0.80", "mtcnn reaches 0.25.")
    assert [(entry["label"], entry["value"]) for entry in numbers] == [
        ("AP50, ours", 0.8), ("AP50, mtcnn", 0.25), ("faces found, ours", 0.75),
    ]  # fmt: skip
    assert numbers[0]["low"] == pytest.approx(0.7)
