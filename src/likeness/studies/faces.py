"""What the stages of the faces study left on disk, read back as one record."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from likeness.errors import UserError
from likeness.features.vectors import combine, read_face_weight
from likeness.studies.stored import stored

if TYPE_CHECKING:
    from likeness.features.backbones import Backbone

VIEWS = ("general", "face", "faces", "combined")


@dataclass(frozen=True)
class FaceStudy:
    """data: the folder data/faces. models: the folder models/faces. Files are read when first used."""

    data: Path
    models: Path

    photos = stored("photos")  # a row per picture
    faces = stored("faces")  # of the chosen detector, with identities ("" where unknown)
    detections = stored("detections")  # what every detector found: as faces, with `detector`
    truth = stored("truth")  # true boxes and identities, where they are known
    crops = stored("crops")  # kind "each" (a face) or "all" (around all faces of a picture)
    detector_counts = stored("detector/counts")  # of annotated pictures: detector, photo_id, found, missed, false
    detector_tests = stored("detector/comparison")  # the paired tests of our own detector and MTCNN

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

    def network(self, name: str) -> tuple["Backbone", int]:
        """Return the network that made the features, and the side [px] of the squares that it was given.

        Raises RecipeError where its weights are other ones now.
        """
        from likeness.features.extractors import extractor_of  # torch is slow to import, and tables don't need it

        recipe = self.recipe["networks"][name]
        return extractor_of(recipe, "faces-features"), recipe["image_size"]

    def face_weight(self, network: str) -> float:
        """Return the weight of the face in the combined view that the report chose. Raises UserError for none."""
        chosen = read_face_weight(self.data, network)
        if chosen is None:
            raise UserError(
                f"faces.index.network: the report chose no weight of the face for {network}; name a network of "
                "faces.features.networks and run `dvc repro faces-report`"
            )
        return chosen

    def view(self, network: str, view: str, face_weight: float | None = None) -> tuple[np.ndarray, list[str]]:
        """Return the vectors of a view, float32 (rows, dim), and what each row is: photo, face or crop ids.

        view: one of VIEWS. combined: a row per face, its general part the whole picture's; pictures without a face
        follow, their face part zero, unless the face weighs 1: nothing is left to compare them by. face_weight: of the
        face in the combined view, in [0, 1].
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
        with_face = set(each["photo_id"])
        alone = [row for photo_id, row in row_of.items() if photo_id not in with_face and face_weight != 1]
        faceless = np.full((len(alone), face.shape[1]), np.nan, np.float32)
        vectors = combine(np.concatenate([face, faceless]), general[owners + alone], face_weight)
        return vectors, [*each["crop_id"], *self.photos["photo_id"].iloc[alone]]

    def _features(self, network: str, view: str) -> np.ndarray:
        path = self.data / "features" / f"{network}-{view}.npy"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; name {network} in faces.features.networks and run `dvc repro`")
        return np.load(path, mmap_mode="r")  # a page reads one view of one network at a time
