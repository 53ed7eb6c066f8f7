"""Who asks, what may be found, and what is right, read off six small pictures."""

import numpy as np
import pandas as pd
import pytest
from face_toys import CROPS, FACES, PHOTOS

from likeness.compare.face_queries import (
    QUERY_COLUMNS,
    answers_by_artist,
    answers_by_identity,
    candidates,
    copies,
    face_queries,
    identities_shown,
    known_pairs,
    pairs_by_view,
    rows_by_view,
    sample_queries,
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
    assert pictures.to_dict() == {"ann": "abef", "bob": "bcd", "": "d"}  # d: a marked face without a name
    assert identities_shown(PHOTOS.drop(columns="identity"), FACES, NOBODY)["identity"].tolist().count("bob") == 2


def test_nobody_looked_who_is_in_a_picture():
    marks = pd.DataFrame({"photo_id": ["a", "b", "b"], "identity": ["ann", "ann", ""]})
    photos = PHOTOS.assign(annotated=[True, True, False, False, True, False])  # e: looked at, without a face
    found = FACES[FACES["photo_id"].isin(["a", "b"])]
    shown = identities_shown(photos, found, marks)
    assert set(shown.loc[shown["identity"] == "", "photo_id"]) == set("bcdf")
    answers = answers_by_identity(QUERIES, shown, photos)
    assert names(answers.right)[0] == "b"  # of ann in a
    assert names(answers.known)[0] == "abe"  # that she is in b is known, though somebody else there has no name
    assert names(answers.known)[2] == "ae"  # bob asks: who is the other one in b?
    assert answers.told(0, np.array([1, 2, 4])).tolist() == [True, None, False]


def test_right_by_identity_and_by_artist():
    shown = identities_shown(PHOTOS, FACES, NOBODY)
    assert names(answers_by_identity(QUERIES, shown, PHOTOS).right) == ["bf", "af", "c", "b", "", "ab"]
    assert names(answers_by_identity(QUERIES, shown, PHOTOS, GROUPS).right) == ["b", "af", "c", "b", "", "b"]
    by_artist = answers_by_artist(QUERIES, PHOTOS)
    assert names(by_artist.right) == ["cf", "d", "d", "af", "b", "ac"]
    assert names(by_artist.known) == ["abcdf"] * 6  # nobody knows who painted e
    assert names(answers_by_artist(QUERIES, PHOTOS, GROUPS).right) == ["c", "d", "d", "af", "b", "c"]


def test_without_labels_nothing_is_relevant():
    unnamed = face_queries(FACES.assign(identity=""), PHOTOS.assign(artist=""), CROPS)
    assert not answers_by_identity(unnamed, NOBODY, PHOTOS).right.any()
    assert not answers_by_artist(unnamed, PHOTOS.assign(artist="")).right.any()


def test_every_face_has_its_picture_its_crop_and_the_box_around_all():
    queries = pd.DataFrame({"photo_id": ["b", "a", "b"], "picture": [1, 0, 1], "face": [0, 1, 2]})
    crops = pd.DataFrame({"photo_id": ["b", "a", "b", "a", "b"], "kind": ["each"] * 3 + ["all"] * 2})
    arrays = {
        "net-general": np.array([[10], [11]]),
        "net-face": np.array([[20], [21], [22]]),
        "net-faces": np.array([[30], [31]]),
    }
    found = rows_by_view(arrays, "net", queries, crops)
    assert {view: rows.ravel().tolist() for view, rows in found.items()} == {
        "general": [11, 10, 11], "face": [20, 21, 22], "faces": [31, 30, 31]}  # fmt: skip
    with pytest.raises(ValueError, match="'b' is not among the 1 pictures"):
        rows_by_view(arrays, "net", queries, crops[:4])


def test_pairs_of_known_people_in_different_pictures():
    features = np.array([[2.0, 0], [0, 1], [3, 0], [1, 1], [0, 5]])
    owners = pd.DataFrame(
        {"photo_id": list("ppqrs"), "identity": ["a", "b", "a", "", "b"], "duplicate_group": list("ppqrq")}
    )
    similarity, same = known_pairs(features, owners)
    # p-0 with q: a and a; p-0 with s: a and b; p-1 with q: b and a; p-1 with s: b and b. Not p-0 with p-1, nor q with s.
    assert similarity.tolist() == [1, 0, 0, 1]
    assert same.tolist() == [True, False, False, True]
    assert known_pairs(features, owners.assign(identity=""))[0].shape == (0,)
    with pytest.raises(ValueError, match="4 feature rows for 5 owners"):
        known_pairs(features[:4], owners)


def test_only_views_with_two_pictures_of_one_person_are_compared():
    photos = pd.DataFrame({"photo_id": list("ab"), "artist": "", "split": "test", "duplicate_group": list("ab")})
    faces = pd.DataFrame({"face_id": ["a-0", "b-0"], "photo_id": list("ab"), "identity": ["x", "x"]})
    each = faces[["face_id", "photo_id"]].assign(kind="each")
    crops = pd.concat([each, each.assign(kind="all", face_id="")], ignore_index=True)
    rows = np.array([[1.0, 0], [3, 4]])
    arrays = {f"net-{view}": rows for view in ("general", "face", "faces")}
    found = pairs_by_view(arrays, ["net"], faces, photos, crops)
    assert list(found) == ["net general", "net face", "net faces"]
    np.testing.assert_allclose(found["net face"][0], [0.6])
    assert found["net face"][1].tolist() == [True]
    assert pairs_by_view(arrays, ["net"], faces.assign(identity=["x", "y"]), photos, crops) == {}


def test_copies_are_held_against_the_first_of_their_group():
    photos = pd.DataFrame({"photo_id": list("abcd"), "duplicate_group": ["g", "h", "g", "g"]})
    rows = np.array([[1, 0], [0, 1], [3, 4], [2, 0]])
    same, other = copies(photos, rows)
    np.testing.assert_allclose(same, [0.6, 1])
    np.testing.assert_allclose(other, [0, 0.8])  # a with b, b with c; c and d are copies


def test_without_copies_there_is_nothing_to_hold():
    photos = pd.DataFrame({"photo_id": list("ab"), "duplicate_group": ["g", "h"]})
    same, other = copies(photos, np.eye(2))
    assert (len(same), other.tolist()) == (0, [0])


def test_few_queries_stay_and_of_many_some_are_drawn():
    queries = pd.DataFrame({"face_id": [f"f{k}" for k in range(50)]})
    assert sample_queries(queries, 50, seed=0) is queries
    some = sample_queries(queries, 9, seed=0)
    assert len(some) == 9
    assert some.index.tolist() == list(range(9))
    assert some["face_id"].str[1:].astype(int).is_monotonic_increasing
    assert not some.equals(sample_queries(queries, 9, seed=1))


def test_of_many_known_faces_whole_people_are_compared(monkeypatch):
    monkeypatch.setattr("likeness.compare.face_queries.KNOWN_FACES", 6)
    owners = pd.DataFrame({"photo_id": [f"p{k}" for k in range(30)], "identity": [f"i{k // 2}" for k in range(30)]})
    similarity, same = known_pairs(np.random.default_rng(0).normal(size=(30, 4)), owners)
    assert (len(similarity), same.sum()) == (15, 3)  # three people with both of their faces
