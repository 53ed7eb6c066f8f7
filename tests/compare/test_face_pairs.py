import numpy as np
import pandas as pd
import pytest

from likeness.compare.face_pairs import copies, rows_by_view


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
