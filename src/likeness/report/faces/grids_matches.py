"""Which part of a picture, and of the one found for it, makes the two alike: both side by side with their maps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likeness.report.grids import heading, map_cell, photo_cell, saliency_css
from likeness.report.html_text import Html, figure, is_missing, note
from likeness.report.thumbnails import Thumbnails

SIDES = {"left": "query", "right": "match"}


def match_words(row: Mapping[str, Any]) -> tuple[str, bool | None]:
    """Return the line above a pair, and whether the match is right (None where nobody knows).

    row: value (similarity), same (bool, missing where unknown), optionally outcome.
    """
    same = row.get("same")
    known = None if is_missing(same) else bool(same)
    who = row.get("outcome") or {True: "same identity", False: "another identity", None: "identity unknown"}[known]
    return f"{who}, similarity {row['value']:.3f}".replace("-", "−"), known


def matches_grid(
    pairs: pd.DataFrame, maps: Mapping[str, tuple[np.ndarray, np.ndarray]], thumbs: Thumbnails, caption: Any = None
) -> Html:
    """Return per pair a heading, then a row a method: the query, its map, the match, its map.

    pairs: left, right (ids that `thumbs` knows), value, same, optionally outcome. maps: {method: (left (n, h, w), right
    (n, h, w))}, aligned with the rows. Both maps of a row share one scale.
    Raises ValueError where the number of maps and pairs differ.
    """
    for method, sides in maps.items():
        if any(len(side) != len(pairs) for side in sides):
            raise ValueError(f"{method}: {[len(side) for side in sides]} maps for {len(pairs)} pairs; give one each")
    if pairs.empty or not maps:
        return note("No saliency maps to show.")
    body = "".join(_pair(row, number, maps, thumbs) for number, row in enumerate(pairs.to_dict("records")))
    default = "Bright: pixels that make the two alike; both maps of a row share one scale. ✓ right, ✗ another person."
    body = f'<div class="lk-saliency">{body}</div>'
    return figure(body, default if caption is None else caption, saliency_css(4, 760))


def _pair(row: dict[str, Any], number: int, maps: Mapping[str, Sequence[np.ndarray]], thumbs: Thumbnails) -> str:
    parts = [heading(*match_words(row))]
    for method, sides in maps.items():
        both = [np.abs(np.asarray(side[number], float)) for side in sides]
        top = float(np.percentile(np.concatenate([heat.ravel() for heat in both]), 99))
        for (side, word), heat in zip(SIDES.items(), both, strict=True):
            image, name = thumbs.image(row[side]), thumbs.name(row[side])
            parts.append(photo_cell(image, f"{word}: {name}", f"{word}: {name}"))
            parts.append(map_cell(image, heat, top, f"{method} map of the {word}: {name}", method))
    return "".join(parts)
