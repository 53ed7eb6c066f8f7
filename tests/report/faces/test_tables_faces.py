import face_tables
import numpy as np
import pandas as pd
import pytest
from shown import cells, says

from likeness.report.faces.tables_faces import (
    Unaccounted,
    counted_rows,
    detector_rows,
    detectors_table,
    kept_table,
    left_out_counts,
    originals_table,
    read_table,
    share_kept,
    views_table,
)


def test_every_picture_found_is_accounted_for():
    photos = pd.DataFrame({"faces": [0, 1, 1, 3]})
    quarantine = pd.DataFrame({"reason": ["empty", "damaged", "empty"]})
    assert cells(read_table(7, photos, quarantine, {"no painted surface": 2})) == [
        ["", "pictures"], ["found", "9"], ["left out: no painted surface", "2"], ["refused: empty", "2"],
        ["refused: damaged", "1"], ["accepted", "4"], ["with one face", "2"], ["with two faces or more", "1"],
        ["without a face, kept and flagged", "1"],
    ]  # fmt: skip
    assert len(cells(read_table(4, photos.drop(columns="faces"), quarantine[:0], {}))) == 3
    with pytest.raises(Unaccounted, match=r"6 pictures opened, but 4 accepted \+ 3 refused"):
        read_table(6, photos, quarantine, {"no painted surface": 2})


def test_what_is_no_file_is_not_left_out():
    left_out = pd.DataFrame({"reason": ["other-element", "no-image-file", "other-element", "no-table", "bad-box"]})
    left_out["path"] = [
        "1.jpg",
        "2.jpg",
        "3.jpg",
        "objects.csv",
        "4.xml",
    ]  # an annotation is no picture that is left out
    assert left_out_counts(left_out) == {"other-element": 2}
    assert left_out_counts(left_out[:0], 3) == {"not in the fraction": 3}


def test_the_original_beside_ours_and_random_pictures():
    columns = ["model", "metric", "value", "low", "high", "n", "network"]
    rows = [
        ("random pictures", "SSIM", 0.186, np.nan, np.nan, 37, ""),
        ("resnet50, faces", "SSIM", 0.225, 0.2, 0.25, 37, "resnet50"),
        ("resnet50, faces", "RMSE", 0.305, 0.3, 0.31, 37, "resnet50"),
    ]
    original = {"SSIM": {"resnet50, faces": 0.174, "vgg16, faces": 0.171}, "RMSE": {"resnet50, faces": 0.277}}
    html = originals_table(pd.DataFrame(rows, columns=columns), original)
    assert cells(html) == [
        ["neighbours by", "SSIM, larger is closer", "SSIM, original study", "RMSE, smaller is closer",
         "RMSE, original study"],
        ["resnet50, faces", "0.225 (0.200–0.250)", "0.174", "0.305 (0.300–0.310)", "0.277"],
        ["vgg16, faces", "–", "0.171", "–", "–"],
        ["random pictures", "0.186", "–", "–", "–"],
    ]  # fmt: skip
    says(html, "37 query pictures")


def test_views_best_first_with_the_naive_number_below():
    html = views_table(face_tables.scores({"vgg16, general": 0.3, "vgg16, face": 0.7}), "identity")
    assert cells(html) == [
        ["model", "recall@1", "mAP"],
        ["vgg16, face", "0.70 (0.60–0.80) | naive 0.76", "0.35 (0.25–0.45) | naive 0.41"],
        ["vgg16, general", "0.30 (0.20–0.40) | naive 0.36", "0.15 (0.05–0.25) | naive 0.21"],
        ["random ranking", "0.12 | naive 0.12", "0.06 | naive 0.06"],
    ]
    says(html, "the same person among the nearest? 40 query faces")
    says(views_table(face_tables.scores({})[:0], "artist"), "No query has a known artist")
    only = face_tables.scores({"vgg16, face": 0.5}).query("scheme == 'honest'")
    assert cells(views_table(only, "identity"))[1] == ["vgg16, face", "0.50 (0.40–0.60)", "0.25 (0.15–0.35)"]


