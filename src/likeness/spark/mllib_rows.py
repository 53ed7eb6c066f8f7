"""MLlib's rows in the likability table, where a cluster fits them, or why they are not there."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from likeness.features.layers import mirror_of
from likeness.models.likability.predictions import COLUMNS, split_rows, tell_posts
from likeness.models.likability.recipes import training_layer
from likeness.models.likability.svm_curve import folds_by_user, over_folds, standardiser, turn, with_mirror
from likeness.spark.mllib import FITS, ORIGINAL, Scorer, Settings, fit_all
from likeness.spark.session import spark_session
from likeness.studies.likability import NO_PICTURES, SCHEMES, LikabilityStudy

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KIND_NAMES = {"mllib-sgd": "SVMWithSGD (Spark)", "mllib-svc": "LinearSVC (Spark)", "mllib-forest": "forest (Spark)"}
MODELS = tuple(KIND_NAMES.values())
NO_SPARK = "engine: local; set engine: spark"
STEPS, REGS = (0.1, 1.0, 10.0), (1e-4, 1e-2, 1.0)
GRIDS = {
    "mllib-sgd": tuple(Settings(step, reg) for step, reg in product(STEPS, REGS)),
    "mllib-svc": tuple(Settings(reg=reg) for reg in REGS),
}


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
    curves = {
        (kind, layer): settings_curve(
            kind, **training_layer(study, layer, mirror), session=session, folds=folds, seed=seed
        )
        for layer in layers
        for kind in GRIDS
    }
    best = {which: best_settings(curve) for which, curve in curves.items()}
    recipes = spark_recipes(layers, best, mirror, trees)
    told = classify_on_spark(feature_sets, recipes, study.posts, session=session, seed=seed)
    names = {(kind, layer): f"{layer}, {KIND_NAMES[kind]}" for kind, layer in curves}
    return MllibRows(
        told, {names[key]: curve for key, curve in curves.items()}, {names[key]: each for key, each in best.items()}
    )


class SparkRecipe(NamedTuple):
    """One model: its name in the tables, a kind of `mllib.FITS`, the set of features it sees, its settings."""

    name: str
    kind: str
    features: str
    settings: Settings = ORIGINAL
    mirror: bool = False


def spark_recipes(
    layers: Sequence[str], best: Mapping[tuple[str, str], Settings], mirror: bool, trees: int = 100
) -> list[SparkRecipe]:
    """Return each kind on each layer, named like "fc7, LinearSVC (Spark)". best: {(kind, layer): settings chosen}."""
    return [
        SparkRecipe(f"{layer}, {KIND_NAMES[kind]}", kind, layer, best.get((kind, layer), Settings(trees=trees)), mirror)
        for layer in layers
        for kind in FITS
    ]


def settings_curve(
    kind: str,
    x: NDArray,
    liked: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[str] | NDArray,
    *,
    session: "SparkSession",
    grid: Sequence[Settings] | None = None,
    folds: int,
    seed: int,
    mirror: NDArray | None = None,
) -> pd.DataFrame:
    """Return the average precision of a linear classifier against its settings, cross-validated by user.

    As `models.svm_curve.c_curve`: x (n, d) of training posts alone, liked (n,), groups (n,) what a fold may not cut,
    mirror (n, d) added where a fold trains. grid: settings to try (default: GRIDS of the kind).
    Columns: step, reg, mean, std (over the folds), "fold 1" ...; one row a setting, in the order given.
    Raises ValueError for fewer groups than folds, or a fold whose posts are all of one kind.
    """
    grid, found = GRIDS[kind] if grid is None else grid, {}
    for name, fold in folds_by_user(x, liked, groups, folds=folds, seed=seed, mirror=mirror):
        fitted = _fit_turned(kind, fold.rows, fold.liked, grid, session=session, seed=seed)
        found[name] = [average_precision_score(fold.truth, score(fold.judged)) for score in fitted]
    return over_folds({"step": [each.step for each in grid], "reg": [each.reg for each in grid]}, found)


def best_settings(curve: pd.DataFrame) -> Settings:
    """Return the settings with the largest mean; of equals (to a millionth) most regularised, then smallest step."""
    at_best = curve[curve["mean"] >= curve["mean"].max() - 1e-6]
    row = at_best.sort_values(["reg", "step"], ascending=[False, True]).iloc[0]
    return Settings(float(row["step"]), float(row["reg"]))


def classify_on_spark(
    feature_sets: Mapping[str, NDArray],
    recipes: Sequence[SparkRecipe],
    posts: pd.DataFrame,
    *,
    session: "SparkSession",
    seed: int,
    schemes: Mapping[str, str] = SCHEMES,
) -> pd.DataFrame:
    """Return the predictions of every recipe under every scheme, in the columns of `models.classifiers.classify`.

    feature_sets, posts, schemes: as there; a row of NaN: no picture, such a post is left out.
    Raises ValueError naming a set that is not there, or a split without posts of both kinds.
    """
    tables = []
    for recipe, (scheme, column) in product(recipes, schemes.items()):
        if recipe.features not in feature_sets:
            there = ", ".join(sorted(feature_sets)) or "none"
            raise ValueError(f"{recipe.name}: no features {recipe.features!r}; there are {there}")
        told = mllib_scores(
            feature_sets[recipe.features], posts, column=column, kind=recipe.kind, settings=recipe.settings,
            mirror=feature_sets.get(mirror_of(recipe.features)) if recipe.mirror else None, session=session, seed=seed,
        )  # fmt: skip
        tables.append(told.assign(scheme=scheme, model=recipe.name, run=0))
    return pd.concat(tables, ignore_index=True)[COLUMNS] if tables else pd.DataFrame(columns=COLUMNS)


def mllib_scores(
    features: NDArray,
    posts: pd.DataFrame,
    *,
    column: str,
    kind: str,
    session: "SparkSession",
    settings: Settings,
    seed: int,
    mirror: NDArray | None,
) -> pd.DataFrame:
    """Train on the "train" posts of a split; return what is said of its "val" and "test" posts, as `tell_posts` does.

    features: (posts, d); a row of NaN is left out. mirror: (posts, d), added to the training rows.
    Errors as `models.classifiers.fit_predict`.
    """
    x = np.asarray(features, dtype=float)
    train, held_out = split_rows(posts, column, ~np.isnan(x).all(axis=1))
    rows, labels = with_mirror(x, mirror, posts["liked"].to_numpy(dtype=bool), np.flatnonzero(train))
    (score,) = _fit_turned(kind, rows, labels, [settings], session=session, seed=seed)
    return tell_posts(posts, column, held_out, score(x[held_out]))


def _fit_turned(kind: str, rows: NDArray, liked: NDArray, grid: Sequence[Settings], **spark: Any) -> list[Scorer]:
    """Fit on standardised rows; a linear model on as many turned columns as there are rows: no product changes."""
    mean, scale = standardiser(rows)
    z, basis = (rows - mean) / scale, None
    if kind != "mllib-forest":  # a tree asks column by column
        z, basis = _spanning(*turn(z))

    def score_plain(score: Scorer) -> Scorer:
        return lambda judged: score((judged - mean) / scale if basis is None else (judged - mean) / scale @ basis)

    return [score_plain(score) for score in fit_all(kind, z, liked, grid, **spark)]


def _spanning(z: NDArray, basis: NDArray | None) -> tuple[NDArray, NDArray | None]:
    """Leave out turned columns that hold rounding errors alone: centred rows span one dimension less than there are.

    MLlib divides each column by its spread, and finds no minimum where that is 1e-14 of the others'.
    """
    if basis is None:
        return z, None
    spread = z.std(axis=0)
    kept = spread > 1e-8 * spread.max()
    return z[:, kept], basis[:, kept]
