"""Detectors of faces side by side: what each found, missed, and took for a face."""

from collections.abc import Mapping

import pandas as pd

from likeness.people.face_truth import detection_counts
from likeness.report.html_text import DASH, Html, is_missing, percent
from likeness.report.tables import table

COLUMNS = ["collection", "detector", "pictures", "true", "found", "missed", "false"]


def detector_rows(
    found: Mapping[str, pd.DataFrame], truth: pd.DataFrame, photo_ids: list[str], collection: str, iou: float = 0.5
) -> pd.DataFrame:
    """Return a row a detector: collection, detector, pictures, true, found, missed, false.

    found: {detector: photo_id, x0, y0, x1, y1, score}. truth: photo_id, x0, y0, x1, y1. photo_ids: the pictures that
    every detector was given. iou: from which overlap a face counts as found. Without a true box in these pictures
    `true`, `missed` and `false` are missing, and `found` counts boxes.
    """
    known = truth[truth["photo_id"].isin(photo_ids)].reset_index(drop=True)
    rows = []
    for detector, boxes in found.items():
        own = boxes[boxes["photo_id"].isin(photo_ids)].reset_index(drop=True)
        if known.empty:
            rows.append((collection, detector, len(photo_ids), None, len(own), None, None))
            continue
        counts = detection_counts(own, known, iou, photo_ids)[["found", "missed", "false"]].sum()
        rows.append((collection, detector, len(photo_ids), len(known), *(int(n) for n in counts)))
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[2:], "Int64"))


def counted_rows(counts: pd.DataFrame, collection: str) -> pd.DataFrame:
    """Return the rows of `detector_rows` from counts a picture: detector, photo_id, found, missed, false."""
    rows = counts.groupby("detector", sort=False).agg(
        pictures=("photo_id", "size"), found=("found", "sum"), missed=("missed", "sum"), false=("false", "sum")
    )
    rows = rows.assign(collection=collection, true=rows["found"] + rows["missed"]).reset_index()
    return rows[COLUMNS].astype(dict.fromkeys(COLUMNS[2:], "Int64"))


def detectors_table(rows: pd.DataFrame, caption: str | None = None) -> Html:
    """Return what each detector finds of each collection.

    rows: as `detector_rows` gives, of one or several collections. Where
    no true box is known `true`, `missed` and `false` are missing, and only what was found is counted.
    """
    shown = rows[COLUMNS].astype(object)
    numbers = ["pictures", "true", "found", "missed", "false"]
    for column in numbers:
        shown[column] = [DASH if is_missing(value) else f"{int(value):,}" for value in shown[column]]
    shown["recall"] = [_share(row.found, row.true) for row in rows.itertuples()]
    shown["precision"] = [_share(row.found, row.found + row.false) for row in rows.itertuples()]
    names = {"true": "true faces", "false": "false alarms"}
    said = "detectors beside the true faces: one is found where a box overlaps it by half or more"
    numeric = [*numbers, "recall", "precision"]
    return table(shown, caption or said, names=names, numeric=numeric, empty="No detector was run.")


def _share(part: int, whole: int) -> str:
    return DASH if is_missing(whole) or not whole else percent(part / whole)
