"""Figures of the raw material: photos, refused files, pairs, sizes, faces found, and who was copied when."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from likeness.report.html_text import percent
from likeness.report.marks import name_rows, write_beside
from likeness.report.palette import BLUE, GREY, GRID, INK, MUTED, ORANGE, SPLITS
from likeness.report.style import MANY_DOTS, canvas, describe, end_at, styled

BAR = 0.24  # inches of height per bar, so that labels never touch
MOST, ROLE_MODELS = 40, 15  # bars, and role models, that a figure shows at most


@styled
def split_figure(photos: pd.DataFrame, by: str) -> Figure:
    """Bars: photos per `by`, the largest on top, coloured by split; a label counts the rest. photos: `by`, split."""
    counts = _counts(photos, by).head(MOST)
    rest = photos[by].nunique() - len(counts)
    fig = _stacked(counts, f"photos per {by}")
    if rest:
        fig.axes[0].set_xlabel(f"photos; {rest} smaller {by}s are not shown")
    largest, smallest = counts.iloc[0], counts.iloc[-1]
    totals = ", ".join(f"{photos['split'].eq(s).sum():,} {s}" for s in counts.columns)
    alt = (
        f"Bars of photos per {by}, {len(counts)} bars. Most: {largest.name} ({largest.sum()}); "
        f"fewest: {smallest.name} ({smallest.sum()}). In all {len(photos):,} photos: {totals}."
    )
    return describe(fig, alt)


@styled
def pairs_figure(pairs: pd.DataFrame) -> Figure:
    """Bars: pairs of each kind, coloured by split, positives on top in bold. pairs: kind, same (bool), split."""
    counts = _counts(pairs, "kind")
    positive = pairs.groupby("kind")["same"].first()
    counts = counts.loc[sorted(counts.index, key=lambda kind: (not positive[kind], -counts.loc[kind].sum(), kind))]
    fig = _stacked(counts, "pairs of each kind")
    for tick, kind in zip(fig.axes[0].get_yticklabels(), counts.index, strict=True):
        tick.set_fontweight("bold" if positive[kind] else "normal")
    fig.axes[0].set_xlabel("pairs (bold: the same pose)")
    said = "; ".join(f"{kind}: {', '.join(f'{n} {s}' for s, n in row.items())}" for kind, row in counts.iterrows())
    return describe(fig, f"Bars of pairs per kind and split. {said}.")


@styled
def quarantine_figure(quarantine: pd.DataFrame) -> Figure:
    """Horizontal bars: refused files per reason, the most frequent on top. quarantine: column reason."""
    counts = quarantine["reason"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    fig, ax = canvas(_height(len(counts)))
    ax.set_title("files in quarantine, by reason")
    _bars(ax, counts.to_numpy(), ORANGE)
    _finish(ax, counts.index, counts.to_numpy(), "files")
    said = ", ".join(f"{n} {reason}" for reason, n in counts.items())
    return describe(fig, f"Bars of files in quarantine by reason: {said or 'none'}.")


@styled
def size_figure(photos: pd.DataFrame) -> Figure:
    """Width against height [px], one dot a photo, with lines of equal shape. photos: columns width, height."""
    fig, ax = canvas(3.8)
    width, height = photos["width"].to_numpy(float), photos["height"].to_numpy(float)
    largest = max(width.max(), height.max()) * 1.08
    for ratio, name in ((3 / 4, "3:4"), (1.0, "1:1"), (4 / 3, "4:3")):
        x = min(largest, largest * ratio)
        ax.plot([0, x], [0, x / ratio], color=GRID, linewidth=1, zorder=0)
        end_at(ax, x, x / ratio, name, color=MUTED, annotation_clip=False)
    ax.scatter(width, height, s=16, color=BLUE, alpha=0.45, linewidths=0, rasterized=len(photos) > MANY_DOTS)
    ax.set(xlim=(0, largest), ylim=(0, largest), xlabel="width [px]", ylabel="height [px]", title="sizes of the photos")
    ax.set_aspect("equal")
    landscape = (width > height).mean()
    alt = (
        f"Dots of width against height for {len(photos):,} photos: {width.min():.0f} to {width.max():.0f} px wide, "
        f"{height.min():.0f} to {height.max():.0f} px high, {percent(landscape)} landscape."
    )
    return describe(fig, alt)


@styled
def role_model_figure(models: pd.DataFrame, photos: pd.DataFrame) -> Figure:
    """A date axis per arrangement: the first photo (large), the later ones that copy it (ticks), most copied on top.

    models: as compare.role_models gives: arrangement, role_model, taken_at, copies, last_at.
    photos: photo_id, arrangement, taken_at: every dated photo of a named arrangement becomes a tick.
    """
    if models.empty:
        raise ValueError("role_model_figure: no arrangement was copied; show a note instead")
    shown = models.head(ROLE_MODELS).reset_index(drop=True)
    fig, ax = canvas(1.15 + 0.29 * len(shown))
    for row in shown.itertuples():
        ax.plot([row.taken_at, row.last_at], [row.Index] * 2, color=GREY, linewidth=1)
        later = photos[photos["arrangement"].eq(row.arrangement) & photos["taken_at"].gt(row.taken_at)]["taken_at"]
        ax.plot(later, np.full(len(later), row.Index), "|", color=BLUE, markersize=9, markeredgewidth=1.4)
        ax.plot([row.taken_at], [row.Index], "o", color=INK, markersize=6.5)
        ax.text(1.02, row.Index, "1 copy" if row.copies == 1 else f"{row.copies} copies",
                transform=ax.get_yaxis_transform(), va="center", fontsize=9.5)  # fmt: skip
    names = shown["arrangement"].fillna(shown["role_model"]).tolist()
    name_rows(ax, names)
    ax.set_xlabel("date taken (dot: the role model; ticks: later photos)")
    top = shown.iloc[0]
    alt = (
        f"Timeline of {len(shown)} of {len(models)} role models. Most copied: {names[0]}, first photographed "
        f"{top['taken_at']:%Y-%m-%d}, {top['copies']} later photos."
    )
    return describe(fig, alt)


@styled
def sweep_figure(sweep: pd.DataFrame, chosen: float) -> Figure:
    """Photos with a face against the confidence that a face needs; the chosen threshold is marked.

    sweep: threshold (ascending, in [0, 1]), kept (photos with a face as sure). `chosen` is read off the line.
    """
    fig, ax = canvas(2.9)
    ax.plot(sweep["threshold"], sweep["kept"], color=BLUE, marker="o", markersize=3)
    kept = round(float(np.interp(chosen, sweep["threshold"], sweep["kept"])))
    ax.axvline(chosen, color=MUTED, linewidth=1, linestyle=":")
    write_beside(ax, chosen, f"chosen: {chosen:g} keeps {kept:,}", sweep["threshold"].mean(), gap=4)
    ax.set_ylim(0, max(sweep["kept"].max(), 1) * 1.18)
    ax.set(xlabel="confidence from which a face counts", ylabel="photos with a face", title="kept photos")
    ax.grid(axis="y")
    first, last = sweep.iloc[0], sweep.iloc[-1]
    return describe(
        fig,
        f"Photos with a face fall from {int(first['kept']):,} at a confidence of {first['threshold']:g} to "
        f"{int(last['kept']):,} at {last['threshold']:g}; the chosen {chosen:g} keeps {kept:,}.",
    )


def _counts(table: pd.DataFrame, rows: str) -> pd.DataFrame:
    """Counts (rows x splits), largest row first, ties by name; unknown rows are called (none)."""
    named = table[rows].astype(object).where(table[rows].notna(), "(none)")
    counts = pd.crosstab(named, table["split"])
    counts = counts[[split for split in SPLITS if split in counts.columns]]
    return counts.loc[sorted(counts.index, key=lambda row: (-counts.loc[row].sum(), str(row)))]


def _height(bars: int) -> float:
    return 0.95 + BAR * max(bars, 2)


def _stacked(counts: pd.DataFrame, title: str) -> Figure:
    """Stacked horizontal bars with the total at each end and the splits named above."""
    fig, ax = canvas(_height(len(counts)) + 0.2)
    left = np.zeros(len(counts))
    for split in counts.columns:
        _bars(ax, counts[split].to_numpy(), SPLITS[split], left, label=split)
        left += counts[split].to_numpy()
    _finish(ax, counts.index, left, title.split(" ")[0])
    ax.set_title(title)
    fig.legend(loc="outside upper right", ncols=len(counts.columns), handlelength=1, columnspacing=1.2)
    return fig


def _bars(ax: Axes, length: np.ndarray, colour: str, left: np.ndarray | float = 0, label: str = "") -> None:
    ax.barh(np.arange(len(length)), length, left=left, color=colour, height=0.72, linewidth=0, label=label)


def _finish(ax: Axes, rows: pd.Index, totals: np.ndarray, unit: str) -> None:
    """Names at the left, totals at the right of each bar, first row on top."""
    name_rows(ax, rows)
    for row, total in enumerate(totals):
        end_at(ax, total, row, f"{int(total):,}", color=INK)
    ax.set_xlim(0, max(totals, default=1) * 1.12 or 1)
    ax.set_xlabel(unit)
    ax.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