def test_what_the_combined_view_keeps():
    html = kept_table(face_tables.kept((0.9, 0.8, 1.05, True), (0.3, -0.1, 0.6, False)))
    assert cells(html)[1:] == [
        ["resnet50", "character: identity recall@1", "0.50 (0.40–0.60)", "0.60 (face)", "0.10", "90 % (80–105)",
         "✓ kept"],
        ["resnet50", "style: artist share@5", "0.50 (0.40–0.60)", "0.60 (general)", "0.10", "30 % (−10 to 60)",
         "✗ not kept"],
    ]  # fmt: skip
    unknown = cells(kept_table(face_tables.kept((np.nan, np.nan, np.nan, None), None)))
    assert unknown[1][-2:] == ["–", "–"]
    says(kept_table(face_tables.kept(None, None)), "nothing to keep")
    assert share_kept(0.5, None, None) == "50\u00a0%"


BOXES = pd.DataFrame(
    [("p", 0, 0, 10, 10, 0.9), ("p", 50, 50, 60, 60, 0.8), ("q", 0, 0, 10, 5, 0.7), ("z", 0, 0, 9, 9, 0.9)],
    columns=["photo_id", "x0", "y0", "x1", "y1", "score"],
)
TRUTH = pd.DataFrame(
    [("p", 0, 0, 10, 10), ("q", 0, 0, 10, 10), ("q", 50, 0, 60, 10)], columns=["photo_id", "x0", "y0", "x1", "y1"]
)


def test_found_missed_and_false_of_each_detector():
    photos = pd.DataFrame({"photo_id": ["p", "q", "r"], "annotated": True})
    rows = detector_rows({"mtcnn": BOXES, "none": BOXES[:0]}, TRUTH, photos, "drawn")
    assert rows.to_numpy().tolist() == [["drawn", "mtcnn", 3, 3, 2, 1, 1], ["drawn", "none", 3, 3, 0, 3, 0]]
    assert cells(detectors_table(rows))[1:] == [
        ["drawn", "mtcnn", "3", "3", "2", "1", "1", "67 %", "67 %"],
        ["drawn", "none", "3", "3", "0", "3", "0", "0 %", "–"],
    ]
    unknown = detector_rows({"mtcnn": BOXES[:3]}, TRUTH[:0], photos[:2].assign(annotated=False), "real")
    assert cells(detectors_table(pd.concat([rows, unknown])))[3] == ["real", "mtcnn", "2", "–", "3", "–", "–", "–", "–"]
    assert "No detector was run." in detectors_table(rows[:0])


def test_only_annotated_pictures_are_judged():
    """12 finds of two pictures, one of them marked: the other six are no false alarms; nobody looked there."""
    faces = pd.DataFrame(
        {"photo_id": ["p"] * 6 + ["q"] * 6, "x0": [20 * k for k in range(6)] * 2, "y0": 0, "score": 1.0}
    )
    faces = faces.assign(x1=faces["x0"] + 10, y1=10)
    photos = pd.DataFrame({"photo_id": ["p", "q"], "annotated": [True, False]})
    rows = detector_rows({"mtcnn": faces}, faces[:6], photos, "half")
    assert rows.to_numpy().tolist() == [["half", "mtcnn", 1, 6, 6, 0, 0]]
    assert cells(detectors_table(rows))[1][-2:] == ["100 %", "100 %"]
    nobody = detector_rows({"mtcnn": faces}, faces[:0], photos, "half")  # marked as without a face
    assert nobody.to_numpy().tolist() == [["half", "mtcnn", 1, 0, 0, 0, 6]]
    difficult = faces[:6].assign(difficult=[True] * 2 + [False] * 4)
    rows = detector_rows({"mtcnn": faces[1:]}, difficult, photos, "half")
    assert rows.to_numpy().tolist() == [["half", "mtcnn", 1, 4, 4, 0, 0]]


def test_counts_a_picture_become_a_row_a_detector():
    counts = pd.DataFrame(
        [("ours", "a", 2, 0, 1), ("ours", "b", 1, 1, 0), ("mtcnn", "a", 0, 2, 0), ("mtcnn", "b", 1, 1, 0)],
        columns=["detector", "photo_id", "found", "missed", "false"],
    )
    rows = counted_rows(counts, "cartoons")
    assert rows.to_numpy().tolist() == [["cartoons", "ours", 2, 4, 3, 1, 1], ["cartoons", "mtcnn", 2, 4, 1, 3, 0]]
