"""Grids that show what a model did: nearest neighbours, pairs judged right or wrong, and its maps over both photos."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from likeness.explain.study_maps import Explained
from likeness.report.grids import FRAME_CSS, GRID_CSS, Cell, Heats, Maps, cell, heading, maps_grid, pair_maps, row_grid
from likeness.report.html_text import Html, figure, is_missing, note, sheet, stack, text
from likeness.report.pose.reading_grids import describe_neighbours
from likeness.report.reading import describe_saliency
from likeness.report.tables import scorecard_table
from likeness.report.thumbnails import Thumbnails
from likeness.stats.retrieval import nearest

PAIRS_CSS = sheet("pairs")


def ranked_table(
    similarity: np.ndarray, queries: Sequence[str], gallery: Sequence[str], relevant: np.ndarray, k: int
) -> pd.DataFrame:
    """Return the k nearest photos of each query as a table: query, rank (from 1), photo_id, value, right.

    similarity: (q, g), larger is more alike. queries, gallery: photo ids, (q,) and (g,), the queries among the gallery
    and never an answer to themselves. relevant: (q, g) bool, which photos answer a query.
    """
    queries, gallery = np.asarray(queries), np.asarray(gallery)
    own = np.argmax(queries[:, None] == gallery, axis=1)
    index, value = nearest(similarity, k, own=own)
    rows = np.repeat(np.arange(len(queries)), index.shape[1])
    flat = index.ravel()
    return pd.DataFrame(
        {
            "query": queries[rows],
            "rank": np.tile(np.arange(1, index.shape[1] + 1), len(queries)),
            "photo_id": gallery[flat],
            "value": value.ravel(),
            "right": np.asarray(relevant, bool)[rows, flat],
        }
    )


def retrieval_grid(ranked: pd.DataFrame, thumbs: Thumbnails, value: str, top: int, most: int) -> Html:
    """Return one row per query: the query, then its `top` nearest photos, right or wrong, and a note that reads them.

    ranked: query, rank, photo_id, value, right (bool); queries in order of appearance, the first `most` shown.
    value: what the numbers are; smaller is closer where it is called a distance.
    """
    rows = retrieval_rows(ranked, thumbs, top, most)
    closer = "smaller" if "distance" in value else "larger"
    said = f"Under each photo: {value} ({closer} = closer). ✓ right, ✗ wrong."
    shown = row_grid(rows, said, "No queries to show.")
    queries = list(dict.fromkeys(ranked["query"]))[:most]
    seen = ranked[ranked["query"].isin(queries) & (ranked["rank"] <= top)]
    return shown if seen.empty else stack([shown, describe_neighbours(seen, thumbs.photos)])


def retrieval_rows(ranked: pd.DataFrame, thumbs: Thumbnails, top: int, most: int) -> list[list[Cell]]:
    """Return the rows of `retrieval_grid`: the query, then its `top` nearest photos, framed right or wrong."""
    rows = []
    for query in list(dict.fromkeys(ranked["query"]))[:most]:
        asked = f"query: {thumbs.name(query)}"
        found = ranked[ranked["query"].eq(query)].sort_values("rank", kind="stable")
        cells = [Cell(thumbs.uri(query), asked, asked, kind="lk-query")]
        for row in found.head(top).to_dict("records"):
            number = "undefined" if is_missing(row["value"]) else f"{row['value']:.2f}"
            uri, name = thumbs.uri(row["photo_id"]), thumbs.name(row["photo_id"])
            cells.append(Cell(uri, f"rank {row['rank']}: {name}", f"{number}, {name}", bool(row["right"])))
        rows.append(cells)
    return rows


def pair_grid(pairs: pd.DataFrame, thumbs: Thumbnails, most: int) -> Html:
    """Return the first `most` pairs side by side with what they are and what the model said.

    pairs: left, right, same (bool), maybe kind, threshold (default 0.5) and probability (of same): framed right or
    wrong.
    """
    shown = [_pair(row, thumbs) for row in pairs.head(most).to_dict("records")]
    if not shown:
        return note("No pairs to show.")
    return figure(f'<div class="lk-pairs">{"".join(shown)}</div>', css=GRID_CSS + FRAME_CSS + PAIRS_CSS)


def pair_words(row: dict[str, Any]) -> tuple[str, bool | None]:
    """Return the sentence under a pair, and whether the model was right (None if it said nothing)."""
    truth = "same pose" if row["same"] else "different"
    words = f"{truth}, {row['kind']}" if not is_missing(row.get("kind")) else truth
    probability = row.get("probability")
    if is_missing(probability):
        return words, None
    right = (probability >= row.get("threshold", 0.5)) == bool(row["same"])
    bar = f" (called the same from {row['threshold']:.2f})" if "threshold" in row else ""
    return f"{words}; probability of same {probability:.2f}{bar}: {'right' if right else 'wrong'}", bool(right)


def _pair(row: dict[str, Any], thumbs: Thumbnails) -> str:
    words, right = pair_words(row)
    both = "".join(
        cell(Cell(thumbs.uri(row[s]), f"{s} photo: {thumbs.name(row[s])}", right=right)) for s in ("left", "right")
    )
    names = " | ".join(dict.fromkeys(thumbs.name(row[side]) for side in ("left", "right")))
    return f'<figure class="lk-pair"><div>{both}</div><figcaption>{text(words)}<br>{text(names)}</figcaption></figure>'


def hardest_pairs(predictions: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the `most` pairs a model got most wrong, worst first: the furthest beyond the threshold on the wrong side.

    predictions: rows of one model; columns left, right, same, probability, and threshold (default one half).

    >>> rows = pd.DataFrame({"left": ["a", "a"], "right": ["b", "c"], "same": [True, False], "probability": [0.1, 0.2]})
    >>> hardest_pairs(rows, most=5)["right"].tolist()
    ['b']
    """
    beyond = predictions["probability"] - predictions.get("threshold", 0.5)
    called = beyond >= 0
    wrong = predictions.assign(error=beyond.abs())[called != predictions["same"].astype(bool)]
    return wrong.sort_values(["error", "left", "right"], ascending=[False, True, True]).head(most)


def explanation(explained: Explained | None, thumbs: Thumbnails) -> Html:
    """Return the tests of a network's maps, what they say, and the maps; a note where no network was explained."""
    if explained is None:
        return note("No network was tuned as a whole (dvc.yaml, matrix of pose-finetune): no maps.")
    card = scorecard_table(explained.table, explained.warning)
    return stack([card, describe_saliency(explained.table), saliency_grid(explained.pairs, explained.maps, thumbs)])


def saliency_grid(pairs: pd.DataFrame, maps: Maps, thumbs: Thumbnails) -> Html:
    """Return per pair one line a method: left photo, its map, right photo, its map.

    pairs: left, right, same, and optionally kind, probability. maps: {method: (left (n, h, w), right (n, h, w))}, as
    `maps_grid` takes them: the photo that matters more is brighter.
    """

    def cells(row: dict[str, Any], found: Heats) -> list[str]:
        sides = {"left": "left photo", "right": "right photo"}
        return [heading(*pair_words(row)), *pair_maps(row, found, thumbs, sides)]

    caption = "Bright: pixels that moved the model's answer most; both maps of a row share one scale."
    return maps_grid(pairs, maps, cells, caption)
