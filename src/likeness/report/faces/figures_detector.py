"""The face detector, drawn and read: how it learnt, and how well each detector finds faces; true for any data."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from likeness.report.html_text import Html, counted, interval, is_missing, note, number, percent
from likeness.report.marks import LOSSES, draw_estimate, draw_lines, name_rows, write_at_right
from likeness.report.palette import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, LineStyle, model_styles
from likeness.report.style import canvas, describe, end_at, end_labels, shorten, styled
from likeness.report.tables import paired_table

PRECISIONS = {"val_ap50": ("AP50", LineStyle(GREEN, "-", "o")), "val_ap": ("AP", LineStyle(PURPLE, "--", "s"))}
NAMES = {"found": "share of a picture's faces found", "AP50": "AP50"}
KINDS = {"found": (BLUE, ""), "missed": (GREY, "//"), "false": (ORANGE, "..")}  # colour and hatching


@styled
def detector_curves(history: pd.DataFrame, best_epoch: int) -> Figure:
    """Loss by epoch above, AP50 and AP of the validation pictures below; the epoch that was kept is marked.

    history: epoch (from 0; the figure counts from 1), train_loss, val_loss, val_ap50, val_ap. best_epoch: as `epoch`.
    """
    history, best_epoch = history.assign(epoch=history["epoch"] + 1), best_epoch + 1
    fig, (upper, lower) = canvas(4.6, 2, 1, sharex=True)
    ends = {ax: draw_lines(ax, history, lines) for ax, lines in ((upper, LOSSES), (lower, PRECISIONS))}
    row = history[history["epoch"].eq(best_epoch)].iloc[0]
    for ax in ends:
        ax.grid(axis="y")
        ax.axvline(best_epoch, color=MUTED, linewidth=0.8, linestyle=":")
    lower.plot([best_epoch], [row["val_ap50"]], "o", color=GREEN, markersize=8, markerfacecolor="none",
               markeredgewidth=1.8)  # fmt: skip
    left = best_epoch > history["epoch"].mean()
    lower.annotate(f"kept: epoch {best_epoch}", (best_epoch, 0.03), (-4 if left else 4, 0), fontsize=9.5,
                   ha="right" if left else "left", va="bottom", xycoords=("data", "axes fraction"),
                   textcoords="offset points")  # fmt: skip
    upper.set(ylabel="loss", title="loss, and average precision on validation pictures")
    lower.set(xlabel="epoch", ylabel="precision", ylim=(-0.03, 1.03))
    for ax, labels in ends.items():
        end_labels(ax, labels, gap=0.14)
    return describe(
        fig,
        f"Training loss from {history['train_loss'].iloc[0]:.2f} to {history['train_loss'].iloc[-1]:.2f} in "
        f"{len(history)} epochs. Epoch {best_epoch} was kept: validation AP50 {row['val_ap50']:.2f}, AP "
        f"{row['val_ap']:.2f}, loss {row['val_loss']:.2f}.",
    )


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
        draw_estimate(ax, row, height, style.color, style.marker, size=7.5)
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
        starts, widths = (0, row.found, 0), (row.found, row.missed, -row.false)
        for (kind, (colour, hatch)), start, width in zip(KINDS.items(), starts, widths, strict=True):
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


def describe_marks(
    found: pd.DataFrame, photos: pd.DataFrame, truth: pd.DataFrame, left_out: pd.DataFrame, how: Sequence[str] = ()
) -> Html:
    """Read the annotations: pictures with and without one, faces marked, and what was not used.

    found: path, annotation ("" for none). photos: those with an annotation that decode. truth: their faces.
    left_out: reason of every annotation that is not used. how: as of `voc.Voc.said`.
    """
    unmarked = int((found["annotation"] == "").sum())
    faceless = int((~photos["photo_id"].isin(truth["photo_id"])).sum())
    said = f"{counted(len(truth), 'face')} marked on {counted(len(photos) - faceless, 'picture')}"
    said += f"; {counted(faceless, 'more picture')} marked as without a face" if faceless else ""
    said += f". {counted(unmarked, 'picture')} without a usable annotation: not used." if unmarked else "."
    said += "".join(f" {what[:1].upper()}{what[1:]}." for what in how)
    if left_out.empty:
        return note(f"{said} Every annotation is used.")
    top = ", ".join(f"{count} {reason}" for reason, count in left_out["reason"].value_counts().head(4).items())
    return note(f"{said} {counted(len(left_out), 'annotation')} not used: {top}.")


def describe_faces(photos: pd.DataFrame, truth: pd.DataFrame) -> Html:
    """Read the split: pictures and faces of each part. photos: photo_id, split."""
    split = photos.set_index("photo_id")["split"]
    faces = truth["photo_id"].map(split).value_counts()
    said = [
        f"{part} {counted(int(pictures), 'picture')} with {counted(int(faces.get(part, 0)), 'face')}"
        for part, pictures in split.value_counts().reindex(["train", "val", "test"]).dropna().items()
    ]
    return note(f"No group of near-duplicates is cut: {'; '.join(said)}.")


def describe_detector_training(history: pd.DataFrame, best_epoch: int) -> Html:
    """Read the curves: which epoch was kept, and whether the end of the run was any better."""
    best, last = history[history["epoch"] == best_epoch].iloc[0], history.iloc[-1]
    after = f" (after the last one {last['val_ap50']:.2f} and {last['val_ap']:.2f})"
    return note(
        f"Of {counted(len(history), 'epoch')}, number {best_epoch + 1} is kept: validation AP50 "
        f"{best['val_ap50']:.2f}, AP {best['val_ap']:.2f}{'' if best_epoch == last['epoch'] else after}. It was chosen "
        f"by these pictures, so they flatter it; the test pictures do not."
    )


def describe_detection(scores: pd.DataFrame, confidence: float) -> Html:
    """Read each detector's AP50, and what it finds at a confidence. scores: detector, metric, value, low, high, n."""
    said = []
    for detector, rows in scores.groupby("detector", sort=False):
        ap, own = rows.set_index("metric").loc["AP50"], rows.set_index("metric")["value"]
        right = f", and {percent(own['precision'])} of what it calls a face is one"
        said.append(
            f"{detector} has an AP50 of {interval(ap['value'], ap['low'], ap['high'])}; from a score of "
            f"{confidence:g} on it finds {percent(own['recall'])} of the faces"
            f"{'' if is_missing(own['precision']) else right}"
        )
    return note(f"Of {counted(int(scores['n'].iloc[0]), 'true face')} on the test pictures: {'. '.join(said)}.")


