"""Figures of the face detector: how it learnt, and how well each detector finds faces."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likeness.report.figures_training import LOSSES, NAMES
from likeness.report.html_text import is_missing
from likeness.report.marks import draw_interval, name_rows, write_at_right
from likeness.report.palette import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, LineStyle, model_styles
from likeness.report.style import EndLabel, canvas, describe, end_at, end_labels, shorten, styled

PRECISIONS = {"val_ap50": LineStyle(GREEN, "-", "o"), "val_ap": LineStyle(PURPLE, "--", "s")}
CALLED = {"val_ap50": "AP50", "val_ap": "AP"}
KINDS = {"found": (BLUE, ""), "missed": (GREY, "//"), "false": (ORANGE, "..")}  # colour and hatching


@styled
def detector_curves(history: pd.DataFrame, best_epoch: int) -> Figure:
    """Loss by epoch above, AP50 and AP of the validation pictures below; the epoch that was kept is marked.

    history: epoch (from 0; the figure counts from 1), train_loss, val_loss, val_ap50, val_ap. best_epoch: as `epoch`.
    """
    history, best_epoch = history.assign(epoch=history["epoch"] + 1), best_epoch + 1
    fig, (upper, lower) = canvas(4.6, 2, 1, sharex=True)
    _draw_lines(upper, history, LOSSES, NAMES)
    _draw_lines(lower, history, PRECISIONS, CALLED)
    row = history[history["epoch"].eq(best_epoch)].iloc[0]
    for ax in (upper, lower):
        ax.axvline(best_epoch, color=MUTED, linewidth=0.8, linestyle=":")
    lower.plot([best_epoch], [row["val_ap50"]], "o", color=GREEN, markersize=8, markerfacecolor="none",
               markeredgewidth=1.8)  # fmt: skip
    left = best_epoch > history["epoch"].mean()
    lower.annotate(f"kept: epoch {best_epoch}", (best_epoch, 0.03), (-4 if left else 4, 0), fontsize=9.5,
                   ha="right" if left else "left", va="bottom", xycoords=("data", "axes fraction"),
                   textcoords="offset points")  # fmt: skip
    upper.set(ylabel="loss", title="loss, and average precision on validation pictures")
    lower.set(xlabel="epoch", ylabel="precision", ylim=(-0.03, 1.03))
    for ax, styles, names in ((upper, LOSSES, NAMES), (lower, PRECISIONS, CALLED)):
        ends = [EndLabel(history[column].iloc[-1], names[column], style) for column, style in styles.items()]
        end_labels(ax, ends, gap=0.14)
    return describe(
        fig,
        f"Training loss from {history['train_loss'].iloc[0]:.2f} to {history['train_loss'].iloc[-1]:.2f} in "
        f"{len(history)} epochs. Epoch {best_epoch} was kept: validation AP50 {row['val_ap50']:.2f}, AP "
        f"{row['val_ap']:.2f}, loss {row['val_loss']:.2f}.",
    )


def _draw_lines(ax: Axes, history: pd.DataFrame, styles: dict[str, LineStyle], names: dict[str, str]) -> None:
    for column, style in styles.items():
        marker = style.marker if len(history) == 1 else None  # one epoch is a dot, not a line
        ax.plot(history["epoch"], history[column], color=style.color, linestyle=style.linestyle, marker=marker,
                label=names[column])  # fmt: skip
    ax.grid(axis="y")


@styled
def detection_figure(scores: pd.DataFrame) -> Figure:
    """One dot and 95 % interval per detector and metric, the metrics below each other.

    scores: detector, metric, value, low, high, as compare.detection.detection_scores gives; a missing value has no dot.
    """
    metrics, detectors = (list(dict.fromkeys(scores[name])) for name in ("metric", "detector"))
    styles = model_styles(detectors)
    fig, ax = canvas(1.1 + 0.27 * len(scores) + 0.12 * len(metrics))
    block = len(detectors) + 0.5  # rows of a metric, and half a row of space
    heights = {(metric, detector): block * first + row
               for first, metric in enumerate(metrics) for row, detector in enumerate(detectors)}  # fmt: skip
    said = []
    for row in scores.itertuples():
        height, style = heights[row.metric, row.detector], styles[row.detector]
        draw_interval(ax, row, height, style.color)
        if not is_missing(row.value):
            ax.plot([row.value], [height], style.marker, color=style.color, markersize=7.5)
        shown = "none" if is_missing(row.value) else f"{row.value:.2f}"
        write_at_right(ax, height, shown)
        said.append(f"{row.metric} of {row.detector} {shown}")
    names = [f"{metric}, {shorten(detector, 22)}" for metric, detector in heights]
    ax.set_yticks(list(heights.values()), names, color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(-0.02, 1.02), ylim=(block * len(metrics) - 0.9, -0.6))
    ax.set_xlabel("larger is better; bars: 95 % interval over pictures")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    return describe(fig, f"Detectors compared on the same pictures: {', '.join(said)}.")


@styled
def counts_figure(counts: pd.DataFrame) -> Figure:
    """Faces found, missed and falsely found, one bar a detector: true faces to the right, false ones to the left.

    counts: detector, found, missed, false, one row per detector and picture.
    """
    sums = counts.groupby("detector", sort=False)[list(KINDS)].sum()
    fig, ax = canvas(1.5 + 0.42 * len(sums))
    for at, row in enumerate(sums.itertuples()):
        for kind, start, width in (
            ("found", 0, row.found),
            ("missed", row.found, row.missed),
            ("false", 0, -row.false),
        ):
            colour, hatch = KINDS[kind]
            look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
            ax.barh(at, width, 0.62, left=start, label=kind if at == 0 else None, **look)
        end_at(ax, row.found + row.missed, at, f"{row.found} of {row.found + row.missed}", color=INK)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    name_rows(ax, sums.index, most=22)
    ax.set_xlabel("faces (left of the line: no true face)")
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.margins(x=0.16)
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=3, handlelength=1)
    said = [f"{row.Index}: {row.found} found, {row.missed} missed, {row.false} false" for row in sums.itertuples()]
    return describe(fig, f"Faces by detector. {'; '.join(said)}.")
