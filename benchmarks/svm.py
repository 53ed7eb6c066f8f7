"""The sweep over C of a linear SVM on features like AlexNet's fc7: scikit-learn on one core beside MLlib.

`python benchmarks/svm.py` writes benchmarks/results/svm.json and svm.md. Needs `make spark` and Java 17. Each size
and method runs in a process of its own, which is ended at the time limit; a method that was ended is not tried with
more photos.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from growth import exponent
from machine import describe_machine
from svm_cluster import cluster, run_with_limit
from svm_words import as_markdown, pays_from, skipped, table

from likeness.paths import write_json, write_text
from likeness.spark.session import SparkMissing, check_spark, spark_session

RESULTS = Path(__file__).parent / "results"
SIZES, FOLDS, SEED = (2_000, 8_000, 32_000), 5, 7
LIMIT = 600  # seconds
DIM, RANK, POSTS_A_USER = 4096, 512, 20
METHODS = {
    "scikit-learn, one core": ("sklearn", ""),
    "LinearSVC, local[2]": ("mllib-svc", "local[2]"),
    "LinearSVC, two workers": ("mllib-svc", "cluster"),
    "SVMWithSGD, local[2]": ("mllib-sgd", "local[2]"),
    "SVMWithSGD, two workers": ("mllib-sgd", "cluster"),
}
DATA = (
    f"Synthetic features of {DIM:,} columns, nothing of a real photo: the variance of the k-th of {RANK} directions "
    "falls as 1/k (assumed, not measured on a trained network), columns are rectified as fc7's are (four fifths of the "
    f"values are 0), a like hangs on a few directions, on the user ({POSTS_A_USER} posts each) and on chance."
)


def main(sizes: Sequence[int], limit: float) -> None:
    """Measure everything and write the results."""
    try:
        check_spark()
    except SparkMissing as error:
        print(f"skipped: {error}")
        machine = describe_machine(["numpy", "scikit-learn"])
        write_json({"machine": machine, "table": skipped(str(error))}, RESULTS / "svm.json")
        return
    start = time.perf_counter()
    rows: list[dict] = []
    for size in sorted(sizes):
        rows += measure(size, limit, skip={row["method"] for row in rows if not row["seconds"]})
    result = {
        "machine": describe_machine(["numpy", "pyspark", "scikit-learn"]),
        "limit": limit,
        "folds": FOLDS,
        "data": DATA,
        "rows": rows,
        "exponents": exponents(rows),
        "pays_from": pays_from(rows),
        "seconds": round(time.perf_counter() - start),
    }
    write_json({**result, "table": table(result)}, RESULTS / "svm.json")
    write_text(as_markdown(result), RESULTS / "svm.md")


def measure(size: int, limit: float, skip: set[str]) -> list[dict[str, object]]:
    """Return a row a method: seconds of the sweep (null: not done within the limit) and the best score found.

    skip: methods that did not finish with fewer photos.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        x, liked, users = make_features(size, SEED)
        np.savez(data, x=x, liked=liked, users=users)
        for method, (kind, place) in METHODS.items():
            if method in skip:
                rows.append({"photos": size, "method": method, "seconds": None, "best": None})
                continue
            with cluster(Path(folder)) if place == "cluster" else nullcontext(place) as master:
                command = [sys.executable, __file__, "--one", kind, "--master", master, "--data", str(data)]
                told = run_with_limit(command, limit)
            found = json.loads(told) if told else {"seconds": None, "best": None}
            rows.append({"photos": size, "method": method, **found})
            print(f"{size:,} photos, {method}: {found['seconds'] or f'more than {limit:g}'} s", flush=True)
    return rows


def make_features(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (features float32 (n, DIM), liked (n,), users (n,)), as DATA describes them."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(n, RANK)).astype(np.float32)
    spread = np.arange(1, RANK + 1, dtype=np.float32)[:, None] ** -0.5
    x = hidden @ (spread * rng.normal(size=(RANK, DIM)).astype(np.float32))
    x = np.maximum(x - np.quantile(x[:1000], 0.8), 0)
    users = np.arange(n) // POSTS_A_USER
    taste = hidden[:, 8:24].sum(axis=1) / 4 + rng.normal(size=users.max() + 1)[users] / 2 + rng.normal(size=n)
    return x, taste > np.median(taste), users


def sweep(kind: str, master: str, data: Path) -> dict[str, float]:
    """Time one sweep, without the start of Python and of the session; return seconds and the best average precision."""
    loaded = np.load(data)
    x, liked, users = loaded["x"], loaded["liked"], loaded["users"]
    if kind == "sklearn":
        from threadpoolctl import threadpool_limits

        from likeness.models.svm_curve import c_curve

        with threadpool_limits(1):
            return timed(lambda: c_curve(x, liked, users, folds=FOLDS, seed=SEED))
    from likeness.spark.mllib_table import settings_curve

    room = {
        "spark.driver.memory": "8g" if master.startswith("local") else "3g",
        "spark.executor.memory": "4g",
        "spark.rpc.message.maxSize": "1024",  # MiB; rows travel with the task, 128 MiB a partition by default
    }
    session = spark_session(master, name="benchmark", config=room)
    session.range(2).count()  # executors are there
    about = {"session": session, "grid": grid(kind, len(x)), "folds": FOLDS, "seed": SEED, "partitions": 2}
    found = timed(lambda: settings_curve(kind, x, liked, users, **about))
    session.stop()
    return found


def grid(kind: str, n: int) -> list:
    """Return the 12 settings: MLlib's regulariser is 1 / (C rows); from 1 on gradient descent of step 1 diverges."""
    from likeness.models.svm_curve import CS
    from likeness.spark.mllib import Settings

    if kind == "mllib-svc":
        return [Settings(reg=1 / (c * n * (FOLDS - 1) / FOLDS)) for c in CS]
    return [Settings(reg=float(reg)) for reg in np.logspace(-6, 0, len(CS))]


def timed(work) -> dict[str, float]:
    """Return the seconds that work takes, and the largest mean of the curve that it returns."""
    start = time.perf_counter()
    curve = work()
    return {"seconds": round(time.perf_counter() - start, 2), "best": round(float(curve["mean"].max()), 4)}


def exponents(rows: Sequence[dict]) -> dict[str, float | None]:
    """Return for each method the exponent of its growth over the sizes that it finished, None for fewer than two."""
    found = {}
    for method in METHODS:
        done = [(row["photos"], row["seconds"]) for row in rows if row["method"] == method and row["seconds"]]
        found[method] = exponent(*zip(*done, strict=True)) if len(done) > 1 else None
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of photos")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds that one sweep may take")
    parser.add_argument("--one", choices=["sklearn", "mllib-svc", "mllib-sgd"], help=argparse.SUPPRESS)
    parser.add_argument("--master", default="", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(sweep(given.one, given.master, given.data)))
    else:
        main(given.sizes, given.limit)
