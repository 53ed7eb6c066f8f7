"""What a search index trades: speed against recall, and time against the number of vectors, drawn and read."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from likeness.features.index import Index
from likeness.report.html_text import DASH, Html, counted, interval, note, percent
from likeness.report.palette import BLUE, GREEN, GREY, ORANGE, LineStyle
from likeness.report.reading import number
from likeness.report.style import canvas, describe, styled
from likeness.report.tables import table
from likeness.stats.bootstrap import Estimate

METHODS = {"ours": LineStyle(BLUE, "-", "o"), "annoy": LineStyle(ORANGE, "--", "s")}
KINDS = {"approximate": LineStyle(BLUE, "-", "o"), "exact": LineStyle(GREEN, "--", "s")}


@styled
def speed_figure(curves: pd.DataFrame, wanted: float) -> Figure:
    """Queries per second (logarithmic) against recall, a panel per kind of vectors, a line per method.

    curves: data, method, recall in [0, 1], queries_per_second. wanted: recall, drawn as a line. Right and up is better.
    """
    fig, panels, said = _draw_panels(curves, 3.6, ("method", METHODS, "recall", "queries_per_second"))
    for ax in panels:
        ax.axvline(wanted, color=GREY, linewidth=1, linestyle=":")
        ax.set_xlabel("recall")
    panels[0].set_ylabel("queries per second")
    return describe(fig, f"Queries per second against recall; the dotted line is a recall of {wanted:g}. {said}.")


@styled
def growth_figure(growth: pd.DataFrame) -> Figure:
    """Milliseconds per query against the number of vectors (both log.). growth: data, kind, vectors, milliseconds."""
    fig, panels, said = _draw_panels(growth, 3.2, ("kind", KINDS, "vectors", "milliseconds"))
    for ax, (_, rows) in zip(panels, growth.groupby("data", sort=False), strict=True):
        ax.set(xlabel="vectors", xscale="log")
        numbers = np.unique(rows["vectors"])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(numbers, [f"{number:,}" for number in numbers])
    panels[0].set_ylabel("milliseconds per query")
    return describe(fig, f"Time per query against the number of vectors. {said}.")


def _draw_panels(
    table: pd.DataFrame, height: float, lines: tuple[str, Mapping[str, LineStyle], str, str]
) -> tuple[Figure, list[Axes], str]:
    """Return a figure with a panel per kind of vectors (column data), its axes, and what its alternative text says.

    lines: (the column that a line stands for, the style of each line, the column across, the column up).
    """
    if table.empty:
        raise ValueError("there is no benchmark to draw; run `make bench-index`")
    kinds = list(table.groupby("data", sort=False))
    fig, grid = canvas(height, 1, len(kinds), sharey=True, squeeze=False)
    fig.get_layout_engine().set(wspace=0.08)  # else the outer ticks of neighbours meet
    said = []
    for ax, (kind, rows) in zip(grid[0], kinds, strict=True):
        said += [f"{kind}, {words}" for words in _draw_lines(ax, rows, *lines)]
        ax.set_title(f"{kind} vectors")
        ax.grid(axis="y")
    first = grid[0, 0]
    first.set_yscale("log")
    first.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 3.0), numticks=12))
    first.yaxis.set_major_formatter(lambda value, _: written(value))
    first.yaxis.set_minor_formatter(NullFormatter())
    first.yaxis.set_minor_locator(NullLocator())
    fig.legend(*first.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return fig, list(grid[0]), "; ".join(said)


def _draw_lines(ax: Axes, rows: pd.DataFrame, by: str, styles: Mapping[str, LineStyle], x: str, y: str) -> list[str]:
    """Draw a line for each of `styles` that has rows; return what the alternative text says of them."""
    said = []
    for name, style in styles.items():
        own = rows[rows[by] == name].sort_values(x)
        if own.empty:
            continue
        ax.plot(own[x], own[y], label=name, **style._asdict(), markersize=5)
        first, last = own.iloc[0], own.iloc[-1]
        said.append(f"{name}: {written(first[y])} at {written(first[x])} to {written(last[y])} at {written(last[x])}")
    return said


def written(value: float) -> str:
    """Return a number with three digits that count.

    >>> written(1234.5), written(0.0512)
    ('1,234', '0.0512')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def speed_table(result: Mapping[str, Any]) -> Html:
    """Return our index and Annoy side by side. result: the content of benchmarks/results/index.json."""
    keys = ["data", "mode", "threads"]
    rows = pd.DataFrame(result["search"]).merge(pd.DataFrame(result["ratios"])[[*keys, "ratio"]], on=keys, how="left")
    ratios = zip(rows["method"], rows["ratio"], strict=True)
    shown = pd.DataFrame(
        {
            "vectors": rows["data"],
            "method": rows["method"],
            "mode": rows["mode"] + ", " + rows["threads"].map(lambda n: counted(n, "thread")),
            "recall": rows["recall"].map("{:.3f}".format),
            "speed": rows["queries_per_second"].map("{:,.0f}".format),
            "times": [f"{ratio:.1f}" if method == "ours" else DASH for method, ratio in ratios],
        }
    )
    names = {"recall": f"recall@{result['k']}", "speed": "queries/s", "times": "times Annoy"}
    caption = (
        f"{result['vectors']:,} vectors of {result['dimensions']} dimensions on "
        f"{counted(result['machine']['cores'], 'core')}, in one run of make bench-index"
    )
    return table(shown, caption, names=names, numeric=["recall", "speed", "times"])


