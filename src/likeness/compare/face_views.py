"""How like a face is every picture? One matrix per view: the whole picture, the face, all faces, face and picture.

A query is a face (a row of `face_queries`), the gallery are all pictures. Similarities are cosines in [-1, 1], larger
is more alike, NaN where there is nothing to compare: the query's own picture, and a picture without a face where only
faces are looked at. Nothing is standardised. Queries are taken a block at a time, to bound the memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.compare.face_queries import candidates, rows_of
from likeness.features.vectors import l2_normalise
from likeness.stats.retrieval import nearest
from likeness.studies.faces import FaceStudy

VIEWS = ("general", "face", "faces", "combined")
SINGLE = ("general", "face", "faces")  # views of one kind of picture
SHOWN = ("general", "face", "combined")
CELLS = 1_000_000  # products held at once: 8 MB, of which ranking makes some copies
SINGLE_PRECISION = 20_000  # rows from which single precision is enough: similarities move by 1e-7, memory is halved


@dataclass(frozen=True)
class FaceVectors:
    """What one network sees, rows of length 1: float64, or float32 for more than SINGLE_PRECISION pictures or faces.

    general: (pictures, d). face: (faces, d). owner: (faces,) the picture of each face, as a row of `general`.
    together: (pictures, d), the box around all faces of each picture, NaN without a face; None: not computed.
    """

    general: NDArray[np.float64]
    face: NDArray[np.float64]
    owner: NDArray[np.intp]
    together: NDArray[np.float64] | None = None

    @cached_property
    def by_owner(self) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
        """The faces sorted by picture, where each picture's faces start, and the pictures that have any."""
        is_sorted = bool((np.diff(self.owner) >= 0).all())
        order = slice(None) if is_sorted else np.argsort(self.owner, kind="stable")  # a slice spares the copy
        pictures, starts = np.unique(self.owner[order], return_index=True)
        return self.face[order], starts, pictures


def face_vectors(
    photos: pd.DataFrame, crops: pd.DataFrame, general: NDArray, face: NDArray, together: NDArray | None = None
) -> FaceVectors:
    """Return one network's features in the shape that the views ask for.

    general: (pictures, d), rows as `photos`. face, together: (crops, d), rows as the crops of kind "each" and "all".
    Raises ValueError where rows and features differ in number, or a crop's picture is unknown.
    """
    owners = {kind: rows_of(photos, crops.loc[crops["kind"] == kind, "photo_id"]) for kind in ("each", "all")}
    for name, array, rows in (("general", general, photos), ("face", face, owners["each"])):
        _check_rows(name, array, len(rows))
    dtype = np.float32 if max(len(general), len(face)) > SINGLE_PRECISION else np.float64
    everyone = None
    if together is not None:
        _check_rows("faces", together, len(owners["all"]))
        everyone = np.full((len(photos), np.shape(together)[1]), np.nan, dtype)
        everyone[owners["all"]] = l2_normalise(together, dtype)
    return FaceVectors(l2_normalise(general, dtype), l2_normalise(face, dtype), owners["each"], everyone)


class StudyVectors(Mapping[str, FaceVectors]):
    """{network: its features in the shape that the views ask for}, in the order of the study's networks.

    Those of one network are held, the one asked for last: pages go through the networks one after the other.
    """

    def __init__(self, study: FaceStudy) -> None:
        self.study = study
        self._held: tuple[str, FaceVectors] | None = None

    def __getitem__(self, network: str) -> FaceVectors:
        if network not in self.study.networks:
            raise KeyError(network)
        if self._held is None or self._held[0] != network:
            self._held = None  # before the next is read
            study, name = self.study, network
            arrays = (study.general(name), study.face(name), study.together(name))
            self._held = name, face_vectors(study.photos, study.crops, *arrays)
        return self._held[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.study.networks)

    def __len__(self) -> int:
        return len(self.study.networks)


def _check_rows(name: str, array: NDArray, rows: int) -> None:
    if np.ndim(array) != 2 or len(array) != rows:
        raise ValueError(f"features {name} have shape {np.shape(array)} for {rows} rows: need (rows, dim)")


