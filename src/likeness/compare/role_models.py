"""Which photo set an arrangement that later photos copied?"""

import pandas as pd

COLUMNS = ["arrangement", "role_model", "taken_at", "copies", "same_time", "last_at", "days", "undated"]


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
    dated, rows = photos[photos["taken_at"].notna()].sort_values(["taken_at", "photo_id"], kind="stable"), []
    if "duplicate_group" in dated:
        dated = dated.drop_duplicates("duplicate_group")  # a re-encoded file copies nobody
    for name, same in dated.groupby("arrangement"):
        if len(same) > 1:
            leader, first = same["photo_id"].iloc[0], same["taken_at"].iloc[0]
            later, last = int((same["taken_at"] > first).sum()), same["taken_at"].max()
            same_time = len(same) - 1 - later
            rows.append((name, leader, first, later, same_time, last, (last - first).days, int(undated.get(name, 0))))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["copies", "days", "role_model"], ascending=[False, False, True], ignore_index=True)
