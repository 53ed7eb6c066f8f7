"""The album curator: a folder of photos in, a gallery of those worth keeping out. The photos are only read."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.album.curator import Curator, load_curator
from likeness.album.gallery import REFUSED, album_page
from likeness.album.selection import choose
from likeness.cache import Cache
from likeness.errors import LayoutError, UserError
from likeness.paths import write_csv, write_text
from likeness.photos.duplicates import near_duplicates
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import read_flat
from likeness.photos.walk import passed_over, say_passed
from likeness.report.tables import safe_cells

RECIPE = ("backbone", "weights", "identity", "layer", "image_size", "batch_size", "precision", "seed", "colours")
COLUMNS = ["path", "chosen", "rank", "score", "low", "high", "sharpness", "near_duplicates", "reason"]


class CurateError(UserError):
    """What the user can put right: a folder, a number, a model that does not fit; the message is one line."""


def curate_album(
    album: Path,
    model: Path,
    output: Path,
    *,
    keep: int,
    diversity: float = 0.5,
    cache: Cache | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Choose `keep` photos of an album that are good and unlike each other; write gallery.html and choices.csv.

    album: a folder of photos, subfolders included; nothing in it is written. model: the file of a Curator.
    output: a folder outside the album, made if need be. keep: at least 1. diversity: at least 0, see album.selection.
    Returns one row per file found, those kept first in the order they were taken: the columns of COLUMNS, and photo_id,
    name, width, height, state, gain; of refused files only path, name, state and reason.
    Raises CurateError, or CuratorMissing and MissingWeights where a file is not there.
    """
    album, output = _places(Path(album), Path(output))
    if keep < 1 or not diversity >= 0:
        raise CurateError(f"keep {keep}, diversity {diversity:g}: keep at least 1 photo, diversity at least 0")
    curator = load_curator(model)
    photos, refused = _photos(album, output, progress)
    sets = album_features(photos, album, curator.recipe, cache=cache)
    try:
        table = _choices(photos, curator, sets, keep, diversity)
    except ValueError as error:
        raise CurateError(f"{model}: {error}") from error
    settings = {"keep": keep, "diversity": diversity, "members": len(curator.coef)}
    page = album_page(table, refused, album, **settings, passed=say_passed(passed_over(album)))
    table = _with_refused(table, refused)
    write_text(page, output / "gallery.html")
    rounded = table[COLUMNS].round({"score": 4, "low": 4, "high": 4, "sharpness": 1})
    write_csv(safe_cells(rounded), output / "choices.csv")
    return table


def curate_or_say_why(album: Path, model: Path, output: Path, **settings: Any) -> tuple[pd.DataFrame | None, str]:
    """Return (the choices, ""), or (None, why) where the classify stage left a note that there is no model.

    settings: of `curate_album`, whose errors are raised all the same. The note is copied into `output`.
    """
    none = Path(model).with_name("none.txt")
    if not Path(model).is_file() and none.is_file():
        why = none.read_text(encoding="utf-8").strip()
        write_text(f"{why}\n", Path(output) / "none.txt")
        return None, why
    return curate_album(album, model, output, **settings), ""


def _places(album: Path, output: Path) -> tuple[Path, Path]:
    """Return both paths absolute, or raise CurateError."""
    if not album.is_dir():
        what = "is a file, not a folder" if album.exists() else "no such folder"
        raise CurateError(f"{album}: {what}; give the folder that holds the photos")
    if output.exists() and not output.is_dir():
        raise CurateError(f"{output}: is a file; give a folder for gallery.html and choices.csv")
    if output.resolve().is_relative_to(album.resolve()):
        raise CurateError(f"{output}: lies inside the album, which is only read; give a folder outside {album}")
    return album.absolute(), output.absolute()


