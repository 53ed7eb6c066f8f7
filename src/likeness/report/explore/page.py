"""reports/<study>/explore.html: every photo of a study, and what each model finds near it, side by side.

The photos are the page; the neighbours are numbers beside them, which the page's script shows for the photo that a
reader chooses.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness import paths
from likeness.compare.explored import MOST, NEAREST, Explored
from likeness.report.html_text import Html, counted, is_missing, note, text
from likeness.report.page.theme import render_page, script
from likeness.report.thumbnails import Thumbnails, jpeg_uri

SIDE = 96  # px of a photo's longest side
QUALITIES = (75, 60, 45, 30, 15)  # JPEG, the first with which all photos fit
ROOM = 6_000_000  # characters of all photos: the page stays under 8 MB
MARKS = {True: "1", False: "0", None: "-"}


@dataclass(frozen=True)
class Explorer:
    """What the page of a study shows, besides its photos.

    study: "pose". found: what is near each photo. fields: {field: its values for each photo shown}, to filter by; a
    photo may have several values, or none. facts: {what: a word for each photo, "" unknown}, told of the chosen one.
    judged: {what: (n,) object: whether the photo was judged right, None: not
    judged}; default: whether the first neighbour under each model is an answer. about: what a judgement is called.
    legend: what right and wrong mean, in a sentence.
    """

    study: str
    found: Explored
    fields: Mapping[str, Sequence[Sequence[str]]]
    legend: str
    about: str = "first neighbour under"
    judged: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_explorer(explorer: Explorer, thumbs: Thumbnails) -> Html:
    """Write reports/<study>/explore.html and return a remark that leads there. thumbs: of all photos of the study."""
    path = paths.reports(explorer.study) / "explore.html"
    paths.write_text(explorer_page(explorer, thumbs) + "\n", path)
    shown = counted(len(explorer.found.rows), "photo")
    return note(Html(f'<a href="explore.html">Look closer</a>: {shown}, and what each model finds near it.'))


def explorer_page(explorer: Explorer, thumbs: Thumbnails) -> str:
    """Return the page as HTML with one script, no network and no second file; the same study gives the same bytes."""
    ids = list(thumbs.photos["photo_id"].iloc[explorer.found.rows])
    tiles = zip(tile_uris(thumbs, ids), map(thumbs.name, ids), strict=True)
    return render_page(
        "explore.html.j2",
        "look",
        "explore",
        script=script("explorer"),
        study=explorer.study,
        lede=lede(len(ids), len(thumbs.photos)),
        legend=explorer.legend,
        tiles=Html("".join(tile(uri, name) for uri, name in tiles)),
        content=Html(json.dumps(content(explorer), separators=(",", ":")).replace("<", "\\u003c")),
    )


def lede(shown: int, total: int) -> str:
    """Return what the page shows, in words."""
    part = counted(shown, "photo")
    if shown < total:
        part = f"{shown:,} of {counted(total, 'photo')}, drawn at random (at most {MOST:,} fit on a page)"
    return (
        f"{part}. Choose one: each row shows the {NEAREST} photos that one model finds most like it, the closest "
        "first. Near-duplicates are no neighbours of each other."
    )


def tile(uri: str, name: str) -> str:
    """Return one photo."""
    return f'<img class="lk-tile" src="{uri}" alt="{text(name)}" title="{text(name)}" decoding="async">'


def tile_uris(thumbs: Thumbnails, ids: Sequence[str]) -> list[str]:
    """Return the photos as data URIs, in the best quality in which all fit into ROOM, else in the lowest."""
    uris: list[str] = []
    for quality in QUALITIES:
        uris = [jpeg_uri(thumbs.image(photo), quality) for photo in ids]
        if sum(map(len, uris)) <= ROOM:
            break
    return uris


def content(explorer: Explorer) -> dict[str, Any]:
    """Return what the script reads: fields, models with neighbours and judgements, a photo a place in each list.

    Judgements are words of one letter a photo: 1 right, 0 wrong, - not known.
    """
    found = explorer.found
    first = {model: right[:, 0] for model, right in found.right.items() if right.size}
    models = [
        {
            "name": model,
            "near": [[int(place) for place in row if place >= 0] for row in near],
            "right": [marks(row) for row in found.right[model]] if model in found.right else [],
        }
        for model, near in found.near.items()
    ]
    judged = {name: marks(row) for name, row in (explorer.judged or first).items()}
    fields = {name: [list(values) for values in column] for name, column in explorer.fields.items()}
    facts = {name: list(column) for name, column in explorer.facts.items()}
    return {"fields": fields, "facts": facts, "models": models, "about": explorer.about, "judged": judged}


def days(times: pd.Series) -> list[str]:
    """Return each time's day, "" where it is not known.

    >>> days(pd.Series(pd.to_datetime(["2011-08-01 11:13", None])))
    ['2011-08-01', '']
    """
    return ["" if is_missing(time) else f"{time:%Y-%m-%d}" for time in times]


def file_names(photos: pd.DataFrame) -> list[str]:
    """Return the name of each photo's file. photos: path."""
    return [Path(path).name for path in photos["path"]]


def marks(row: NDArray[np.object_]) -> str:
    """Return judgements as letters: 1 right, 0 wrong, - not known.

    >>> marks(np.array([True, None, False], object))
    '1-0'
    """
    return "".join(MARKS[None if each is None else bool(each)] for each in row)
