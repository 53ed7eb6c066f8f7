"""One or two sentences that read the face detector's pages: data in, a note out, true for any data."""

from collections.abc import Sequence

import pandas as pd

from likeness.report.html_text import Html, counted, interval, is_missing, note, percent
from likeness.report.reading import number
from likeness.report.tables import paired_table

NAMES = {"found": "share of a picture's faces found", "AP50": "AP50"}


def describe_marks(
    found: pd.DataFrame, photos: pd.DataFrame, truth: pd.DataFrame, left_out: pd.DataFrame, how: Sequence[str] = ()
) -> Html:
    """Read the annotations: pictures with and without one, faces marked, and what was not used.

    found: path, annotation ("" for none). photos: those with an annotation that decode. truth: their faces.
    left_out: reason of every annotation that is not used. how: as of `voc.Voc.said`.
    """
    unmarked = int((found["annotation"] == "").sum())
    faceless = int((~photos["photo_id"].isin(truth["photo_id"])).sum())
    said = f"{counted(len(truth), 'face')} marked on {counted(len(photos) - faceless, 'picture')}"
    said += f"; {counted(faceless, 'more picture')} marked as without a face" if faceless else ""
    said += f". {counted(unmarked, 'picture')} without a usable annotation: not used." if unmarked else "."
    said += "".join(f" {what[:1].upper()}{what[1:]}." for what in how)
    if left_out.empty:
        return note(f"{said} Every annotation is used.")
    top = ", ".join(f"{count} {reason}" for reason, count in left_out["reason"].value_counts().head(4).items())
    return note(f"{said} {counted(len(left_out), 'annotation')} not used: {top}.")


def describe_faces(photos: pd.DataFrame, truth: pd.DataFrame) -> Html:
    """Read the split: pictures and faces of each part. photos: photo_id, split."""
    split = photos.set_index("photo_id")["split"]
    faces = truth["photo_id"].map(split).value_counts()
    said = [
        f"{part} {counted(int(pictures), 'picture')} with {counted(int(faces.get(part, 0)), 'face')}"
        for part, pictures in split.value_counts().reindex(["train", "val", "test"]).dropna().items()
    ]
    return note(f"No group of near-duplicates is cut: {'; '.join(said)}.")


def describe_detector_training(history: pd.DataFrame, best_epoch: int) -> Html:
    """Read the curves: which epoch was kept, and whether the end of the run was any better."""
    best, last = history[history["epoch"] == best_epoch].iloc[0], history.iloc[-1]
    after = f" (after the last one {last['val_ap50']:.2f} and {last['val_ap']:.2f})"
    return note(
        f"Of {counted(len(history), 'epoch')}, number {best_epoch + 1} is kept: validation AP50 "
        f"{best['val_ap50']:.2f}, AP {best['val_ap']:.2f}{'' if best_epoch == last['epoch'] else after}. It was chosen "
        f"by these pictures, so they flatter it; the test pictures do not."
    )


def describe_detection(scores: pd.DataFrame, confidence: float) -> Html:
    """Read the scores: each detector's AP50, and what it finds at the chosen confidence.

    scores: detector, metric, value, low, high, n.
    """
    said = []
    for detector, rows in scores.groupby("detector", sort=False):
        ap, own = rows.set_index("metric").loc["AP50"], rows.set_index("metric")["value"]
        right = f", and {percent(own['precision'])} of what it calls a face is one"
        said.append(
            f"{detector} has an AP50 of {interval(ap['value'], ap['low'], ap['high'])}; from a score of "
            f"{confidence:g} on it finds {percent(own['recall'])} of the faces"
            f"{'' if is_missing(own['precision']) else right}"
        )
    return note(f"Of {counted(int(scores['n'].iloc[0]), 'true face')} on the test pictures: {'. '.join(said)}.")


def detectors_test(comparison: pd.DataFrame) -> Html:
    """Return the paired test as a table. comparison: as `describe_detector_test`."""
    said = {side: comparison[side] + ", " + comparison["metric"] for side in ("a", "b")}
    caption = "paired tests on the same pictures: the share of a picture's faces found, and AP50"
    return paired_table(comparison.assign(**said), metric="the share or AP50", caption=caption)


def describe_detector_test(comparison: pd.DataFrame) -> Html:
    """Read the paired test: metric (found, AP50), a, b, difference, low, high, p_adjusted, verdict, n (pictures)."""
    said = []
    for row in comparison.itertuples():
        by = f"by the {NAMES[row.metric]}"
        if row.verdict == "not distinguishable":
            said.append(f"{by} {row.a} and {row.b} can't be told apart on {row.n} pictures")
        else:
            better, worse = (row.a, row.b) if row.verdict == "A better" else (row.b, row.a)
            size = f"{abs(row.difference):.2f} on {row.n} pictures (adjusted p {row.p_adjusted:.4f})"
            said.append(f"{by} {better} is better than {worse} by {size}")
    words = "; ".join(said)
    return note(f"{words[:1].upper()}{words[1:]}.")


def describe_misses(counts: pd.DataFrame, detector: str) -> Html:
    """Read what one detector missed. counts: detector, photo_id, found, missed, false."""
    own = counts[counts["detector"] == detector]
    whole = int(((own["missed"] == 0) & (own["false"] == 0)).sum())
    return note(
        f"{detector}: {counted(int(own['missed'].sum()), 'face')} missed and {int(own['false'].sum())} false on "
        f"{counted(len(own), 'picture')}; {whole} of them without any mistake."
    )


def detector_card(scores: pd.DataFrame, ours: str, other: str) -> tuple[str, list[dict[str, object]]]:
    """Return sentence and numbers of the detector's card on the index. scores: as `describe_detection`."""
    rows = scores.set_index(["detector", "metric"])
    mine, theirs = rows.loc[(ours, "AP50")], rows.loc[(other, "AP50")]
    sentence = (
        f"Trained on pictures that were marked by hand, our detector reaches an AP50 of {interval(mine['value'])} on "
        f"unseen ones; {other} reaches {interval(theirs['value'])}."
    )
    parts = [("AP50, ours", mine), (f"AP50, {other}", theirs), ("faces found, ours", rows.loc[(ours, "recall")])]
    return sentence, [number(label, row) for label, row in parts if pd.notna(row["value"])]
