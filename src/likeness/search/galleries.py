"""What a picture can be held against: the pictures of a study and what a network sees of them, read back from disk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.features.extract import extract
from likeness.features.extractors import extractor_of
from likeness.features.face_features import crop_rows, crop_view
from likeness.features.layers import layers_of
from likeness.features.views import PHOTO
from likeness.features.whitening import read_whitening, whiten

STUDIES = ("faces", "pose", "likability")


class GalleryError(ValueError):
    """Features that are not there, or not of this network; the message is one line and says what to run."""


@dataclass(frozen=True)
class Gallery:
    """The pictures of a study as one network sees them.

    photos: photo_id, path (relative to the repository) and what is known of a picture. recipe: how the features were
    made, as `features.extractors.extractor_of` reads it. general: (pictures, d). Of the faces study also crops: one row
    per face, face: (faces, e) their features, and whitening: {"general", "face": matrix}, empty where not whitened.
    """

    study: str
    photos: pd.DataFrame
    recipe: Mapping[str, Any]
    general: NDArray[np.float32]
    crops: pd.DataFrame | None = None
    face: NDArray[np.float32] | None = None
    whitening: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """The name of the network."""
        return str(self.recipe["backbone"])


def embed_query(
    gallery: Gallery, query: pd.DataFrame, root: Path, crop: pd.DataFrame | None = None, device: str = "auto"
) -> dict[str, NDArray[np.float32]]:
    """Return {"general": (d,), and with a crop "face": (e,)} of a picture, made as the gallery's were.

    query: one row with photo_id, path (relative to `root`), sha256, width, height. crop: one row with photo_id, x0, y0,
    x1, y1. Raises RecipeError where the features cannot be made so any more.
    """
    recipe = gallery.recipe
    network = extractor_of(recipe, f"{gallery.study}-features")
    # alone in its batch: its features differ in the last bits only, and a batch is not filled up with black for one
    how = {"root": root, "cache": None, "image_size": recipe["image_size"], "batch_size": 1, "device": device}
    how["precision"] = recipe["precision"]
    found = {"general": extract(query, network, view=PHOTO, **how)[0]}
    if crop is not None:
        found["face"] = extract(crop_rows(crop, query), network, view=crop_view(), **how)[0]
    whitened = {view: whiten(rows, gallery.whitening[view]) for view, rows in found.items() if gallery.whitening}
    return {view: rows[0] for view, rows in (whitened or found).items()}


def open_gallery(study: str, data: Path, network: str | None = None) -> Gallery:
    """Return the gallery of a study. data: its folder data/<study>. network: default the first of its networks.

    Raises GalleryError for an unknown study, one that has not been run, or a network that it has no features of.
    """
    if study not in STUDIES:
        raise GalleryError(f"study {study!r}: choose one of {', '.join(STUDIES)}")
    photos, recipe = _table(data / "photos.parquet"), _recipe(data)
    if study == "faces":
        return _of_faces(data, photos, recipe, network)
    own = recipe.get("backbone")
    if network not in (None, own):
        raise GalleryError(f"network {network!r}: the features of study {study} are of {own}; leave it out")
    layer = "pool" if study == "pose" else layers_of(str(own))[-1]
    if photos.empty:
        raise GalleryError(f"study {study} has no pictures; there is nothing to search in")
    name = "photo" if study == "pose" else layer
    return Gallery(study, photos, {**recipe, "layer": layer}, _rows(data, name, photos))


def _of_faces(data: Path, photos: pd.DataFrame, recipe: Mapping[str, Any], network: str | None) -> Gallery:
    networks = recipe["networks"]
    name = network or next(iter(networks))
    if name not in networks:
        raise GalleryError(f"network {name!r}: the features of study faces are of {', '.join(networks)}")
    crops = _table(data / "crops.parquet")
    each = crops[crops["kind"] == "each"].reset_index(drop=True)
    views = {"general": _rows(data, f"{name}-general", photos), "face": _rows(data, f"{name}-face", each)}
    folder = data / "features"
    whitening = {view: read_whitening(folder, f"{name}-{view}") for view in views} if recipe["whiten"] else {}
    return Gallery("faces", photos, networks[name], views["general"], each, views["face"], whitening)


def _there(path: Path) -> Path:
    """Return a file of a study's folder, or say which stage makes it."""
    if not path.is_file():
        study = (path.parent.parent if path.parent.name == "features" else path.parent).name
        raise GalleryError(f"{path} is missing: study {study} has not been run as far; `dvc repro {study}-features`")
    return path


def read_settings(path: Path) -> dict[str, Any]:
    """Return a JSON file of a study's folder, or raise GalleryError saying which stage makes it."""
    return json.loads(_there(path).read_text(encoding="utf-8"))


def _table(path: Path) -> pd.DataFrame:
    return pd.read_parquet(_there(path))


def _recipe(data: Path) -> dict[str, Any]:
    return read_settings(data / "features" / "recipe.json")


def _rows(data: Path, name: str, table: pd.DataFrame) -> NDArray[np.float32]:
    array = np.load(_there(data / "features" / f"{name}.npy"), mmap_mode="r")
    if len(array) != len(table):
        raise GalleryError(
            f"{data / 'features' / name}.npy has {len(array)} rows for {len(table)} pictures or faces: they are of two "
            f"runs; `dvc repro {data.name}-features`"
        )
    return array
