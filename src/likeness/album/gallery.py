"""The curator's page: what was kept of an album, in the order it was taken, what was not, and why."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from likeness.album.chosen_set import Picked
from likeness.album.reasons import ASPECT, BURST, KEPT, LEFT, NEVER, OUT
from likeness.album.wishes import Wishes
from likeness.report.grids import Cell, grid, quarantine_gallery
from likeness.report.html_text import Html, counted, headline_numbers, note, percent, text
from likeness.report.page.theme import render_page
from likeness.report.thumbnails import Thumbnails

LARGE, MEDIUM, SMALL = 960, 480, 128  # px of a picture kept, of many kept, and left out
MANY = 60  # kept: beyond, large pictures would make the page heavy
MOST = 200  # thumbnails of what was left out
TILE = 280  # px of a tile's width at most
SHOWN = {  # sign: what the page calls it
    "sharpness": "sharpness, 0 to 1", "face_sharpness": "sharpness of faces", "noise": "noise, grey levels",
    "brightness": "brightness, 0 to 1", "dark": "share without detail, dark", "glare": "share without detail, white",
    "contrast": "contrast, 0 to 1", "blocks": "traces of JPEG's blocks", "level": "level edges, share",
    "turn": "turned against the burst, °", "faces": "faces", "eyes": "eyes, opening",
    "facing": "facing the camera, 0 to 1",
    "smile": "smile", "quality": "quality, 0 to 1", "score": "chance to be liked",
}  # fmt: skip


def album_page(
    table: pd.DataFrame, refused: pd.DataFrame, root: Path, wishes: Wishes, picked: Picked, taste: str, passed: str = ""
) -> str:
    """Return the gallery as one HTML page without script, network or second file.

    table: as `curate.choose` gives it. refused: path, reason, detail. root: the album. passed: what was passed over.
    """
    photos = table[table["photo_id"].notna()]
    kept = photos[photos["state"] == KEPT]
    parts = left_parts(photos, refused, root)
    html = render_page(
        "gallery.html.j2",
        "gallery",
        "album",
        title=f"{len(kept)} of {counted(len(photos), 'photo')}",
        album=root.name,
        summary=_summary(photos, kept, wishes) + passed,
        numbers=_numbers(photos, kept, refused),
        kept=kept_by_moment(photos, root),
        left_count=counted(len(table) - len(kept), "file"),
        left_lede=f"At most {MOST} are shown; the table holds them all.",
        parts=parts,
        how=_how(photos, picked, taste),
    )
    return html + "\n"


def _summary(photos: pd.DataFrame, kept: pd.DataFrame, wishes: Wishes) -> str:
    fewer = f" You asked for {wishes.keep}, and no more qualified: the others are worse frames, or out."
    how = " Each has the reason why it is here; click it, or press Enter on it, to enlarge it."
    return _told(photos, kept) + (fewer if len(kept) < wishes.keep else "") + how


def _told(photos: pd.DataFrame, kept: pd.DataFrame) -> str:
    of, told = photos["moment"].nunique(), kept["moment"].nunique()
    which = f"all {counted(of, 'moment')}" if told == of else f"{told} of the {counted(of, 'moment')}"
    return f"They tell {which} of the album, in {order_in_words(photos)}."


def order_in_words(photos: pd.DataFrame) -> str:
    """Say what the order of the photos rests on: when they were taken, their names, or both."""
    dated = int(photos["taken"].notna().sum())
    if dated == len(photos):
        return "the order they were taken"
    if not dated:
        return "the order of their names, since no file says when it was taken"
    return f"the order they were taken as far as files say ({dated} of {len(photos)}), the others by name behind them"


def _numbers(photos: pd.DataFrame, kept: pd.DataFrame, refused: pd.DataFrame) -> Html:
    states = photos["state"].value_counts()
    shown = {
        "files found": len(photos) + len(refused),
        "kept": len(kept),
        "moments": photos["moment"].nunique(),
        "other frames of bursts": states.get(BURST, 0),
        "could have been kept": states.get(LEFT, 0),
        "out": int(states.get(OUT, 0)) + len(refused),
    }
    return headline_numbers({"label": label, "value": int(value)} for label, value in shown.items())


def kept_by_moment(photos: pd.DataFrame, root: Path) -> Html:
    """Return the photos kept as tiles of one size under a heading for each moment, in the order they were taken."""
    kept = photos[photos["state"] == KEPT]
    if kept.empty:
        return note("No photo qualified.")
    size = LARGE if len(kept) <= MANY else MEDIUM
    thumbs = Thumbnails(root, kept, size)
    tile = int(min(TILE, kept["width"].median()))
    shape = min(max(float((kept["width"] / kept["height"]).median()), 0.7), 1.6)
    parts = []
    for moment, rows in kept.groupby("moment", sort=False):
        of = photos[photos["moment"] == moment]
        tiles = "".join(_tile(row, thumbs, size) for row in rows.to_dict("records"))
        parts.append(
            f'<section class="lk-moment"><h2>{text(moment_title(of))} <small>{len(rows)} of '
            f'{counted(len(of), "photo")}</small></h2><ol class="lk-tiles">{tiles}</ol></section>'
        )
    return Html(f'<div style="--tile:{tile}px;--shape:{shape:.3f}">{"".join(parts)}</div>')


def moment_title(photos: pd.DataFrame) -> str:
    """Return when a moment was: "Thursday 4 July 2019, 15:30 to 16:10", its day alone, or its first file's name."""
    taken = photos["taken"].dropna().sort_values()
    if taken.empty:
        return f"From {photos['name'].iloc[0]} on"
    first, last = taken.iloc[0], taken.iloc[-1]
    day = f"{first:%A} {first.day} {first:%B %Y}"
    if first.date() != last.date():
        return f"{day} to {last.day} {last:%B %Y}"
    if first.hour == first.minute == first.second == 0:
        return day
    return f"{day}, {first:%H:%M}" + (f" to {last:%H:%M}" if f"{last:%H:%M}" != f"{first:%H:%M}" else "")


