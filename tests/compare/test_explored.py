"""Neighbours of every photo, worked out on a line of four."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from likeness.compare import explored
from likeness.compare.explored_pose import same_pose
from likeness.people.truth import Truth

LINE = np.array([0.0, 1, 3, 7])
PHOTOS = pd.DataFrame({"photo_id": list("abcd"), "duplicate_group": ["a", "a", "c", "d"]})  # b is a copy of a


def closeness(a, b):
    """How near two photos lie on the line; of the last nothing is known."""
    alike = -np.abs(LINE[a][:, None] - LINE[b]) * 1.0
    alike[:, b == 3] = np.nan
    alike[a == 3] = np.nan
    return alike


def evenness(a, b):
    """True where both have an even row, None where the other is the last photo."""
    return np.where(b == 3, None, (a[:, None] + b) % 2 == 0)


@pytest.mark.parametrize("scores", [1, 500_000])  # a photo at a time, or all
def test_a_photo_and_its_copies_are_no_neighbours_and_unknown_is_none(monkeypatch, scores):
    monkeypatch.setattr(explored, "SCORES", scores)
    found = explored.explore(PHOTOS, {"line": closeness}, evenness, seed=0)
    assert found.near["line"].tolist() == [[2, -1, -1, -1], [2, -1, -1, -1], [1, 0, -1, -1], [-1] * 4]
    assert found.right["line"][:3, :2].tolist() == [[True, None], [False, None], [False, True]]
    assert explored.explore(PHOTOS, {"line": closeness}, None, seed=0).right == {}


def test_of_many_photos_a_seeded_sample_is_shown(monkeypatch):
    monkeypatch.setattr(explored, "MOST", 2)
    found = explored.explore(PHOTOS, {"line": closeness}, None, seed=0)
    assert len(found.rows) == 2
    assert found.near["line"].shape == (2, 2)
    assert found.rows.tolist() == explored.explore(PHOTOS, {}, None, seed=0).rows.tolist()


def test_without_photos_there_is_nothing():
    assert explored.explore(PHOTOS.head(0), {"line": closeness}, None, seed=0).near["line"].shape == (0, 0)


def test_a_photo_without_a_pose_asks_nothing_and_answers_nobody():
    truth = Truth(np.array([0, 0, 1, -1]), np.empty((4, 18, 2)))
    study = SimpleNamespace(truth=truth, relevant=lambda k, a, b: truth.distance(a[:, None], b) == 0)
    told = same_pose(study, 5)(np.array([0, 3]), np.arange(4))
    assert told.tolist() == [[True, True, False, False], [None] * 4]


def test_pictures_answer_each_other_by_a_person_in_common():
    shown = pd.DataFrame({"photo_id": list("aabccd"), "identity": ["ann", "bob", "bob", "ann", "", "eve"]})
    told = explored.same_person(PHOTOS, shown)(np.array([1, 2]), np.arange(4))
    assert told[0].tolist() == [True, True, None, False]  # somebody in c is not known
    assert told[1].tolist() == [True, None, True, None]
