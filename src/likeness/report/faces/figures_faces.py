"""Figures of the faces study: how far a view tells people apart, views side by side, and the weight of the face."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score

from likeness.report.faces.tables_faces import RANDOM, order_of_models
from likeness.report.figures_features import space_figure
from likeness.report.html_text import counted, percent, signed
from likeness.report.marks import (
    draw_estimate,
    draw_interval,
    draw_shares,
    message_figure,
    name_rows,
    write_at_right,
    write_beside,
)
from likeness.report.palette import BLUE, DIFFERENT, GREY, INK, MUTED, OCHRE, ORANGE, PURPLE, SAME, LineStyle
from likeness.report.style import EndLabel, canvas, describe, end_labels, fold, shorten, styled

VIEWS = {
    "general": LineStyle(BLUE, "-", "s"),
    "face": LineStyle(ORANGE, "-", "o"),
    "faces": LineStyle(OCHRE, "--", "^"),
    "combined": LineStyle(PURPLE, "-", "D"),
}
ROW = 0.28  # inches a row
BINS = 40
SWEPT = {
    "identity recall@1": ("recall_at_1", LineStyle(ORANGE, "-", "o")),
    "artist share@5": ("artist_share_at_5", LineStyle(BLUE, "--", "s")),
}


def view_style(view: str) -> LineStyle:
    """Return colour, dash and marker that stand for a view in every figure."""
    return VIEWS.get(view, LineStyle(GREY, ":", "v"))


def separation(similarity: ArrayLike, same: ArrayLike) -> float:
    """Return how often a pair of the same person is more alike than a pair of two people (AUC); NaN with one kind.

    >>> separation([0.9, 0.4, 0.6, 0.2], [True, True, False, False])
    0.75
    """
    same = np.asarray(same, bool)
    return float(roc_auc_score(same, similarity)) if same.any() and not same.all() else float("nan")


@styled
def pair_similarity_figure(pairs: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """A row a view: how alike pairs of the same person are, and pairs of different people, each a share of its kind.

    pairs: {view: (similarity (n,), same (n,) bool)}, as `compare.face_pairs` gives. Each view has a scale of its own.
    """
    if not pairs:
        raise ValueError("pair_similarity_figure: no view to draw; show a note instead")
    fig, axes = canvas(0.75 + 1.45 * len(pairs), len(pairs), 1, squeeze=False)
    said = [_draw_kinds(ax, view, *both) for ax, (view, both) in zip(axes[:, 0], pairs.items(), strict=True)]
    axes[-1, 0].set_xlabel("cosine similarity (larger = more alike; each view has a scale of its own)")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return describe(fig, f"Histograms of the cosine similarity of pairs by view. {' '.join(said)}")


def features_figure(pairs: Mapping[str, tuple[ArrayLike, ArrayLike]], general: NDArray, splits: pd.Series) -> Figure:
    """Return the figure that stands for the features: how far people are apart, or all pictures where nobody is known.

    pairs: as for `pair_similarity_figure`. general: (pictures, dim). splits: of the pictures.
    """
    return pair_similarity_figure(pairs) if pairs else space_figure(general, splits, "pictures")


def _draw_kinds(ax: Axes, view: str, similarity: ArrayLike, same: ArrayLike) -> str:
    """Draw one view's two histograms; return what the alternative text says of it."""
    values, same = np.asarray(similarity, float), np.asarray(same, bool)
    edges = np.histogram_bin_edges(values, BINS) if len(values) else np.linspace(0, 1, BINS + 1)
    for chosen, colour, label, dash in ((same, SAME, "same person", "-"), (~same, DIFFERENT, "different people", "--")):
        draw_shares(ax, values[chosen], edges, colour, dash, label)
    area = separation(values, same)
    ax.set_title(f"{view}: AUC {area:.2f}" if np.isfinite(area) else view)
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10], min_n_ticks=2))
    counts = f"{counted(int(same.sum()), 'pair')} of the same person, {int((~same).sum()):,} of others"
    return f"{view}: {counts}{f', AUC {area:.2f}' if np.isfinite(area) else ''}."


