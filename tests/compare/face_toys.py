"""Six small pictures whose vectors are directions in the plane: a cosine is that of the angle between them."""

import numpy as np
import pandas as pd

from likeness.compare.face_views import FaceVectors, face_vectors

PHOTOS = pd.DataFrame(
    {
        "photo_id": list("abcdef"),
        "path": [f"{name}.png" for name in "abcdef"],
        "artist": ["X", "Y", "X", "Y", "", "X"],
        "identity": "",
        "duplicate_group": ["a", "b", "c", "d", "e", "a"],  # f is a copy of a
        "split": ["test", "test", "val", "test", "test", "test"],
        "faces": [1, 2, 1, 1, 0, 1],
    }
)
FACES = pd.DataFrame(
    {
        "face_id": ["a-0", "b-0", "b-1", "c-0", "d-0", "f-0"],
        "photo_id": list("abbcdf"),
        "identity": ["ann", "ann", "bob", "bob", "", "ann"],
    }
)
EACH = ["f-0", "b-1", "a-0", "b-0", "d-0", "c-0"]  # the crops lie in another order than the faces
CROPS = pd.DataFrame(
    {
        "kind": ["all"] * 5 + ["each"] * 6,
        "face_id": [""] * 5 + EACH,
        "photo_id": [*"fdcba", *(face[0] for face in EACH)],
    }
)
GENERAL = {"a": 0, "b": 60, "c": 90, "d": 20, "e": 10, "f": 0}
FACE = {"a-0": 0, "b-0": 10, "b-1": 90, "c-0": 80, "d-0": 45, "f-0": 5}
TOGETHER = {"a": 0, "b": 50, "c": 80, "d": 45, "f": 5}


def directions(degrees) -> np.ndarray:
    """Return (n, 2) vectors in these directions, of lengths other than 1."""
    turned = np.deg2rad(list(degrees))
    return np.column_stack([np.cos(turned), np.sin(turned)]) * np.arange(2, len(turned) + 2)[:, None]


def vectors(together: bool = True) -> FaceVectors:
    """Return what the network of the plane sees."""
    everyone = directions(TOGETHER[name] for name in "fdcba") if together else None
    return face_vectors(PHOTOS, CROPS, directions(GENERAL.values()), directions(FACE[name] for name in EACH), everyone)


def cosine(one: float, other: float) -> float:
    return float(np.cos(np.deg2rad(one - other)))
