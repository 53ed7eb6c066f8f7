"""Does a view keep both the character and the style? And how much should the face weigh, so that both are kept?

Character is identity recall@1: is the nearest picture one of the same person? Style is the share of the five nearest
that the same artist painted. What a view keeps of either is its gain over a random ranking, as a share of the gain of
the best single view (whole picture, face, all faces) of the same network; the best is sought anew in each resample.
A view may keep more than all (1) where face and picture together know more than either. The weight of the face is
chosen by a sweep on validation queries.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.compare.face_scores import LABELS, Judged, judge, looks_of, relevance, split_of, views_of
from likeness.compare.face_values import MEASURES, RANDOM, SHARE_TOP, Look
from likeness.compare.face_views import SINGLE, FaceVectors
from likeness.features.vectors import write_face_weights as write_face_weights  # for notebooks
from likeness.stats.bootstrap import Estimate, interval, mean_draws
from likeness.stats.clusters import FEW, cluster_codes
from likeness.stats.comparisons import mean_rows

QUALITIES = {
    "character": ("identity", "recall@1", "identity recall@1"),
    "style": ("artist", f"share@{SHARE_TOP}", f"artist share@{SHARE_TOP}"),
}  # quality: label, measure, metric
ENOUGH = 0.5  # a view keeps a quality if the whole interval of its share lies above
KEPT = ["network", "view", "model", "quality", "metric", "value", "low", "high", "chance", "best_view", "best", "kept"]
KEPT += ["kept_low", "kept_high", "keeps", "n", "scheme", "split"]


class Kept(NamedTuple):
    """chance, best: means of a random ranking and of the best single model. shares: {model: Estimate} of clusters."""

    chance: float
    best_model: str
    best: float
    shares: dict[str, Estimate]
    clusters: int


def kept_of(values: Mapping[str, NDArray], singles: Sequence[str], clusters: ArrayLike, n_boot: int, seed: int) -> Kept:
    """Return what each model keeps of the best single model's gain over chance; NaN where no single model beats it.

    values: {model: (q,)} without NaN, among them "random ranking". singles: the models among which the best is sought.
    """
    names = list(values)
    stacked = np.column_stack([values[name] for name in names])
    place = [names.index(single) for single in singles]
    means, draws = stacked.mean(axis=0)[None], mean_draws(stacked, clusters, n_boot, seed)
    chance, count = names.index(RANDOM), cluster_codes(clusters)[1]
    share, drawn = (_shares(each, chance, place) for each in (means, draws))
    shares = {
        name: Estimate(float(share[0, column]), *interval(drawn[:, column]), len(stacked))
        for column, name in enumerate(names)
    }  # not `summarise`: a view that is the best in every resample keeps all, for sure
    best = place[int(np.argmax(means[0, place]))]
    return Kept(float(means[0, chance]), names[best], float(means[0, best]), shares, count)


def _shares(means: NDArray, chance: int, singles: list[int]) -> NDArray[np.float64]:
    """Return (b, models) gains over chance by the best single gain, NaN where that is not above 0."""
    gains = means - means[:, [chance]]
    best = gains[:, singles].max(axis=1, keepdims=True)
    return np.divide(gains, best, out=np.full_like(gains, np.nan), where=best > 1e-12)


def kept_table(
    vectors: Mapping[str, FaceVectors],
    queries: pd.DataFrame,
    photos: pd.DataFrame,
    shown: pd.DataFrame,
    *,
    face_weight: float | Mapping[str, float],
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return a row per network, view and quality ("character", "style") that some query has a label for: KEPT.

    Arguments as those of `face_scores`; near-duplicates are out of the gallery. value, low, high: the measure itself.
    kept, kept_low, kept_high: what is kept of the best single view. keeps: does its whole interval lie above one half?
    None without an interval, and with fewer than six people or artists.
    """
    exclude, rows = photos["duplicate_group"], []
    answers = relevance(queries, photos, shown, exclude)
    for network, own in vectors.items():
        looks = looks_of(network, own, face_weight)
        judged = judge({network: own}, queries, {network: looks}, answers, exclude)
        for quality, (label, measure, metric) in QUALITIES.items():
            if label in judged:
                place = {"network": network, "quality": quality, "metric": metric, "scheme": "honest"}
                rows += _kept_rows(judged[label], measure, looks, place | {"split": split_of(queries)}, n_boot, seed)
    types = dict.fromkeys(["low", "high", "kept_low", "kept_high"], float) | {"keeps": object}
    return pd.DataFrame(rows, columns=KEPT).astype(types)


def column_of(judged: Judged, measure: str) -> dict[str, NDArray[np.float64]]:
    """Return {model: (q,)}: one of the MEASURES, a random ranking among the models."""
    return {model: value[:, MEASURES.index(measure)] for model, value in judged.measured.items()}


def _kept_rows(
    judged: Judged, measure: str, looks: Mapping[str, Look], place: dict[str, str], n_boot: int, seed: int
) -> list[dict]:
    values = column_of(judged, measure)
    singles = [model for model, look in looks.items() if look.view in SINGLE]
    kept = kept_of(values, singles, judged.clusters, n_boot, seed)
    rows = []
    for row in mean_rows({model: values[model] for model in looks}, judged.clusters, n_boot, seed):
        share = kept.shares[row["model"]]
        row |= {"view": looks[row["model"]].view, "chance": kept.chance}
        row |= {"best_view": looks[kept.best_model].view, "best": kept.best}
        row |= {"kept": share.value, "kept_low": share.low, "kept_high": share.high}
        unsure = share.low is None or kept.clusters < FEW
        rows.append(place | row | {"keeps": None if unsure else bool(share.low > ENOUGH)})
    return rows


