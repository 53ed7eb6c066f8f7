"""Figures of training: loss curves, and the probabilities that a trained model gives."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likeness.report.html_text import percent
from likeness.report.labels import EndLabel, end_labels, shorten
from likeness.report.palette import BLUE, DIFFERENT, INK, MUTED, ORANGE, SAME, LineStyle
from likeness.report.style import canvas, describe, styled
from likeness.report.wording import PAIRS, Wording

LOSSES = {"train_loss": LineStyle(BLUE, "--", "o"), "val_loss": LineStyle(ORANGE, "-", "o")}
NAMES = {"train_loss": "training", "val_loss": "validation"}


@styled
def loss_curves(
    history: pd.DataFrame | Mapping[str, pd.DataFrame],
    best_epoch: int | Mapping[str, int] | None = None,
    max_epochs: int | None = None,
    alt: str | None = None,
) -> Figure:
    """Training and validation loss by epoch; the best epoch is marked, and where training stopped early.

    history: columns epoch, train_loss, val_loss; or {model: such a table} for one panel each, on equal axes.
    best_epoch: value(s) of `epoch`; default: the smallest validation loss.
    """
    runs = {"": history} if isinstance(history, pd.DataFrame) else dict(history)
    if not runs:
        raise ValueError("loss_curves: no history to draw; give at least one table")
    best = dict(best_epoch) if isinstance(best_epoch, Mapping) else dict.fromkeys(runs, best_epoch)
    cols = 1 if len(runs) == 1 else 2
    rows = math.ceil(len(runs) / cols)
    height = 3.2 if cols == 1 else 0.5 + 2.1 * rows
    fig, grid = canvas(height, rows, cols, sharex=True, sharey=True, squeeze=False)
    said = [
        _loss_panel(ax, name, run, best.get(name), max_epochs, cols == 1)
        for ax, (name, run) in zip(grid.flat, runs.items(), strict=False)
    ]
    _label_outer(grid, len(runs), "epoch", "loss")
    if cols > 1:
        fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return describe(fig, alt or "Loss by epoch, training and validation. " + " ".join(said))


def _loss_panel(ax: Axes, name: str, run: pd.DataFrame, best: int | None, most: int | None, alone: bool) -> str:
    epochs, lowest = run["epoch"].to_numpy(), run["val_loss"].to_numpy(float)
    best = int(epochs[np.nanargmin(lowest)]) if best is None else int(best)
    ends = []
    for column, style in LOSSES.items():
        values = run[column].to_numpy(float)
        marker = style.marker if len(values) == 1 else None
        ax.plot(epochs, values, color=style.color, linestyle=style.linestyle, marker=marker, label=NAMES[column])
        ends.append(EndLabel(values[-1], NAMES[column], style))
    at = float(run.loc[run["epoch"].eq(best), "val_loss"].iloc[0])
    ax.plot([best], [at], marker="o", color=ORANGE, markersize=8, markerfacecolor="none", markeredgewidth=1.8)
    ax.axvline(best, color=MUTED, linewidth=0.8, linestyle=":")
    _beside(ax, best, (epochs.min() + epochs.max()) / 2, f"best: epoch {best}, {at:.3f}")
    stopped = most is not None and epochs[-1] < most and epochs[-1] > best
    title = shorten(name, 30) or "loss by epoch"
    ax.set_title(f"{title}, stopped early" if stopped and alone else title, fontsize=11.5 if alone else 10.5)
    if alone:
        end_labels(ax, ends, gap=0.1)
    tail = f", stopped early after epoch {epochs[-1]}" if stopped else f", ran to epoch {epochs[-1]}"
    return f"{name or 'The model'}: best validation loss {at:.3f} at epoch {best}{tail}."


def _beside(ax: Axes, x: float, middle: float, text: str) -> None:
    """A remark at the top of the vertical line at x, on the side with more room."""
    left = x > middle
    spot = {"ha": "right" if left else "left", "va": "top", "fontsize": 9.5, "color": INK}
    shift = (-4 if left else 4, -2)
    ax.annotate(text, (x, 1), shift, xycoords=("data", "axes fraction"), textcoords="offset points", **spot)


def _label_outer(grid: np.ndarray, used: int, x: str, y: str) -> None:
    """Axis names on the outer panels only; empty panels disappear, and what is above them gets its ticks."""
    cols = grid.shape[1]
    for index, ax in enumerate(grid.flat):
        ax.set_visible(index < used)
        if index + cols >= used:
            ax.set_xlabel(x)
            ax.tick_params(labelbottom=True)
        if index % cols == 0:
            ax.set_ylabel(y)


@styled
def probability_figure(
    predictions: pd.DataFrame,
    threshold: float | Mapping[str, float] = 0.5,
    bins: int = 20,
    alt: str | None = None,
    wording: Wording = PAIRS,
) -> Figure:
    """Histograms of the probability of "same" for pairs that are the same (up) and that are not (down), per model.

    predictions: columns same, probability in [0, 1], and optionally model.
    threshold: what decides, one number or {model: number}; drawn as a line.
    """
    models = list(dict.fromkeys(predictions["model"])) if "model" in predictions else [""]
    cols = 1 if len(models) == 1 else 2
    rows = math.ceil(len(models) / cols)
    fig, grid = canvas(2.8 if cols == 1 else 0.5 + 1.9 * rows, rows, cols, sharex=True, sharey=True, squeeze=False)
    said = []
    for ax, model in zip(grid.flat, models, strict=False):
        part = predictions[predictions["model"].eq(model)] if model else predictions
        cut = threshold.get(model, 0.5) if isinstance(threshold, Mapping) else threshold
        said.append(_mirrored(ax, part, model, cut, bins, wording))
    _label_outer(grid, len(models), f"probability of {wording.positive}", wording.items)
    fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2, handlelength=1)
    return describe(fig, alt or f"Histograms of the probability of {wording.positive}. " + " ".join(said))


def _mirrored(ax: Axes, part: pd.DataFrame, model: str, cut: float, bins: int, wording: Wording) -> str:
    edges = np.linspace(0, 1, bins + 1)
    sides = ((True, 1, SAME, f"{wording.up} (up)"), (False, -1, DIFFERENT, f"{wording.down} (down)"))
    for same, sign, colour, label in sides:
        counts, _ = np.histogram(part.loc[part["same"].eq(same), "probability"], edges)
        ax.bar(edges[:-1], sign * counts, width=0.9 / bins, align="edge", color=colour, linewidth=0, label=label)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.axvline(cut, color=MUTED, linewidth=1, linestyle=":")
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.set(xlim=(0, 1))
    ax.set_title(shorten(model, 30) or "probabilities", fontsize=10.5)
    called = part["probability"].ge(cut)
    hit, miss = called[part["same"]].mean(), called[~part["same"]].mean()
    return (
        f"{model or 'The model'}: {percent(hit)} of {wording.positive} and {percent(miss)} of {wording.negatives} "
        f"at or above {cut:.2f}."
    )
