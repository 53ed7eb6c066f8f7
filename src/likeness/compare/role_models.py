"""Which photo set an arrangement that later photos copied?"""

import pandas as pd

COLUMNS = ["arrangement", "role_model", "taken_at", "copies", "same_time", "last_at", "days", "undated"]


def _dated(photos: pd.DataFrame) -> pd.DataFrame:
    """Return the dated photos in order of time, one per group of near-duplicates: a re-encoded file copies nobody."""
    dated = photos[photos["taken_at"].notna()].sort_values(["taken_at", "photo_id"], kind="stable")
    return dated.drop_duplicates("duplicate_group") if "duplicate_group" in dated else dated


def _record(leader: pd.Series, followers: pd.DataFrame, undated: int) -> dict:
    later = followers[followers["taken_at"] > leader["taken_at"]]
    last = later["taken_at"].max() if len(later) else leader["taken_at"]
    return {
        "arrangement": leader["arrangement"],
        "role_model": leader["photo_id"],
        "taken_at": leader["taken_at"],
        "copies": len(later),
        "same_time": len(followers) - len(later),
        "last_at": last,
        "days": (last - leader["taken_at"]).days,
        "undated": undated,
    }


def role_models(photos: pd.DataFrame) -> pd.DataFrame:
    """Return one row per role model: the earliest photo of an arrangement that at least one other photo copies.

    photos: photo_id, taken_at (NaT if unknown), arrangement (may be missing), and duplicate_group if known: of
    near-duplicates only the earliest counts.
    Columns: arrangement, role_model (photo id), taken_at, copies (later photos), same_time (photos with the very
    same date: nobody can say who was first), last_at, days (from the role model to its last copy), undated
    (photos of the arrangement without a date). Most copied first, the longest copied among equals.

    >>> dates = pd.to_datetime(["2014-05-01", "2014-05-11", None])
    >>> photos = pd.DataFrame({"photo_id": ["a", "b", "c"], "taken_at": dates, "arrangement": "arch/wave"})
    >>> role_models(photos)[["role_model", "copies", "days", "undated"]].to_dict("records")
    [{'role_model': 'a', 'copies': 1, 'days': 10, 'undated': 1}]
    """
    undated = photos.loc[photos["taken_at"].isna(), "arrangement"].value_counts()
    records = [
        _record(same.iloc[0], same.iloc[1:], int(undated.get(name, 0)))
        for name, same in _dated(photos).groupby("arrangement")
        if len(same) > 1
    ]
    table = pd.DataFrame(records, columns=COLUMNS)
    return table.sort_values(["copies", "days", "role_model"], ascending=[False, False, True], ignore_index=True)