def _photos(album: Path, output: Path, progress: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the album's photos with their near-duplicate groups, and the files refused; paths relative to it."""
    try:
        found = read_flat(album)
    except LayoutError as error:
        raise CurateError(str(error)) from error
    folders = {Path(path).parent.resolve() for path in found["path"]}  # a folder inside may be a link to elsewhere
    if any(output.resolve().is_relative_to(folder) for folder in folders):
        raise CurateError(f"{output}: lies in a folder that the album links to, and is only read; give another folder")
    photos, refused = build_manifest(found, album, progress=progress)
    if photos.empty:
        path, reason, detail = refused.iloc[0][["path", "reason", "detail"]]
        what = f"{len(refused)} files were refused, the first is {path}: {reason}: {detail}"
        raise CurateError(f"{album}: no photo in it; {what}")
    return photos.assign(group=near_duplicates(album, photos, progress=progress)), refused


def album_features(
    photos: pd.DataFrame, root: Path, recipe: Mapping[str, Any], *, cache: Cache | None
) -> dict[str, np.ndarray]:
    """Return {layer: float32 (photos, d), "colour": float32 (photos, c)}, made as the curator's were.

    recipe: the keys of RECIPE. Raises CurateError where the weights or the measures are no longer those.
    """
    from likeness.features.backbones import load_backbone
    from likeness.features.colour import colour_features
    from likeness.features.extract import extract

    if missing := [name for name in RECIPE if name not in recipe]:
        raise CurateError(f"the curator's model does not say its {missing[0]}; `dvc repro -f likability-classify`")
    layer, size = recipe["layer"], recipe["image_size"]
    network = load_backbone(recipe["backbone"], recipe["weights"], layer=layer, seed=recipe["seed"], image_size=size)
    if network.weights != recipe["identity"]:
        raise CurateError(
            f"{recipe['backbone']}: its weights are now {network.weights}, and the curator was fitted on those of "
            f"{recipe['identity']}; `dvc repro likability-classify`"
        )
    settings = {"root": root, "cache": cache, "image_size": size}
    settings |= {name: recipe[name] for name in ("batch_size", "precision")}
    deep, _ = extract(photos, network, **settings)
    colours, names = colour_features(photos, root, cache=cache)
    if list(names) != list(recipe["colours"]):
        raise CurateError("colours were measured otherwise for the curator's model; `dvc repro likability-classify`")
    return {layer: deep, "colour": colours}


def _choices(
    photos: pd.DataFrame, curator: Curator, sets: dict[str, np.ndarray], keep: int, diversity: float
) -> pd.DataFrame:
    """Return the photos with scores and choices, those kept first, then by score."""
    times = Counter(Path(path).name for path in photos["path"])
    names = [path if times[Path(path).name] > 1 else Path(path).name for path in photos["path"]]
    sharpness = np.expm1(sets["colour"][:, list(curator.recipe["colours"]).index("sharpness")].astype(float))
    scores = curator.score(sets)
    pixels = photos["width"] * photos["height"]
    looks = curator.standardise(sets), sharpness, photos["group"], pixels, names
    chosen = choose(scores["score"], *looks, keep=keep, diversity=diversity)
    table = photos[["photo_id", "path", "width", "height"]].reset_index(drop=True)
    table = table.assign(name=names, sharpness=sharpness, near_duplicates=group_numbers(photos["group"]))
    table = pd.concat([table, scores, chosen], axis=1)
    order = {"ascending": [False, True, False, True], "ignore_index": True}
    return table.sort_values(["chosen", "rank", "score", "path"], **order)


def group_numbers(groups: pd.Series) -> list[str]:
    """Return "1", "2" ... for photos that have near-duplicates, numbered as first met, and "" for those without."""
    times = groups.value_counts()
    numbers: dict[str, str] = {}
    return [numbers.setdefault(group, str(len(numbers) + 1)) if times[group] > 1 else "" for group in groups]


def _with_refused(table: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """Add a row per refused file: what was found is in the table, whatever became of it."""
    if refused.empty:
        return table
    reasons = "refused: " + refused["reason"] + ", " + refused["detail"]
    rows = pd.DataFrame({"path": refused["path"], "reason": reasons})
    rows = rows.assign(name=refused["path"], chosen=False, rank=0, near_duplicates="", state=REFUSED)
    return pd.concat([table, rows], ignore_index=True)[list(table.columns)]
