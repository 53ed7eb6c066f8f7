"""Marks that many figures share: names of rows, intervals, numbers at the right, words beside an upright line.

And the sentence that stands where there is no figure.
"""

from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likeness.report.html_text import is_missing
from likeness.report.palette import INK, MUTED
from likeness.report.style import canvas, describe, shorten, styled


def name_rows(ax: Axes, names: Iterable[object], most: int = 34) -> None:
    """Write the rows' names at the left, the first on top, in place of the axis. most: characters of a name."""
    shown = [shorten(name, most) for name in names]
    ax.set_yticks(range(len(shown)), shown, color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)


def draw_interval(ax: Axes, row: Any, at: float, colour: str, width: float = 2.4) -> None:
    """Draw a row's interval (low, high) as a thick line at the height `at`; nothing where a bound is missing."""
    if not (is_missing(row.low) or is_missing(row.high)):
        ax.plot([row.low, row.high], [at, at], color=colour, linewidth=width, solid_capstyle="round")


def write_at_right(ax: Axes, at: float, words: str) -> None:
    """Write a row's number right of the axes."""
    ax.text(1.02, at, words, transform=ax.get_yaxis_transform(), va="center", color=INK)


def write_beside(ax: Axes, x: float, words: str, middle: float, gap: float = 5, size: float = 9.5) -> None:
    """Write at the top of an upright line at x: left of it where x lies beyond `middle`, else right of it.

    gap: points between line and words. size: of the letters, in points.
    """
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
