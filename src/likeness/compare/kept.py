"""Does a view keep both the character and the style? How much of what a single view can see is left in it?

Character is identity recall@1: is the nearest picture one of the same person? Style is the share of the five nearest
that the same artist painted. What a view keeps of either is its gain over a random ranking, as a share of the gain of
the best single view (whole picture, face, all faces) of the same network; the best is sought anew in each resample.
A view may keep more than all (1) where face and picture together know more than either.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.compare.face_scores import Judged, judge, model_name, relevance, split_of, views_of, weight_of
from likeness.compare.face_values import MEASURES, RANDOM, SHARE_TOP, Look
from likeness.compare.face_views import SINGLE, FaceVectors
from likeness.stats.bootstrap import FEW, Estimate, cluster_codes, interval, mean_draws
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
    """Return what each model keeps of the best single model's gain over chance.

    values: {model: (q,)} without NaN, among them "random ranking". singles: the models among which the best is sought.
    A share is NaN where no single model beats chance.
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
    relevant = relevance(queries, photos, shown, exclude)
    for network, own in vectors.items():
        weight = weight_of(face_weight, network)
        looks = {model_name(network, view): Look(view, weight) for view in views_of(own)}
        judged = judge({network: own}, queries, {network: looks}, relevant, exclude)
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
    """Return a `kept_table` as rows for metrics.json: "artist share@5", "kept character" and "kept style"."""
    names = ["scheme", "split", "model", "metric", "value", "low", "high", "n"]
    style = kept[kept["quality"] == "style"]
    left = kept.assign(value=kept["kept"], low=kept["kept_low"], high=kept["kept_high"])
    left = left.assign(metric="kept " + left["quality"])[left["value"].notna()]
    return pd.concat([style[names], left[names]], ignore_index=True)
