"""Figures of embeddings: the space seen from above, and the similarity of same and different pairs."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA

from likeness.report.html_text import counted, percent
from likeness.report.marks import draw_shares
from likeness.report.palette import DIFFERENT, INK, MUTED, SAME, SERIES
from likeness.report.style import MANY_DOTS, canvas, describe, shorten, spread, styled

BINS = 40
MARKERS = ("o", "^", "s", "D", "v", "P", "X")


@styled
def space_figure(features: np.ndarray, labels: pd.Series, title: str = "photos in the feature space") -> Figure:
    """The embedding space in its two principal components, one dot a photo, labels at the groups' medians.

    features: (n, dim) float, n >= 2. labels: (n,) names (sites), missing ones grey.
    Colours and markers repeat after 8 and 7 names, together after 56; the names stand in the picture, and each dot says
    its own under the pointer. Of more than MANY_DOTS photos the components are those of a seeded sample of so many, and
    the dots are drawn as pixels.
    """
    if len(features) != len(labels):
        raise ValueError(f"{len(features)} feature rows but {len(labels)} labels: give one label per row")
    some = features
    if len(features) > MANY_DOTS:
        some = features[np.sort(np.random.default_rng(0).choice(len(features), MANY_DOTS, replace=False))]
    analysis = PCA(2, svd_solver="full").fit(some)
    points, names = analysis.transform(features), labels.reset_index(drop=True)
    fig, ax = canvas(4.6)
    flat = {"linewidths": 0, "rasterized": len(points) > MANY_DOTS}
    ax.scatter(*points[names.isna()].T, s=14, color=MUTED, alpha=0.5, **flat)
    groups = sorted(names.dropna().unique())
    for index, name in enumerate(groups):
        colour, marker = SERIES[index % 7], MARKERS[index % len(MARKERS)]
        own = {"color": colour, "marker": marker, "gid": f"title: {name}"}
        ax.scatter(*points[names.eq(name)].T, s=20, alpha=0.6, **own, **flat)
    _name_groups(ax, points, names, groups)
    first, second = analysis.explained_variance_ratio_
    ax.set(xticks=[], yticks=[], title=title)
    ax.set_xlabel(f"principal components 1 ({percent(first)} of the variance) and 2 ({percent(second)})")
    alt = (
        f"Scatter of {len(points):,} photos in the first two principal components ({percent(first + second)} of the "
        f"variance), coloured by {labels.name or 'group'}: {', '.join(map(str, groups))}."
    )
    return describe(fig, alt)


def _name_groups(ax, points: np.ndarray, names: pd.Series, groups: list[str]) -> None:
    """Names in two columns of the margins, led to the groups' medians: they hide no dot and never overlap."""
    if not groups:
        return
    middles = np.array([np.median(points[names.eq(name)], axis=0) for name in groups])
    ax.margins(0.03)
    transform = ax.transData + ax.transAxes.inverted()
    fractions = transform.transform(middles)
    right = fractions[:, 0] >= np.median(fractions[:, 0])
    for side, x, align in ((~right, -0.03, "right"), (right, 1.03, "left")):
        for at, y in zip(np.flatnonzero(side), spread(fractions[side, 1], 0.07, 0.02, 0.98), strict=True):
            name = shorten(groups[at], 24)
            line = {"arrowstyle": "-", "color": SERIES[at % 7], "linewidth": 0.9, "shrinkA": 0, "shrinkB": 2}
            ax.annotate(
                name, middles[at], (x, y), textcoords="axes fraction", ha=align, va="center", color=INK,
                fontsize=9.5, arrowprops={**line, "relpos": (0.0 if align == "left" else 1.0, 0.5)},
            )  # fmt: skip
    for spine in ax.spines.values():
        spine.set_visible(False)


@styled
def similarity_figure(similarity: ArrayLike, same: ArrayLike) -> Figure:
    """Distributions of the cosine similarity for same and different pairs, each as a share of its kind.

    similarity: (n,) float, NaN where undefined (counted in the axis label). same: (n,) bool.
    """
    values, same = np.asarray(similarity, float), np.asarray(same, bool)
    if values.shape != same.shape:
        raise ValueError(f"{values.shape} similarities but {same.shape} answers: give one per pair")
    known = np.isfinite(values)
    fig, ax = canvas(3.2)
    edges = np.histogram_bin_edges(values[known], BINS) if known.any() else np.linspace(0, 1, BINS + 1)
    said = []
    for chosen, colour, label, dash in ((same, SAME, "same", "-"), (~same, DIFFERENT, "different", "--")):
        part = values[known & chosen]
        draw_shares(ax, part, edges, colour, dash, f"{label} ({counted(len(part), 'pair')})")
        said += [f"{label}: median {np.median(part):.2f}"] if len(part) else []
    ax.yaxis.set_major_formatter(lambda share, _: percent(share))
    missing = f"; undefined for {(~known).sum():,}" if not known.all() else ""
    ax.set_xlabel(f"cosine similarity (larger = more alike{missing})")
    ax.set_ylabel("share of pairs")
    fig.legend(loc="outside upper left", ncols=2)
    return describe(fig, f"Histograms of cosine similarity, {'; '.join(said)}.")
