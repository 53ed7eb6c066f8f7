"""Features of pictures and of the faces in them: whole pictures, crops, and both in one vector."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from likeness.features.backbones import Backbone
from likeness.features.dlib_face import NAME as DLIB
from likeness.features.extract import Extraction, extract
from likeness.features.extractors import load_extractor, recipe_of
from likeness.features.onnx_face import ONNX
from likeness.features.renderings import PHOTO, Rendering, Row
from likeness.features.sight import Sight
from likeness.paths import write_json, write_npy, write_parquet
from likeness.people.alignment import LANDMARKS, aligned_face, landmarks_of, template_points

BOX = ("x0", "y0", "x1", "y1")
KINDS = {"face": "each", "faces": "all"}  # view: kind of the crops
VIEWS = ("general", *KINDS)
ALIGNMENTS = ("landmarks", "box")


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


def aligned_rendering(template: str) -> Rendering:
    """Return the rendering of one face, turned and scaled so that its landmarks lie where a template says.

    Rows as those of `crop_rows`, with LANDMARKS [px]; a crop without them, such as the box around all faces or a face
    that was marked by hand, is cut along its box, as `crop_rendering` does. template: see `alignment.TEMPLATES`.
    """
    target, plain = template_points(template), crop_rendering()

    def apply(image: Image.Image, row: Row) -> Image.Image:
        points = _landmarks(row)
        if points is None:
            return plain.apply(image, row)
        return aligned_face(image, points * [image.width / row["width"], image.height / row["height"]], target)

    def name(row: Row) -> str:
        points = _landmarks(row)
        if points is None:
            return plain.key(row)
        return f"face-{template}-{'-'.join(f'{number:g}' for number in points.ravel())}"

    return Rendering("face", apply, name, crop_draft)


def face_rendering(align: str, network: Backbone) -> Rendering:
    """Return how a network is shown a face.

    align: "landmarks" (by the template that the network learned on) or "box". Raises ValueError for another word.
    """
    if align not in ALIGNMENTS:
        raise ValueError(f"align {align!r}: choose one of {', '.join(ALIGNMENTS)}")
    return crop_rendering() if align == "box" else aligned_rendering(template_of(network.name))


def template_of(network: str) -> str:
    """Return the name of the template by which a network is shown faces: the one that it learned on, if it learned any.

    Of squeezenet1_0's, on 100 portraits of ten people, "portrait" gave mAP 0.93, "arcface" 0.90 and the box 0.92.
    """
    return "dlib" if network == DLIB else "arcface" if network in ONNX else "portrait"


def _landmarks(row: Row) -> NDArray[np.float64] | None:
    return landmarks_of([row[name] for name in LANDMARKS]) if LANDMARKS[0] in row else None


def crop_draft(row: Row, size: int) -> int:
    """Return the shortest side [px] at which a photo must be decoded so that its crop is at least size x size px."""
    shortest = min(row["x1"] - row["x0"], row["y1"] - row["y0"])
    return -int(-size * min(row["width"], row["height"]) // shortest)


def picture_features(
    photos: pd.DataFrame,
    crops: pd.DataFrame,
    networks: Sequence[Sight],
    *,
    seed: int,
    image_size: int,
    batch_size: int,
    align: str = "landmarks",
    precision: str = "auto",
    extract: Callable[..., tuple[np.ndarray, Extraction]] = extract,
    **settings: Any,
) -> tuple[dict[str, NDArray[np.float32]], dict[str, dict[str, Any]]]:
    """Return ({"<network>-general", "-face", "-faces": float32 (rows, dim)}, {network: how its features are made}).

    network: as `Sight.name` gives. Rows are those of `photos`, of the crops of kind "each" and of those of kind "all",
    in table order; never NaN.
    seed, image_size (0: each network's own): as `load_extractor`. align: as `face_rendering`, of each face. extract:
    what computes features, called as `features.extract.extract`. precision and settings (root, cache, device): passed
    to it. Raises ValueError where two networks have one name.
    """
    rows = {view: crop_rows(crops[crops["kind"] == kind], photos) for view, kind in KINDS.items()}
    found, recipes = {}, {}
    for sight in networks:
        name, network = sight.name, load_extractor(*sight, seed=seed, image_size=image_size)
        if name in recipes:
            raise ValueError(f"networks: two are called {name}; rename one of the files")
        tables = {"general": (photos, PHOTO), "face": (rows["face"], face_rendering(align, network))}
        tables["faces"] = (rows["faces"], crop_rendering())
        recipes[name] = recipe_of(network, sight.weights, image_size, batch_size, seed, precision) | {"align": align}
        sizes = {"image_size": recipes[name]["image_size"], "batch_size": batch_size, "precision": precision}
        for view, (table, rendering) in tables.items():
            found[f"{name}-{view}"], _ = extract(table, network, rendering=rendering, **sizes, **settings)
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
