"""How well faces were found: AP, recall and precision with intervals, and whether two detectors really differ.

Pictures are resampled, not faces. A resample weighs each picture by how often it was drawn, and the precision-recall
curve is summed up from what was matched once: the same number as COCO's evaluation of the resample would give. A face
marked as difficult is neither found nor missed, and what was found there is not false (Everingham et al., 2010).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.people.face_matching import BOX, detection_counts, match_faces, without_difficult
from likeness.stats.bootstrap import cluster_draws, summarise
from likeness.stats.clusters import cluster_codes
from likeness.stats.comparisons import holm_table
from likeness.stats.detection import IOUS, MOST, RECALLS, average_precision
from likeness.stats.paired import difference_of, paired_query_test
from likeness.stats.weighted import Statistic

METRICS = ("AP50", "AP", "recall", "precision")
Faces = Mapping[str, pd.DataFrame]


def detection_scores(
    faces: Faces, truth: pd.DataFrame, photos: pd.DataFrame, *, confidence: float, n_boot: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Return one row per detector and metric: detector, metric, value, low, high, n (true faces).

    faces: {detector: its faces table, whatever the score}. truth: photo_id, x0, y0, x1, y1 [px]. photos: the pictures
    that are judged: photo_id, and group (what belongs together is drawn together) where known; others are passed over.
    AP50, AP: of all faces found, by torchmetrics; recall, precision: of those with a score of at least `confidence`,
    at an overlap of 0.5. A value that does not exist (no true face; no face found) is NaN. 95 % intervals, see above.
    """
    clusters, rows = clusters_of(photos), []
    for detector, table in faces.items():
        found, here = without_difficult(_of(table, photos), _of(truth, photos))
        values = dict(zip(METRICS[:2], average_precision(*_as_lists(found, here, photos)), strict=True))
        for metric in METRICS:
            statistic = statistic_of(metric, found, here, photos, confidence)
            value = values.get(metric, float(statistic(np.ones((1, len(photos))))[0]))
            draws = cluster_draws(statistic, clusters, n_boot, seed)
            told = summarise(value, draws, len(here), cluster_codes(clusters)[1])
            rows.append({"detector": detector, "metric": metric, **told.to_dict()})
    return pd.DataFrame(rows).astype({"low": float, "high": float})