def detectors_test(comparison: pd.DataFrame) -> Html:
    """Return the paired test as a table. comparison: as `describe_detector_test`."""
    said = {side: comparison[side] + ", " + comparison["metric"] for side in ("a", "b")}
    caption = "paired tests on the same pictures: the share of a picture's faces found, and AP50"
    return paired_table(comparison.assign(**said), metric="the share or AP50", caption=caption)


def describe_detector_test(comparison: pd.DataFrame) -> Html:
    """Read the paired test: metric (found, AP50), a, b, difference, low, high, p_adjusted, verdict, n (pictures)."""
    said = []
    for row in comparison.itertuples():
        by = f"by the {NAMES[row.metric]}"
        if row.verdict == "not distinguishable":
            said.append(f"{by} {row.a} and {row.b} can't be told apart on {row.n} pictures")
        else:
            better, worse = (row.a, row.b) if row.verdict == "A better" else (row.b, row.a)
            size = f"{abs(row.difference):.2f} on {row.n} pictures (adjusted p {row.p_adjusted:.4f})"
            said.append(f"{by} {better} is better than {worse} by {size}")
    words = "; ".join(said)
    return note(f"{words[:1].upper()}{words[1:]}.")


def describe_misses(counts: pd.DataFrame, detector: str) -> Html:
    """Read what one detector missed. counts: detector, photo_id, found, missed, false."""
    own = counts[counts["detector"] == detector]
    whole = int(((own["missed"] == 0) & (own["false"] == 0)).sum())
    return note(
        f"{detector}: {counted(int(own['missed'].sum()), 'face')} missed and {int(own['false'].sum())} false on "
        f"{counted(len(own), 'picture')}; {whole} of them without any mistake."
    )


def detector_card(scores: pd.DataFrame, ours: str, other: str) -> tuple[str, list[dict[str, object]]]:
    """Return sentence and numbers of the detector's card on the index. scores: as `describe_detection`."""
    rows = scores.set_index(["detector", "metric"])
    mine, theirs = rows.loc[(ours, "AP50")], rows.loc[(other, "AP50")]
    sentence = (
        f"Trained on pictures that were marked by hand, our detector reaches an AP50 of {interval(mine['value'])} on "
        f"unseen ones; {other} reaches {interval(theirs['value'])}."
    )
    parts = [("AP50, ours", mine), (f"AP50, {other}", theirs), ("faces found, ours", rows.loc[(ours, "recall")])]
    return sentence, [number(label, row) for label, row in parts if pd.notna(row["value"])]
