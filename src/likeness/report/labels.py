"""Labels beside the lines they name, instead of a legend that the eye must travel to."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from sklearn.isotonic import IsotonicRegression

from likeness.report.palette import INK, LineStyle

KEY = 0.055  # width of the piece of line before a label, in axes widths


class EndLabel(NamedTuple):
    """A label for the line that ends at y [data units], drawn in `style`."""

    y: float
    label: str
    style: LineStyle


def shorten(name: object, most: int = 34) -> str:
    """Return a name on one line of at most `most` characters, so that one long name cannot squeeze a figure."""
    line = " ".join(str(name).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Return positions moved as little as needed so that neighbours are `gap` apart and inside [low, high].

    The order is kept; where there is not room enough, the gap shrinks.
    """
    values = np.asarray(positions, float)
    if not len(values):
        return values
    order = np.argsort(values, kind="stable")
    gap = min(gap, (high - low) / max(len(values) - 1, 1))
    steps = np.arange(len(values)) * gap
    # Less the steps, keeping the gap is keeping the order: the nearest ordered values are an isotonic regression.
    fitted = IsotonicRegression().fit_transform(np.arange(len(values)), values[order] - steps)
    moved = np.empty(len(values))
    moved[order] = np.clip(fitted, low, high - steps[-1]) + steps
    return moved


def end_labels(ax: Axes, labels: Sequence[EndLabel], gap: float = 0.08) -> None:
    """Write labels right of the axes, each led to its line's end by a piece of that line, without overlap.

    gap: the least distance between labels, in axes heights. The text is in ink: coloured small text is hard to read.
    """
    low, high = ax.get_ylim()
    wished = [min(max((entry.y - low) / (high - low), 0.0), 1.0) for entry in labels]
    for start, place, entry in zip(wished, spread(wished, gap, 0.02, 0.98), labels, strict=True):
        line = {"color": entry.style.color, "transform": ax.transAxes, "clip_on": False}
        ax.plot([1.0, 1.02], [start, place], linewidth=0.8, **line)
        ax.plot([1.02, 1.02 + KEY], [place, place], linestyle=entry.style.linestyle, **line)
        ax.text(
            1.035 + KEY, place, shorten(entry.label, 46), color=INK, transform=ax.transAxes, va="center", fontsize=10
        )


def end_at(ax: Axes, x: float, y: float, text: str, **options: object) -> None:
    """Write text right of a data point, vertically centred."""
    ax.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", ha="left", fontsize=10, **options)
