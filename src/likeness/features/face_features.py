"""Features of pictures and of the faces in them: whole pictures, crops, and both in one vector."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from likeness.features.extract import Extraction, extract
from likeness.features.extractors import load_extractor, recipe_of, weights_of
from likeness.features.renderings import PHOTO, Rendering, Row
from likeness.paths import write_json, write_npy, write_parquet

BOX = ("x0", "y0", "x1", "y1")
KINDS = {"face": "each", "faces": "all"}  # view: kind of the crops
VIEWS = ("general", *KINDS)


def crop_rows(crops: pd.DataFrame, photos: pd.DataFrame) -> pd.DataFrame:
    """Return one row per crop with what `extract` asks of a photo: the crops' columns, path, sha256, width, height.

    crops: photo_id and x0, y0, x1, y1 [px of the upright photo]. Raises ValueError for a crop of an unknown photo, or a
    box that is empty or reaches out of its photo.
    """
    own = photos[["photo_id", "path", "sha256", "width", "height"]]
    named = [name for name in crops if name == "photo_id" or name not in own]
    rows = crops[named].merge(own, on="photo_id", how="left")
    if rows["path"].isna().any():
        raise ValueError(f"photo {rows.loc[rows['path'].isna(), 'photo_id'].iloc[0]!r} of a crop is not in the photos")
    x0, y0, x1, y1 = (rows[name] for name in BOX)
    wrong = ~((x0 >= 0) & (x0 < x1) & (x1 <= rows["width"]) & (y0 >= 0) & (y0 < y1) & (y1 <= rows["height"]))
    if wrong.any():
        row = rows[wrong].iloc[0]
        raise ValueError(
            f"{row['path']}: crop {[row[name] for name in BOX]} is empty or reaches out of {row['width']} x "
            f"{row['height']} px"
        )
    return rows


def crop_rendering() -> Rendering:
    """Return the rendering of one crop; its rows are those of `crop_rows`.

    Two crops of one box share their features, whatever they are called: the only face of a picture is also all of its
    faces.
    """

    def apply(image: Image.Image, row: Row) -> Image.Image:
        across, down = image.width / row["width"], image.height / row["height"]  # a draft is smaller than the photo
        left, top = int(row["x0"] * across), int(row["y0"] * down)
        right, bottom = round(row["x1"] * across), round(row["y1"] * down)
        return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))

    return Rendering("crop", apply, lambda row: f"crop-{'-'.join(f'{row[name]:g}' for name in BOX)}", crop_draft)


def crop_draft(row: Row, size: int) -> int:
    """Return the shortest side [px] at which a photo must be decoded so that its crop is at least size x size px."""
    shortest = min(row["x1"] - row["x0"], row["y1"] - row["y0"])
    return -int(-size * min(row["width"], row["height"]) // shortest)


def picture_features(
    photos: pd.DataFrame,
    crops: pd.DataFrame,
    networks: Sequence[str],
    *,
    weights: str,
    seed: int,
    image_size: int,
    batch_size: int,
    precision: str = "auto",
    extract: Callable[..., tuple[np.ndarray, Extraction]] = extract,
    **settings: Any,
) -> tuple[dict[str, NDArray[np.float32]], dict[str, dict[str, Any]]]:
    """Return ({"<network>-general", "-face", "-faces": float32 (rows, dim)}, {network: how its features are made}).

    Rows are those of `photos`, of the crops of kind "each" and of those of kind "all", in table order; never NaN.
    weights: as `weights_of`. seed, image_size (0: each network's own): as `load_extractor`. extract: what computes
    features, called as `features.extract.extract`. precision and settings (root, cache, device): passed to it.
    """
    tables = {"general": (photos, PHOTO)}
    for view, kind in KINDS.items():
        tables[view] = (crop_rows(crops[crops["kind"] == kind], photos), crop_rendering())
    found, recipes = {}, {}
    for name, own in weights_of(networks, weights).items():
        network = load_extractor(name, own, seed=seed, image_size=image_size)
        recipes[name] = recipe_of(network, own, image_size, batch_size, seed, precision)
        sizes = {"image_size": recipes[name]["image_size"], "batch_size": batch_size, "precision": precision}
        for view, (rows, rendering) in tables.items():
            found[f"{name}-{view}"], _ = extract(rows, network, rendering=rendering, **sizes, **settings)
    return found, recipes


def ids_by_view(photos: pd.DataFrame, crops: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return {view: what each row of its features is}: photo_id of "general", crop_id and photo_id of the others."""
    ids = {view: crops.loc[crops["kind"] == kind, ["crop_id", "photo_id"]] for view, kind in KINDS.items()}
    return {view: table.reset_index(drop=True) for view, table in ({"general": photos[["photo_id"]]} | ids).items()}


def view_of(name: str) -> str:
    """Return the view of an array that is named "<network>-<view>".

    >>> view_of("resnet50-faces")
    'faces'
    """
    return name.rpartition("-")[2]


def write_face_features(
    folder: Path, photos: pd.DataFrame, crops: pd.DataFrame, arrays: Mapping[str, NDArray], recipe: Mapping[str, Any]
) -> None:
    """Write each array as <network>-<view>.npy beside a table of its rows' ids, and recipe.json.

    arrays: as `picture_features` gives. Raises ValueError where rows and ids differ in number.
    """
    ids = ids_by_view(photos, crops)
    for name, array in arrays.items():
        table = ids[view_of(name)]
        if len(table) != len(array):
            raise ValueError(f"{name}: {len(array)} rows of features for {len(table)} ids")
        write_npy(array, folder / f"{name}.npy")
        write_parquet(table, folder / f"{name}.parquet")
    write_json(dict(recipe), folder / "recipe.json")