def picture_counts(faces: Faces, truth: pd.DataFrame, photos: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Return one row per detector and picture, in the order of `photos`: detector, photo_id, found, missed, false."""
    here, ids = _of(truth, photos), list(photos["photo_id"])
    tables = [
        detection_counts(_sure(_of(table, photos), confidence), here, photo_ids=ids).assign(detector=detector)
        for detector, table in faces.items()
    ]
    return pd.concat(tables, ignore_index=True)[["detector", "photo_id", "found", "missed", "false"]]


def compare_detectors(
    faces: Faces, truth: pd.DataFrame, photos: pd.DataFrame, *, confidence: float, n_boot: int = 10_000, seed: int = 0
) -> pd.DataFrame:
    """Test whether two detectors differ on the same pictures: metric, a, b, difference (A minus B), low, high, p_value,
    p_adjusted (Holm over the rows), verdict, n (pictures).

    faces: exactly two. Metrics: "found" (the share of a picture's true faces that were found, at `confidence`, the mean
    over pictures with a face) and "AP50". Raises ValueError for another number of detectors, or without a true face.
    """
    if len(faces) != 2:
        raise ValueError(f"{len(faces)} detectors ({', '.join(faces)}): give two to compare")
    (a, of_a), (b, of_b) = faces.items()
    true = _of(truth, photos)
    judged = [without_difficult(_of(table, photos), true) for table in (of_a, of_b)]
    here = judged[0][1]
    if here.empty:
        raise ValueError(f"none of the {len(photos)} pictures has a true face: nothing to compare {a} and {b} by")
    clusters = clusters_of(photos)
    counts = picture_counts(faces, true, photos, confidence=confidence)
    share = (counts["found"] / (counts["found"] + counts["missed"])).to_numpy().reshape(2, -1)
    with_face = ~np.isnan(share[0])
    found = paired_query_test(*share[:, with_face], clusters[with_face], n_boot=n_boot, seed=seed)
    statistics = [statistic_of("AP50", found, clear, photos, confidence) for found, clear in judged]
    values = [float(statistic(np.ones((1, len(photos))))[0]) for statistic in statistics]
    draws = [cluster_draws(statistic, clusters, n_boot, seed) for statistic in statistics]
    between = difference_of(*values, *draws, cluster_codes(clusters)[1])
    rows = [
        {"metric": "found", "a": a, "b": b, **vars(found), "n": int(with_face.sum())},
        {"metric": "AP50", "a": a, "b": b, **vars(between), "n": len(photos)},
    ]
    table = holm_table(rows)
    columns = ["metric", "a", "b", "difference", "low", "high", "p_value", "p_adjusted", "verdict", "n"]
    return table[columns].astype({"low": float, "high": float})


def clusters_of(photos: pd.DataFrame) -> NDArray:
    """Return what pictures are drawn together by: their group where it is known, else each by itself."""
    return photos["group" if "group" in photos else "photo_id"].to_numpy(object)


def statistic_of(
    metric: str, found: pd.DataFrame, truth: pd.DataFrame, photos: pd.DataFrame, confidence: float
) -> Statistic:
    """Return a metric as a function of the pictures' weights (b, pictures); NaN where it does not exist."""
    if metric in ("AP50", "AP"):
        return ap_of(found, truth, photos, IOUS[:1] if metric == "AP50" else IOUS)
    if metric not in METRICS:
        raise ValueError(f"unknown metric {metric!r}: use one of {', '.join(METRICS)}")
    counts = detection_counts(_sure(found, confidence), truth, photo_ids=list(photos["photo_id"]))
    right = counts["found"].to_numpy(float)
    all_of_them = right + counts["missed" if metric == "recall" else "false"].to_numpy(float)
    return lambda weights: _ratio(weights @ right, weights @ all_of_them)


def ap_of(found: pd.DataFrame, truth: pd.DataFrame, photos: pd.DataFrame, ious: NDArray) -> Statistic:
    """Average precision, the mean over `ious`, as COCO counts it (Lin et al., 2014): 101 recalls, the precision at each
    the highest at that recall or a larger one. A picture of weight 2 counts as two copies of it would.
    """
    row_of = pd.Series(np.arange(len(photos)), index=photos["photo_id"])
    order = np.lexsort((row_of.loc[found["photo_id"]].to_numpy(), -found["score"].to_numpy(float)))  # ties: as COCO's
    found = found.iloc[order].reset_index(drop=True)
    found = found[found.groupby("photo_id").cumcount() < MOST].reset_index(drop=True)
    rows = row_of.loc[found["photo_id"]].to_numpy()
    right = [(match_faces(found, truth, iou)["truth_row"] >= 0).to_numpy(float) for iou in ious]
    faces = truth["photo_id"].value_counts().reindex(photos["photo_id"], fill_value=0).to_numpy(float)

    def statistic(weights: NDArray) -> NDArray:
        weighed, total = weights[:, rows], weights @ faces
        return np.mean([_curve_area(weighed * hits, weighed, total) for hits in right], axis=0)

    return statistic


def _curve_area(hits: NDArray, weights: NDArray, total: NDArray) -> NDArray[np.float64]:
    """Return the mean precision over RECALLS of each resample. hits, weights: (b, faces), the surest first."""
    right, seen = np.cumsum(hits, axis=1), np.cumsum(weights, axis=1)
    recall, precision = _ratio(right, total[:, None]), np.nan_to_num(_ratio(right, seen))
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.pad(best, ((0, 0), (0, 1)))  # a recall that is never reached has precision 0
    area = [padded[k, np.searchsorted(recall[k], RECALLS)].mean() if total[k] else np.nan for k in range(len(total))]
    return np.array(area, float)


def _ratio(above: NDArray, below: NDArray) -> NDArray[np.float64]:
    """Divide, with NaN where the denominator is 0."""
    below = np.broadcast_to(below, np.shape(above))
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _of(table: pd.DataFrame, photos: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that belong to `photos`."""
    return table[table["photo_id"].isin(photos["photo_id"])].reset_index(drop=True)


def _sure(faces: pd.DataFrame, confidence: float) -> pd.DataFrame:
    return faces[faces["score"] >= confidence]


def _as_lists(found: pd.DataFrame, truth: pd.DataFrame, photos: pd.DataFrame) -> tuple[list[NDArray], list[NDArray]]:
    """Return the faces found (n, 5) and the true ones (k, 4) of each picture, in the order of `photos`."""
    both = []
    for table, columns in ((found, [*BOX, "score"]), (truth, BOX)):
        rows, numbers = table.groupby("photo_id").indices, table[columns].to_numpy(float)
        both.append([numbers[rows.get(photo_id, np.zeros(0, int))] for photo_id in photos["photo_id"]])
    return both[0], both[1]
