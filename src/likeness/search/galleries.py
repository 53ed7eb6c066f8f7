"""The pictures of a study as a network sees them, read back from disk, and how like one picture each of them is.

Every picture is compared, a block at a time. The files of the stage faces-index are not read: to load an index takes
as long as to compare all that it holds, so that it pays only for whoever asks many questions of one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_views import combined
from likeness.compare.same_person import SamePerson
from likeness.features.layers import layers_of
from likeness.features.sight import Sight
from likeness.features.vectors import l2_normalise
from likeness.features.whitening import read_whitening
from likeness.stats.retrieval import nearest

VIEWS = {
    "faces": ("combined", "face", "general"),
    "pose": ("general", "pose", "place", "both"),
    "likability": ("general",),
}  # by study
KNOWN = ("title", "artist", "date", "identity", "site", "pose")  # what a study may know of a picture
PROBABILITY = ("probability", "probability_low", "probability_high")  # of "the same person", in answers
BLOCK = 4096  # rows at a time: features on disk are read once and never held whole in double precision


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
        """What the network is called."""
        return Sight(str(self.recipe["backbone"]), str(self.recipe["weights"])).name


def open_gallery(study: str, data: Path, network: str | None = None) -> Gallery:
    """Return the gallery of a study. data: its folder data/<study>. network: default the first of its networks.

    Raises GalleryError for an unknown study, one that has not been run, or a network that it has no features of.
    """
    if study not in VIEWS:
        raise GalleryError(f"study {study!r}: choose one of {', '.join(VIEWS)}")
    photos, recipe = pd.read_parquet(_there(data / "photos.parquet")), read_settings(data / "features" / "recipe.json")
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


def query_similarity(
    gallery: Gallery, vectors: Mapping[str, NDArray], view: str, face_weight: float | None = None
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (similarity of every picture, its face that is the most alike as a row of `gallery.crops`, else -1).

    vectors: as `embed_query` gives. Similarities are those of `face_views.similarity`: larger is more alike, in [-1,
    1], NaN under the view face for a picture without a face. face_weight: of the combined view, where a query without a
    face has its whole picture alone. Raises ValueError for another view, or for the view face without a face.
    """
    if view not in VIEWS["faces"] or (view == "face" and "face" not in vectors):
        known = ", ".join(VIEWS["faces"])
        raise ValueError(f"view {view!r} with {', '.join(vectors)} of the query: choose one of {known}")
    face, closest = np.full(len(gallery.photos), np.nan), np.full(len(gallery.photos), -1)
    if view != "general" and "face" in vectors:
        face, closest = _best_faces(gallery, vectors["face"])
    if view == "face":
        return face, closest
    general = cosines(gallery.general, vectors["general"])
    return (general if view == "general" else combined(face, general, face_weight)), closest


def cosines(rows: NDArray, query: NDArray) -> NDArray[np.float64]:
    """Return (n,) the cosine of `query` (d,) to every row (n, d), in [-1, 1]; larger is more alike."""
    query = l2_normalise(query)
    blocks = [l2_normalise(rows[start : start + BLOCK]) @ query for start in range(0, len(rows), BLOCK)]
    return np.concatenate([np.zeros(0), *blocks])


def _best_faces(gallery: Gallery, query: NDArray) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return each picture's largest cosine to the query's face, NaN without a face, and the row of that face."""
    cosine = cosines(gallery.face, query)
    order = np.argsort(-cosine, kind="stable")  # of equals the first face
    first = pd.Series(order, index=gallery.crops["photo_id"].to_numpy()[order])
    first = first[~first.index.duplicated()].reindex(gallery.photos["photo_id"])
    closest = first.fillna(-1).to_numpy(np.intp)
    return np.where(closest >= 0, np.append(cosine, np.nan)[closest], np.nan), closest


def ranked_pictures(gallery: Gallery, similarity: NDArray, closest: NDArray[np.intp], k: int) -> pd.DataFrame:
    """Return the `k` most similar pictures: rank (from 1), similarity, photo_id, path, width, height, those of
    KNOWN that the study knows, and crop_id: the face that is the most alike, "" for none.

    Pictures of undefined similarity are left out.
    """
    index, value = (found[0] for found in nearest(similarity[None], k))
    index, value = index[~np.isnan(value)], value[~np.isnan(value)]
    photos = gallery.photos.iloc[index].reset_index(drop=True)
    told = [name for name in KNOWN if name in gallery.photos and gallery.photos[name].fillna("").ne("").any()]
    table = photos[["photo_id", "path", "width", "height", *told]].fillna(dict.fromkeys(told, ""))
    crops = [] if gallery.crops is None else list(gallery.crops["crop_id"])
    faces = [crops[row] if row >= 0 else "" for row in closest[index]]
    table = table.assign(crop_id=pd.Series(faces, dtype="str"))
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table.insert(1, "similarity", value)
    return table


def with_probability(gallery: Gallery, table: pd.DataFrame, face: NDArray, worth: SamePerson) -> pd.DataFrame:
    """Return answers with probability, probability_low and probability_high: does their face show the query's person?

    table: as `ranked_pictures` gives; an answer without a face has no probability (NaN). face: (e,) of the query.
    """
    rows = pd.Index(gallery.crops["crop_id"]).get_indexer(table["crop_id"])
    cosine = np.full(len(table), np.nan)
    cosine[rows >= 0] = cosines(gallery.face[rows[rows >= 0]], face)
    return table.assign(**dict(zip(PROBABILITY, worth.probability(cosine).T, strict=True)))


def _of_faces(data: Path, photos: pd.DataFrame, recipe: Mapping[str, Any], network: str | None) -> Gallery:
    networks = recipe["networks"]
    name = network or next(iter(networks))
    if name not in networks:
        raise GalleryError(f"network {name!r}: the features of study faces are of {', '.join(networks)}")
    crops = pd.read_parquet(_there(data / "crops.parquet"))
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


def _rows(data: Path, name: str, table: pd.DataFrame) -> NDArray[np.float32]:
    array = np.load(_there(data / "features" / f"{name}.npy"), mmap_mode="r")
    if len(array) != len(table):
        raise GalleryError(
            f"{data / 'features' / name}.npy has {len(array)} rows for {len(table)} pictures or faces: they are of two "
            f"runs; `dvc repro {data.name}-features`"
        )
    return array
