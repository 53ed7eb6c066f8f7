"""Tables of the faces study: what was read, the detectors, the original's two numbers, every view, what is kept."""

from collections.abc import Mapping

import pandas as pd

from likeness.people.face_matching import detection_counts
from likeness.report.html_text import DASH, Html, counted, interval, is_missing, percent, text
from likeness.report.tables import table

DETECTED = ["collection", "detector", "pictures", "true", "found", "missed", "false"]
RANDOM = "random ranking"
CLOSER = {"SSIM": "larger is closer", "RMSE": "smaller is closer"}
NO_FILE = ("no-image-file", "second-row", "no-table")  # left out of a collection, but no file that was found


class Unaccounted(ValueError):
    """The pictures accepted and refused do not add up to those opened."""


def left_out_counts(left_out: pd.DataFrame, not_taken: int = 0) -> dict[str, int]:
    """Return {reason: picture files left out}.

    left_out: path, reason, as `photos.collections` gives; rows that stand for no file or for an annotation are not
    counted. not_taken: pictures beyond the fraction that was asked for.

    >>> left_out = pd.DataFrame({"path": ["1.jpg", "2.jpg"], "reason": ["other-element", "no-image-file"]})
    >>> left_out_counts(left_out, not_taken=3)
    {'other-element': 1, 'not in the fraction': 3}
    """
    is_picture = ~left_out["reason"].isin(NO_FILE) & ~left_out["path"].str.lower().str.endswith(".xml")
    files = left_out.loc[is_picture, "reason"].value_counts()
    counts = {str(reason): int(n) for reason, n in files.sort_index().items()}
    return counts | ({"not in the fraction": not_taken} if not_taken else {})


