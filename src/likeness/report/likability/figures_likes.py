"""Figures of what the models of likes do: the SVM's C, chance, what they use, what was planted, who is served."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import ArrayLike

from likeness.report.html_text import is_missing
from likeness.report.palette import BLUE, GREY, INK, MUTED, ORANGE, model_styles
from likeness.report.style import EndLabel, canvas, describe, end_labels, shorten, styled

ROW = 0.29  # inches a row
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@styled
def c_curve_figure(
    curves: Mapping[str, pd.DataFrame], name: str = "average precision", alt: str | None = None
) -> Figure:
    """A score against the SVM's C (logarithmic), one line a kind of features; the best C of each is circled.

    curves: {features: c, mean, and low and high, or std (of the folds: the band is one on each side)}.
    """
    if not curves:
        raise ValueError("c_curve_figure: no curve to draw; give at least one table")
    fig, ax = canvas(3.4)
    styles, ends, said = model_styles(curves), [], []
    for features, curve in curves.items():
        curve, style = curve.sort_values("c"), styles[features]
        low, high = _band(curve)
        ax.plot(curve["c"], curve["mean"], color=style.color, linestyle=style.linestyle, marker=style.marker,
                markersize=4)  # fmt: skip
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
    ax.set(xlabel="C of the SVM (small: strong regularisation)", ylabel=name)
    ax.grid(axis="y")
    end_labels(ax, ends, gap=0.09)
    return describe(fig, alt or f"{name} against C of the linear SVM. {'; '.join(said)}.")


def _band(curve: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    if "low" in curve and "high" in curve:
        return curve["low"], curve["high"]
    return curve["mean"] - curve["std"], curve["mean"] + curve["std"]


@styled
def null_figure(null: ArrayLike, observed: float, name: str = "AUC", alt: str | None = None) -> Figure:
    """The permutation test: what models trained on shuffled labels reach, beside the real one.

    null: (n,) scores with shuffled labels. observed: that with the real ones.
    """
    values = np.asarray(null, float)
    fig, ax = canvas(2.6)
    ax.hist(values, bins=min(20, max(5, len(values) // 5)), color=GREY, linewidth=0)
    ax.axvline(observed, color=ORANGE, linewidth=2)
    ax.margins(x=0.08)
    right = observed > np.mean(ax.get_xlim())
    ax.annotate(f"real labels {observed:.3f}", (observed, 1), (-5 if right else 5, -2), va="top", fontsize=10,
                xycoords=("data", "axes fraction"), textcoords="offset points",
                ha="right" if right else "left")  # fmt: skip
    ax.axvline(0.5, color=MUTED, linewidth=1, linestyle=":")
    ax.set_ylim(0, ax.get_ylim()[1] * 1.2)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.set(xlabel=f"{name} (dotted: chance)", ylabel="shuffles", title="shuffled labels")
    default = (
        f"Histogram of the {name} of {len(values):,} models trained on shuffled labels: mean {values.mean():.3f}, "
        f"{values.min():.3f} to {values.max():.3f}; with the real labels {observed:.3f}."
    )
    return describe(fig, alt or default)


@styled
def importance_figure(
    table: pd.DataFrame, name: str = "fall of the AUC", most: int = 20, alt: str | None = None
) -> Figure:
    """Permutation importance: how far the score falls when one feature is shuffled, the largest on top.

    table: feature, value, low, high (NaN for none). Only the first `most` are shown, and the title says of how many.
    """
    order = table.sort_values(["value", "feature"], ascending=[False, True], ignore_index=True)
    shown = order.head(most)
    fig, ax = canvas(1.05 + ROW * max(len(shown), 2))
    _dots(ax, shown, [BLUE] * len(shown))
    ax.axvline(0, color=MUTED, linewidth=1, linestyle=":")
    _rows(ax, shown["feature"])
    left = f", first {len(shown)} of {len(order)}" if len(order) > len(shown) else ""
    ax.set(xlabel=f"{name} when shuffled", title=f"importance{left}")
    said = ", ".join(f"{row.feature} {row.value:.3f}" for row in shown.itertuples())
    return describe(fig, alt or f"{name} when one feature is shuffled, largest first: {said}.")


@styled
def planted_figure(table: pd.DataFrame, alt: str | None = None) -> Figure:
    """What was planted (diamonds) beside what the model recovered (dots with 95 % intervals), per effect.

    table: effect, planted, recovered, low, high (NaN where it could not be recovered), as compare.effects gives.
    """
    table = table.reset_index(drop=True)
    fig, ax = canvas(1.3 + 0.34 * max(len(table), 2))
    recovered = table.rename(columns={"recovered": "value"})
    ax.axvline(0, color=MUTED, linewidth=1, linestyle=":")
    _dots(ax, recovered.dropna(subset=["value"]), [BLUE] * len(table), shift=0.14, write=False)
    ax.plot(table["planted"], table.index - 0.14, "D", color=ORANGE, markersize=7, linestyle="none", label="planted")
    ax.plot([], [], "o-", color=BLUE, label="recovered, 95 % interval")
    _rows(ax, table["effect"])
    ax.set_xlabel("effect of one standard deviation, on a common scale")
    fig.legend(loc="outside upper left", ncols=2)
    said = ", ".join(_planted_words(row) for row in table.itertuples())
    return describe(fig, alt or f"Planted and recovered effects on a common scale: {said}.")


def _planted_words(row) -> str:
    found = "not recovered" if is_missing(row.recovered) else f"recovered {row.recovered:+.2f}"
    return f"{row.effect} planted {row.planted:+.2f}, {found}"


@styled
def slices_figure(
    table: pd.DataFrame, overall: float | None = None, name: str = "accuracy", alt: str | None = None
) -> Figure:
    """A score per slice of the posts with its 95 % interval, in the order given, and the number of posts in each.

    table: slice, value, low, high, n. overall: the score over all posts, drawn as a line.
    """
    table = table.reset_index(drop=True)
    fig, ax = canvas(1.15 + ROW * max(len(table), 2))
    if overall is not None:
        ax.axvline(overall, color=GREY, linewidth=1)
        ax.annotate(f"all {overall:.2f}", (overall, 1), (0, 3), xycoords=("data", "axes fraction"),
                    textcoords="offset points", ha="center", color=MUTED, fontsize=9.5)  # fmt: skip
    _dots(ax, table, [BLUE] * len(table), digits=2)
    _rows(ax, [f"{shorten(row.slice, 28)} ({row.n:,})" for row in table.itertuples()])
    ax.set_xlabel(f"{name} (bars: 95 % interval; in brackets: posts)")
    said = ", ".join(f"{row.slice} {row.value:.2f} of {row.n:,} posts" for row in table.itertuples())
    over = "" if overall is None else f" Over all posts: {overall:.2f}."
    return describe(fig, alt or f"{name} by slice: {said}.{over}")


def _dots(
    ax: Axes, table: pd.DataFrame, colours: list[str], shift: float = 0.0, digits: int = 3, write: bool = True
) -> None:
    """A dot and an interval a row, the value written at the right. table: value, low, high; its index is the row."""
    for row, colour in zip(table.itertuples(), colours, strict=False):
        at = row.Index + shift
        if not (is_missing(row.low) or is_missing(row.high)):
            ax.plot([row.low, row.high], [at] * 2, color=colour, linewidth=2.4, solid_capstyle="round")
        ax.plot([row.value], [at], "o", color=colour, markersize=7)
        if write:
            words = f"{row.value:.{digits}f}".replace("-", "−")
            ax.text(1.02, row.Index, words, transform=ax.get_yaxis_transform(), va="center", color=INK)


def _rows(ax: Axes, names: ArrayLike) -> None:
    """Names at the left, the first on top."""
    ax.set_yticks(range(len(names)), [shorten(name) for name in names], color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)


@styled
def message_figure(message: str) -> Figure:
    """A sentence in place of a figure, for the card of a page that has none."""
    fig, ax = canvas(1.2)
    ax.set_axis_off()
    ax.text(0.5, 0.5, shorten(message, 80), ha="center", va="center", color=MUTED, fontsize=12)
    return describe(fig, message)


@styled
def album_figure(table: pd.DataFrame) -> Figure:
    """Scores of an album's photos with their intervals, the highest first; kept ones stand out.

    table: chosen, score, low, high, as `curate.curate_album` gives; files without a score are left out.
    """
    shown = table.dropna(subset=["score"]).sort_values(["score", "path"], ascending=[False, True], ignore_index=True)
    fig, ax = canvas(3.0)
    for chosen, colour, label in ((False, GREY, "left out"), (True, ORANGE, "kept")):
        part = shown[shown["chosen"].eq(chosen)]
        ax.vlines(part.index, part["low"], part["high"], color=colour, linewidth=1.6 if chosen else 0.6)
        ax.plot(part.index, part["score"], "o", color=colour, markersize=4.5 if chosen else 2, label=label)
    ax.set(ylim=(-0.02, 1.02), xlabel="photos by score", ylabel="score (chance of being liked)")
    ax.grid(axis="y")
    fig.legend(loc="outside upper left", ncols=2, handlelength=1)
    kept = shown[shown["chosen"]]
    words = f"Scores of {len(shown):,} photos with intervals, highest first. The {len(kept)} kept ones score "
    return describe(fig, f"{words}{kept['score'].min():.2f} to {kept['score'].max():.2f}.")
