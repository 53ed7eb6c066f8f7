"""What a search index trades: speed against recall, and time against the number of vectors."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from likeness.report.palette import BLUE, GREEN, GREY, ORANGE, LineStyle
from likeness.report.style import canvas, describe, styled

METHODS = {"ours": LineStyle(BLUE, "-", "o"), "annoy": LineStyle(ORANGE, "--", "s")}
KINDS = {"approximate": LineStyle(BLUE, "-", "o"), "exact": LineStyle(GREEN, "--", "s")}


@styled
def speed_figure(curves: pd.DataFrame, wanted: float, alt: str | None = None) -> Figure:
    """Queries per second (logarithmic) against recall, a panel per kind of vectors, a line per method.

    curves: data, method, recall in [0, 1], queries_per_second. wanted: recall, drawn as a line. Right and up is better.
    """
    if curves.empty:
        raise ValueError("speed_figure: no curve to draw; run `make bench-index`")
    kinds = list(dict.fromkeys(curves["data"]))
    fig, grid = canvas(3.6, 1, len(kinds), sharey=True, squeeze=False)
    fig.get_layout_engine().set(wspace=0.08)  # else the outer ticks of neighbours meet
    said = []
    for ax, kind in zip(grid[0], kinds, strict=True):
        rows = curves[curves["data"] == kind]
        said += [f"{kind}, {words}" for words in _lines(ax, rows, "method", METHODS, "recall", "queries_per_second")]
        ax.axvline(wanted, color=GREY, linewidth=1, linestyle=":")
        ax.set(title=f"{kind} vectors", xlabel="recall")
        ax.grid(axis="y")
    _logarithmic(grid[0, 0], "queries per second")
    fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    default = f"Queries per second against recall; the dotted line is a recall of {wanted:g}. {'; '.join(said)}."
    return describe(fig, alt or default)


@styled
def growth_figure(growth: pd.DataFrame, alt: str | None = None) -> Figure:
    """Milliseconds per query against the number of vectors, both logarithmic, a panel per kind of vectors.

    growth: data, kind ("approximate" or "exact"), vectors, milliseconds.
    """
    if growth.empty:
        raise ValueError("growth_figure: nothing to draw; run `make bench-index`")
    kinds = list(dict.fromkeys(growth["data"]))
    fig, grid = canvas(3.2, 1, len(kinds), sharey=True, squeeze=False)
    fig.get_layout_engine().set(wspace=0.08)  # else the outer ticks of neighbours meet
    said = []
    for ax, kind in zip(grid[0], kinds, strict=True):
        rows = growth[growth["data"] == kind].sort_values("vectors")
        said += [f"{kind}, {words}" for words in _lines(ax, rows, "kind", KINDS, "vectors", "milliseconds")]
        ax.set(title=f"{kind} vectors", xlabel="vectors", xscale="log")
        numbers = sorted(rows["vectors"].unique())
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(numbers, [f"{number:,}" for number in numbers])
        ax.grid(axis="y")
    _logarithmic(grid[0, 0], "milliseconds per query")
    fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return describe(fig, alt or f"Time per query against the number of vectors. {'; '.join(said)}.")


def _logarithmic(ax: Axes, label: str) -> None:
    ax.set(yscale="log", ylabel=label)
    ax.yaxis.set_major_locator(LogLocator(10, subs=(1.0, 3.0), numticks=12))
    ax.yaxis.set_major_formatter(lambda value, _: written(value))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_minor_locator(NullLocator())


def _lines(ax: Axes, rows: pd.DataFrame, by: str, styles: Mapping[str, LineStyle], x: str, y: str) -> list[str]:
    """Draw a line for each of `styles` that has rows; return what the alternative text says of them."""
    said = []
    for name, style in styles.items():
        own = rows[rows[by] == name].sort_values(x)
        if own.empty:
            continue
        ax.plot(own[x], own[y], label=name, color=style.color, linestyle=style.linestyle, marker=style.marker,
                markersize=5)  # fmt: skip
        first, last = own.iloc[0], own.iloc[-1]
        said.append(f"{name}: {written(first[y])} at {written(first[x])} to {written(last[y])} at {written(last[x])}")
    return said


def written(value: float) -> str:
    """Return a number with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
