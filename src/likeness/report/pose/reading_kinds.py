"""Which kinds of pairs a model calls the same: a figure, and the sentences that read it."""

import pandas as pd
from matplotlib.figure import Figure

from likeness.compare.by_kind import OTHER_SITE, SAME, ceilings
from likeness.report.html_text import Html, note, percent
from likeness.report.marks import draw_estimate, name_rows
from likeness.report.palette import GREY, model_colour
from likeness.report.style import canvas, describe, styled

NAMES = {
    SAME: "same pose, same site",
    OTHER_SITE: "same pose, another site",
    "other-pose-same-site": "another pose, same site",
    "site-only": "the site with and without a pose",
}
APART = 0.8  # rows: how much of a kind's height its models share


@styled
def kinds_figure(kinds: pd.DataFrame) -> Figure:
    """The share of each kind of pair that each model calls the same, with 95 % intervals; only the first kind is.

    kinds: as `compare.by_kind.called_same` gives.
    """
    names = sorted(kinds["kind"].unique(), key=lambda kind: (list(NAMES).index(kind) if kind in NAMES else 99, kind))
    models = list(dict.fromkeys(kinds["model"]))
    step = APART / len(models)
    fig, ax = canvas(1.3 + 0.24 * len(models) * len(names))
    said = []
    for row in kinds.itertuples():
        place = names.index(row.kind) + (models.index(row.model) - (len(models) - 1) / 2) * step
        draw_estimate(ax, row, place, model_colour(row.model), size=5.5)
        said.append(f"{row.model}, {NAMES.get(row.kind, row.kind)}: {row.value:.2f}")
    for model in models:
        ax.plot([], [], "o-", color=model_colour(model), markersize=5.5, label=model)
    for line in range(1, len(names)):
        ax.axhline(line - 0.5, color=GREY, linewidth=0.6)
    name_rows(ax, [NAMES.get(kind, kind) for kind in names])
    ax.set(xlim=(-0.03, 1.03), xlabel="share called the same")
    ax.grid(axis="x")
    fig.legend(loc="outside upper left", ncols=3, handlelength=1.2, columnspacing=1.2)
    return describe(fig, f"Share of test pairs called the same, by kind of pair. {'; '.join(said)}.")


def describe_kinds(kinds: pd.DataFrame, best: str) -> Html:
    """Read the figure: does the best model go by the pose or by the site? And what could either alone reach?"""
    top = ceilings(kinds)
    if top is None:
        return note("No site is known, so that pairs are of kinds by their joints alone.")
    return note(
        f"{best} did best in validation. {pose_or_site(kinds, best)} A faultless answer by the pose alone would be "
        f"right in {percent(top.pose)} of these pairs, one by the site alone in {percent(top.site)}."
    )


def pose_or_site(kinds: pd.DataFrame, best: str) -> str:
    """Say what the best model goes by: how often it calls the same pose at another site the same."""
    rows = kinds[kinds["model"] == best].set_index("kind")
    right, wrong = rows.loc[SAME], rows.loc[OTHER_SITE]
    said = (
        f"It calls {percent(right['value'])} of the pairs of the same pose at the same site the same, and "
        f"{percent(wrong['value'])} of those of the same pose at another"
    )
    if wrong["low"] > 0.5:
        return f"{said}: it sees the pose and overlooks the site."
    return f"{said}: it heeds the site too." if wrong["high"] < 0.5 else f"{said}."
