"""MLlib's classifiers on the network's layers: further rows of the likability table, where a cluster fits them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from likeness.models.likability.recipes import training_layer
from likeness.spark.session import spark_session
from likeness.studies.likability import NO_PICTURES, LikabilityStudy

MODELS = ("SVMWithSGD (Spark)", "LinearSVC (Spark)", "forest (Spark)")
NO_SPARK = "engine: local; set engine: spark"


class MllibRows(NamedTuple):
    """predictions: as of `classifiers.classify`. curves, chosen: {model: scores of settings tried, the best}."""

    predictions: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    chosen: dict[str, Any]

    def appended_to(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """Return the predictions of other models and, below them, these."""
        return pd.concat([predictions, self.predictions], ignore_index=True)


def left_out(engine: str, layers: Sequence[str]) -> dict[str, str]:
    """Return {model: why it is not fitted}; {} where Spark fits it. layers: the network's, none without pictures."""
    if not layers:
        return dict.fromkeys(MODELS, NO_PICTURES)
    return {} if engine == "spark" else dict.fromkeys(MODELS, NO_SPARK)


def fit_mllib(
    study: LikabilityStudy,
    feature_sets: Mapping[str, np.ndarray],
    layers: Sequence[str],
    spark_master: str,
    *,
    folds: int,
    mirror: bool,
    trees: int,
    seed: int,
) -> MllibRows:
    """Fit MLlib's three classifiers on each layer, under every scheme.

    Step size and regulariser of the linear ones are cross-validated by user, on honest training posts alone, and used
    for all schemes, as the SVM's C is. spark_master: see `spark_session`. trees: of the forest. mirror: train on mirror
    images too.
    """
    session = spark_session(spark_master)
    from likeness.spark import mllib_table  # needs pyspark, which is not on every machine

    curves = {
        (kind, layer): mllib_table.settings_curve(
            kind, **training_layer(study, layer, mirror), session=session, folds=folds, seed=seed
        )
        for layer in layers
        for kind in mllib_table.GRIDS
    }
    best = {which: mllib_table.best_settings(curve) for which, curve in curves.items()}
    recipes = mllib_table.spark_recipes(layers, best, mirror, trees)
    told = mllib_table.classify_on_spark(feature_sets, recipes, study.posts, session=session, seed=seed)
    names = {(kind, layer): f"{layer}, {mllib_table.KIND_NAMES[kind]}" for kind, layer in curves}
    return MllibRows(
        told, {names[key]: curve for key, curve in curves.items()}, {names[key]: each for key, each in best.items()}
    )
