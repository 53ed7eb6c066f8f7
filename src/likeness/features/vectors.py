"""Feature vectors of length 1, two of them in one, and how much the first of the two weighs: no network is needed."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from sklearn.metrics.pairwise import cosine_similarity

from likeness.paths import write_json

FACE_WEIGHT = 0.5  # of a face beside its whole picture where no study has chosen: both weigh the same
CHOSEN = "face_weights.json"  # in data/faces: {network: the weight that the report chose}


def l2_normalise(rows: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray:
    """Return rows (n, dim) of length 1, as `dtype`; a row of zeros stays one.

    >>> l2_normalise([[3, 4], [0, 0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    rows = np.array(rows, dtype=dtype)
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.divide(rows, length, out=rows, where=length > 0)


def cosines(vectors: NDArray) -> Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray]:
    """Return a function from rows a and rows b of vectors (n, dim) to their cosines, all with all: (len(a), len(b)).

    >>> cosines(np.array([[1.0, 0.0], [3.0, 4.0]]))(np.array([0]), np.array([0, 1])).tolist()
    [[1.0, 0.6]]
    """
    return lambda a, b: cosine_similarity(vectors[a], None if b is a else vectors[b])


def combine(face: ArrayLike, general: ArrayLike, weight: float) -> NDArray[np.float32]:
    """Return one vector per face: [sqrt(weight) * face, sqrt(1 - weight) * general], each part of length 1 before.

    The product of two such vectors is weight * cosine of the faces + (1 - weight) * cosine of the whole pictures.
    face: (n, d), a row of NaN where a picture has no face: its part is zeros. general: (n, e). weight: in [0, 1].

    >>> combine([[0, 4]], [[2, 0]], weight=0.25).astype(float).round(3).tolist()
    [[0.0, 0.5, 0.866, 0.0]]
    """
    face, general = np.asarray(face, dtype=np.float64), np.asarray(general, dtype=np.float64)
    if not 0 <= weight <= 1:
        raise ValueError(f"weight {weight:g} of the face must be between 0 and 1")
    if face.ndim != 2 or general.ndim != 2 or len(face) != len(general):
        raise ValueError(f"faces {face.shape} and whole pictures {general.shape}: give both a row per vector")
    there = ~np.isnan(face).any(axis=1, keepdims=True)
    parts = [np.sqrt(weight) * l2_normalise(np.where(there, face, 0)), np.sqrt(1 - weight) * l2_normalise(general)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def write_face_weights(weights: Mapping[str, float], data: Path) -> Path:
    """Write {network: weight of the face in the combined view}, as the report chose them, into the folder data/faces.

    The networks stand in the order of their names. Raises ValueError for a weight that is not in [0, 1].
    """
    for network, weight in weights.items():
        if not 0 <= weight <= 1:
            raise ValueError(f"weight {weight:g} of the face for {network} must be between 0 and 1")
    return write_json(dict(sorted(weights.items())), data / CHOSEN)


def read_face_weight(data: Path, network: str) -> float | None:
    """Return the weight of the face that the report chose for a network; None where none was chosen yet."""
    path = data / CHOSEN
    return json.loads(path.read_text(encoding="utf-8")).get(network) if path.is_file() else None