def describe_speed(result: Mapping[str, Any]) -> Html:
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


def describe_growth(result: Mapping[str, Any]) -> Html:
    """Read the growth: the power of the number of vectors that the time per query follows."""
    rows = pd.DataFrame(result["growth_exponents"]).sort_values("exponent", ignore_index=True)
    said = [f"{row.exponent:.2f} ({row.kind}, {row.data})" for row in rows.itertuples()]
    return note(
        f"Time per query grows as the number of vectors to the power {', '.join(said)}: 1 would be in proportion, and "
        f"what stays below it gains from size."
    )


def describe_vectors(approximate: Index, network: str, view: str, face_weight: float | None = None) -> Html:
    """Read what is indexed: how many vectors of what, how much the face weighs in them, and what a query reads.

    face_weight: of the combined view, as the report chose it; None for the other views.
    """
    size = f"{len(approximate):,} vectors of {approximate.vectors.d:,} dimensions ({network}, {view})"
    reads = f"For a query the approximate index reads {approximate.effort or 'every vector'}."
    if face_weight is None:
        return note(f"{size}. {reads}")
    return note(f"{size}. The face weighs {face_weight:g} in them, as the report chose for {network}. {reads}")


def recall_table(recalls: pd.DataFrame, k: int) -> Html:
    """Return what each index found of the exact neighbours. recalls: search, vectors, reads, value, low, high, n."""
    shown = recalls[["search", "vectors", "reads"]].copy()
    shown["recall"] = [interval(row.value, row.low, row.high, digits=3) for row in recalls.itertuples()]
    shown["n"] = recalls["n"]
    names = {"reads": "reads for a query", "recall": f"recall@{k}", "n": "queries"}
    caption = f"share of the {k} exact neighbours that each index finds, with 95 % intervals over queries"
    return table(shown, caption, names=names, numeric=["recall"])


def describe_recall(recalls: pd.DataFrame, wanted: float) -> Html:
    """Read the recall table: whether what was wanted was reached, and whether anything cheaper was found at all."""
    said = []
    for row in recalls.itertuples():
        found = f"{row.search}: {interval(row.value, row.low, row.high, digits=3)}"
        said.append(found + (", as wanted" if row.value >= wanted else f", less than the {wanted:g} wanted"))
    return note(f"Exact neighbours found. {'; '.join(said).capitalize()}.")


def describe_index(recall: Estimate, vectors: int, view: str, k: int) -> tuple[str, list[dict[str, object]]]:
    """Return what the approximate index finds in one sentence, and its numbers. recall: of the `k` exact neighbours."""
    share = percent(recall.value, 1)
    sentence = f"The approximate index of the {view} view finds {share} of the {k} exact neighbours."
    return sentence, [{"label": "vectors", "value": vectors}, number(f"recall@{k}", recall)]
