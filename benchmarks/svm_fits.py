"""One method of benchmarks/svm.py in a process of its own: fits of the sweep in a random order, until the time limit.

Prints a line of JSON a fit: seconds, score (average precision on the fold's other rows), load (seconds that the fold
took before its fits: standardising, sending the rows to the cluster, one iteration; null but for its first fit).
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from likeness.models.likability.svm_curve import CS, Fold, by_products, fit_svm, folds_by_user, standardiser, turn
from likeness.spark.session import spark_session

KINDS = ("sklearn", "mllib-svc", "mllib-sgd")
FOLDS, SEED = 5, 7
# Fits the settings of these numbers in the order given; returns their scores of rows.
Fit = Callable[[Sequence[int]], Callable[[NDArray], list[NDArray]]]


def sample_sweep(kind: str, master: str, data: str, limit: float) -> Iterator[dict[str, float | None]]:
    """Yield what each fit took: fold after fold, in each its settings in a random order.

    None but the first begins after `limit` seconds.
    """
    loaded = np.load(data)
    session, order, made = _session(master), np.random.default_rng(SEED), 0
    start, asked = time.perf_counter(), (loaded["x"], loaded["liked"], loaded["users"])
    for _, fold in folds_by_user(*asked, folds=FOLDS, seed=SEED):
        begun = time.perf_counter()
        fit, judged, together = _loaded(kind, fold, session)
        load: float | None = time.perf_counter() - begun
        numbers = order.permutation(len(CS)).tolist()
        for some in [numbers] if together else [[number] for number in numbers]:
            if made and time.perf_counter() - start > limit:
                return
            made += len(some)
            begun = time.perf_counter()
            scores = [average_precision_score(fold.truth, score) for score in fit(some)(judged)]
            seconds = (time.perf_counter() - begun) / len(some)
            for score in scores:
                yield {"seconds": seconds, "score": float(score), "load": load}
                load = None


def _loaded(kind: str, fold: Fold, session) -> tuple[Fit, NDArray, bool]:
    """Return what fits, the rows to judge, and whether settings are fitted together (one matrix serves them all)."""
    mean, scale = standardiser(fold.rows)
    z, judged = (fold.rows - mean) / scale, (fold.judged - mean) / scale
    if kind == "sklearn":

        def planes(numbers: Sequence[int]) -> Callable[[NDArray], list[NDArray]]:
            fitted = list(fit_svm(z, fold.liked, [CS[number] for number in numbers]))
            return lambda asked: [plane.score(asked) for plane in fitted]

        return planes, judged, by_products(z)
    from likeness.spark.mllib import FITS, points, vectors  # needs pyspark

    z, basis = turn(z)
    if basis is not None:  # centred rows span one dimension less than there are
        z, judged = z[:, :-1], judged @ basis[:, :-1]
    rows = (points if kind == "mllib-sgd" else vectors)(z, session, 2, fold.liked).cache()
    rows.count()
    grid = settings(kind, len(z))
    FITS[kind](rows, grid[0]._replace(iterations=1), SEED)  # the first of all compiles, and is slow

    def fit(numbers: Sequence[int]) -> Callable[[NDArray], list[NDArray]]:
        scorers = [FITS[kind](rows, grid[number], SEED) for number in numbers]
        return lambda asked: [score(asked) for score in scorers]

    return fit, judged, False


def settings(kind: str, n: int) -> list:
    """Return the 12 settings: MLlib's regulariser is 1 / (C rows); from 1 on gradient descent of step 1 diverges."""
    from likeness.spark.mllib import Settings

    if kind == "mllib-svc":
        return [Settings(reg=1 / (c * n)) for c in CS]
    return [Settings(reg=float(reg)) for reg in np.logspace(-6, 0, len(CS))]


def _session(master: str):
    if not master:
        return None
    room = {
        "spark.driver.memory": "8g" if master.startswith("local") else "3g",
        "spark.executor.memory": "4g",
        "spark.rpc.message.maxSize": "1024",  # MiB; rows travel with the task, 128 MiB a partition by default
    }
    session = spark_session(master, name="benchmark", config=room)
    session.range(2).count()  # executors are there
    return session


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--master", default="")
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=float, required=True)
    with threadpool_limits(1):
        for line in sample_sweep(**vars(parser.parse_args())):
            print(json.dumps(line), flush=True)
