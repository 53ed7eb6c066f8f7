"""Feature vectors of length 1, and two of them in one. No network is needed for it, and none is imported."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def l2_normalise(rows: ArrayLike) -> NDArray[np.float64]:
    """Return rows (n, dim) of length 1; a row of zeros stays one."""
    rows = np.asarray(rows, dtype=np.float64)
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def combine(face: ArrayLike, general: ArrayLike, weight: float) -> NDArray[np.float32]:
    """Return one vector per face: [sqrt(weight) * face, sqrt(1 - weight) * general], each part of length 1 before.

    The product of two such vectors is weight * cosine of the faces + (1 - weight) * cosine of the whole pictures.
    face: (n, d), a row of NaN where a picture has no face: its part is zeros. general: (n, e). weight: in [0, 1].
    """
    face, general = np.asarray(face, dtype=np.float64), np.asarray(general, dtype=np.float64)
    if not 0 <= weight <= 1:
        raise ValueError(f"weight {weight:g} of the face must be between 0 and 1")
    if face.ndim != 2 or general.ndim != 2 or len(face) != len(general):
        raise ValueError(f"faces {face.shape} and whole pictures {general.shape}: give both a row per vector")
    there = ~np.isnan(face).any(axis=1, keepdims=True)
    parts = [np.sqrt(weight) * l2_normalise(np.where(there, face, 0)), np.sqrt(1 - weight) * l2_normalise(general)]
    return np.concatenate(parts, axis=1).astype(np.float32)
