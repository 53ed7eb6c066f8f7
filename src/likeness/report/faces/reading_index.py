"""Tables and sentences that read a search index: what it finds, and how fast it was when it was last timed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from likeness.report.faces.figures_index import written
from likeness.report.html_text import DASH, Html, counted, interval, note
from likeness.report.tables import table


def speed_table(result: Mapping[str, Any], caption: str | None = None) -> Html:
    """Return our index and Annoy side by side. result: the content of benchmarks/results/index.json."""
    rows = pd.DataFrame(result["search"])
    mode = rows["mode"] + ", " + rows["threads"].map(lambda n: counted(n, "thread"))
    times = {(row["data"], row["mode"], row["threads"]): row["ratio"] for row in result["ratios"]}
    keys = zip(rows["data"], rows["mode"], rows["threads"], strict=True)
    shown = pd.DataFrame(
        {
            "vectors": rows["data"],
            "method": rows["method"],
            "mode": mode,
            "recall": [f"{value:.3f}" for value in rows["recall"]],
            "speed": [f"{value:,.0f}" for value in rows["queries_per_second"]],
            "times": [
                f"{times[key]:.1f}" if method == "ours" else DASH
                for key, method in zip(keys, rows["method"], strict=True)
            ],
        }
    )
    names = {"recall": f"recall@{result['k']}", "speed": "queries/s", "times": "times Annoy"}
    default = (
        f"{result['vectors']:,} vectors of {result['dimensions']} dimensions on "
        f"{counted(result['machine']['cores'], 'core')}, in one run of make bench-index"
    )
    return table(shown, caption or default, names=names, numeric=["recall", "speed", "times"])


def of_speed(result: Mapping[str, Any]) -> Html:
    """Read the benchmark: how much faster than Annoy, at which recall. result: as `speed_table` takes it."""
    said = []
    for data in result["data"]:
        ratio = next(r for r in result["ratios"] if r["data"] == data and r["mode"] == "one at a time")
        reached = {row["method"]: row["recall"] for row in result["search"] if row["data"] == data}
        said.append(
            f"on {data} vectors {written(ratio['ratio'])} times as many ({written(ratio['low'])} to "
            f"{written(ratio['high'])} over the rounds), at a recall of {reached['ours']:.3f} beside "
            f"{reached['annoy']:.3f}"
        )
    return note(f"Queries per second, one at a time, our index beside Annoy: {'; '.join(said)}.")


def of_growth(result: Mapping[str, Any]) -> Html:
    """Read the growth: the power of the number of vectors that the time per query follows."""
    rows = pd.DataFrame(result["growth_exponents"]).sort_values("exponent", ignore_index=True)
    said = [f"{row.exponent:.2f} ({row.kind}, {row.data})" for row in rows.itertuples()]
    return note(
        f"Time per query grows as the number of vectors to the power {', '.join(said)}: 1 would be in proportion, and "
        f"what stays below it gains from size."
    )


def recall_table(recalls: pd.DataFrame, k: int) -> Html:
    """Return what each index found of the exact neighbours.

    recalls: search, vectors, reads (words), value, low, high (95 % interval; NaN for none), n queries.
    """
    shown = recalls[["search", "vectors", "reads"]].copy()
    shown["recall"] = [interval(row.value, row.low, row.high, digits=3) for row in recalls.itertuples()]
    shown["n"] = recalls["n"]
    names = {"reads": "reads for a query", "recall": f"recall@{k}", "n": "queries"}
    caption = f"share of the {k} exact neighbours that each index finds, with 95 % intervals over queries"
    return table(shown, caption, names=names, numeric=["recall"])


def of_recall(recalls: pd.DataFrame, wanted: float) -> Html:
    """Read the recall table: whether what was wanted was reached, and whether anything cheaper was found at all."""
    said = []
    for row in recalls.itertuples():
        found = f"{row.search}: {interval(row.value, row.low, row.high, digits=3)}"
        said.append(found + (", as wanted" if row.value >= wanted else f", less than the {wanted:g} wanted"))
    return note(f"Exact neighbours found. {'; '.join(said).capitalize()}.")
