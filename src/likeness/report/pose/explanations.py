"""What a network looked at: its saliency maps over both photos of a pair, and what the maps were tested for."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from likeness.explain.study_maps import Explained
from likeness.report.grids import heading, map_cell, photo_cell, saliency_css
from likeness.report.html_text import Html, figure, note, stack
from likeness.report.pose.grids_pairs import pair_words
from likeness.report.reading import of_saliency
from likeness.report.tables import scorecard_table
from likeness.report.thumbnails import Thumbnails


def explanation(explained: Explained | None, thumbs: Thumbnails) -> Html:
    """Return the tests of a network's maps, what they say, and the maps; a note where no network was explained."""
    if explained is None:
        return note("No network was tuned as a whole (dvc.yaml, matrix of pose-finetune): no maps.")
    card = scorecard_table(explained.table, explained.warning)
    return stack([card, of_saliency(explained.table), saliency_grid(explained.pairs, explained.maps, thumbs)])


def saliency_grid(pairs: pd.DataFrame, maps: Mapping[str, tuple[np.ndarray, np.ndarray]], thumbs: Thumbnails) -> Html:
    """Return per pair one row a method: left photo, its map, right photo, its map.

    pairs: left, right, same, and optionally kind, probability. maps: {method: (left (n, h, w), right (n, h, w))},
    aligned with the rows of pairs. Both maps of a pair share one scale: the photo that matters more is brighter.
    Raises ValueError where the number of maps and pairs differ.
    """
    for method, sides in maps.items():
        if any(len(side) != len(pairs) for side in sides):
            raise ValueError(f"{method}: {[len(side) for side in sides]} maps for {len(pairs)} pairs; give one each")
    if pairs.empty or not maps:
        return note("No saliency maps to show.")
    body = "".join(_saliency(row, number, maps, thumbs) for number, row in enumerate(pairs.to_dict("records")))
    caption = "Bright: pixels that moved the model's answer most; both maps of a row share one scale."
    return figure(f'<div class="lk-saliency">{body}</div>', caption, saliency_css(4, 760))


def _saliency(row: dict[str, Any], number: int, maps: Mapping[str, Sequence[np.ndarray]], thumbs: Thumbnails) -> str:
    parts = [heading(*pair_words(row))]
    for method, sides in maps.items():
        both = [np.abs(np.asarray(side[number], float)) for side in sides]
        top = float(np.percentile(np.stack(both), 99)) if both[0].shape == both[1].shape else None
        for side, heat in zip(("left", "right"), both, strict=True):
            image, name = thumbs.image(row[side]), thumbs.name(row[side])
            parts.append(photo_cell(image, f"{side} photo: {name}", name))
            parts.append(map_cell(image, heat, top, f"{method} map of the {side} photo: {name}", method))
    return "".join(parts)
