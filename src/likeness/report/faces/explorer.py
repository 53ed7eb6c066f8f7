"""The explorer of the faces study: every picture, and its neighbours under each view of each network."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.explored import explore, same_person
from likeness.compare.face_views import SHOWN, StudyVectors, picture_similarity
from likeness.photos.pairs import Compare
from likeness.report.explore.page import SIDE, Explorer, file_names, write_explorer
from likeness.report.faces.thumbnails_faces import FaceThumbnails, is_known
from likeness.report.html_text import Html

LEGEND = (
    "✓ a person whom both pictures show, ✗ nobody in common, no mark: not known. Of several faces in a picture the "
    "most alike counts."
)


def explore_faces(
    vectors: StudyVectors,
    photos: pd.DataFrame,
    people: pd.DataFrame,
    weights: Mapping[str, float],
    root: Path,
    seed: int,
) -> Html:
    """Write reports/faces/explore.html and return a remark that leads there.

    people: as `identities_shown` gives. weights: {network: weight of the face in the combined view}. root: of paths.
    """
    models: dict[str, Compare] = {
        f"{view}, {network}": partial(alikeness, vectors, network, view, weights[network])
        for network in vectors
        for view in SHOWN
    }
    found = explore(photos, models, same_person(photos, people), seed)
    shown = photos.iloc[found.rows]
    named = people[people["identity"] != ""].groupby("photo_id")["identity"].agg(sorted)
    fields = {
        "person": [named.get(photo, []) for photo in shown["photo_id"]],
        "artist": [[artist] if is_known(artist) else [] for artist in shown["artist"]],
        "split": [[split] for split in shown["split"]],
    }
    explorer = Explorer("faces", found, fields, LEGEND, facts={"file": file_names(shown)})
    return write_explorer(explorer, FaceThumbnails(root, photos, SIDE))


def alikeness(
    vectors: StudyVectors, network: str, view: str, weight: float, a: NDArray[np.intp], b: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return how alike pictures are under one view of one network: rows a by rows b, NaN where it sees nothing."""
    return picture_similarity(vectors[network], a, view, face_weight=weight)[:, b]
