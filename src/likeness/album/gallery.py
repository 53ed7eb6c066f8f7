"""The curator's gallery: one page that shows what was kept of an album, what was not, and why."""

from pathlib import Path
from typing import Any

import pandas as pd

from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.grids import Cell, grid, quarantine_gallery
from likeness.report.html_text import Html, counted, figure, headline_numbers, note, text
from likeness.report.page.theme import render_page
from likeness.report.thumbnails import Thumbnails

REFUSED = "refused"
LARGE, SMALL, MANY = 480, 192, 60  # px of the photos kept and left out; beyond MANY kept the page would weigh too much
SHAPES = (0.62, 2.1)  # width / height of a card's picture; what is taller or wider is shown whole, with a margin
CARD_CSS = (
    ".lk-kept{display:flex;flex-wrap:wrap;gap:1.6rem 1rem;list-style:none;padding:0;margin:1rem 0}"
    ":where(.lk-kept::after){content:'';flex:999 1 0}"  # the last row is not stretched
    ".lk-kept>li{flex:calc(var(--shape)*100) 1 calc(var(--shape)*14rem);min-width:0;margin:0;max-width:100%}"
    ":where(.lk-kept figure){margin:0;position:relative}"
    ":where(.lk-kept img){display:block;width:100%;aspect-ratio:var(--shape);object-fit:contain;border-radius:8px;"
    "background:rgba(127,127,127,.14)}"
    ":where(.lk-rank){position:absolute;top:.5rem;left:.5rem;min-width:1.75rem;padding:0 .45rem;border-radius:99px;"
    "background:rgba(13,17,23,.78);color:#fff;font:600 .8rem/1.75rem system-ui,sans-serif;text-align:center}"
    ":where(.lk-kept figcaption){font:.78rem/1.42 system-ui,sans-serif;margin-top:.5rem;overflow-wrap:anywhere;"
    "contain:inline-size}"
    ":where(.lk-scored){display:flex;align-items:center;gap:.6rem;margin:0 0 .2rem}"
    ":where(.lk-scored strong){font-size:1.15rem;font-variant-numeric:tabular-nums;color:var(--ink,currentColor)}"
    ":where(.lk-meter){position:relative;flex:1;height:.5rem;border-radius:99px;background:rgba(127,127,127,.22)}"
    ":where(.lk-meter i){position:absolute;inset:0 auto;border-radius:99px;"
    "background:var(--accent,#0072b2);opacity:.42}"
    ":where(.lk-meter b){position:absolute;top:-.16rem;width:.22rem;height:.82rem;margin-left:-.11rem;"
    "border-radius:2px;background:var(--accent,#0072b2)}"
    ":where(.lk-photo-name){display:block;font-weight:600;color:var(--ink,currentColor)}"
)


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
