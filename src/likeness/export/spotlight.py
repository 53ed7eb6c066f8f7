"""A study as Parquet files that Renumics Spotlight opens: `spotlight photos.parquet`.

Spotlight shows a path of a picture as the picture, a list of numbers as an embedding, a list of four as a box.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from likeness.export.tables import StudyTables
from likeness.paths import write_parquet


def write_spotlight(study: StudyTables, root: Path, folder: Path) -> None:
    """Write photos.parquet, and pairs.parquet where the study judges pairs.

    photos: a row per picture: `image` (its file), the study's columns, `box` of the surest face (shares of the
    picture), `nearest by <model>` and a vector per network; of a study of posts also the first post that shows it, and
    `probability by <model>`. pairs: `left image`, `right image`, `probability by <model>`. Predictions are those of
    first runs, for the honest split. root: of the repository, which paths of photos are relative to.
    """
    photos, tables = study.tables["photos"], study.tables
    files = dict(zip(photos["photo_id"], (str(root / path) for path in photos["path"]), strict=True))
    table = photos.assign(path=photos["photo_id"].map(files)).rename(columns={"path": "image"})
    if "posts" in tables:
        posts = tables["posts"].drop_duplicates("photo_id").drop(columns=["path", "image", "group", "duplicate_group"])
        said = probabilities(tables["predictions"], ["post_id"])
        new = [name for name in posts if name not in table.columns or name in ("photo_id", "split", "taken_at")]
        table = table.drop(columns=["split", "taken_at"], errors="ignore").merge(posts[new], on="photo_id", how="left")
        table = table.merge(said, on="post_id", how="left")
    if "boxes" in tables:
        table["box"] = table["photo_id"].map(surest_boxes(tables["boxes"], photos))
    near = {f"nearest by {model}": table["photo_id"].map(found.str[0]).map(files) for model, found in study.found()}
    seen = {name: pd.Series(list(rows), index=table.index) for name, rows in study.of_photos()}
    write_parquet(table.assign(**near, **seen), folder / "photos.parquet")
    if "pairs" in tables:
        write_parquet(_pairs(tables, files), folder / "pairs.parquet")


def _pairs(tables: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> pd.DataFrame:
    pairs, sides = tables["pairs"], ["left", "right"]
    shown = {f"{side} image": pairs[side].map(files) for side in sides}
    return pairs.assign(**shown).merge(probabilities(tables["predictions"], sides), on=sides, how="left")


def probabilities(predictions: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return `by` and a column `probability by <model>` each: what first runs of the honest split say, NaN for none."""
    said = predictions[(predictions["scheme"] == "honest") & (predictions["run"] == 0)]
    wide = said.pivot_table(index=by, columns="model", values="probability", observed=True)
    return wide.add_prefix("probability by ").rename_axis(columns=None).reset_index()


def surest_boxes(boxes: pd.DataFrame, photos: pd.DataFrame) -> pd.Series:
    """Return the box [x0, y0, x1, y1] of the surest face of each photo, by photo_id, as shares of width and height."""
    first = boxes.sort_values("score", ascending=False, kind="stable").drop_duplicates("photo_id").set_index("photo_id")
    size = photos.set_index("photo_id")[["width", "height"]].reindex(first.index)
    scaled = first[["x0", "y0", "x1", "y1"]].to_numpy() / size[["width", "height", "width", "height"]].to_numpy()
    return pd.Series(scaled.round(6).tolist(), index=first.index)
