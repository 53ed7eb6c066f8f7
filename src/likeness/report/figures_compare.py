"""Figures that set models side by side: ladder, naive against honest, ROC, DET, hit@k, whether promises come true."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from likeness.report.html_text import PAIRS, Wording, counted, is_missing, percent
from likeness.report.marks import draw_estimate, message_figure, name_rows, write_above, write_at_right
from likeness.report.palette import GREY, INK, MUTED, LineStyle, model_colour, model_styles
from likeness.report.style import EndLabel, canvas, describe, end_labels, shorten, styled
from likeness.stats.calibration import expected_calibration_error, reliability_table
from likeness.stats.verification import auc, det_points, equal_error_rate, roc_points

RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
BINS = 10  # of a reliability diagram


@styled
def ladder_figure(table: pd.DataFrame, name: str, chance: float) -> Figure:
    """One dot and 95 % interval per model, the best on top, with a line for chance.

    table: columns model, value (larger is better), low, high (NaN for no interval); one row per model.
    """
    if table["model"].duplicated().any():
        raise ValueError(f"ladder: {table['model'][table['model'].duplicated()].iloc[0]!r} has two rows; filter first")
    table = table.sort_values(["value", "model"], ascending=[False, True], ignore_index=True)
    fig, ax = canvas(1.15 + 0.3 * len(table))
    ax.axvline(chance, color=GREY, linewidth=1, linestyle=":")
    write_above(ax, chance, f"chance {chance:.2f}")
    said = []
    for row in table.itertuples():
        draw_estimate(ax, row, row.Index, model_colour(row.model), size=7.5)
        write_at_right(ax, row.Index, f"{row.value:.2f}")
        spread = "" if is_missing(row.low) else f" ({row.low:.2f} to {row.high:.2f})"
        said.append(f"{row.model} {row.value:.2f}{spread}")
    name_rows(ax, table["model"])
    ax.set_xlabel(f"{name}\n(larger is better; bars: 95 % interval)")
    ax.grid(axis="x")
    return describe(fig, f"{name} per model, best first: {', '.join(said)}. Chance is {chance:.2f}.")


@styled
def seeds_figure(runs: pd.DataFrame, name: str) -> Figure:
    """One dot a training run, a row a model, and a bar at their mean, the best on top.

    runs: columns model, run, value (larger is better).
    """
    if runs.empty:
        return message_figure("no network was trained")
    order = runs.groupby("model")["value"].mean().sort_values(ascending=False)
    fig, ax = canvas(1.15 + 0.3 * len(order))
    said = []
    for row, (model, mean) in enumerate(order.items()):
        values, colour = runs.loc[runs["model"] == model, "value"], model_colour(model)
        ax.plot(values, [row] * len(values), "o", color=colour, markersize=6.5, alpha=0.55, markeredgewidth=0)
        ax.plot([mean, mean], [row - 0.3, row + 0.3], color=colour, linewidth=2)
        write_at_right(ax, row, f"{mean:.2f}")
        said.append(
            f"{model} {mean:.2f} ({values.min():.2f} to {values.max():.2f} over {counted(len(values), 'seed')})"
        )
    name_rows(ax, order.index)
    ax.set_xlabel(f"{name}\n(a dot a seed; bars: their mean)")
    ax.grid(axis="x")
    return describe(fig, f"{name} of each training run: {', '.join(said)}.")


@styled
def slope_figure(
    table: pd.DataFrame, name: str = "accuracy", chance: float | None = None, wording: Wording = PAIRS
) -> Figure:
    """Each model's number on the naive split joined to that on the honest one.

    name: of the number. table: columns model, scheme ("naive" or "honest"), value. Models without both are left out
    and said so.
    """
    wide = table.pivot_table(index="model", columns="scheme", values="value").reindex(columns=["naive", "honest"])
    whole = wide.dropna().sort_values("honest", ascending=False)
    if whole.empty:
        raise ValueError("slope_figure: no model has both a naive and an honest value")
    fig, ax = canvas(0.9 + max(0.32 * len(whole), 2.2))
    styles = model_styles(whole.index)
    for model, row in whole.iterrows():
        ax.plot([0, 1], row, **styles[model]._asdict(), markersize=6)
    if chance is not None:
        ax.axhline(chance, color=GREY, linewidth=1, linestyle=":")
        ax.annotate("chance", (0.5, chance), (0, 3), textcoords="offset points", ha="center", color=MUTED, fontsize=9.5)
    ax.margins(y=0.08)
    ax.set_xlim(-0.06, 1.03)
    ax.set_xticks([0, 1], [f"naive split\n({wording.naive})", f"honest split\n({wording.honest})"], color=INK)
    ax.set_ylabel(name)
    ends = [
        EndLabel(row.honest, f"{row.Index} {row.naive:.2f} → {row.honest:.2f}", styles[row.Index])
        for row in whole.itertuples()
    ]
    end_labels(ax, ends, gap=0.26 / (fig.get_figheight() - 0.9))
    missing = len(wide) - len(whole)
    left_out = f" {counted(missing, 'model')} left out: only one of the two is known." if missing else ""
    said = ", ".join(f"{row.Index} {row.naive:.2f} to {row.honest:.2f}" for row in whole.itertuples())
    return describe(fig, f"{name} from the naive to the honest split: {said}.{left_out}")


@styled
def roc_figure(predictions: pd.DataFrame, wording: Wording = PAIRS) -> Figure:
    """ROC curves, one a model, with the area under each; open circles are the equal error rates.

    predictions: columns model, same (bool), score (larger = more alike), of one scheme and split.
    """
    areas = {model: auc(rows["same"], rows["score"]) for model, rows in predictions.groupby("model", sort=True)}
    best_first = dict(sorted(areas.items(), key=lambda area: -area[1]))
    fig, ax = canvas(max(3.9, 0.27 * len(areas)))
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.6)

    def curve(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
        x, y, _ = roc_points(rows["same"], rows["score"])
        eer, _ = equal_error_rate(rows["same"], rows["score"])
        return x, y, (eer, 1 - eer)

    _curves(ax, predictions, best_first, curve)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), title="ROC, area under the curve")
    ax.set(xlabel=f"{wording.negatives} called {wording.called}", ylabel=f"{wording.positives} found")
    said = ", ".join(f"{model} {area:.2f}" for model, area in best_first.items())
    return describe(fig, f"ROC curves; area under the curve, best first: {said}. The diagonal is chance, 0.50.")


@styled
def det_figure(predictions: pd.DataFrame) -> Figure:
    """DET curves on normal-deviate axes (Martin et al., 1997); lower left is better, circles are the EER.

    predictions: columns model, same (bool), score (larger = more alike), of one scheme and split.
    """
    rates = {m: equal_error_rate(rows["same"], rows["score"])[0] for m, rows in predictions.groupby("model", sort=True)}
    best_first = dict(sorted(rates.items(), key=lambda rate: rate[1]))
    fig, ax = canvas(max(3.9, 0.27 * len(rates)))
    low, high = norm.ppf(0.008), norm.ppf(0.96)
    ax.plot([low, high], [low, high], color=GREY, linewidth=0.6)

    def deviate(rate: np.ndarray | float) -> np.ndarray:
        return np.clip(norm.ppf(np.clip(rate, 1e-9, 1 - 1e-9)), low, high)

    def curve(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
        x, y, _ = det_points(rows["same"], rows["score"])
        equal = deviate(rates[rows["model"].iloc[0]])
        return deviate(x), deviate(y), (equal, equal)

    _curves(ax, predictions, best_first, curve)
    ticks = [norm.ppf(rate) for rate in RATES]
    named = [percent(rate) if rate not in (0.02, 0.1, 0.6, 0.9) else "" for rate in RATES]
    ax.set_xticks(ticks, named, fontsize=9)
    ax.set_yticks(ticks, named, fontsize=9)
    ax.set(xlim=(low, high), ylim=(low, high), title="DET, equal error rate")
    ax.set(xlabel="different pairs called the same", ylabel="same pairs missed")
    ax.grid()
    said = ", ".join(f"{model} {rate:.2f}" for model, rate in best_first.items())
    return describe(fig, f"Detection error trade-off curves; equal error rate, best first: {said}.")


def _curves(ax: Axes, predictions: pd.DataFrame, best_first: Mapping[str, float], curve: Callable[..., Any]) -> None:
    """Draw a curve per model with its equal error rate, and name them in a column right of the axes, best on top.

    The names are evenly spaced: no label can be led to curves that end in one corner.
    best_first: {model: the number beside its name}. curve: a model's predictions to x, y and the equal error's (x, y).
    """
    circle = {"markersize": 7, "markerfacecolor": "none", "markeredgewidth": 1.6}
    lines = {model: {"color": s.color, "linestyle": s.linestyle} for model, s in model_styles(best_first).items()}
    for model, line in lines.items():
        x, y, equal = curve(predictions[predictions["model"].eq(model)])
        ax.plot(x, y, **line)
        ax.plot(*([place] for place in equal), "o", markeredgecolor=line["color"], **circle)
    step = min(0.085, 1.2 / max(len(best_first), 1))
    for row, (model, number) in enumerate(best_first.items()):
        height, label = 0.96 - step * row, shorten(f"{model}, {number:.2f}", 46)
        ax.plot([1.04, 1.12], [height, height], transform=ax.transAxes, clip_on=False, **lines[model])
        ax.text(1.14, height, label, color=INK, transform=ax.transAxes, va="center", fontsize=9.5)


@styled
def reliability_figure(predictions: pd.DataFrame, wording: Wording = PAIRS) -> Figure:
    """Reliability diagrams with the histogram of the probabilities below, one column pair per model.

    predictions: columns model, same (bool), probability in [0, 1] (rows without one are left out).
    On the diagonal 80 % of the pairs with a probability of 0.8 are the same; dots grow with their number.
    """
    table = predictions.dropna(subset=["probability"])
    if table.empty:
        raise ValueError("reliability_figure: no row has a probability")
    models = list(dict.fromkeys(table["model"]))
    cols = min(len(models), 2)
    rows = math.ceil(len(models) / cols)
    fig, grid = canvas(0.4 + 2.9 * rows, 2 * rows, cols, sharex=True, squeeze=False, height_ratios=[3, 1] * rows)
    uppers, lowers = grid[::2].flat, grid[1::2].flat
    styles, said = model_styles(models), []
    for index, (upper, lower) in enumerate(zip(uppers, lowers, strict=True)):
        if index >= len(models):
            upper.set_visible(False)
            lower.set_visible(False)
            continue
        part = table[table["model"].eq(models[index])]
        said.append(_reliability(upper, lower, part, models[index], styles[models[index]], wording))
        if index + cols >= len(models):
            lower.set_xlabel("probability given")
            lower.tick_params(labelbottom=True)
    for row in range(rows):
        grid[2 * row, 0].set_ylabel("observed share")
        grid[2 * row + 1, 0].set_ylabel(wording.items)
    return describe(fig, "Reliability diagrams. " + " ".join(said))


def _reliability(upper: Axes, lower: Axes, part: pd.DataFrame, model: str, style: LineStyle, wording: Wording) -> str:
    binned = reliability_table(part["same"], part["probability"], BINS)
    filled = binned[binned["n"] > 0]
    error = expected_calibration_error(part["same"], part["probability"], BINS)
    sizes = 12 + 90 * filled["n"] / filled["n"].max()
    upper.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    upper.plot(filled["probability"], filled["share"], color=style.color, linewidth=1.2)
    upper.scatter(filled["probability"], filled["share"], s=sizes, color=style.color)
    upper.set(xlim=(-0.03, 1.03), ylim=(-0.06, 1.06))
    upper.set_title(f"{shorten(model, 30)}\ncalibration error {error:.2f}", fontsize=10.5, fontweight="normal")
    lower.bar(binned["low"], binned["n"], width=0.92 / BINS, align="edge", color=MUTED, linewidth=0)
    return f"{model}: expected calibration error {error:.2f} over {len(part):,} {wording.items}."


@styled
def hit_at_k_figure(rungs: pd.DataFrame) -> Figure:
    """Share of queries answered within the first k, one line a model, best first; bands are 95 % intervals.

    rungs: columns model, k, value, low, high (NaN for no interval); "random ..." and "oracle" are drawn in grey.
    """
    last = rungs["k"].max()
    order = rungs[rungs["k"].eq(last)].sort_values("value", ascending=False)
    styles = model_styles(order["model"])
    fig, ax = canvas(4.0)
    for model, rows in rungs.sort_values("k").groupby("model", sort=False):
        style = styles[model]
        ax.plot(rows["k"], rows["value"], **style._asdict(), markersize=4)
        if rows["low"].notna().all():
            ax.fill_between(rows["k"], rows["low"], rows["high"], color=style.color, alpha=0.12, linewidth=0)
    ax.set(ylim=(0, 1.02), xlabel="k, number of photos retrieved", ylabel="hit@k, share of queries")
    ks = sorted(rungs["k"].unique())
    ax.set_xticks(ks if len(ks) <= 12 else ks[:: len(ks) // 8])
    ax.grid(axis="y")
    end_labels(ax, [EndLabel(row.value, row.model, styles[row.model]) for row in order.itertuples()], gap=0.075)
    ends = ", ".join(f"{row.model} {row.value:.2f}" for row in order.itertuples())
    return describe(fig, f"hit@k by number of photos retrieved. At k = {last}: {ends}.")