def similarity(
    vectors: FaceVectors,
    queries: pd.DataFrame,
    view: str,
    *,
    face_weight: float = 0.5,
    exclude: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Return (q, pictures) similarities under a view, NaN for pictures that `candidates` leaves out.

    general: cosine of the whole pictures. face: the largest cosine between the query and a face of the picture; NaN
    without a face. faces: cosine of the boxes around all faces; NaN where either picture has none. combined:
    face_weight * face + (1 - face_weight) * general, the product of `combine`d vectors; a picture without a face has
    only its general part. face_weight in [0, 1].
    """
    rows = [np.empty((0, len(vectors.general)))]
    for part in blocks(vectors, queries):
        allowed = candidates(part, len(vectors.general), exclude)
        rows.append(np.where(allowed, view_block(vectors, part, view, face_weight), np.nan))
    return np.concatenate(rows)


def similarities(
    vectors: FaceVectors, queries: pd.DataFrame, face_weight: float, exclude: ArrayLike | None = None
) -> dict[str, NDArray[np.float64]]:
    """Return {view: as `similarity` gives} of the views that a page shows side by side: general, face and combined.

    For the few queries that are shown: a row of all pictures each.
    """
    how = {"face_weight": face_weight, "exclude": exclude}
    return {view: similarity(vectors, queries, view, **how) for view in SHOWN}


def nearest_pictures(
    vectors: FaceVectors, queries: pd.DataFrame, exclude: ArrayLike | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return (q,) the picture that is nearest to each query's picture as a whole, and its similarity, NaN for none."""
    found = [(np.empty(0, np.intp), np.empty(0))]
    for part in blocks(vectors, queries):
        index, value = nearest(similarity(vectors, part, "general", exclude=exclude), 1)
        found.append((index[:, 0], value[:, 0]))
    return tuple(np.concatenate(columns) for columns in zip(*found, strict=True))


def blocks(vectors: FaceVectors, queries: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the queries in parts whose products with all faces and pictures fit in memory."""
    step = max(1, CELLS // max(len(vectors.general), len(vectors.face), 1))
    for start in range(0, len(queries), step):
        yield queries.iloc[start : start + step]


def view_block(vectors: FaceVectors, queries: pd.DataFrame, view: str, face_weight: float) -> NDArray[np.float64]:
    """Return (q, pictures) similarities of a few queries, own pictures included; raises ValueError for other views."""
    picture, face = queries["picture"].to_numpy(), queries["face"].to_numpy()
    if view == "general":
        return vectors.general[picture] @ vectors.general.T
    if view == "face":
        return _best_face(vectors, vectors.face[face])
    if view == "faces":
        if vectors.together is None:
            raise ValueError("view faces: no features of the boxes around all faces were given to face_vectors")
        return vectors.together[picture] @ vectors.together.T
    if view != "combined":
        raise ValueError(f"view {view!r}: choose one of {', '.join(VIEWS)}")
    parts = (view_block(vectors, queries, part, face_weight) for part in ("face", "general"))
    return combined(*parts, face_weight)


def combined(face: NDArray, general: NDArray, face_weight: float) -> NDArray[np.float64]:
    """Return face_weight * face + (1 - face_weight) * general, where an undefined face part is 0."""
    if not 0 <= face_weight <= 1:
        raise ValueError(f"face_weight {face_weight:g} must be between 0 and 1")
    return face_weight * np.where(np.isnan(face), 0, face) + (1 - face_weight) * general


def _best_face(vectors: FaceVectors, face: NDArray) -> NDArray[np.float64]:
    """Return (q, pictures): the largest cosine of each query to a face of the picture, NaN where it has none."""
    ordered, starts, pictures = vectors.by_owner
    best = np.full((len(face), len(vectors.general)), np.nan)
    if len(pictures):
        best[:, pictures] = np.maximum.reduceat(face @ ordered.T, starts, axis=1)
    return best


def picture_similarity(
    vectors: FaceVectors,
    pictures: NDArray[np.intp],
    view: str,
    *,
    face_weight: float = 0.5,
    exclude: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Return (m, pictures) similarities where whole pictures ask: the best of their faces does, as in `similarity`.

    pictures: (m,) rows; one without a face is like nothing under face and faces, and has its general part in combined.
    """
    asked = pd.DataFrame({"picture": pictures, "face": -1})
    general = similarity(vectors, asked, "general", exclude=exclude)
    if view in ("general", "faces"):
        return general if view == "general" else similarity(vectors, asked, view, exclude=exclude)
    best = np.full(general.shape, np.nan)
    for row, picture in enumerate(pictures):
        own = np.flatnonzero(vectors.owner == picture)
        if len(own):
            best[row] = _best_face(vectors, vectors.face[own]).max(axis=0)
    best[np.isnan(general)] = np.nan
    if view == "face":
        return best
    if view != "combined":
        raise ValueError(f"view {view!r}: choose one of {', '.join(VIEWS)}")
    return combined(best, general, face_weight)
