"""What was embedded: a table of networks and views, and sentences on the crops and on near-duplicates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.report.html_text import Html, counted, note
from likeness.report.tables import table

WEIGHTS = 28  # characters of the weights' identity that are shown


def embeddings_table(arrays: Mapping[str, NDArray], recipes: Mapping[str, Mapping[str, Any]]) -> Html:
    """Return a row per network and view: rows embedded, numbers a row, px that the network was given, its weights.

    arrays: {"<network>-<view>": (rows, dim)}. recipes: {network: image_size, identity}, as `picture_features` gives.
    """
    rows = []
    for name, array in arrays.items():
        network, _, view = name.rpartition("-")
        how = recipes[network]
        rows.append((network, view, *array.shape, how["image_size"], str(how["identity"])[:WEIGHTS]))
    names = ["network", "view", "rows", "numbers a row", "px", "weights"]
    return table(pd.DataFrame(rows, columns=names), "what was embedded, a row of numbers each")


def of_embeddings(photos: pd.DataFrame, crops: pd.DataFrame, networks: Mapping[str, Any]) -> Html:
    """Read what was embedded: how many pictures and faces, and how many of them are one and the same view."""
    each, everyone = (crops[crops["kind"] == kind] for kind in ("each", "all"))
    box = ["photo_id", "x0", "y0", "x1", "y1"]
    shared = len(each[box].merge(everyone[box].drop_duplicates()))
    lead = (
        f"{counted(len(photos), 'picture')} and {counted(len(each), 'face')} were seen by "
        f"{counted(len(networks), 'network')}."
    )
    if each.empty:
        return note(f"{lead} Without a face only the general view remains.")
    return note(
        f"{lead} Of the {len(everyone):,} boxes around all faces of a picture {shared:,} are the box of its only face: "
        f"these views are computed once, and differ in the {len(everyone) - shared:,} others."
    )


def of_copies(copies: NDArray[np.float64], others: NDArray[np.float64]) -> Html:
    """Read the sanity check: near-duplicates must be nearly the same to a network.

    copies: cosines of near-duplicates, a pair each. others: of pictures that are none.
    """
    if not len(copies):
        return note("No picture is a near-duplicate of another, so that nothing can be held against its copy.")
    typical = f" (of pictures side by side in the table, {np.median(others):.3f})" if len(others) else ""
    lead = f"{counted(len(copies), 'near-duplicate')}: the cosine to the picture that it repeats is"
    least = f" in the median and {copies.min():.3f} at the least" if len(copies) > 1 else ""
    return note(f"{lead} {np.median(copies):.3f}{least}{typical}.")
