"""Training, drawn and read: loss curves, and the probabilities that a trained model gives."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from likeness.report.html_text import PAIRS, Html, Wording, counted, note, percent
from likeness.report.marks import LOSSES, draw_lines, write_beside
from likeness.report.palette import DIFFERENT, MUTED, ORANGE, SAME
from likeness.report.style import canvas, describe, end_labels, shorten, styled

BINS = 20  # of a histogram of probabilities
PALE = 0.3  # opacity of the curves of seeds after the first
CUT = 0.5  # where its line stands: what the networks' own answer turns on


@styled
def loss_curves(runs: Mapping[str, pd.DataFrame]) -> Figure:
    """Training and validation loss by epoch, one panel a run on equal axes; the best epoch is marked.

    runs: {name: columns epoch (from 0; shown from 1, as people count), train_loss, val_loss, and run where there are
    several}; the first is drawn over the others, which are pale. The best epoch, of the first, has the smallest
    validation loss.
    """
    if not runs:
        raise ValueError("loss_curves: no history to draw; give at least one table")
    fig, grid = _panels(len(runs), 3.2, 2.1)
    alone = len(runs) == 1
    runs = {name: run.assign(epoch=run["epoch"] + 1) for name, run in runs.items()}
    said = [_loss_panel(ax, name, run, alone) for ax, (name, run) in zip(grid.flat, runs.items(), strict=False)]
    _label_outer(grid, len(runs), "epoch", "loss")
    grid[0, 0].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))  # of all panels, which share the axis
    grid[0, 0].set_xlim(0.75, max(run["epoch"].max() for run in runs.values()) + 0.25)
    if not alone:
        fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return describe(fig, "Loss by epoch, training and validation. " + " ".join(said))


def _panels(count: int, alone: float, each: float) -> tuple[Figure, Any]:
    """Return a figure of `count` panels, two to a row; inches: `alone` for a single one, `each` for a row of them."""
    cols = min(count, 2)
    rows = math.ceil(count / cols)
    return canvas(alone if cols == 1 else 0.5 + each * rows, rows, cols, sharex=True, sharey=True, squeeze=False)


def _loss_panel(ax: Axes, name: str, run: pd.DataFrame, alone: bool) -> str:
    first, *others = [part for _, part in run.groupby("run")] if "run" in run else [run]
    for other in others:
        draw_lines(ax, other, LOSSES, alpha=PALE, label="_")
    run = first
    lowest, last = run.loc[run["val_loss"].idxmin()], run["epoch"].iloc[-1]
    best, at = int(lowest["epoch"]), float(lowest["val_loss"])
    ends = draw_lines(ax, run, LOSSES)
    ax.plot([best], [at], marker="o", color=ORANGE, markersize=8, markerfacecolor="none", markeredgewidth=1.8)
    ax.axvline(best, color=MUTED, linewidth=0.8, linestyle=":")
    write_beside(ax, best, f"best: epoch {best}, {at:.3f}", (run["epoch"].min() + run["epoch"].max()) / 2, gap=4)
    ax.set_title(shorten(name, 30), fontsize=11.5 if alone else 10.5)
    if alone:
        end_labels(ax, ends, gap=0.1)
    beside = f", with {counted(len(others), 'other seed')} behind it" if others else ""
    return f"{name}: best validation loss {at:.3f} at epoch {best}, ran to epoch {last}{beside}."


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
def probability_figure(predictions: pd.DataFrame, wording: Wording = PAIRS) -> Figure:
    """Histograms of the probability of "same" for pairs that are the same (up) and that are not (down), per model.

    predictions: columns same, probability in [0, 1], and optionally model.
    """
    models = list(dict.fromkeys(predictions["model"])) if "model" in predictions else [""]
    fig, grid = _panels(len(models), 2.8, 1.9)
    said = []
    for ax, model in zip(grid.flat, models, strict=False):
        part = predictions[predictions["model"].eq(model)] if model else predictions
        said.append(_mirrored(ax, part, model, wording))
    _label_outer(grid, len(models), f"probability of {wording.positive}", wording.items)
    fig.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2, handlelength=1)
    return describe(fig, f"Histograms of the probability of {wording.positive}. " + " ".join(said))


def _mirrored(ax: Axes, part: pd.DataFrame, model: str, wording: Wording) -> str:
    edges = np.linspace(0, 1, BINS + 1)
    sides = ((True, 1, SAME, f"{wording.up} (up)"), (False, -1, DIFFERENT, f"{wording.down} (down)"))
    for same, sign, colour, label in sides:
        counts, _ = np.histogram(part.loc[part["same"].eq(same), "probability"], edges)
        ax.bar(edges[:-1], sign * counts, width=0.9 / BINS, align="edge", color=colour, linewidth=0, label=label)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.axvline(CUT, color=MUTED, linewidth=1, linestyle=":")
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.set(xlim=(0, 1))
    ax.set_title(shorten(model, 30) or "probabilities", fontsize=10.5)
    called = part["probability"].ge(CUT)
    hit, miss = called[part["same"]].mean(), called[~part["same"]].mean()
    return (
        f"{model or 'The model'}: {percent(hit)} of {wording.positive} and {percent(miss)} of {wording.negatives} "
        f"at or above {CUT:.2f}."
    )


def describe_training(histories: pd.DataFrame, wording: Wording = PAIRS) -> Html:
    """Read the loss curves: where each scheme stopped, and with what accuracy; of several seeds the ranges."""
    best, seeds = histories[histories["best"]], histories["run"].nunique()
    last = histories.groupby("scheme", sort=False)["epoch"].max()
    said = [
        f"{scheme}: best after epoch {_range(rows['epoch'] + 1, 0)} of {int(last[scheme]) + 1}, validation loss "
        f"{_range(rows['val_loss'], 3)}, accuracy {_range(rows['val_accuracy'], 2)}"
        for scheme, rows in best.groupby("scheme", sort=False)
    ]
    lead = f"Over {seeds} seeds, the first drawn in full: " if seeds > 1 else ""
    return note(f"{lead}{'; '.join(said)}. Only the honest curve says something about {wording.new}.")


def _range(values: pd.Series, digits: int) -> str:
    low, high = (f"{value:.{digits}f}" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
