"""Figures that set models side by side: the ladder, naive against honest, and who was copied when."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from likeness.report.html_text import counted, is_missing
from likeness.report.labels import EndLabel, end_labels, shorten
from likeness.report.palette import BLUE, GREY, INK, MUTED, model_colour, model_styles
from likeness.report.style import canvas, describe, styled
from likeness.report.wording import PAIRS, Wording


@styled
def ladder_figure(
    table: pd.DataFrame,
    name: str = "accuracy",
    chance: float | None = None,
    larger_is_better: bool = True,
    oracle: float | None = None,
    alt: str | None = None,
    ceiling: str = "perfect",
) -> Figure:
    """One dot and 95 % interval per model, the best on top, with lines for chance and for a perfect answer.

    table: columns model, value, low, high (NaN for no interval); one row per model. ceiling: what `oracle` is called.
    """
    if table["model"].duplicated().any():
        raise ValueError(f"ladder: {table['model'][table['model'].duplicated()].iloc[0]!r} has two rows; filter first")
    table = table.sort_values(["value", "model"], ascending=[not larger_is_better, True], ignore_index=True)
    fig, ax = canvas(1.15 + 0.3 * len(table))
    for value, word in ((chance, "chance"), (oracle, ceiling)):
        if value is not None:
            ax.axvline(value, color=GREY, linewidth=1, linestyle=":" if word == "chance" else "-")
            ax.annotate(f"{word} {value:.2f}", (value, 1), (0, 3), xycoords=("data", "axes fraction"),
                        textcoords="offset points", ha="center", color=MUTED, fontsize=9.5)  # fmt: skip
    for row in table.itertuples():
        colour = model_colour(row.model)
        if not is_missing(row.low):
            ax.plot([row.low, row.high], [row.Index] * 2, color=colour, linewidth=2.4, solid_capstyle="round")
        ax.plot([row.value], [row.Index], "o", color=colour, markersize=7.5)
        ax.text(1.02, row.Index, f"{row.value:.2f}", transform=ax.get_yaxis_transform(), va="center", color=INK)
    ax.set_yticks(range(len(table)), [shorten(model) for model in table["model"]], color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlabel(f"{name}\n({'larger' if larger_is_better else 'smaller'} is better; bars: 95 % interval)")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    said = ", ".join(_said(row) for row in table.itertuples())
    floor = "" if chance is None else f" Chance is {chance:.2f}."
    return describe(fig, alt or f"{name} per model, best first: {said}.{floor}")


def _said(row) -> str:
    spread_ = "" if is_missing(row.low) else f" ({row.low:.2f} to {row.high:.2f})"
    return f"{row.model} {row.value:.2f}{spread_}"


@styled
def slope_figure(
    table: pd.DataFrame,
    name: str = "accuracy",
    chance: float | None = None,
    alt: str | None = None,
    wording: Wording = PAIRS,
) -> Figure:
    """Each model's number on the naive split joined to its number on the honest one.

    table: columns model, scheme ("naive" or "honest"), value. Models without both are left out and said so.
    """
    wide = table.pivot_table(index="model", columns="scheme", values="value").reindex(columns=["naive", "honest"])
    whole = wide.dropna().sort_values("honest", ascending=False)
    if whole.empty:
        raise ValueError("slope_figure: no model has both a naive and an honest value")
    fig, ax = canvas(0.9 + max(0.32 * len(whole), 2.2))
    styles = model_styles(whole.index)
    for model, row in whole.iterrows():
        style = styles[model]
        ax.plot([0, 1], row, color=style.color, linestyle=style.linestyle, marker=style.marker, markersize=6)
    if chance is not None:
        ax.axhline(chance, color=GREY, linewidth=1, linestyle=":")
        ax.annotate("chance", (0.5, chance), (0, 3), textcoords="offset points", ha="center", color=MUTED, fontsize=9.5)
    ax.margins(y=0.08)
    ax.set_xlim(-0.06, 1.03)
    ax.set_xticks([0, 1], [f"naive split\n({wording.naive})", f"honest split\n({wording.honest})"], color=INK)
    ax.set_ylabel(name)
    ends = [
        EndLabel(row.honest, f"{row.Index} {row.naive:.2f} → {row.honest:.2f}", styles[row.Index])
        for row in whole.itertuples()
    ]
    end_labels(ax, ends, gap=0.26 / (fig.get_figheight() - 0.9))
    left_out = (
        f" {counted(len(wide) - len(whole), 'model')} left out: only one of the two is known."
        if len(whole) < len(wide)
        else ""
    )
    said = ", ".join(f"{row.Index} {row.naive:.2f} to {row.honest:.2f}" for row in whole.itertuples())
    return describe(fig, alt or f"{name} from the naive to the honest split: {said}.{left_out}")


@styled
def role_model_figure(models: pd.DataFrame, photos: pd.DataFrame, most: int = 15, alt: str | None = None) -> Figure:
    """A date axis per arrangement: the first photo (large), the later ones that copy it (ticks), most copied on top.

    models: as compare.role_models gives: arrangement, role_model, taken_at, copies, last_at.
    photos: photo_id, arrangement, taken_at: every dated photo of a named arrangement becomes a tick.
    """
    if models.empty:
        raise ValueError("role_model_figure: no arrangement was copied; show a note instead")
    shown = models.head(most).reset_index(drop=True)
    fig, ax = canvas(1.15 + 0.29 * len(shown))
    for row in shown.itertuples():
        ax.plot([row.taken_at, row.last_at], [row.Index] * 2, color=GREY, linewidth=1)
        later = photos[photos["arrangement"].eq(row.arrangement) & photos["taken_at"].gt(row.taken_at)]["taken_at"]
        ax.plot(later, np.full(len(later), row.Index), "|", color=BLUE, markersize=9, markeredgewidth=1.4)
        ax.plot([row.taken_at], [row.Index], "o", color=INK, markersize=6.5)
        ax.text(1.02, row.Index, "1 copy" if row.copies == 1 else f"{row.copies} copies",
                transform=ax.get_yaxis_transform(), va="center", fontsize=9.5)  # fmt: skip
    names = [
        str(a) if not is_missing(a) else str(r) for a, r in zip(shown["arrangement"], shown["role_model"], strict=True)
    ]
    ax.set_yticks(range(len(shown)), [shorten(name) for name in names], color=INK)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlabel("date taken (dot: the role model; ticks: later photos)")
    ax.spines["left"].set_visible(False)
    top = shown.iloc[0]
    default = (
        f"Timeline of {len(shown)} of {len(models)} role models. Most copied: {names[0]}, first photographed "
        f"{top['taken_at']:%Y-%m-%d}, {top['copies']} later photos."
    )
    return describe(fig, alt or default)
