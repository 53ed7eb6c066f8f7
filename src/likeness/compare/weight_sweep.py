"""How much should the face weigh against the whole picture? A sweep, and the choice on validation queries."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likeness.compare.face_scores import LABELS, Judged, judge, relevance, views_of
from likeness.compare.face_values import SHARE_TOP, Look
from likeness.compare.face_views import SINGLE, FaceVectors
from likeness.compare.kept import QUALITIES, column_of, kept_of
from likeness.stats.comparisons import mean_rows

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
    identity), kept_character, kept_style (see kept.py), n_identity, n_artist (queries). NaN where no query has the
    label; what is kept is NaN, too, where no single view beats chance.
    """
    exclude, rows = photos["duplicate_group"], []
    relevant = relevance(queries, photos, shown, exclude)
    for network, own in vectors.items():
        looks = {view: Look(view) for view in views_of(own) if view in SINGLE}
        singles = list(looks)
        looks |= {f"weight {weight!r}": Look("combined", weight) for weight in map(float, weights)}
        judged = judge({network: own}, queries, {network: looks}, relevant, exclude)
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
    """Return the weight with the largest min(kept_character, kept_style), of equal ones the nearest to one half.

    sweep: of validation queries and one network, as `weight_sweep` gives. Where only one of the two is known (not NaN)
    that one decides; where neither is, both parts weigh the same: 0.5.

    >>> kept = {"kept_character": [0.3, 0.7, 1.0], "kept_style": [1.0, 0.8, 0.4]}
    >>> choose_weight(pd.DataFrame({"weight": [0.2, 0.5, 0.8], **kept}))
    0.5
    """
    kept = sweep[["kept_character", "kept_style"]].dropna(axis=1, how="all")
    if kept.empty or not kept.shape[1]:
        return NO_LABEL
    worst = kept.min(axis=1, skipna=False).round(12)
    best = sweep.loc[worst == worst.max(), "weight"].sort_values()
    return float(best.iloc[(best - NO_LABEL).abs().to_numpy().round(12).argmin()])


def choose_weights(sweep: pd.DataFrame) -> dict[str, float]:
    """Return {network: weight} by `choose_weight`."""
    return {str(network): choose_weight(rows) for network, rows in sweep.groupby("network", sort=False)}
