"""The set: which k photos tell an album. Greedy on an objective that is submodular, with the guarantee of that.

F(S) = looks * (mean over photos of the similarity to the nearest of S)      facility location
     + moments * (share of the moments that S has a photo of, by weight)     coverage
     + people * (share of the people that S has a photo of, by weight)       coverage
     + quality * (mean quality of S, by k)                                   modular

Each term is in [0, 1], monotone and submodular, so the greedy set of k reaches at least 1 - 1/e = 63 % of the best F
(Nemhauser, Wolsey and Fisher, 1978); with a limit per moment, which makes a matroid of what may be kept, at least 1/2
(Fisher, Nemhauser and Wolsey, 1978). Photos that must be kept come first, and the guarantee is of what the others add.
Gains only shrink, so most are never computed again (lazy greedy: Minoux, 1978).
The facility location rests on a seeded sample of at most TARGETS photos: time and memory are linear in the album.
"""

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TARGETS = 1024  # photos that are to be covered; of more, a sample
BLOCK = 1024  # photos whose first gains are computed at a time


class Weights(NamedTuple):
    """Of the terms of F."""

    looks: float = 1.0
    moments: float = 1.0
    people: float = 0.5
    quality: float = 0.5


EVEN = Weights()


class Picked(NamedTuple):
    """photos: in the order taken. gains: what each added to F. guarantee: of F, the share of the best set's."""

    photos: list[int]
    gains: list[float]
    guarantee: float


class Objective:
    """F of a growing set.

    features: (n, d) float32 of length 1. moment: (n,) from 0. people: of each photo the numbers of who is in it.
    quality: (n,) in [0, 1]. keep: how many photos there will be.
    """

    def __init__(self, features, moment, people, quality, keep: int, weights: Weights, seed: int) -> None:
        n = len(moment)
        draw = np.random.default_rng(seed)
        targets = np.arange(n) if n <= TARGETS else np.sort(draw.choice(n, TARGETS, replace=False))
        self.features, self.targets = features, features[targets].T
        self.covered = np.zeros(len(targets), np.float32)
        self.moment, self.people = moment, people
        self.moment_share = shares(moment, n)
        self.person_share = shares(np.array([p for each in people for p in each], int), n)
        self.quality, self.keep, self.weights = quality, keep, weights
        self.moments_in: set[int] = set()
        self.people_in: set[int] = set()

    def looks(self, photos: NDArray | list[int]) -> NDArray[np.float32]:
        """Return (photos,) what each would add to the facility location."""
        similarity = np.clip(self.features[photos] @ self.targets, 0, 1)
        return np.maximum(similarity - self.covered, 0).mean(axis=1)

    def rest(self, photo: int) -> float:
        """Return what a photo would add to the other terms."""
        w, moment = self.weights, int(self.moment[photo])
        new = [p for p in set(self.people[photo]) if p not in self.people_in]
        return (
            w.moments * (self.moment_share[moment] if moment not in self.moments_in else 0.0)
            + w.people * sum(self.person_share[p] for p in new)
            + w.quality * float(self.quality[photo]) / self.keep
        )

    def gain(self, photo: int) -> float:
        """Return what a photo would add to F."""
        return self.weights.looks * float(self.looks([photo])[0]) + self.rest(photo)

    def take(self, photo: int) -> None:
        """Add a photo to the set."""
        self.covered = np.maximum(self.covered, np.clip(self.features[photo] @ self.targets, 0, 1))
        self.moments_in.add(int(self.moment[photo]))
        self.people_in.update(self.people[photo])


def shares(labels: NDArray[np.int64], n: int) -> dict[int, float]:
    """Return {label: its weight}, which grows as the logarithm of how many photos have it; together 1.

    A moment of 200 photos weighs more than one of two, but not a hundred times as much.
    """
    names, counts = np.unique(labels, return_counts=True)
    raw = np.log1p(counts)
    return dict(zip(names.tolist(), (raw / raw.sum()).tolist(), strict=True)) if len(names) else {}


def pick(
    features: NDArray[np.float32],
    moment: NDArray[np.int64],
    people: list[list[int]],
    quality: NDArray[np.float64],
    *,
    keep: int,
    must: list[int] | None = None,
    per_moment: int | None = None,
    weights: Weights = EVEN,
    seed: int = 0,
) -> Picked:
    """Return at most `keep` photos that make the most of F, those of `must` first; see `Objective` for the others.

    per_moment: photos of one moment at most; `must` may exceed it. Of equal gains the first photo is taken.
    """
    n, must = len(moment), list(must or [])
    if not n:
        return Picked([], [], 1.0)
    goal = Objective(features, np.asarray(moment), people, quality, keep, weights, seed)
    photos, gains, count = [], [], dict.fromkeys(np.unique(moment).tolist(), 0)
    for photo in must:
        gains.append(goal.gain(photo))
        goal.take(photo)
        photos.append(photo)
        count[int(moment[photo])] += 1
    first = np.concatenate([goal.looks(np.arange(k, min(k + BLOCK, n))) for k in range(0, n, BLOCK)])
    waiting = [(-(weights.looks * float(first[k]) + goal.rest(k)), k, len(photos)) for k in range(n) if k not in must]
    heapq.heapify(waiting)
    while waiting and len(photos) < keep:
        bound, photo, size = heapq.heappop(waiting)
        if per_moment is not None and count[int(moment[photo])] >= per_moment:
            continue
        if size < len(photos):  # computed for a smaller set: an upper bound only
            heapq.heappush(waiting, (-goal.gain(photo), photo, len(photos)))
            continue
        goal.take(photo)
        photos.append(photo)
        gains.append(-bound)
        count[int(moment[photo])] += 1
    return Picked(photos, gains, 1 - 1 / np.e if per_moment is None else 0.5)
