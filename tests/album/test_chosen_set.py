from itertools import combinations

import numpy as np
import pytest

from likeness.album import chosen_set
from likeness.album.chosen_set import Objective, Weights, pick, shares


def album(n: int = 9, seed: int = 0):
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(n, 4)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    people = [sorted(draw.choice(3, draw.integers(0, 3), replace=False).tolist()) for _ in range(n)]
    return features, draw.integers(0, 3, n), people, draw.random(n)


def value(chosen, features, moment, people, quality, keep, weights):
    """F by its formula, slowly."""
    n = len(moment)
    looks = sum(max(max(0.0, float(features[t] @ features[s])) for s in chosen) for t in range(n)) / n
    by_moment, by_person = shares(moment, n), shares(np.array([p for who in people for p in who], int), n)
    return (
        weights.looks * looks
        + weights.moments * sum(by_moment[m] for m in {int(moment[s]) for s in chosen})
        + weights.people * sum(by_person[p] for p in {p for s in chosen for p in people[s]})
        + weights.quality * sum(quality[s] for s in chosen) / keep
    )


@pytest.mark.parametrize("seed", range(6))
def test_lazy_greedy_takes_the_largest_gain_and_reaches_its_guarantee(seed):
    features, moment, people, quality = album(seed=seed)
    weights, keep = Weights(), 3
    found = pick(features, moment, people, quality, keep=keep)
    taken = []

    def of(chosen):
        return value(chosen, features, moment, people, quality, keep, weights) if chosen else 0.0

    for photo, gain in zip(found.photos, found.gains, strict=True):
        gains = [of([*taken, k]) - of(taken) if k not in taken else -1 for k in range(9)]
        assert gain == pytest.approx(max(gains), abs=1e-5)
        assert gains[photo] == pytest.approx(max(gains), abs=1e-5)
        taken.append(photo)
    best = max(of(list(each)) for each in combinations(range(9), keep))
    assert of(taken) >= found.guarantee * best
    assert sum(found.gains) == pytest.approx(of(taken), abs=1e-5)


def test_no_moment_has_more_than_was_asked_but_what_must_be_kept():
    features, moment, people, quality = album(30)
    found = pick(features, moment, people, quality, keep=20, per_moment=2)
    assert np.bincount(moment[found.photos]).max() == 2
    assert len(found.photos) == 6
    assert found.guarantee == 0.5
    must = np.flatnonzero(moment == 0)[:3].tolist()
    found = pick(features, moment, people, quality, keep=6, per_moment=2, must=must)
    assert found.photos[:3] == must
    assert (moment[found.photos] == 0).sum() == 3


def test_each_moment_is_shown_where_there_is_room():
    features, _, _, quality = album(12)
    moment = np.repeat(np.arange(4), 3)
    found = pick(features, moment, [[]] * 12, quality, keep=4, weights=Weights(looks=0.0, moments=1.0, quality=0.1))
    assert sorted(moment[found.photos]) == [0, 1, 2, 3]


def test_a_large_album_is_covered_by_a_sample_and_never_n_by_n(monkeypatch):
    monkeypatch.setattr(chosen_set, "TARGETS", 16)
    features, moment, people, quality = album(200)
    goal = Objective(features, moment, people, quality, 5, Weights(), 0)
    assert goal.targets.shape == (4, 16)
    whole = pick(features, moment, people, quality, keep=5)
    assert whole.photos == pick(features, moment, people, quality, keep=5).photos
    assert len(set(whole.photos)) == 5


def test_an_empty_album_and_fewer_photos_than_asked():
    features, moment, people, quality = album(2)
    assert pick(features[:0], moment[:0], [], quality[:0], keep=3).photos == []
    assert sorted(pick(features, moment, people, quality, keep=5).photos) == [0, 1]
