"""The ladder of sight: frozen networks that have seen more or less, on the same questions."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from likeness.features.sight import UNTRAINED
from likeness.stats.comparisons import compare_models


class SightLadder(NamedTuple):
    """scores: as `score_models` gives, models named "NETWORK@WEIGHTS, HOW". comparisons: as `compare_models` gives,
    every network against the first random one; no rows where none is random, or there is no other.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame


def first_random(models: Iterable[str]) -> str | None:
    """Return the first model whose network has seen nothing, None where all have seen something.

    >>> first_random(["pool of x@bundled, SVM", "pool of x@none, SVM"])
    'pool of x@none, SVM'
    """
    return next((model for model in models if f"@{UNTRAINED}" in model), None)


def compare_sights(predictions: pd.DataFrame, clusters: pd.Series, seed: int) -> pd.DataFrame:
    """Return the paired tests of every model against the first random one, by AUC, on honest test pairs.

    predictions, clusters: as `compare_models`.
    """
    baseline = first_random(predictions["model"].unique())
    honest = predictions[predictions["scheme"] == "honest"]
    return compare_models(honest if baseline else honest.iloc[:0], clusters, baseline=baseline, seed=seed)
