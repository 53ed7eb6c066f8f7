"""The features of every face under each view, so that the views can be held side by side face by face."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_queries import face_queries, rows_of

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


def known_pairs(features: NDArray, owners: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the cosine similarity of every pair of rows whose identity is known, and whether it is the same person.

    features: (n, dim). owners: photo_id, identity ("" unknown), and optionally duplicate_group, in the order of the
    rows. Pairs within one picture, and of near-duplicates, are left out: that they are alike is known beforehand.
    """
    if len(features) != len(owners):
        raise ValueError(f"{len(features)} feature rows for {len(owners)} owners: give one each")
    known = np.flatnonzero(owners["identity"].fillna("").ne("").to_numpy())
    unit = np.asarray(features, float)[known]
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    first, second = np.triu_indices(len(known), k=1)
    rows = owners.iloc[known]
    apart = np.ones(len(first), bool)
    for column in {"photo_id", "duplicate_group"} & set(rows):
        names = rows[column].to_numpy(object)
        apart &= names[first] != names[second]
    names = rows["identity"].to_numpy(object)
    return (unit @ unit.T)[first, second][apart], (names[first] == names[second])[apart]


def pairs_by_view(
    arrays: Mapping[str, NDArray],
    networks: Sequence[str],
    faces: pd.DataFrame,
    photos: pd.DataFrame,
    crops: pd.DataFrame,
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Return {"<network> <view>": as `known_pairs` gives}, a view without two pictures of one person left out.

    arrays: {"<network>-<view>": rows}, as `picture_features` gives. faces, photos, crops: as `face_queries` takes them,
    photos with duplicate_group.
    """
    queries = face_queries(faces, photos, crops)
    owners = queries.merge(photos[["photo_id", "duplicate_group"]], on="photo_id", how="left")
    found = {
        f"{network} {view}": known_pairs(rows, owners)
        for network in networks
        for view, rows in rows_by_view(arrays, network, queries, crops).items()
    }
    return {name: (similarity, same) for name, (similarity, same) in found.items() if same.any()}


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
