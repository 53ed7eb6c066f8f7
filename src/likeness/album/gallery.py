"""The curator's gallery: one page that shows what was kept of an album, what was not, and why."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.grids import Cell, grid, quarantine_gallery
from likeness.report.html_text import Html, counted, figure, headline_numbers, note, percent, sheet, text
from likeness.report.page.theme import render_page
from likeness.report.palette import GREY, ORANGE
from likeness.report.style import canvas, describe, styled
from likeness.report.thumbnails import Thumbnails

REFUSED = "refused"
LARGE, SMALL, MANY = 480, 192, 60  # px of the photos kept and left out; beyond MANY kept the page would weigh too much
SHAPES = (0.62, 2.1)  # width / height of a card's picture; what is taller or wider is shown whole, with a margin
CARD_CSS = sheet("cards")  # its ::after keeps the last row from being stretched


def album_page(
    choices: pd.DataFrame,
    refused: pd.DataFrame,
    root: Path,
    *,
    keep: int,
    diversity: float,
    members: int,
    passed: str = "",
) -> str:
    """Return the gallery as one HTML page without script, network or second file.

    choices: one row a photo, kept ones first by rank: photo_id, path, name, width, height, rank, score, low, high,
    near_duplicates, state, reason. refused: path, reason, detail. root: the album, whose folder's name is shown.
    passed: a sentence on what was passed over in it.
    """
    kept, competing = choices[choices["state"] == KEPT], choices["state"].isin([KEPT, LEFT]).sum()
    title = f"{len(kept)} of {counted(len(choices), 'photo')} to keep"
    html = render_page(
        "gallery.html.j2",
        "gallery",
        title=title,
        album=root.name,
        summary=_summary(len(kept), keep) + passed,
        numbers=_numbers(choices, refused),
        kept=kept_cards(choices, Thumbnails(root, choices, LARGE if len(kept) <= MANY else LARGE // 2)),
        parts=_parts(choices, refused, root),
        n=int(competing),
        keep=len(kept),
        diversity=f"{diversity:g}",
        members=members,
    )
    return html + "\n"


def _summary(kept: int, keep: int) -> str:
    if kept < keep:
        return (
            f"You asked for {keep}, and {counted(kept, 'photo')} of the album qualified: all of them are kept. "
            "The others are near-duplicates or blurred, or there are no more."
        )
    return "Photos that are likely to be liked and unlike each other, each with the reason why it was taken."


def _numbers(choices: pd.DataFrame, refused: pd.DataFrame) -> Html:
    states = choices["state"].value_counts()
    shown = {
        "files found": len(choices) + len(refused),
        "kept": states.get(KEPT, 0),
        "could have been kept": states.get(LEFT, 0),
        "near-duplicates": states.get(DUPLICATE, 0),
        "blurred": states.get(BLURRED, 0),
        "refused": len(refused),
    }
    return headline_numbers({"label": label, "value": int(value)} for label, value in shown.items())


def kept_cards(choices: pd.DataFrame, thumbs: Thumbnails) -> Html:
    """Return the photos kept as cards in justified rows: picture, rank, score with its interval, name and reason.

    choices: as `album_page`; rows that were not kept are passed over, and counted where they are near-duplicates.
    """
    kept = choices[choices["state"] == KEPT].sort_values("rank")
    if kept.empty:
        return note("No photo qualified: all are blurred.")
    copies = choices.loc[choices["near_duplicates"] != "", "near_duplicates"].value_counts()
    cards = [_card(row, thumbs, int(copies.get(row["near_duplicates"], 1)) - 1) for row in kept.to_dict("records")]
    return figure(f'<ol class="lk-kept">{"".join(cards)}</ol>', None, CARD_CSS)


def _card(row: dict[str, Any], thumbs: Thumbnails, copies: int) -> str:
    shape = min(max(row["width"] / row["height"], SHAPES[0]), SHAPES[1])
    said = f"score {row['score']:.2f}, middle 90 % of the models {row['low']:.2f} to {row['high']:.2f}"
    reason = row["reason"].partition(", ")[2]  # rank and score stand above it
    reason += f"{'; ' if reason else ''}stands for {counted(copies, 'near-duplicate')} too" if copies else ""
    left, width = 100 * row["low"], 100 * (row["high"] - row["low"])
    return (
        f'<li style="--shape:{shape:.3f}"><figure>'
        f'<img src="{thumbs.uri(row["photo_id"])}" alt="{text(row["name"])}" decoding="async">'
        f'<span class="lk-rank" aria-hidden="true">{row["rank"]}</span>'
        f'<figcaption><div class="lk-scored"><strong>{row["score"]:.2f}</strong>'
        f'<div class="lk-meter" role="img" aria-label="{said}" title="{said}">'
        f'<i style="left:{left:.1f}%;width:{width:.1f}%"></i><b style="left:{100 * row["score"]:.1f}%"></b></div></div>'
        f'<bdi class="lk-photo-name">{text(row["name"])}</bdi><bdi>{text(reason)}</bdi></figcaption></figure></li>'
    )


def left_grid(choices: pd.DataFrame, thumbs: Thumbnails, state: str) -> Html:
    """Return the photos of one state, in the order given, as small pictures with name, score and reason."""
    cells = []
    for row in choices[choices["state"] == state].to_dict("records"):
        reason = row["reason"].removeprefix("left out: ")
        reason = reason if reason.startswith("score ") else f"score {row['score']:.2f}; {reason}"
        below = f"<b><bdi>{text(row['name'])}</bdi></b><bdi>{text(reason)}</bdi>"
        cells.append(Cell(thumbs.uri(row["photo_id"]), row["name"], Html(below)))
    return grid(cells)


def _parts(choices: pd.DataFrame, refused: pd.DataFrame, root: Path) -> list[dict[str, Any]]:
    """Return the sections below the photos kept, those with something in them: title, count, lede, grid."""
    thumbs = Thumbnails(root, choices, SMALL)
    words = {
        LEFT: ("Could have been kept", "They competed, and the photos above score more or add more."),
        DUPLICATE: ("Near-duplicates", "Another photo of the same group stands for it."),
        BLURRED: ("Blurred", "Too little detail for this album; look before you delete."),
    }
    parts = []
    for state, (title, lede) in words.items():
        number = int((choices["state"] == state).sum())
        if number:
            shown = left_grid(choices, thumbs, state)
            parts.append({"title": title, "count": counted(number, "photo"), "lede": lede, "grid": shown})
    if len(refused):
        lede = "No photos, or the same bytes as another file; each with what to do."
        shown = quarantine_gallery(refused, root, most=len(refused))
        parts.append({"title": "Refused", "count": counted(len(refused), "file"), "lede": lede, "grid": shown})
    return parts


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
