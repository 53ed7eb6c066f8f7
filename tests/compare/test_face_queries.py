"""Who asks, what may be found, and what is right, read off six small pictures."""

import numpy as np
import pandas as pd
import pytest
from face_toys import CROPS, FACES, PHOTOS

from likeness.compare.face_queries import (
    QUERY_COLUMNS,
    candidates,
    face_queries,
    identities_shown,
    relevant_by_artist,
    relevant_by_identity,
)

QUERIES = face_queries(FACES, PHOTOS, CROPS)
NOBODY = pd.DataFrame({"photo_id": [], "identity": []}, dtype=str)
GROUPS = PHOTOS["duplicate_group"]


def names(rows: np.ndarray) -> list[str]:
    """Return the pictures of each row, as words."""
    return ["".join(PHOTOS["photo_id"][row]) for row in rows]


def test_every_face_asks_with_its_own_crop():
    assert list(QUERIES) == QUERY_COLUMNS
    assert QUERIES["face_id"].tolist() == FACES["face_id"].tolist()
    assert QUERIES["face"].tolist() == [2, 3, 1, 5, 4, 0]
    assert QUERIES["picture"].tolist() == [0, 1, 1, 2, 3, 5]
    assert QUERIES["artist"].tolist() == ["X", "Y", "Y", "X", "Y", "X"]
    assert face_queries(FACES, PHOTOS, CROPS, split="val")["face_id"].tolist() == ["c-0"]
    assert face_queries(FACES, PHOTOS, CROPS, split="train").empty


def test_faces_need_a_picture_and_a_crop():
    with pytest.raises(ValueError, match="face 'd-0' has no crop of kind each"):
        face_queries(FACES, PHOTOS, CROPS[CROPS["face_id"] != "d-0"])
    with pytest.raises(ValueError, match="photo 'c' is not among the 5 pictures"):
        face_queries(FACES, PHOTOS[PHOTOS["photo_id"] != "c"], CROPS)


def test_the_own_picture_and_its_copies_are_no_candidates():
    assert names(candidates(QUERIES, 6)) == ["bcdef", "acdef", "acdef", "abdef", "abcef", "abcde"]
    assert names(candidates(QUERIES, 6, GROUPS)) == ["bcde", "acdef", "acdef", "abdef", "abcef", "bcde"]
    with pytest.raises(ValueError, match="exclude names 2 groups for 6 pictures"):
        candidates(QUERIES, 6, ["x", "y"])


def test_who_is_shown_counts_even_where_no_face_was_found():
    truth = pd.DataFrame({"photo_id": ["e", "a", "d"], "identity": ["ann", "ann", ""]})
    folders = PHOTOS.assign(identity=["", "", "", "bob", "", ""])
    shown = identities_shown(folders, FACES, truth)
    assert not shown.duplicated().any()
    pictures = shown.groupby("identity")["photo_id"].agg(lambda ids: "".join(sorted(ids)))
    assert pictures.to_dict() == {"ann": "abef", "bob": "bcd"}
    assert identities_shown(PHOTOS.drop(columns="identity"), FACES, NOBODY)["identity"].tolist().count("bob") == 2


def test_relevant_by_identity_and_by_artist():
    shown = identities_shown(PHOTOS, FACES, NOBODY)
    assert names(relevant_by_identity(QUERIES, shown, PHOTOS)) == ["bf", "af", "c", "b", "", "ab"]
    assert names(relevant_by_identity(QUERIES, shown, PHOTOS, GROUPS)) == ["b", "af", "c", "b", "", "b"]
    assert names(relevant_by_artist(QUERIES, PHOTOS)) == ["cf", "d", "d", "af", "b", "ac"]
    assert names(relevant_by_artist(QUERIES, PHOTOS, GROUPS)) == ["c", "d", "d", "af", "b", "c"]


def test_without_labels_nothing_is_relevant():
    unnamed = face_queries(FACES.assign(identity=""), PHOTOS.assign(artist=""), CROPS)
    assert not relevant_by_identity(unnamed, NOBODY, PHOTOS).any()
    assert not relevant_by_artist(unnamed, PHOTOS.assign(artist="")).any()
