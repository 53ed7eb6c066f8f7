"""Figures of the face detector: how it learnt, and how well each detector finds faces."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likeness.report.figures_training import LOSSES, NAMES
from likeness.report.html_text import is_missing
from likeness.report.palette import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, LineStyle, model_styles
from likeness.report.style import EndLabel, canvas, describe, end_at, end_labels, shorten, styled

PRECISIONS = {"val_ap50": LineStyle(GREEN, "-", "o"), "val_ap": LineStyle(PURPLE, "--", "s")}
CALLED = {"val_ap50": "AP50", "val_ap": "AP"}
KINDS = {"found": LineStyle(BLUE, "-", ""), "missed": LineStyle(GREY, "-", ""), "false": LineStyle(ORANGE, "-", "")}
HATCH = {"found": "", "missed": "//", "false": ".."}


@styled
def detector_curves(history: pd.DataFrame, best_epoch: int, alt: str | None = None) -> Figure:
    """Loss by epoch above, AP50 and AP of the validation pictures below; the epoch that was kept is marked.

    history: epoch (from 0; the figure counts from 1), train_loss, val_loss, val_ap50, val_ap. best_epoch: as `epoch`.
    """
    history, best_epoch = history.assign(epoch=history["epoch"] + 1), best_epoch + 1
    fig, (upper, lower) = canvas(4.6, 2, 1, sharex=True)
    _lines(upper, history, LOSSES, NAMES)
    _lines(lower, history, PRECISIONS, CALLED)
    row = history[history["epoch"].eq(best_epoch)].iloc[0]
    for ax in (upper, lower):
        ax.axvline(best_epoch, color=MUTED, linewidth=0.8, linestyle=":")
    lower.plot([best_epoch], [row["val_ap50"]], "o", color=GREEN, markersize=8, markerfacecolor="none",
               markeredgewidth=1.8)  # fmt: skip
    left = best_epoch > history["epoch"].mean()
    spot = {"ha": "right" if left else "left", "va": "bottom", "fontsize": 9.5, "color": INK}
    place = {"xytext": (-4 if left else 4, 0), "xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    lower.annotate(f"kept: epoch {best_epoch}", (best_epoch, 0.03), **place, **spot)
    upper.set(ylabel="loss", title="loss, and average precision on validation pictures")
    lower.set(xlabel="epoch", ylabel="precision", ylim=(-0.03, 1.03))
    for ax, styles, names in ((upper, LOSSES, NAMES), (lower, PRECISIONS, CALLED)):
        ends = [EndLabel(history[column].iloc[-1], names[column], style) for column, style in styles.items()]
        end_labels(ax, ends, gap=0.14)
    said = (
        f"Training loss from {history['train_loss'].iloc[0]:.2f} to {history['train_loss'].iloc[-1]:.2f} in "
        f"{len(history)} epochs. Epoch {best_epoch} was kept: validation AP50 {row['val_ap50']:.2f}, AP "
        f"{row['val_ap']:.2f}, loss {row['val_loss']:.2f}."
    )
    return describe(fig, alt or said)


def _lines(ax: Axes, history: pd.DataFrame, styles: dict[str, LineStyle], names: dict[str, str]) -> None:
    for column, style in styles.items():
        marker = style.marker if len(history) == 1 else None
        ax.plot(history["epoch"], history[column], color=style.color, linestyle=style.linestyle, marker=marker,
                label=names[column])  # fmt: skip
    ax.grid(axis="y")


@styled
def detection_figure(scores: pd.DataFrame, alt: str | None = None) -> Figure:
    """One dot and 95 % interval per detector and metric, the metrics below each other.

    scores: detector, metric, value, low, high, as compare.detection.detection_scores gives; a missing value has no dot.
    """
    metrics, detectors = (list(dict.fromkeys(scores[name])) for name in ("metric", "detector"))
    styles = model_styles(detectors)
    fig, ax = canvas(1.1 + 0.27 * len(scores) + 0.12 * len(metrics))
    heights, y = {}, 0.0
    for metric in metrics:
        for detector in detectors:
            heights[metric, detector], y = y, y + 1
        y += 0.5
    said = []
    for row in scores.itertuples():
        height, style = heights[row.metric, row.detector], styles[row.detector]
        if not is_missing(row.low):
            ax.plot([row.low, row.high], [height] * 2, color=style.color, linewidth=2.4, solid_capstyle="round")
        if not is_missing(row.value):
            ax.plot([row.value], [height], style.marker, color=style.color, markersize=7.5)
        shown = "none" if is_missing(row.value) else f"{row.value:.2f}"
        ax.text(1.02, height, shown, transform=ax.get_yaxis_transform(), va="center", color=INK)
        said.append(f"{row.metric} of {row.detector} {shown}")
    named = [f"{metric}, {shorten(detector, 22)}" for metric, detector in heights]
    ax.set_yticks(list(heights.values()), named, color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(-0.02, 1.02), ylim=(y - 0.9, -0.6), xlabel="larger is better; bars: 95 % interval over pictures")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    return describe(fig, alt or f"Detectors compared on the same pictures: {', '.join(said)}.")


@styled
def counts_figure(counts: pd.DataFrame, alt: str | None = None) -> Figure:
    """Faces found, missed and falsely found, one bar a detector: true faces to the right, false ones to the left.

    counts: detector, found, missed, false, one row per detector and picture.
    """
    sums = counts.groupby("detector", sort=False)[list(KINDS)].sum()
    fig, ax = canvas(1.5 + 0.42 * len(sums))
    for place, row in enumerate(sums.itertuples()):
        for kind, start, width in (
            ("found", 0, row.found),
            ("missed", row.found, row.missed),
            ("false", 0, -row.false),
        ):
            look = {"color": KINDS[kind].color, "hatch": HATCH[kind], "edgecolor": "white", "linewidth": 0}
            ax.barh(place, width, 0.62, left=start, label=kind if place == 0 else None, **look)
        end_at(ax, row.found + row.missed, place, f"{row.found} of {row.found + row.missed}", color=INK)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    ax.set_yticks(range(len(sums)), [shorten(name, 22) for name in sums.index], color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set(ylim=(len(sums) - 0.4, -0.6), xlabel="faces (left of the line: no true face)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.margins(x=0.16)
    ax.spines["left"].set_visible(False)
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=3, handlelength=1)
    said = [f"{row.Index}: {row.found} found, {row.missed} missed, {row.false} false" for row in sums.itertuples()]
    return describe(fig, alt or f"Faces by detector. {'; '.join(said)}.")
