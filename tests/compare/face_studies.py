"""A collection in which the face knows only who is shown, and the whole picture only who painted it."""

import numpy as np
import pandas as pd

from likeness.compare.face_queries import face_queries, identities_shown
from likeness.compare.face_views import face_vectors

PEOPLE, ARTISTS = 8, 4
COUNT = PEOPLE * ARTISTS
WHO = np.repeat(np.arange(PEOPLE), ARTISTS)  # each artist painted everybody once
PAINTER = np.tile(np.arange(ARTISTS), PEOPLE)
IDS = [f"p{row:02d}" for row in range(COUNT)]
PHOTOS = pd.DataFrame(
    {
        "photo_id": IDS,
        "artist": [f"artist {painter}" for painter in PAINTER],
        "identity": "",
        "duplicate_group": IDS,
        "split": "test",
        "faces": 1,
    }
)
FACES = pd.DataFrame(
    {"face_id": [f"{name}-0" for name in IDS], "photo_id": IDS, "identity": [f"who {person}" for person in WHO]}
)
CROPS = pd.concat([FACES.assign(kind="each"), FACES.assign(kind="all", face_id="")], ignore_index=True)
SHOWN = identities_shown(PHOTOS, FACES, FACES.head(0))
QUERIES = face_queries(FACES, PHOTOS, CROPS)


def vectors(faces: pd.DataFrame = FACES):
    """Return features that are the same for one person (face) and for one artist (whole picture, all faces)."""
    person, artist = np.eye(PEOPLE)[WHO], np.eye(ARTISTS)[PAINTER]
    assert len(faces) == COUNT
    return face_vectors(PHOTOS, CROPS, artist, person, artist)
