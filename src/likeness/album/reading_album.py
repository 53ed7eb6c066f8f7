"""The figure of a curated album, and sentences that read it: data in, a note out, true for any album."""

import pandas as pd
from matplotlib.figure import Figure

from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.html_text import Html, counted, note, percent
from likeness.report.palette import GREY, ORANGE
from likeness.report.style import canvas, describe, styled


def describe_choice(table: pd.DataFrame | None, why: str, keep: int) -> Html:
    """Read the choice: files found, kept, and left out for what reason; or why there is no model."""
    if table is None:
        return note(f"There is no model for albums: {why}.")
    states = table["state"].value_counts()
    kept = int(states.get(KEPT, 0))
    others = int((~table["state"].isin([KEPT, LEFT, DUPLICATE, BLURRED])).sum())
    short = "" if kept == keep else f" Fewer than the {keep} asked for qualified."
    return note(
        f"Of {counted(len(table), 'file')} {kept} are kept, {int(states.get(LEFT, 0))} could have been; "
        f"{int(states.get(DUPLICATE, 0))} are near-duplicates of a better one, {int(states.get(BLURRED, 0))} blurred, "
        f"{others} no photos or copies byte for byte.{short}"
    )


@styled
def album_figure(table: pd.DataFrame) -> Figure:
    """Scores of an album's photos with their intervals, the highest first; kept ones stand out.

    table: chosen, score, low, high, as `curate.curate_album` gives; files without a score are left out.
    """
    shown = table.dropna(subset=["score"]).sort_values(["score", "path"], ascending=[False, True], ignore_index=True)
    fig, ax = canvas(3.0)
    for chosen, colour, label in ((False, GREY, "left out"), (True, ORANGE, "kept")):
        part = shown[shown["chosen"].eq(chosen)]
        ax.vlines(part.index, part["low"], part["high"], color=colour, linewidth=1.6 if chosen else 0.6)
        ax.plot(part.index, part["score"], "o", color=colour, markersize=4.5 if chosen else 2, label=label)
    ax.set(ylim=(-0.02, 1.02), xlabel="photos by score", ylabel="score (chance of being liked)")
    ax.grid(axis="y")
    fig.legend(loc="outside upper left", ncols=2, handlelength=1)
    kept = shown[shown["chosen"]]
    words = f"Scores of {len(shown):,} photos with intervals, highest first. The {len(kept)} kept ones score "
    return describe(fig, f"{words}{kept['score'].min():.2f} to {kept['score'].max():.2f}.")


def describe_album(table: pd.DataFrame) -> Html:
    """Read the scores: how wide the intervals are, and whether the kept ones score higher."""
    scored = table.dropna(subset=["score"])
    kept, rest = scored[scored["chosen"]], scored[~scored["chosen"]]
    width = (scored["high"] - scored["low"]).median()
    if rest.empty:
        return note(f"All scored photos are kept; half of their intervals are wider than {width:.2f}.")
    medians = f"{kept['score'].median():.2f} in the median, others {rest['score'].median():.2f}"
    above = (rest["score"] > kept["score"].min()).mean()
    return note(
        f"Kept photos score {medians}; half of the intervals "
        f"are wider than {width:.2f}. {percent(above)} of the photos left out score more than the least of "
        f"the kept: they are copies, blurred, or like something that is kept."
    )


def album_card(table: pd.DataFrame | None, why: str) -> dict[str, object]:
    """Return sentence and numbers of the album's card on the index."""
    if table is None:
        return {"sentence": f"No album was curated: {why}.", "numbers": []}
    numbers = [{"label": "files found", "value": len(table)}, {"label": "kept", "value": int(table["chosen"].sum())}]
    return {"sentence": "Photos that are likely to be liked and unlike each other.", "numbers": numbers}
