"""The results of the SVM benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from collections.abc import Sequence

from words import machine_line, markdown_table

ONE_CORE, WORKERS = "scikit-learn, one core", "two workers"


def pays_from(rows: Sequence[dict]) -> int | None:
    """Return the least number of photos from which on, at every size, two workers were faster than one core."""
    least = None
    for size in sorted({row["photos"] for row in rows}, reverse=True):
        seconds = {row["method"]: row["seconds"] for row in rows if row["photos"] == size}
        cluster = [value for name, value in seconds.items() if WORKERS in name and value]
        if not cluster or (seconds[ONE_CORE] and min(cluster) >= seconds[ONE_CORE]):
            return least
        least = size
    return least


def table(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks: one a size."""
    lines = []
    for size in sorted({row["photos"] for row in result["rows"]}):
        told = {row["method"]: _seconds(row, result["limit"]) for row in result["rows"] if row["photos"] == size}
        ours = told.pop(ONE_CORE)
        lines.append(
            {"what": f"SVM: 12 values of C, {result['folds']} folds, {size:,} photos", "ours": f"one core: {ours}",
             "beside": "MLlib on local[2] and on two workers",
             "figure": "; ".join(f"{method}: {value}" for method, value in told.items()),
             "goal": "", "met": None, "growth": _grown(result["exponents"][ONE_CORE])}
        )  # fmt: skip
    return lines


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    sizes = sorted({row["photos"] for row in result["rows"]})
    found = {(row["method"], row["photos"]): row for row in result["rows"]}
    cells = [
        [method, *(_seconds(found[method, size], result["limit"]) for size in sizes), _grown(grown),
         *(_best(found[method, size]) for size in sizes)]
        for method, grown in result["exponents"].items()
    ]  # fmt: skip
    heads = ["method", *(f"{size:,} photos" for size in sizes), "growth",
             *(f"best average precision, {size:,}" for size in sizes)]  # fmt: skip
    return (
        "# The sweep over C\n\nWritten by `python benchmarks/svm.py`; do not edit. "
        f"{machine_line(result['machine'])} The whole run took {result['seconds']} s.\n\n{result['data']}\n\n"
        f"Every method fits 12 linear SVMs in each of {result['folds']} folds, parted by user, and scores them by "
        "average precision. scikit-learn: `models.svm_curve.c_curve`, one thread, C from 1e-6 to 1e5. LinearSVC: the "
        "same C. SVMWithSGD: 12 regularisers from 1e-6 to 1, step 1. MLlib's take 100 iterations at most and do not "
        "all reach the minimum; scikit-learn's run until they do. Two workers: a standalone cluster on loopback, one "
        "core each, on the same machine, where the driver needs a core too. Seconds of one sweep each, without the "
        f"start of Python or Spark; more than {result['limit']:g} s was not waited for, nor more photos tried then. "
        "seconds = a x photos ^ exponent.\n\n"
        f"{markdown_table(heads, cells)}\n{_verdict(result['pays_from'], max(sizes))}\n"
    )


def skipped(reason: str) -> list[dict[str, object]]:
    """Return the line for the table where there is no Spark."""
    beside = "MLlib on local[2] and on two workers"
    line = {"what": "SVM: 12 values of C", "ours": "", "beside": beside, "figure": f"skipped: {reason}"}
    return [{**line, "goal": "", "met": None, "growth": ""}]


def _seconds(row: dict, limit: float) -> str:
    return f"{row['seconds']:.1f} s" if row["seconds"] else f"more than {limit:g} s"


def _best(row: dict) -> str:
    return f"{row['best']:.3f}" if row["best"] else ""


def _grown(value: float | None) -> str:
    return f"exponent {value:.2f}" if value is not None else "not fitted: fewer than two sizes"


def _verdict(least: int | None, most: int) -> str:
    if least is None:
        return (
            f"Up to {most:,} photos the cluster does not pay: one core with scikit-learn is faster at the largest size."
        )
    return (
        f"From {least:,} photos on the faster of MLlib's SVMs on two workers took less than scikit-learn on one core."
    )
