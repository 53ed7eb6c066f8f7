"""The features of every face under each view, so that the views can be held side by side face by face."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_queries import rows_of

VIEWS = ("general", "face", "faces")


def rows_by_view(
    arrays: Mapping[str, NDArray], network: str, queries: pd.DataFrame, crops: pd.DataFrame
) -> dict[str, NDArray]:
    """Return {view: (q, dim)}: what a network sees of each face's picture, of the face, and of all faces around it.

    arrays: {"<network>-<view>": rows}, as `picture_features` gives. queries: photo_id, picture and face, as
    `face_queries` gives. crops: photo_id and kind. Raises ValueError for a face in a picture without a crop of all.
    """
    everyone = crops[crops["kind"] == "all"].reset_index(drop=True)
    rows = {"general": queries["picture"], "face": queries["face"], "faces": rows_of(everyone, queries["photo_id"])}
    return {view: arrays[f"{network}-{view}"][np.asarray(rows[view])] for view in VIEWS}


def copies(photos: pd.DataFrame, general: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cosines of near-duplicates, one number a pair, and of every picture with the one after it.

    photos: duplicate_group. general: (pictures, dim). The second are neighbours in the table: as good as any two.
    Of a group every picture is held against its first.
    """
    unit = np.asarray(general, np.float64)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), np.finfo(float).tiny)
    first = photos.groupby("duplicate_group", sort=False)["photo_id"].transform("first")
    of, to = rows_of(photos, photos["photo_id"]), rows_of(photos, first)
    twin, groups = of != to, photos["duplicate_group"].to_numpy(object)
    apart = np.flatnonzero(groups[1:] != groups[:-1])
    return np.sum(unit[of[twin]] * unit[to[twin]], axis=1), np.sum(unit[apart] * unit[apart + 1], axis=1)
