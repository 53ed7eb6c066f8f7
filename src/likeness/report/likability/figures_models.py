"""Figures of what the models of likes do: the SVM's C, chance, what they use, what was planted, who is served."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import ArrayLike

from likeness.report.html_text import is_missing
from likeness.report.marks import draw_estimate, name_rows, write_above, write_at_right, write_beside
from likeness.report.palette import BLUE, GREY, MUTED, ORANGE, model_styles
from likeness.report.style import EndLabel, canvas, describe, end_labels, shorten, styled

ROW = 0.29  # inches a row
MOST = 20  # features whose importance is shown
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@styled
def c_curve_figure(curves: Mapping[str, pd.DataFrame]) -> Figure:
    """Average precision against the SVM's C (logarithmic), one line a kind of features; the best C is circled.

    curves: {features: c, mean, std (of the folds: the band is one on each side)}.
    """
    if not curves:
        raise ValueError("c_curve_figure: no curve to draw; give at least one table")
    fig, ax = canvas(3.4)
    styles, ends, said = model_styles(curves), [], []
    for features, curve in curves.items():
        curve, style = curve.sort_values("c"), styles[features]
        ax.plot(curve["c"], curve["mean"], **style._asdict(), markersize=4)
        low, high = curve["mean"] - curve["std"], curve["mean"] + curve["std"]
        ax.fill_between(curve["c"], low, high, color=style.color, alpha=0.14, linewidth=0)
        best = curve.iloc[int(curve["mean"].to_numpy().argmax())]
        ax.plot([best["c"]], [best["mean"]], "o", markersize=10, markerfacecolor="none", markeredgecolor=style.color,
                markeredgewidth=1.8)  # fmt: skip
        ends.append(EndLabel(curve["mean"].iloc[-1], f"{features}, best {best['mean']:.3f}", style))
        said.append(f"{features}: best {best['mean']:.3f} at C = {best['c']:g}")
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(10, numticks=7))
    ax.xaxis.set_major_formatter(lambda value, _: f"10{str(round(np.log10(value))).translate(RAISED)}")
    ax.minorticks_off()
    ax.set(xlabel="C of the SVM (small: strong regularisation)", ylabel="average precision")
    ax.grid(axis="y")
    end_labels(ax, ends, gap=0.09)
    return describe(fig, f"average precision against C of the linear SVM. {'; '.join(said)}.")


@styled
def null_figure(null: ArrayLike, observed: float) -> Figure:
    """The permutation test: the AUC of models trained on shuffled labels, null (n,), beside the observed, real one."""
    values = np.asarray(null, float)
    fig, ax = canvas(2.6)
    ax.hist(values, bins=min(20, max(5, len(values) // 5)), color=GREY, linewidth=0)
    ax.axvline(observed, color=ORANGE, linewidth=2)
    ax.margins(x=0.08)
    write_beside(ax, observed, f"real labels {observed:.3f}", np.mean(ax.get_xlim()), size=10)
    ax.axvline(0.5, color=MUTED, linewidth=1, linestyle=":")
    ax.set_ylim(0, ax.get_ylim()[1] * 1.2)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.set(xlabel="AUC (dotted: chance)", ylabel="shuffles", title="shuffled labels")
    return describe(
        fig,
        f"Histogram of the AUC of {len(values):,} models trained on shuffled labels: mean {values.mean():.3f}, "
        f"{values.min():.3f} to {values.max():.3f}; with the real labels {observed:.3f}.",
    )


@styled
def importance_figure(table: pd.DataFrame) -> Figure:
    """Permutation importance: how far the AUC falls when one feature is shuffled, the largest on top.

    table: feature, value, low, high (NaN for none). Only the first MOST are shown, and the title says of how many.
    """
    shown = table.sort_values(["value", "feature"], ascending=[False, True], ignore_index=True).head(MOST)
    fig, ax = canvas(1.05 + ROW * max(len(shown), 2))
    _draw_dots(ax, shown, digits=3)
    ax.axvline(0, color=MUTED, linewidth=1, linestyle=":")
    name_rows(ax, shown["feature"])
    ax.grid(axis="x")
    left = f", first {len(shown)} of {len(table)}" if len(table) > len(shown) else ""
    ax.set(xlabel="fall of the AUC when shuffled", title=f"importance{left}")
    said = ", ".join(f"{row.feature} {row.value:.3f}" for row in shown.itertuples())
    return describe(fig, f"fall of the AUC when one feature is shuffled, largest first: {said}.")


def _draw_dots(ax: Axes, table: pd.DataFrame, digits: int) -> None:
    """A dot and an interval a row, the value written at the right. table: value, low, high."""
    for at, row in enumerate(table.itertuples()):
        draw_estimate(ax, row, at, BLUE)
        write_at_right(ax, at, f"{row.value:.{digits}f}".replace("-", "−"))


@styled
def planted_figure(table: pd.DataFrame) -> Figure:
    """What was planted (diamonds) beside what the model recovered (dots with 95 % intervals), per effect.

    table: effect, planted, recovered, low, high (NaN where it could not be recovered), as compare.effects gives.
    """
    fig, ax = canvas(1.3 + 0.34 * max(len(table), 2))
    ax.axvline(0, color=MUTED, linewidth=1, linestyle=":")
    said = []
    for at, row in enumerate(table.rename(columns={"recovered": "value"}).itertuples()):
        found = "not recovered"
        if not is_missing(row.value):
            found = f"recovered {row.value:+.2f}"
            draw_estimate(ax, row, at + 0.14, BLUE)
        said.append(f"{row.effect} planted {row.planted:+.2f}, {found}")
    heights = np.arange(len(table)) - 0.14
    ax.plot(table["planted"], heights, "D", color=ORANGE, markersize=7, linestyle="none", label="planted")
    ax.plot([], [], "o-", color=BLUE, label="recovered, 95 % interval")
    name_rows(ax, table["effect"])
    ax.grid(axis="x")
    ax.set_xlabel("effect of one standard deviation, on a common scale")
    fig.legend(loc="outside upper left", ncols=2)
    return describe(fig, f"Planted and recovered effects on a common scale: {', '.join(said)}.")


@styled
def slices_figure(table: pd.DataFrame, overall: float) -> Figure:
    """The accuracy per slice of the posts with its 95 % interval, in the order given, and the number of posts in each.

    table: slice, value, low, high, n. overall: the accuracy over all posts, drawn as a line.
    """
    fig, ax = canvas(1.15 + ROW * max(len(table), 2))
    ax.axvline(overall, color=GREY, linewidth=1)
    write_above(ax, overall, f"all {overall:.2f}")
    _draw_dots(ax, table, digits=2)
    name_rows(ax, [f"{shorten(row.slice, 28)} ({row.n:,})" for row in table.itertuples()])
    ax.grid(axis="x")
    ax.set_xlabel("accuracy (bars: 95 % interval; in brackets: posts)")
    said = ", ".join(f"{row.slice} {row.value:.2f} of {row.n:,} posts" for row in table.itertuples())
    return describe(fig, f"accuracy by slice: {said}. Over all posts: {overall:.2f}.")
