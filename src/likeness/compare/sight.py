"""The ladder of sight: frozen networks that have seen more or less, on the same questions."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from likeness.features.sight import UNTRAINED
from likeness.stats.comparisons import compare_models


class SightLadder(NamedTuple):
    """scores: as `score_models` gives, models named "NETWORK@WEIGHTS, HOW". comparisons: as `compare_models` gives,
    every network against the random twin of a trained one; no rows where none is random, or there is no other.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame


def random_model(models: Sequence[str]) -> str | None:
    """Return the model of a network that has seen nothing: the twin of a trained one, or else the first, or None.

    >>> random_model(["fc6 of alexnet@none, SVM", "pool of x@bundled, SVM", "pool of x@none, SVM"])
    'pool of x@none, SVM'
    """
    random = [model for model in models if f"@{UNTRAINED}" in model]
    trained = {model.partition("@")[0] for model in models if model not in random}
    return next((model for model in random if model.partition("@")[0] in trained), random[0] if random else None)


def compare_sights(predictions: pd.DataFrame, clusters: pd.Series, seed: int) -> pd.DataFrame:
    """Return the paired tests of every model against that of `random_model`, by AUC, on honest test pairs.

    predictions, clusters: as `compare_models`.
    """
    baseline = random_model(list(predictions["model"].unique()))
    honest = predictions[predictions["scheme"] == "honest"]
    return compare_models(honest if baseline else honest.iloc[:0], clusters, baseline=baseline, seed=seed)
