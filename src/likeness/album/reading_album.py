"""Sentences that read a curated album: data in, a note out, true for any album."""

import pandas as pd

from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.html_text import Html, counted, note, percent


def of_choice(table: pd.DataFrame | None, why: str, keep: int) -> Html:
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


def of_album(table: pd.DataFrame) -> Html:
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
