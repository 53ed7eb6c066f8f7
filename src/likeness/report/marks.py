"""Marks that many figures share: rows' names, lines, intervals, shares, words beside a line or a row.

And the sentence that stands where there is no figure.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from likeness.report.html_text import is_missing
from likeness.report.palette import BLUE, INK, MUTED, ORANGE, LineStyle
from likeness.report.style import EndLabel, canvas, describe, fold, shorten, styled

LOSSES = {
    "train_loss": ("training", LineStyle(BLUE, "--", "o")),
    "val_loss": ("validation", LineStyle(ORANGE, "-", "o")),
}


def name_rows(ax: Axes, names: Iterable[object], most: int = 34) -> None:
    """Write the rows' names at the left, the first on top, in place of the axis. most: characters of a line."""
    shown = [fold(name, most) for name in names]
    ax.set_yticks(range(len(shown)), shown, color=INK)
    for label in ax.get_yticklabels():
        if "\n" in label.get_text():
            label.set(fontsize=8, linespacing=0.95)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)


def draw_interval(ax: Axes, row: Any, at: float, colour: str, width: float = 2.4) -> None:
    """Draw a row's interval (low, high) as a thick line at the height `at`; nothing where a bound is missing."""
    if not (is_missing(row.low) or is_missing(row.high)):
        ax.plot([row.low, row.high], [at, at], color=colour, linewidth=width, solid_capstyle="round")


def draw_estimate(ax: Axes, row: Any, at: float, colour: str, marker: str = "o", size: float = 7, **look: Any) -> None:
    """Draw a row's value as a mark over its interval; nothing where it is missing. look: of the mark."""
    draw_interval(ax, row, at, colour)
    if not is_missing(row.value):
        ax.plot([row.value], [at], marker, color=colour, markersize=size, **look)


def draw_lines(
    ax: Axes, table: pd.DataFrame, lines: Mapping[str, tuple[str, LineStyle]], **look: Any
) -> list[EndLabel]:
    """Draw columns against `epoch`, a single one as a dot; return the ends' labels. lines: {column: (name, style)}.

    look: of all lines, such as alpha.
    """
    for column, (name, style) in lines.items():
        shown = {"color": style.color, "linestyle": style.linestyle, "label": name} | look
        ax.plot(table["epoch"], table[column], marker=style.marker if len(table) == 1 else None, **shown)
    return [EndLabel(table[column].iloc[-1], name, style) for column, (name, style) in lines.items()]


def draw_shares(ax: Axes, values: NDArray, edges: NDArray, colour: str, dash: str, label: str) -> None:
    """Draw the histogram of one of two kinds as an outline over a tint, each bin as a share of its kind."""
    share = np.histogram(values, edges)[0] / max(len(values), 1)
    ax.stairs(share, edges, color=colour, fill=True, alpha=0.18, linewidth=0)
    ax.stairs(share, edges, color=colour, linewidth=1.8, linestyle=dash, label=label)


def write_at_right(ax: Axes, at: float, words: str) -> None:
    """Write a row's number right of the axes."""
    ax.text(1.02, at, words, transform=ax.get_yaxis_transform(), va="center", color=INK)


def write_above(ax: Axes, x: float, words: str) -> None:
    """Write over the axes what an upright line at x stands for."""
    ax.annotate(words, (x, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center",
                color=MUTED, fontsize=9.5)  # fmt: skip


def write_beside(ax: Axes, x: float, words: str, middle: float, gap: float = 5, size: float = 9.5) -> None:
    """Write at the top of an upright line at x, `gap` points beside it: at its left where x lies beyond `middle`."""
    right = x > middle
    ax.annotate(words, (x, 1), (-gap if right else gap, -2), va="top", ha="right" if right else "left", fontsize=size,
                xycoords=("data", "axes fraction"), textcoords="offset points")  # fmt: skip


@styled
def message_figure(message: str) -> Figure:
    """A sentence in place of a figure, for the card of a page that has none."""
    fig, ax = canvas(1.2)
    ax.set_axis_off()
    ax.text(0.5, 0.5, shorten(message, 80), ha="center", va="center", color=MUTED, fontsize=12)
    return describe(fig, message)