def kept_scores(kept: pd.DataFrame) -> pd.DataFrame:
    """Return a `kept_table` as rows for scores.json: "artist share@5", "kept character" and "kept style"."""
    names = ["scheme", "split", "model", "metric", "value", "low", "high", "n"]
    style = kept[kept["quality"] == "style"]
    left = kept.assign(value=kept["kept"], low=kept["kept_low"], high=kept["kept_high"])
    left = left.assign(metric="kept " + left["quality"])[left["value"].notna()]
    return pd.concat([style[names], left[names]], ignore_index=True)


COUNTS = tuple(f"n_{label}" for label in LABELS)
TRIED = tuple(step / 10 for step in range(11))
NO_LABEL = 0.5  # where nothing is known to choose by, both parts weigh the same
MEASURED = {
    "recall_at_1": ("identity", "recall@1", True),
    "recall_at_5": ("identity", "recall@5", False),
    "map": ("identity", "mAP", False),
    f"artist_share_at_{SHARE_TOP}": ("artist", f"share@{SHARE_TOP}", True),
}  # column: label, measure, is an interval shown?


def weight_sweep(
    vectors: Mapping[str, FaceVectors],
    queries: pd.DataFrame,
    photos: pd.DataFrame,
    shown: pd.DataFrame,
    weights: Sequence[float] = TRIED,
    *,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return a row per network and weight of the face in the combined view, weights as given.

    vectors, queries, photos, shown: as in `face_scores`; near-duplicates are out of the gallery.
    Columns: network, weight, recall_at_1 and artist_share_at_5 (each with _low and _high), recall_at_5, map (of
    identity), kept_character, kept_style, n_identity, n_artist (queries). NaN where no query has the
    label; what is kept is NaN, too, where no single view beats chance.
    """
    exclude, rows = photos["duplicate_group"], []
    answers = relevance(queries, photos, shown, exclude)
    for network, own in vectors.items():
        looks = {view: Look(view) for view in views_of(own) if view in SINGLE}
        singles = list(looks)
        looks |= {f"weight {weight!r}": Look("combined", weight) for weight in map(float, weights)}
        judged = judge({network: own}, queries, {network: looks}, answers, exclude)
        columns = _columns(judged, singles, n_boot, seed)
        counts = {f"n_{label}": len(judged[label].clusters) if label in judged else 0 for label in LABELS}
        for name, look in looks.items():
            if name not in singles:
                found = {column: values.get(name, np.nan) for column, values in columns.items()}
                rows.append({"network": network, "weight": look.face_weight} | found | counts)
    table = pd.DataFrame(rows)
    return table.astype({column: float for column in table if column not in ("network", *COUNTS)})


def _columns(judged: Mapping[str, Judged], singles: list[str], n_boot: int, seed: int) -> dict[str, dict[str, Any]]:
    """Return {column of the sweep: {look: number}}, without looks where the label is not known."""
    columns: dict[str, dict[str, Any]] = {}
    for name, (label, measure, banded) in MEASURED.items():
        rows = []
        if label in judged:
            rows = mean_rows(column_of(judged[label], measure), judged[label].clusters, n_boot, seed)
        bounds = {"": "value", "_low": "low", "_high": "high"} if banded else {"": "value"}
        columns |= {name + ending: {row["model"]: row[bound] for row in rows} for ending, bound in bounds.items()}
    for quality, (label, measure, _) in QUALITIES.items():
        shares = {}
        if label in judged:
            shares = kept_of(column_of(judged[label], measure), singles, judged[label].clusters, 1, seed).shares
        columns[f"kept_{quality}"] = {name: share.value for name, share in shares.items()}
    return columns


def choose_weight(sweep: pd.DataFrame) -> float:
    """Return the weight with the largest min(kept_character, kept_style), of equal ones that of the largest mAP.

    Where recall@1 is saturated many weights are equal, and mAP still tells them apart; of equals in that, too, the one
    nearest to one half is taken. sweep: of validation queries and one network, as `weight_sweep` gives. Where only one
    of the two is known (not NaN) that one decides; where neither is, both parts weigh the same: 0.5.

    >>> kept = {"kept_character": [0.3, 0.7, 1.0], "kept_style": [1.0, 0.8, 0.4]}
    >>> choose_weight(pd.DataFrame({"weight": [0.2, 0.5, 0.8], **kept}))
    0.5
    """
    kept = sweep[["kept_character", "kept_style"]].dropna(axis=1, how="all")
    if kept.empty or not kept.shape[1]:
        return NO_LABEL
    worst = kept.min(axis=1, skipna=False).round(12)
    equal = sweep[worst == worst.max()]
    if "map" in equal and equal["map"].notna().any():
        equal = equal[equal["map"].round(3) == equal["map"].round(3).max()]
    best = equal["weight"].sort_values()
    return float(best.iloc[(best - NO_LABEL).abs().to_numpy().round(12).argmin()])


def choose_weights(sweep: pd.DataFrame) -> dict[str, float]:
    """Return {network: weight} by `choose_weight`."""
    return {str(network): choose_weight(rows) for network, rows in sweep.groupby("network", sort=False)}
