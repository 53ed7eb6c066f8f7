"""Which photo set an arrangement that later photos copied?"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = ["arrangement", "role_model", "taken_at", "copies", "same_time", "last_at", "days", "undated"]


def _dated(photos: pd.DataFrame) -> pd.DataFrame:
    """Return the dated photos in order of time, one per group of near-duplicates: a re-encoded file copies nobody."""
    dated = photos[photos["taken_at"].notna()].sort_values(["taken_at", "photo_id"], kind="stable")
    return dated.drop_duplicates("duplicate_group") if "duplicate_group" in dated else dated


def _record(leader: pd.Series, followers: pd.DataFrame, undated: int) -> dict:
    later = followers[followers["taken_at"] > leader["taken_at"]]
    last = later["taken_at"].max() if len(later) else leader["taken_at"]
    return {
        "arrangement": leader.get("arrangement"),
        "role_model": leader["photo_id"],
        "taken_at": leader["taken_at"],
        "copies": len(later),
        "same_time": len(followers) - len(later),
        "last_at": last,
        "days": (last - leader["taken_at"]).days,
        "undated": undated,
    }


def _arrangement_copies(photos: pd.DataFrame) -> NDArray[np.bool_]:
    """Return (n, n) bool: True where two photos share a named arrangement."""
    names = photos["arrangement"]
    known = names.notna().to_numpy()
    codes = pd.factorize(names)[0]
    return (codes[:, None] == codes) & known[:, None] & known


def role_models(photos: pd.DataFrame, copies: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Return one row per role model: the earliest photo that at least one other photo copies.

    photos: photo_id, taken_at (NaT if unknown), arrangement (may be missing if `copies` is given), and
        duplicate_group if known: of near-duplicates only the earliest counts.
    copies: (n, n) bool, symmetric, aligned with the rows of `photos`: True where two photos show the same thing,
        for example similarity >= threshold. None: where the arrangement is the same.
    The photos are walked in order of time; one that copies no role model yet becomes one itself, and a copy
    belongs to the earliest role model that it copies.
    Columns: arrangement, role_model (photo id), taken_at, copies (later photos), same_time (photos with the very
    same date: nobody can say who was first), last_at, days (from the role model to its last copy), undated
    (photos without a date that look like it). Most copied first, the longest copied among equals.
    Raises ValueError if `copies` does not fit the photos.
    """
    photos = photos.reset_index(drop=True)
    copies = _arrangement_copies(photos) if copies is None else np.asarray(copies, dtype=bool)
    if copies.shape != (len(photos), len(photos)):
        raise ValueError(f"copies has shape {copies.shape}, but there are {len(photos)} photos")
    undated = photos["taken_at"].isna().to_numpy()
    free = _dated(photos)
    records = []
    while len(free):
        leader, rest = free.iloc[0], free.iloc[1:]
        follows = copies[leader.name, rest.index]
        if follows.any():
            records.append(_record(leader, rest[follows], int((copies[leader.name] & undated).sum())))
        free = rest[~follows]
    table = pd.DataFrame(records, columns=COLUMNS)
    return table.sort_values(["copies", "days", "role_model"], ascending=[False, False, True], ignore_index=True)
