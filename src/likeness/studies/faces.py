"""What the stages of the faces study left on disk, read back as one record."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.features.vectors import combine

VIEWS = ("general", "face", "faces", "combined")


@dataclass(frozen=True)
class FaceStudy:
    """data: the folder data/faces. models: the folder models/faces. Files are read when first used."""

    data: Path
    models: Path

    def _table(self, name: str) -> pd.DataFrame:
        path = self.data / f"{name}.parquet"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; `dvc repro` makes it")
        return pd.read_parquet(path)

    @cached_property
    def photos(self) -> pd.DataFrame:
        """One row per picture."""
        return self._table("photos")

    @cached_property
    def faces(self) -> pd.DataFrame:
        """One row per face of the chosen detector, with its identity ("" where unknown)."""
        return self._table("faces")

    @cached_property
    def detections(self) -> pd.DataFrame:
        """What every detector found: the faces table with `detector`."""
        return self._table("detections")

    @cached_property
    def truth(self) -> pd.DataFrame:
        """True boxes and identities, where they are known."""
        return self._table("truth")

    @cached_property
    def crops(self) -> pd.DataFrame:
        """One row per crop: kind "each" (a face) or "all" (around all faces of a picture)."""
        return self._table("crops")

    def crops_of(self, kind: str) -> pd.DataFrame:
        """Return the crops of one kind, in table order: the rows of the features of that view."""
        return self.crops[self.crops["kind"] == kind].reset_index(drop=True)

    @cached_property
    def recipe(self) -> dict[str, object]:
        """How the features were made: networks, image_size, batch_size, whiten, seed."""
        return json.loads((self.data / "features" / "recipe.json").read_text(encoding="utf-8"))

    @property
    def networks(self) -> list[str]:
        """The names of the networks, in the order of params.yaml."""
        return list(self.recipe["networks"])

    def general(self, network: str) -> np.ndarray:
        """Return the features of whole pictures: float32 (pictures, dim), rows aligned with `photos`."""
        return self._features(network, "general")

    def face(self, network: str) -> np.ndarray:
        """Return the features of faces: float32 (faces, dim), rows aligned with `crops_of("each")`."""
        return self._features(network, "face")

    def together(self, network: str) -> np.ndarray:
        """Return the features of boxes around all faces: float32 (pictures with a face, dim), as `crops_of("all")`."""
        return self._features(network, "faces")

    def view(self, network: str, view: str, face_weight: float) -> tuple[np.ndarray, list[str]]:
        """Return the vectors of a view, float32 (rows, dim), and what each row is: photo, face or crop ids.

        view: one of VIEWS. combined: a row per face, its general part the whole picture's; pictures without a face
        follow, their face part zero. face_weight: of the face in the combined view, in [0, 1].
        """
        if view == "general":
            return self.general(network), list(self.photos["photo_id"])
        if view == "face":
            return self.face(network), list(self.crops_of("each")["crop_id"])
        if view == "faces":
            return self.together(network), list(self.crops_of("all")["crop_id"])
        if view != "combined":
            raise ValueError(f"view {view!r}: choose one of {', '.join(VIEWS)}")
        return self._combined(network, face_weight)

    def _combined(self, network: str, face_weight: float) -> tuple[np.ndarray, list[str]]:
        each, general, face = self.crops_of("each"), self.general(network), self.face(network)
        row_of = {photo_id: row for row, photo_id in enumerate(self.photos["photo_id"])}
        owners = [row_of[photo_id] for photo_id in each["photo_id"]]
        alone = [row for photo_id, row in row_of.items() if photo_id not in set(each["photo_id"])]
        faceless = np.full((len(alone), face.shape[1]), np.nan, np.float32)
        vectors = combine(np.concatenate([face, faceless]), general[owners + alone], face_weight)
        return vectors, [*each["crop_id"], *self.photos["photo_id"].iloc[alone]]

    def _features(self, network: str, view: str) -> np.ndarray:
        path = self.data / "features" / f"{network}-{view}.npy"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; name {network} in faces.features.networks and run `dvc repro`")
        return np.load(path)
