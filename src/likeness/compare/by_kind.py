"""What a model of the pose study calls the same, by the kind of pair: does it go by the pose, or by the site?"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from likeness.stats.bootstrap import estimate_pairs
from likeness.stats.runs import each_run, split_runs
from likeness.stats.scores import validation_thresholds
from likeness.stats.weighted import mean_of

SAME, OTHER_SITE, OTHER_POSE = "same-pose-same-site", "same-pose-other-site", "other-pose-same-site"
COLUMNS = ["model", "kind", "same", "value", "low", "high", "n"]


class Ceilings(NamedTuple):
    """Accuracy [0, 1] of an answer without fault that goes by the pose alone, and of one by the site alone."""

    pose: float
    site: float


def called_same(predictions: pd.DataFrame, clusters: pd.Series, models: Sequence[str]) -> pd.DataFrame:
    """Return the share of honest test pairs that a model calls the same, by kind of pair.

    Columns: model, kind, same (whether such pairs are), value, low, high, n.
    Each run decides at the threshold that was best on its validation pairs; a share is the mean over runs, its 95 %
    interval resamples clusters and runs. Pairs without a score are called different.
    """
    rows = []
    unseen = predictions[predictions["scheme"] == "honest"]
    for model in models:
        own = unseen[unseen["model"] == model]
        thresholds = validation_thresholds(own)
        runs = split_runs(own[own["split"] == "test"])
        called = [run["score"].to_numpy() >= thresholds["honest", model, k] for k, run in enumerate(runs)]
        for kind, places in runs[0].reset_index(drop=True).groupby("kind", sort=True).indices.items():
            shares = each_run([mean_of(each[places]) for each in called])
            found = estimate_pairs(shares, runs[0].iloc[places], clusters)
            same = bool(runs[0]["same"].iloc[places[0]])
            rows.append((model, kind, same, found.value, found.low, found.high, len(places)))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"low": float, "high": float})


def ceilings(kinds: pd.DataFrame) -> Ceilings | None:
    """Return what the pose alone and the site alone can reach on these pairs; None where no site is known.

    >>> kinds = pd.DataFrame({"model": "m", "kind": [SAME, OTHER_SITE, OTHER_POSE], "n": [2, 1, 1]})
    >>> ceilings(kinds)
    Ceilings(pose=0.75, site=0.75)
    """
    n = kinds[kinds["model"] == kinds["model"].iloc[0]].set_index("kind")["n"]
    if not {SAME, OTHER_SITE} <= set(n.index):
        return None
    return Ceilings(*(float(1 - wrong / n.sum()) for wrong in (n[OTHER_SITE], n.sum() - n[SAME] - n[OTHER_SITE])))