@styled
def variance_figure(ratios: Mapping[str, ArrayLike]) -> Figure:
    """Share of the variance that the first principal components hold together, one line a view.

    ratios: {view: (components,) share of the variance of each, descending}, as a PCA gives.
    """
    if not ratios:
        raise ValueError("variance_figure: nothing was whitened; show a note instead")
    fig, ax = canvas(3.2)
    ends, said = [], []
    for name, ratio in ratios.items():
        total, style = np.cumsum(np.asarray(ratio, float)), view_style(name.rpartition(" ")[2])
        ax.plot(np.arange(1, len(total) + 1), total, color=style.color, linestyle=style.linestyle)
        ends.append(EndLabel(total[-1], f"{name} {percent(total[-1])}", style))
        said.append(f"{name}: {percent(total[-1])} with {counted(len(total), 'component')}")
    ax.set(ylim=(0, 1.03), xlabel="components kept by the whitening", ylabel="share of the variance")
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    ax.grid(axis="y")
    end_labels(ax, ends, gap=0.09)
    return describe(fig, f"Lines of the variance that the components hold together. {'; '.join(said)}.")


@styled
def views_figure(scores: pd.DataFrame, label: str) -> Figure:
    """A panel a measure, a row a network and view, the best by the first measure on top; bars are 95 % intervals.

    scores: scheme, model, label, measure, value, low, high, view ("" for the baseline), as `face_scores` gives; all
    measures in [0, 1], larger = better. label: identity or artist. The random ranking is a dotted line; the naive
    number an upright dash. Raises ValueError where there is nothing to draw, or two numbers for one mark.
    """
    own = scores[scores["label"] == label]
    models = [model for model in order_of_models(own) if model != RANDOM]
    if not models:
        raise ValueError(f"views_figure: no score for the label {label!r}; show a note instead")
    twice = own[own.duplicated(["scheme", "model", "measure"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(f"views_figure: {row['model']} has two rows of {row['measure']}; filter the split first")
    measures = list(dict.fromkeys(own["measure"]))
    fig, axes = canvas(1.25 + ROW * max(len(models), 2), 1, len(measures), sharey=True, squeeze=False)
    for ax, measure in zip(axes[0], measures, strict=True):
        _draw_views(ax, own[own["measure"] == measure], models)
        ax.set_title(measure, fontsize=10.5)
        name_rows(ax, models, most=26)
    fig.supxlabel("marks: honest, with 95 % interval; upright dashes: naive; dotted: chance", fontsize=10, color=INK)
    first = own[(own["measure"] == measures[0]) & (own["scheme"] == "honest")].set_index("model")["value"]
    said = ", ".join(f"{model} {first[model]:.2f}" for model in models if model in first)
    words = f"Dots of {label} {', '.join(measures)} by network and view. {measures[0]}, best first: {said}"
    return describe(fig, f"{words}{f'; {RANDOM} {first[RANDOM]:.2f}' if RANDOM in first else ''}.")


def _draw_views(ax: Axes, rows: pd.DataFrame, models: list[str]) -> None:
    for row in rows.itertuples():
        if row.model == RANDOM:
            if row.scheme == "honest":
                ax.axvline(row.value, color=MUTED, linewidth=1, linestyle=":")
            continue
        at, style = models.index(row.model), view_style(row.view)
        if row.scheme == "naive":
            ax.plot([row.value], [at], "|", markersize=13, markeredgewidth=1.3, color=style.color, clip_on=False)
            continue
        draw_estimate(ax, row, at, style.color, style.marker, size=5.5, clip_on=False)
    ax.set_xlim(-0.04, 1.04)
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.grid(axis="x")


@styled
def difference_figure(comparisons: pd.DataFrame, name: str) -> Figure:
    """Each comparison as A minus B with its 95 % interval, the largest on top; hollow where the test cannot tell.

    comparisons: a, b, difference, low, high, verdict, as `face_scores` and `compare_models` give. name: of the measure.
    """
    if comparisons.empty:
        raise ValueError("difference_figure: nothing was compared; show a note instead")
    table = comparisons.assign(size=-comparisons["difference"].abs()).sort_values(["size", "a", "b"], ignore_index=True)
    fig, ax = canvas(1.0 + ROW * max(len(table), 2))
    ax.axvline(0, color=MUTED, linewidth=1)
    for row in table.itertuples():
        clear = row.verdict != "not distinguishable"
        colour = INK if clear else MUTED
        draw_interval(ax, row, row.Index, colour, width=2.2)
        ax.plot([row.difference], [row.Index], "o", color=colour, markersize=7,
                markerfacecolor=colour if clear else "none")  # fmt: skip
        write_at_right(ax, row.Index, signed(row.difference))
    name_rows(ax, [_against(row.a, row.b) for row in table.itertuples()])
    fig.supxlabel(f"difference in {name}, 95 % interval (hollow: not distinguishable)", fontsize=10.5, color=INK)
    ax.grid(axis="x")
    said = "; ".join(f"{row.a} minus {row.b} {row.difference:+.2f}, {row.verdict}" for row in table.itertuples())
    return describe(fig, f"Differences in {name} with intervals, the largest first: {said}.")


def _against(a: str, b: str) -> str:
    """Return "resnet50: face − general" for two views of one network, else both names."""
    network, _, view = a.rpartition(", ")
    other, _, second = b.rpartition(", ")
    same = network and network == other
    return f"{network}: {view} − {second}" if same else f"{shorten(a, 20)} − {shorten(b, 20)}"


@styled
def weight_figure(sweep: pd.DataFrame, chosen: Mapping[str, float]) -> Figure:
    """A panel a network: kept character and kept style against the weight of the face; bands are 95 % intervals.

    sweep: network, weight in [0, 1] (0: the whole picture alone, 1: the face alone), recall_at_1, artist_share_at_5,
    each with _low and _high (NaN: no such label), as `compare.weight_sweep` gives; without any label a sentence is
    drawn. chosen: {network: the weight that validation queries chose}, marked.
    """
    measures = {name: SWEPT[name] for name in SWEPT if sweep[SWEPT[name][0]].notna().any()}
    if not measures:
        return message_figure("No person or artist is known to choose by.")
    networks = list(dict.fromkeys(sweep["network"]))
    fig, axes = canvas(3.3, 1, len(networks), sharey=True, squeeze=False)
    said = []
    for ax, network in zip(axes[0], networks, strict=True):
        rows, weight = sweep[sweep["network"] == network].sort_values("weight"), chosen[network]
        _draw_weights(ax, rows, measures)
        ax.axvline(weight, color=MUTED, linewidth=1.2, linestyle="--")
        write_beside(ax, weight, f"chosen: {weight:g}", 0.5)
        ax.set_title(fold(network, 24), fontsize=10.5)
        ends = [
            f"{name} {rows[column].iloc[0]:.2f} to {rows[column].iloc[-1]:.2f}"
            for name, (column, _) in measures.items()
        ]
        tried = f"from weight {rows['weight'].iloc[0]:g} to {rows['weight'].iloc[-1]:g}"
        said.append(f"{network}, {tried}: {', '.join(ends)}; chosen {weight:g}.")
    axes[0, 0].set_ylabel("share")
    fig.supxlabel("weight of the face (0: whole picture alone, 1: face alone)", fontsize=10.5, color=INK)
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return describe(fig, f"Lines against the weight of the face. {' '.join(said)}")


def _draw_weights(ax: Axes, rows: pd.DataFrame, measures: Mapping[str, tuple[str, LineStyle]]) -> None:
    """Draw one network's lines and bands. rows: ascending by weight."""
    for name, (column, style) in measures.items():
        ax.plot(rows["weight"], rows[column], **style._asdict(), markersize=4.5, label=name)
        band = rows[[f"{column}_low", f"{column}_high"]].astype(float)
        ax.fill_between(rows["weight"], *band.to_numpy().T, color=style.color, alpha=0.14, linewidth=0)
    ax.set(xlim=(-0.03, 1.03), ylim=(0, 1.12))
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(axis="y")
