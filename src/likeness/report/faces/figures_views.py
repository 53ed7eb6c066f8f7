"""Figures of what the views hold: similarity of the same and of different people, the variance that whitening keeps."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score

from likeness.report.faces.figures_faces import view_style
from likeness.report.html_text import counted, percent
from likeness.report.palette import DIFFERENT, INK, SAME
from likeness.report.style import EndLabel, canvas, describe, end_labels, styled

LABELS = ("same person", "different people")


def known_pairs(features: NDArray, owners: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the cosine similarity of every pair of rows whose identity is known, and whether it is the same person.

    features: (n, dim). owners: photo_id, identity ("" unknown), and optionally duplicate_group, in the order of the
    rows. Pairs within one picture, and of near-duplicates, are left out: they are no news.
    """
    if len(features) != len(owners):
        raise ValueError(f"{len(features)} feature rows for {len(owners)} owners: give one each")
    known = np.flatnonzero(owners["identity"].fillna("").ne("").to_numpy())
    unit = np.asarray(features, float)[known]
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    first, second = np.triu_indices(len(known), k=1)
    rows = owners.iloc[known]
    apart = np.ones(len(first), bool)
    for column in {"photo_id", "duplicate_group"} & set(rows):
        names = rows[column].to_numpy(object)
        apart &= names[first] != names[second]
    names = rows["identity"].to_numpy(object)
    return (unit @ unit.T)[first, second][apart], (names[first] == names[second])[apart]


def separation(similarity: ArrayLike, same: ArrayLike) -> float:
    """Return how often a pair of the same person is more alike than a pair of two people (AUC); NaN with one kind."""
    same = np.asarray(same, bool)
    return float(roc_auc_score(same, similarity)) if same.any() and not same.all() else float("nan")


@styled
def pair_similarity_figure(
    pairs: Mapping[str, tuple[ArrayLike, ArrayLike]], bins: int = 40, alt: str | None = None
) -> Figure:
    """A row a view: how alike pairs of the same person are, and pairs of different people, each a share of its kind.

    pairs: {view: (similarity (n,), same (n,) bool)}, as `known_pairs` gives. Each view has a scale of its own.
    """
    if not pairs:
        raise ValueError("pair_similarity_figure: no view to draw; show a note instead")
    fig, axes = canvas(0.75 + 1.45 * len(pairs), len(pairs), 1, squeeze=False)
    said = [_kinds(ax, view, *both, bins) for ax, (view, both) in zip(axes[:, 0], pairs.items(), strict=True)]
    axes[-1, 0].set_xlabel("cosine similarity (larger = more alike; each view has a scale of its own)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper right", ncols=2)
    return describe(fig, alt or f"Histograms of the cosine similarity of pairs by view. {' '.join(said)}")


def _kinds(ax: Axes, view: str, similarity: ArrayLike, same: ArrayLike, bins: int) -> str:
    values, same = np.asarray(similarity, float), np.asarray(same, bool)
    edges = np.histogram_bin_edges(values, bins) if len(values) else np.linspace(0, 1, bins + 1)
    for chosen, colour, label, dash in ((same, SAME, LABELS[0], "-"), (~same, DIFFERENT, LABELS[1], "--")):
        share = np.histogram(values[chosen], edges)[0] / max(int(chosen.sum()), 1)
        ax.stairs(share, edges, color=colour, fill=True, alpha=0.18, linewidth=0)
        ax.stairs(share, edges, color=colour, linewidth=1.8, linestyle=dash, label=label)
    area = separation(values, same)
    ax.set_title(f"{view}: AUC {area:.2f}" if np.isfinite(area) else view)
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10], min_n_ticks=2))
    counts = f"{counted(int(same.sum()), 'pair')} of the same person, {int((~same).sum()):,} of others"
    return f"{view}: {counts}{f', AUC {area:.2f}' if np.isfinite(area) else ''}."


@styled
def variance_figure(ratios: Mapping[str, ArrayLike], alt: str | None = None) -> Figure:
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
    ax.set(ylim=(0, 1.03), xlabel="components kept by the whitening")
    ax.set_ylabel("share of the variance", color=INK)
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    ax.grid(axis="y")
    end_labels(ax, ends, gap=0.09)
    return describe(fig, alt or f"Lines of the variance that the components hold together. {'; '.join(said)}.")