def _tile(row: dict[str, Any], thumbs: Thumbnails, size: int) -> str:
    signs = "".join(
        f"<dt>{text(label)}</dt><dd>{_number(row.get(name))}</dd>"
        for name, label in SHOWN.items()
        if not pd.isna(row.get(name))
    )
    pixels = min(row["width"], round(size * row["width"] / max(row["width"], row["height"])))
    who = f"; person {', '.join(map(str, row['people']))}" if row.get("people") else ""
    return (
        f'<li><details class="lk-large"><summary aria-label="Enlarge {text(row["name"])}">'
        f'<img src="{thumbs.uri(row["photo_id"])}" alt="{text(row["name"])}" style="--px:{pixels}px" decoding="async" '
        f'loading="lazy"></summary></details><span class="lk-why">{text(row["reason"] + who)}</span>'
        f'<bdi class="lk-name">{text(row["name"])}</bdi><details class="lk-signs"><summary>Signs</summary>'
        f"<dl>{signs}</dl></details></li>"
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}".replace("-", "−")


def left_parts(photos: pd.DataFrame, refused: pd.DataFrame, root: Path) -> list[dict[str, Any]]:
    """Return what was left out, in groups: title, count, lede, grid; MOST thumbnails in all, shared out evenly."""
    groups = [
        ("Could have been kept", "Good photos of what the photos above show already.", photos["state"] == LEFT),
        ("Other frames of a burst", "A better frame of the same stands for them.", photos["state"] == BURST),
    ]
    for reason in sorted(photos.loc[photos["state"] == OUT, "out"].unique()):
        lede = "Look before you delete: a picture may be so on purpose."
        groups.append((reason.capitalize(), lede, (photos["state"] == OUT) & (photos["out"] == reason)))
    groups += [("You asked never to keep", "From your list.", photos["state"] == NEVER),
               ("Another shape", "You asked for another one.", photos["state"] == ASPECT)]  # fmt: skip
    groups = [(title, lede, photos[which]) for title, lede, which in groups if which.any()]
    share = _fair([len(rows) for _, _, rows in groups], MOST)
    thumbs = Thumbnails(root, photos, SMALL)
    parts = [
        {"title": title, "count": counted(len(rows), "photo"), "lede": lede, "grid": left_grid(rows.head(most), thumbs)}
        for (title, lede, rows), most in zip(groups, share, strict=True)
    ]
    if len(refused):
        lede = "No photos, or the same bytes as another file; each with what to do."
        shown = quarantine_gallery(refused, root, most=24)
        parts.append({"title": "Refused", "count": counted(len(refused), "file"), "lede": lede, "grid": shown})
    return parts


def _fair(sizes: list[int], most: int) -> list[int]:
    """Share `most` places out among groups of these sizes, evenly, small groups first served."""
    left, shares = most, {}
    for rank, k in enumerate(sorted(range(len(sizes)), key=lambda k: sizes[k])):
        shares[k] = min(sizes[k], left // (len(sizes) - rank))
        left -= shares[k]
    return [shares[k] for k in range(len(sizes))]


def left_grid(rows: pd.DataFrame, thumbs: Thumbnails) -> Html:
    """Return photos left out as small pictures with name and reason."""
    cells = [
        Cell(thumbs.uri(row["photo_id"]), row["name"],
             Html(f"<b><bdi>{text(row['name'])}</bdi></b><bdi>{text(row['reason'])}</bdi>"))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return grid(cells)


def _how(photos: pd.DataFrame, picked: Picked, taste: str) -> Iterable[str]:
    dates = photos["date_from"].replace("", "none").value_counts()
    yield "When photos were taken: " + ", ".join(f"{n:,} by {source}" for source, n in dates.items()) + "."
    yield ("Of each burst one frame runs, the one with the least that is wrong beside the others: blur, noise, light, "
           "compression, tilt, closed eyes. Open “Signs” below a photo for its numbers.")  # fmt: skip
    yield ("The set makes the most of: how well every photo of the album has one like it among those kept, moments and "
           "people shown, and quality. Photo by photo the one is taken that adds most; this reaches at least "
           f"{percent(picked.guarantee)} of the best possible set's value (Nemhauser, Wolsey "
        "and Fisher, 1978; with a limit per moment "
           "Fisher, Nemhauser and Wolsey, 1978).")  # fmt: skip
    yield taste
    yield "What is alike is told by EfficientNet-Lite0, trained on ImageNet, on this machine. The album was only read."
