"""Figures of the faces study: every network and view side by side, differences, and the weight of the face."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from likeness.report.faces.tables_faces import RANDOM, order_of_models
from likeness.report.html_text import is_missing, signed
from likeness.report.likability.figures_likes import message_figure
from likeness.report.palette import BLUE, GREY, INK, MUTED, OCHRE, ORANGE, PURPLE, LineStyle
from likeness.report.style import canvas, describe, shorten, styled

VIEWS = {
    "general": LineStyle(BLUE, "-", "s"),
    "face": LineStyle(ORANGE, "-", "o"),
    "faces": LineStyle(OCHRE, "--", "^"),
    "combined": LineStyle(PURPLE, "-", "D"),
}
ROW = 0.28  # inches a row
SWEPT = {
    "identity recall@1": ("recall_at_1", LineStyle(ORANGE, "-", "o")),
    "artist share@5": ("artist_share_at_5", LineStyle(BLUE, "--", "s")),
}


def view_style(view: str) -> LineStyle:
    """Return colour, dash and marker that stand for a view in every figure."""
    return VIEWS.get(view, LineStyle(GREY, ":", "v"))


@styled
def views_figure(scores: pd.DataFrame, label: str = "identity", alt: str | None = None) -> Figure:
    """A panel a measure, a row a network and view, the best by the first measure on top; bars are 95 % intervals.

    scores: scheme, model, label, measure, value, low, high, view ("" for the baseline), as `face_scores` gives; all
    measures in [0, 1], larger = better. The random ranking is a dotted line; the naive number an upright dash.
    Raises ValueError where there is nothing to draw, or two numbers for one mark.
    """
    own = scores[scores["label"] == label]
    models = [model for model in order_of_models(own) if model != RANDOM]
    if not models:
        raise ValueError(f"views_figure: no score for the label {label!r}; show a note instead")
    keys = ["scheme", "model", "measure"]
    if own.duplicated(keys).any():
        twice = own[own.duplicated(keys)].iloc[0]
        raise ValueError(f"views_figure: {twice['model']} has two rows of {twice['measure']}; filter the split first")
    measures = list(dict.fromkeys(own["measure"]))
    fig, axes = canvas(1.25 + ROW * max(len(models), 2), 1, len(measures), sharey=True, squeeze=False)
    for ax, measure in zip(axes[0], measures, strict=True):
        _panel(ax, own[own["measure"] == measure], models, measure)
    axes[0, 0].set_yticks(range(len(models)), [shorten(model, 26) for model in models], color=INK)
    axes[0, 0].set_ylim(len(models) - 0.4, -0.6)
    fig.supxlabel("marks: honest, with 95 % interval; upright dashes: naive; dotted: chance", fontsize=10, color=INK)
    first = own[(own["measure"] == measures[0]) & (own["scheme"] == "honest")].set_index("model")["value"]
    said = ", ".join(f"{model} {first[model]:.2f}" for model in models if model in first)
    words = f"Dots of {label} {', '.join(measures)} by network and view. {measures[0]}, best first: {said}"
    return describe(fig, alt or f"{words}{f'; {RANDOM} {first[RANDOM]:.2f}' if RANDOM in first else ''}.")


def _panel(ax: Axes, rows: pd.DataFrame, models: list[str], measure: str) -> None:
    for row in rows.itertuples():
        if row.model == RANDOM:
            if row.scheme == "honest":
                ax.axvline(row.value, color=MUTED, linewidth=1, linestyle=":")
            continue
        at, style = models.index(row.model), view_style(row.view)
        if row.scheme == "naive":
            ax.plot([row.value], [at], "|", markersize=13, markeredgewidth=1.3, color=style.color, clip_on=False)
            continue
        if not (is_missing(row.low) or is_missing(row.high)):
            ax.plot([row.low, row.high], [at, at], color=style.color, linewidth=2.4, solid_capstyle="round")
        ax.plot([row.value], [at], style.marker, color=style.color, markersize=5.5, clip_on=False)
    ax.set_title(measure, fontsize=10.5)
    ax.set_xlim(-0.04, 1.04)
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)


@styled
def difference_figure(comparisons: pd.DataFrame, name: str = "recall@1", alt: str | None = None) -> Figure:
    """Each comparison as A minus B with its 95 % interval, the largest on top; hollow where the test cannot tell.

    comparisons: a, b, difference, low, high, verdict, as `face_scores` and `compare_models` give.
    """
    if comparisons.empty:
        raise ValueError("difference_figure: nothing was compared; show a note instead")
    table = comparisons.assign(size=-comparisons["difference"].abs()).sort_values(["size", "a", "b"], ignore_index=True)
    fig, ax = canvas(1.0 + ROW * max(len(table), 2))
    ax.axvline(0, color=MUTED, linewidth=1)
    for row in table.itertuples():
        clear = row.verdict != "not distinguishable"
        colour = INK if clear else MUTED
        if not (is_missing(row.low) or is_missing(row.high)):
            ax.plot([row.low, row.high], [row.Index] * 2, color=colour, linewidth=2.2, solid_capstyle="round")
        ax.plot([row.difference], [row.Index], "o", color=colour, markersize=7,
                markerfacecolor=colour if clear else "none")  # fmt: skip
        ax.text(1.02, row.Index, signed(row.difference), transform=ax.get_yaxis_transform(), va="center", color=INK)
    ax.set_yticks(range(len(table)), [_against(row.a, row.b) for row in table.itertuples()], color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(table) - 0.4, -0.6)
    fig.supxlabel(f"difference in {name}, 95 % interval (hollow: not distinguishable)", fontsize=10.5, color=INK)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    said = "; ".join(f"{row.a} minus {row.b} {row.difference:+.2f}, {row.verdict}" for row in table.itertuples())
    return describe(fig, alt or f"Differences in {name} with intervals, the largest first: {said}.")


def _against(a: str, b: str) -> str:
    """Return "resnet50: face − general" for two views of one network, else both names."""
    network, _, view = a.rpartition(", ")
    other, _, second = b.rpartition(", ")
    same = network and network == other
    return f"{shorten(network, 16)}: {view} − {second}" if same else f"{shorten(a, 20)} − {shorten(b, 20)}"


@styled
def weight_figure(sweep: pd.DataFrame, chosen: Mapping[str, float] | None = None, alt: str | None = None) -> Figure:
    """A panel a network: kept character and kept style against the weight of the face; bands are 95 % intervals.

    sweep: network, weight in [0, 1] (0: the whole picture alone, 1: the face alone), recall_at_1, artist_share_at_5,
    each with _low and _high (NaN: no such label), as `compare.weight_sweep` gives; without any label a sentence is
    drawn. chosen: {network: the weight that validation queries chose}, marked.
    """
    measures = {name: (column, style) for name, (column, style) in SWEPT.items() if sweep[column].notna().any()}
    if not measures:
        return message_figure("No person or artist is known to choose by.")
    networks = list(dict.fromkeys(sweep["network"]))
    fig, axes = canvas(3.3, 1, len(networks), sharey=True, squeeze=False)
    said = []
    for ax, network in zip(axes[0], networks, strict=True):
        rows = sweep[sweep["network"] == network].sort_values("weight")
        for name, (column, style) in measures.items():
            ax.plot(rows["weight"], rows[column], color=style.color, linestyle=style.linestyle, marker=style.marker,
                    markersize=4.5, label=name)  # fmt: skip
            band = rows[[f"{column}_low", f"{column}_high"]].astype(float)
            ax.fill_between(rows["weight"], *band.to_numpy().T, color=style.color, alpha=0.14, linewidth=0)
        said.append(_panel_of_weights(ax, rows, network, list(measures), (chosen or {}).get(network)))
    axes[0, 0].set_ylabel("share", color=INK)
    fig.supxlabel("weight of the face (0: whole picture alone, 1: face alone)", fontsize=10.5, color=INK)
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return describe(fig, alt or f"Lines against the weight of the face. {' '.join(said)}")


def _panel_of_weights(ax: Axes, rows: pd.DataFrame, network: str, measures: list[str], chosen: float | None) -> str:
    """Finish one network's panel and return what the alternative text says of it."""
    if chosen is not None:
        ax.axvline(chosen, color=MUTED, linewidth=1.2, linestyle="--")
        right = chosen > 0.5
        ax.annotate(f"chosen: {chosen:g}", (chosen, 1), (-5 if right else 5, -2), va="top", fontsize=9.5, color=INK,
                    xycoords=("data", "axes fraction"), textcoords="offset points",
                    ha="right" if right else "left")  # fmt: skip
    ax.set_title(shorten(network, 24))
    ax.set(xlim=(-0.03, 1.03), ylim=(0, 1.12))
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(axis="y")
    ends = [f"{name} {rows[SWEPT[name][0]].iloc[0]:.2f} to {rows[SWEPT[name][0]].iloc[-1]:.2f}" for name in measures]
    mark = "" if chosen is None else f"; chosen {chosen:g}"
    return f"{network}, from weight {rows['weight'].iloc[0]:g} to {rows['weight'].iloc[-1]:g}: {', '.join(ends)}{mark}."
