"""The sweep over C of a linear SVM on features like AlexNet's fc7: scikit-learn on one core beside MLlib.

`python benchmarks/svm.py` writes benchmarks/results/svm.json and svm.md, anew after every method. Needs `make spark`
and Java 17. A sweep is 60 fits, and may take hours: each method fits in a random order, the same for all, until the
time limit, and the sweep's seconds are estimated from these fits.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from growth import exponent
from svm_cluster import cluster, run_with_limit
from svm_fits import FOLDS, SEED
from svm_words import as_markdown, pays_from, seconds_of, skipped, table

from likeness.machine import describe_machine
from likeness.models.likability.svm_curve import CS
from likeness.paths import write_json, write_text
from likeness.spark.session import SparkMissing, check_spark

RESULTS, FITS = Path(__file__).parent / "results", Path(__file__).with_name("svm_fits.py")
SIZES = (2_000, 8_000, 32_000)
LIMIT = 20  # seconds; no fit is begun after it
PATIENCE = 8  # times the limit, after which a fit is given up
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
        for row in measure(size, limit):
            rows.append(row)
            write(rows, limit, time.perf_counter() - start)


def measure(size: int, limit: float) -> Iterator[dict[str, object]]:
    """Yield a row a method: seconds of the sweep, from how many of its fits, and the best score among them."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        x, liked, users = make_features(size, SEED)
        np.savez(data, x=x, liked=liked, users=users)
        for method, (kind, place) in METHODS.items():
            with cluster(Path(folder)) if place == "cluster" else nullcontext(place) as master:
                command = [sys.executable, str(FITS), kind, f"--master={master}", f"--data={data}", f"--limit={limit}"]
                told, finished = run_with_limit(command, PATIENCE * limit)
            row = estimate(told, None if finished else PATIENCE * limit)
            print(f"{size:,} photos, {method}: {seconds_of(row)}", flush=True)
            yield {"photos": size, "method": method, **row}


def estimate(told: Sequence[str], given_up: float | None) -> dict[str, object]:
    """Return the seconds of a whole sweep and the best score, from the lines that `svm_fits.py` printed.

    given_up: the seconds after which a last fit was ended, so that the sweep takes at least so long; None if none was.
    """
    fits = [json.loads(line) for line in told]
    spent = [fit["seconds"] for fit in fits]
    load = float(np.mean([fit["load"] for fit in fits if fit["load"] is not None] or [0]))
    if given_up:
        spent.append(max(given_up - sum(spent), 0))
    return {
        "seconds": round(FOLDS * (load + len(CS) * float(np.mean(spent))), 2),
        "fits": len(fits),
        "at_least": given_up is not None,
        "best": round(max(fit["score"] for fit in fits), 4) if fits else None,
    }


def write(rows: Sequence[dict], limit: float, seconds: float) -> None:
    """Write what was measured so far."""
    result = {
        "machine": describe_machine(["numpy", "pyspark", "scikit-learn"]),
        "limit": limit,
        "folds": FOLDS,
        "fits": FOLDS * len(CS),
        "data": DATA,
        "rows": rows,
        "exponents": exponents(rows),
        "pays_from": pays_from(rows),
        "seconds": round(seconds),
    }
    write_json({**result, "table": table(result)}, RESULTS / "svm.json")
    write_text(as_markdown(result), RESULTS / "svm.md")


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


def exponents(rows: Sequence[dict]) -> dict[str, float | None]:
    """Return the exponent of each method's growth over sizes at which no fit was given up; None for fewer than two."""
    found = {}
    for method in METHODS:
        done = [(row["photos"], row["seconds"]) for row in rows if row["method"] == method and not row["at_least"]]
        found[method] = exponent(*zip(*done, strict=True)) if len(done) > 1 else None
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of photos")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a method begins no other fit")
    main(**vars(parser.parse_args()))
