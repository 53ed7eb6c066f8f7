"""Figures of verification: ROC, DET, and whether the probabilities come true."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from likeness.report.html_text import percent
from likeness.report.labels import shorten
from likeness.report.palette import GREY, INK, MUTED, LineStyle, model_styles
from likeness.report.style import canvas, describe, styled
from likeness.report.wording import PAIRS, Wording
from likeness.stats.calibration import expected_calibration_error, reliability_table
from likeness.stats.verification import auc, det_points, equal_error_rate, roc_points

RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)


@styled
def roc_figure(predictions: pd.DataFrame, alt: str | None = None, wording: Wording = PAIRS) -> Figure:
    """ROC curves, one a model, with the area under each; open circles are the equal error rates.

    predictions: columns model, same (bool), score (larger = more alike), of one scheme and split.
    """
    areas = {model: auc(rows["same"], rows["score"]) for model, rows in predictions.groupby("model", sort=True)}
    order = sorted(areas, key=lambda model: -areas[model])
    styles = model_styles(order)
    fig, ax = canvas(max(3.9, 0.27 * len(order)))
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.6)
    labels = []
    for model in order:
        rows, style = predictions[predictions["model"].eq(model)], styles[model]
        x, y, _ = roc_points(rows["same"], rows["score"])
        eer, _ = equal_error_rate(rows["same"], rows["score"])
        ax.plot(x, y, color=style.color, linestyle=style.linestyle)
        _circle(ax, eer, 1 - eer, style)
        labels.append((areas[model], f"{model}, {areas[model]:.2f}", style))
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), title="ROC, area under the curve")
    ax.set(xlabel=f"{wording.negatives} called {wording.called}", ylabel=f"{wording.positives} found")
    _column(ax, labels)
    said = ", ".join(f"{model} {areas[model]:.2f}" for model in order)
    return describe(fig, alt or f"ROC curves; area under the curve, best first: {said}. The diagonal is chance, 0.50.")


@styled
def det_figure(predictions: pd.DataFrame, alt: str | None = None, wording: Wording = PAIRS) -> Figure:
    """DET curves on normal-deviate axes (Martin et al., 1997); lower left is better, circles are the EER.

    predictions: columns model, same (bool), score (larger = more alike), of one scheme and split.
    """
    rates = {m: equal_error_rate(rows["same"], rows["score"])[0] for m, rows in predictions.groupby("model", sort=True)}
    order = sorted(rates, key=lambda model: rates[model])
    styles = model_styles(order)
    fig, ax = canvas(max(3.9, 0.27 * len(order)))
    low, high = norm.ppf(0.008), norm.ppf(0.96)
    ax.plot([low, high], [low, high], color=GREY, linewidth=0.6)
    labels = []
    for model in order:
        rows, style = predictions[predictions["model"].eq(model)], styles[model]
        x, y, _ = det_points(rows["same"], rows["score"])
        inside = [np.clip(norm.ppf(np.clip(rate, 1e-9, 1 - 1e-9)), low, high) for rate in (x, y)]
        ax.plot(*inside, color=style.color, linestyle=style.linestyle)
        _circle(ax, *[np.clip(norm.ppf(np.clip(rates[model], 1e-9, 1 - 1e-9)), low, high)] * 2, style)
        labels.append((1 - rates[model], f"{model}, {rates[model]:.2f}", style))
    ticks = [norm.ppf(rate) for rate in RATES]
    named = [percent(rate) if rate not in (0.02, 0.1, 0.6, 0.9) else "" for rate in RATES]
    ax.set_xticks(ticks, named, fontsize=9)
    ax.set_yticks(ticks, named, fontsize=9)
    ax.set(xlim=(low, high), ylim=(low, high), title="DET, equal error rate")
    ax.set(xlabel=f"{wording.negatives} called {wording.called}", ylabel=f"{wording.positives} missed")
    ax.grid()
    _column(ax, labels)
    said = ", ".join(f"{model} {rates[model]:.2f}" for model in order)
    return describe(fig, alt or f"Detection error trade-off curves; equal error rate, best first: {said}.")


def _circle(ax: Axes, x: float, y: float, style: LineStyle) -> None:
    ax.plot([x], [y], "o", markersize=7, markerfacecolor="none", markeredgecolor=style.color, markeredgewidth=1.6)


def _column(ax: Axes, labels: list[tuple[float, str, LineStyle]]) -> None:
    """Names right of the axes, best on top, evenly spaced: curves that end in one corner cannot be led to."""
    step = min(0.085, 1.2 / max(len(labels), 1))
    for row, (_, text, style) in enumerate(sorted(labels, key=lambda entry: -entry[0])):
        y = 0.96 - step * row
        ax.plot(
            [1.04, 1.12], [y, y], color=style.color, linestyle=style.linestyle, transform=ax.transAxes, clip_on=False
        )
        ax.text(1.14, y, shorten(text, 46), color=INK, transform=ax.transAxes, va="center", fontsize=9.5)


@styled
def reliability_figure(
    predictions: pd.DataFrame, bins: int = 10, alt: str | None = None, wording: Wording = PAIRS
) -> Figure:
    """Reliability diagrams with the histogram of the probabilities below, one column pair per model.

    predictions: columns same (bool), probability in [0, 1] (rows without one are left out), optionally model.
    On the diagonal a probability of 0.8 comes true in 80 % of the pairs; dots grow with their number.
    """
    table = predictions.dropna(subset=["probability"])
    models = list(dict.fromkeys(table["model"])) if "model" in table else [""]
    if table.empty:
        raise ValueError("reliability_figure: no row has a probability")
    cols = min(len(models), 2)
    rows = math.ceil(len(models) / cols)
    fig, grid = canvas(0.4 + 2.9 * rows, 2 * rows, cols, sharex=True, squeeze=False, height_ratios=[3, 1] * rows)
    styles, said = model_styles(models), []
    for index in range(rows * cols):
        upper, lower = grid[2 * (index // cols), index % cols], grid[2 * (index // cols) + 1, index % cols]
        upper.set_visible(index < len(models))
        lower.set_visible(index < len(models))
        if index < len(models):
            part = table[table["model"].eq(models[index])] if models[index] else table
            said.append(_reliability(upper, lower, part, models[index], styles[models[index]], bins, wording))
            if index + cols >= len(models):
                lower.set_xlabel("probability given")
                lower.tick_params(labelbottom=True)
    for row in range(rows):
        grid[2 * row, 0].set_ylabel("came true")
        grid[2 * row + 1, 0].set_ylabel(wording.items)
    return describe(fig, alt or "Reliability diagrams. " + " ".join(said))


def _reliability(
    upper: Axes, lower: Axes, part: pd.DataFrame, model: str, style: LineStyle, bins: int, wording: Wording
) -> str:
    binned = reliability_table(part["same"], part["probability"], bins)
    filled = binned[binned["n"] > 0]
    error = expected_calibration_error(part["same"], part["probability"], bins)
    upper.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    upper.plot(filled["probability"], filled["share"], color=style.color, linewidth=1.2)
    upper.scatter(
        filled["probability"], filled["share"], s=12 + 90 * filled["n"] / filled["n"].max(), color=style.color
    )
    upper.set(xlim=(-0.03, 1.03), ylim=(-0.06, 1.06))
    upper.set_title(f"{shorten(model, 30)}\ncalibration error {error:.2f}".strip(), fontsize=10.5, fontweight="normal")
    lower.bar(binned["low"], binned["n"], width=0.92 / bins, align="edge", color=MUTED, linewidth=0)
    return f"{model or 'The model'}: expected calibration error {error:.2f} over {len(part):,} {wording.items}."