def read_table(opened: int, photos: pd.DataFrame, quarantine: pd.DataFrame, left_out: Mapping[str, int]) -> Html:
    """Return what became of every picture found: accepted, refused or left out, and accepted by faces.

    opened: pictures that were not left out. photos: the accepted ones, with `faces` (number) once faces were looked
    for. quarantine: reason. left_out: {why: pictures that were never opened}, such as {"no painted surface": 12}.
    Raises Unaccounted where the numbers do not add up.
    """
    refused = quarantine["reason"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    if len(photos) + len(quarantine) != opened:
        raise Unaccounted(f"{opened} pictures opened, but {len(photos)} accepted + {len(quarantine)} refused")
    rows = [("found", opened + sum(left_out.values())), *((f"left out: {why}", int(n)) for why, n in left_out.items())]
    rows += [(f"refused: {reason}", int(n)) for reason, n in refused.items()]
    rows += [("accepted", len(photos))]
    if "faces" in photos:
        faces = photos["faces"]
        rows += [("with one face", int((faces == 1).sum())), ("with two faces or more", int((faces > 1).sum()))]
        rows += [("without a face, kept and flagged", int((faces == 0).sum()))]
    shown = pd.DataFrame(rows, columns=["what", "pictures"])
    strong = ["lk-best" if what in ("found", "accepted") else "" for what in shown["what"]]
    caption = "every picture found is accepted, refused or left out"
    return table(shown, caption, names={"what": ""}, classes=strong)


def detector_rows(
    found: Mapping[str, pd.DataFrame], truth: pd.DataFrame, photos: pd.DataFrame, collection: str
) -> pd.DataFrame:
    """Return a row a detector: collection, detector, pictures, true, found, missed, false.

    found: {detector: photo_id, x0, y0, x1, y1, score}. truth: photo_id, x0, y0, x1, y1, difficult. photos: photo_id,
    annotated; where nobody marked the faces of a picture, what was found there is neither right nor wrong, and it is
    not counted. Where no picture is annotated, `true`, `missed` and `false` are missing, and `found` counts all boxes.
    """
    photo_ids = list(photos.loc[photos["annotated"], "photo_id"])
    rows = []
    for detector, boxes in found.items():
        if not photo_ids:
            rows.append((collection, detector, len(photos), None, len(boxes), None, None))
            continue
        own, known = (table[table["photo_id"].isin(photo_ids)].reset_index(drop=True) for table in (boxes, truth))
        counts = detection_counts(own, known, photo_ids=photo_ids)[["found", "missed", "false"]].sum()
        rows.append((collection, detector, len(photo_ids), counts["found"] + counts["missed"], *counts))
    return pd.DataFrame(rows, columns=DETECTED).astype(dict.fromkeys(DETECTED[2:], "Int64"))


def counted_rows(counts: pd.DataFrame, collection: str) -> pd.DataFrame:
    """Return the rows of `detector_rows` from counts a picture: detector, photo_id, found, missed, false."""
    rows = counts.groupby("detector", sort=False).agg(
        pictures=("photo_id", "size"), found=("found", "sum"), missed=("missed", "sum"), false=("false", "sum")
    )
    rows = rows.assign(collection=collection, true=rows["found"] + rows["missed"]).reset_index()
    return rows[DETECTED].astype(dict.fromkeys(DETECTED[2:], "Int64"))


def joined_rows(*parts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of several collections as one table."""
    return pd.concat(parts, ignore_index=True)


def detectors_table(rows: pd.DataFrame) -> Html:
    """Return what each detector finds of each collection. rows: as `detector_rows` gives, of one or several."""
    shown = rows[DETECTED].astype(object)
    for column in DETECTED[2:]:
        shown[column] = [DASH if is_missing(value) else f"{int(value):,}" for value in shown[column]]
    shown["recall"] = [_share(row.found, row.true) for row in rows.itertuples()]
    shown["precision"] = [_share(row.found, row.found + row.false) for row in rows.itertuples()]
    names = {"true": "true faces", "false": "false alarms"}
    caption = "detectors beside the true faces: one is found where a box overlaps it by half or more"
    numeric = [*DETECTED[2:], "recall", "precision"]
    return table(shown, caption, names=names, numeric=numeric, empty="No detector was run.")


def _share(part: int, whole: int) -> str:
    return DASH if is_missing(whole) or not whole else percent(part / whole)


def originals_table(scores: pd.DataFrame, original: Mapping[str, Mapping[str, float]]) -> Html:
    """Return SSIM and RMSE of every network and view, each beside the original study's, and random pictures.

    scores: model, metric, value, low, high, n, network ("" for the baseline), as `picture_likeness` gives. original:
    {metric: {model: value}}; models that only the original has follow ours, the baseline is last.
    """
    cells = {(row.model, row.metric): interval(row.value, row.low, row.high, 3) for row in scores.itertuples()}
    baselines = list(dict.fromkeys(scores.loc[scores["network"] == "", "model"]))
    ours = scores.loc[scores["network"] != "", "model"]
    models = list(dict.fromkeys([*ours, *(model for metric in original.values() for model in metric)])) + baselines
    shown, names = {"neighbours by": models}, {}
    for metric, figures in original.items():
        shown[metric] = [cells.get((model, metric), DASH) for model in models]
        shown[f"{metric} then"] = [interval(figures.get(model), digits=3) for model in models]
        names |= {
            metric: f"{metric}, {CLOSER.get(metric, '')}".rstrip(", "),
            f"{metric} then": f"{metric}, original study",
        }
    dim = ["lk-dim" if model in baselines else "" for model in models]
    n = int(scores["n"].max()) if len(scores) else 0
    caption = f"how alike a picture and its nearest are, pixel by pixel; {counted(n, 'query picture')}, 95 % intervals"
    numeric = [column for column in shown if column != "neighbours by"]
    return table(pd.DataFrame(shown), caption, names=names, numeric=numeric, classes=dim)


def views_table(scores: pd.DataFrame, label: str) -> Html:
    """Return every network and view by each measure, the naive number under the honest one, the best first.

    scores: scheme, model, label, measure, value, low, high, n, network ("" for the baseline), as `face_scores` gives.
    label: "identity" or "artist". Sorted by the honest number of the first measure, the random ranking last.
    """
    own = scores[scores["label"] == label]
    honest = own[own["scheme"] == "honest"]
    measures, models = list(dict.fromkeys(own["measure"])), order_of_models(own)
    found = {(row.scheme, row.model, row.measure): row for row in own.itertuples()}
    columns = {m: [_beside(found, model, m) for model in models] for m in measures}
    shown = pd.DataFrame({"model": models, **columns}, dtype=object)  # or pandas would make plain text of Html
    dim = ["lk-dim" if model == RANDOM else "" for model in models]
    n = int(honest["n"].max()) if len(honest) else 0
    who = "person" if label == "identity" else label
    caption = (
        f"is a picture of the same {who} among the nearest? {counted(n, 'query face')}, 95 % intervals; naive: "
        f"near-duplicates of the query left in"
    )
    empty = f"No query has a known {label} that another picture shares."
    return table(shown, caption, numeric=measures, classes=dim, empty=empty)


def order_of_models(own: pd.DataFrame) -> list[str]:
    """Return the models of one label by their honest number of the first measure, the random ranking last."""
    if own.empty:
        return []
    first = own[(own["scheme"] == "honest") & (own["measure"] == own["measure"].iloc[0])]
    value = dict(zip(first["model"], first["value"], strict=True))
    models = dict.fromkeys(own["model"])
    return sorted(models, key=lambda m: (m == RANDOM, is_missing(value.get(m)), -(value.get(m) or 0.0), m))


def _beside(found: Mapping[tuple[str, str, str], object], model: str, measure: str) -> str:
    honest, naive = (found.get((scheme, model, measure)) for scheme in ("honest", "naive"))
    words = DASH if honest is None else interval(honest.value, honest.low, honest.high)
    return words if naive is None else Html(f"{text(words)}<br><small>naive {interval(naive.value)}</small>")


def kept_table(kept: pd.DataFrame) -> Html:
    """Return what the combined view keeps of the character and of the style, as a share of the best single one.

    kept: network, view, quality ("character", "style"), metric, value, low, high, chance, best_view, best, kept,
    kept_low, kept_high, keeps, as `compare.kept.kept_table` gives.
    """
    own = kept[kept["view"] == "combined"]
    answers = {True: "✓ kept", False: "✗ not kept"}
    shown = pd.DataFrame(
        {
            "network": own["network"],
            "quality": [f"{row.quality}: {row.metric}" for row in own.itertuples()],
            "value": [interval(row.value, row.low, row.high) for row in own.itertuples()],
            "best": [f"{interval(row.best)} ({row.best_view})" if not is_missing(row.best) else DASH
                     for row in own.itertuples()],
            "chance": [interval(value) for value in own["chance"]],
            "kept": [share_kept(row.kept, row.kept_low, row.kept_high) for row in own.itertuples()],
            "verdict": [DASH if is_missing(k) else answers[bool(k)] for k in own["keeps"]],
        }
    )  # fmt: skip
    names = {"value": "combined view", "best": "best single view", "kept": "kept of it (95 %)"}
    caption = "what the combined view keeps: 0 % is a random order, 100 % the best single view"
    numeric = ["value", "best", "chance", "kept"]
    return table(shown, caption, names=names, numeric=numeric, empty="No label is known: nothing to keep.")


def share_kept(value: float, low: float | None, high: float | None) -> str:
    """Return a share kept as "92 % (81–104)", or a dash."""
    if is_missing(value):
        return DASH
    if is_missing(low) or is_missing(high):
        return percent(value)
    joint = DASH if low >= 0 else " to "
    return f"{percent(value)} ({100 * low:.0f}{joint}{100 * high:.0f})".replace("-", "−")
