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
    dated = photos[photos["taken_at"].notna()].sort_values(["taken_at", "photo_id"], kind="stable")
    if "duplicate_group" in dated:
        dated = dated.drop_duplicates("duplicate_group")  # a re-encoded file copies nobody
    same = dated[dated["arrangement"].notna()].groupby("arrangement")
    first = same["taken_at"].transform("min").reindex(dated.index)
    table = same.agg(role_model=("photo_id", "first"), taken_at=("taken_at", "min"), last_at=("taken_at", "max"))
    table["copies"] = dated["taken_at"].gt(first).groupby(dated["arrangement"]).sum().astype(int)
    table["same_time"] = same.size() - 1 - table["copies"]
    table["days"] = (table["last_at"] - table["taken_at"]).dt.days
    undated = photos.loc[photos["taken_at"].isna(), "arrangement"].value_counts()
    table["undated"] = undated.reindex(table.index, fill_value=0).astype(int)
    table = table[same.size() > 1].reset_index()[COLUMNS]
    return table.sort_values(["copies", "days", "role_model"], ascending=[False, False, True], ignore_index=True)
