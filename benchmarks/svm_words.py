"""The results of the SVM benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from collections.abc import Sequence

from words import machine_line, markdown_table

ONE_CORE, WORKERS = "scikit-learn, one core", "two workers"


def pays_from(rows: Sequence[dict]) -> int | None:
    """Return the least number of photos from which on, at every size, two workers were faster than one core."""
    least = None
    for size in sorted({row["photos"] for row in rows}, reverse=True):
        seconds = {row["method"]: row["seconds"] for row in rows if row["photos"] == size}
        ended = {row["method"] for row in rows if row["photos"] == size and not row["at_least"]}
        cluster = [seconds[name] for name in ended if WORKERS in name]
        if not cluster or ONE_CORE not in seconds or min(cluster) >= seconds[ONE_CORE]:
            return least
        least = size
    return least


def table(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks: one a size."""
    lines = []
    for size in sorted({row["photos"] for row in result["rows"]}):
        told = {row["method"]: seconds_of(row) for row in result["rows"] if row["photos"] == size}
        ours = told.pop(ONE_CORE, "")
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
        [method, *(seconds_of(found.get((method, size))) for size in sizes), _grown(grown),
         *(_best(found.get((method, size))) for size in sizes)]
        for method, grown in result["exponents"].items()
    ]  # fmt: skip
    heads = ["method", *(f"{size:,} photos" for size in sizes), "growth",
             *(f"best average precision, {size:,}" for size in sizes)]  # fmt: skip
    return (
        "# The sweep over C\n\nWritten by `python benchmarks/svm.py`; do not edit. "
        f"{machine_line(result['machine'])} The whole run took {result['seconds']} s.\n\n{result['data']}\n\n"
        f"A sweep is 12 linear SVMs in each of {result['folds']} folds, parted by user, {result['fits']} fits that are "
        "scored by average precision. scikit-learn: `models.svm_curve.fit_svm`, one thread, C from 1e-6 to 1e5. "
        "LinearSVC: the same C. SVMWithSGD: 12 regularisers from 1e-6 to 1, step 1. MLlib's take 100 iterations at "
        "most and do not all reach the minimum; scikit-learn's run until they do. Two workers: a standalone cluster on "
        "loopback, one core each, on the same machine, where the driver needs a core too.\n\nEvery method fits fold "
        f"after fold, in each in a random order, the same for all, and begins no fit after {result['limit']:g} s; in "
        "brackets how many it made. The seconds of a sweep are those of loading a fold and of a mean fit, times the "
        "folds and the fits, without the start of Python or Spark: from one to three fits an order of magnitude. More "
        "than: a fit was given up, and the estimate is too small. The best average precision is that of the fits made. "
        "seconds = a x photos ^ exponent, fitted to the sizes at which no fit was given up.\n\n"
        f"{markdown_table(heads, cells)}\n{_verdict(result['rows'], result['pays_from'])}\n"
    )


def skipped(reason: str) -> list[dict[str, object]]:
    """Return the line for the table where there is no Spark."""
    beside = "MLlib on local[2] and on two workers"
    line = {"what": "SVM: 12 values of C", "ours": "", "beside": beside, "figure": f"skipped: {reason}"}
    return [{**line, "goal": "", "met": None, "growth": ""}]


def seconds_of(row: dict | None) -> str:
    """Return a row's seconds as told to a reader; "" for a method that was not yet measured."""
    if row is None:
        return ""
    fits = f"{row['fits']} fit{'' if row['fits'] == 1 else 's'}"
    return f"{'more than ' if row['at_least'] else ''}{row['seconds']:,.0f} s ({fits})"


def _best(row: dict | None) -> str:
    return f"{row['best']:.3f}" if row and row["best"] else ""


def _grown(value: float | None) -> str:
    return f"exponent {value:.2f}" if value is not None else "not fitted: fewer than two sizes"


def _verdict(rows: Sequence[dict], least: int | None) -> str:
    """Say which method was the fastest at each size, and from which size on two workers pay."""
    said = []
    for size in sorted({row["photos"] for row in rows}):
        ended = [row for row in rows if row["photos"] == size and not row["at_least"]]
        if ended:
            said.append(f"{min(ended, key=lambda row: row['seconds'])['method']} at {size:,} photos")
    most = max(row["photos"] for row in rows)
    if least is not None:
        said.append(f"from {least:,} photos on two workers took less than scikit-learn on one core")
    elif any(row["photos"] == most and WORKERS in row["method"] for row in rows):
        said.append(f"at {most:,} photos two workers took longer than scikit-learn on one core")
    return f"The fastest: {'; '.join(said)}."
