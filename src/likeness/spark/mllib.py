"""MLlib's classifiers on features: trained by the cluster, asked by the driver.

Features come standardised (`models.svm_curve.standardiser`), in one partition: so sums are added in one order and the
same rows give the same bytes. With several, partial sums are added as they arrive and the last bits differ.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:  # pyspark is not on every machine
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession

DEPTH = 10  # of a tree

Scorer = Callable[[NDArray], NDArray[np.float64]]


class Settings(NamedTuple):
    """step: size of the first step of gradient descent. reg: weight of the L2 penalty. trees: of the forest.

    iterations: of gradient descent or OWL-QN, at most.
    """

    step: float = 1.0
    reg: float = 1e-4  # both as the original study found them
    trees: int = 100
    iterations: int = 100  # MLlib's own default


ORIGINAL = Settings()


def fit_all(
    kind: str, x: NDArray, liked: NDArray[np.bool_], grid: Sequence[Settings], *, session: "SparkSession", seed: int
) -> list[Scorer]:
    """Return for each settings what scores rows (m, d) as float64 (m,). The rows are sent to the cluster once.

    kind: "mllib-sgd" (SVMWithSGD: linear SVM, hinge loss, full-batch gradient descent; its intercept starts at 1 and is
    penalised like a weight), "mllib-svc" (LinearSVC: the same loss by OWL-QN, which stops at kinks of the loss before
    the minimum) or "mllib-forest" (RandomForestClassifier). x: (n, d) standardised. liked: (n,).
    Raises ValueError for another kind.
    """
    if kind not in FITS:
        raise ValueError(f"unknown kind {kind!r}; choose one of {', '.join(FITS)}")
    x, liked = np.asarray(x, np.float64), np.asarray(liked, bool)
    rows = (points if kind == "mllib-sgd" else vectors)(x, session, 1, liked).cache()
    try:
        return [FITS[kind](rows, settings, seed) for settings in grid]
    finally:
        rows.unpersist()


def _sgd(rows: "RDD", settings: Settings, _seed: int) -> Scorer:
    from pyspark.mllib.classification import SVMWithSGD

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated, and the original study's
        model = SVMWithSGD.train(rows, settings.iterations, settings.step, settings.reg, intercept=True)
    weights, intercept = model.weights.toArray(), float(model.intercept)
    return lambda judged: np.asarray(judged, np.float64) @ weights + intercept


def _svc(rows: "DataFrame", settings: Settings, _seed: int) -> Scorer:
    from pyspark.ml.classification import LinearSVC

    model = LinearSVC(regParam=settings.reg, maxIter=settings.iterations, standardization=False).fit(rows)
    weights, intercept = model.coefficients.toArray(), float(model.intercept)
    return lambda judged: np.asarray(judged, np.float64) @ weights + intercept


def _forest(rows: "DataFrame", settings: Settings, seed: int) -> Scorer:
    from pyspark.ml.classification import RandomForestClassifier
    from pyspark.ml.functions import vector_to_array

    model = RandomForestClassifier(numTrees=settings.trees, maxDepth=DEPTH, seed=seed).fit(rows)
    session = rows.sparkSession

    def score(judged: NDArray) -> NDArray[np.float64]:
        told = model.transform(vectors(judged, session, 1)).select(vector_to_array("probability")[1].alias("liked"))
        return told.toPandas()["liked"].to_numpy(np.float64)

    return score


def points(x: NDArray, session: "SparkSession", partitions: int, liked: NDArray) -> "RDD":
    """Return rows x (n, d) and answers (n,) as the older MLlib takes them, in order."""
    from pyspark.mllib.regression import LabeledPoint

    labelled = [LabeledPoint(float(answer), row) for answer, row in zip(liked, x, strict=True)]
    return session.sparkContext.parallelize(labelled, partitions)


def vectors(x: NDArray, session: "SparkSession", partitions: int, liked: NDArray | None = None) -> "DataFrame":
    """Return rows x (n, d) as MLlib's table: features, and label where there is liked; in order in one partition."""
    from pyspark.ml.functions import array_to_vector

    table = pd.DataFrame({"features": list(np.asarray(x, np.float64))})
    table["label"] = 0.0 if liked is None else np.asarray(liked, np.float64)
    frame = session.createDataFrame(table, "features array<double>, label double")
    frame = frame.coalesce(1) if partitions == 1 else frame.repartition(partitions)
    return frame.select(array_to_vector("features").alias("features"), "label")


FITS: dict[str, Callable[..., Scorer]] = {"mllib-sgd": _sgd, "mllib-svc": _svc, "mllib-forest": _forest}
