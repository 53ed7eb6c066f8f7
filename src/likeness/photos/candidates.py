"""Which two photos to look at when pairs are drawn: every two, or of many photos a seeded sample that grows with n."""

from collections.abc import Iterator

import numpy as np

Rows = tuple[np.ndarray, np.ndarray]


def candidate_pairs(groups: np.ndarray, per_photo: int, seed: int | list[int]) -> Iterator[Rows]:
    """Yield pairs of rows (left < right, each (m,) int) that share a group, no pair twice.

    groups: (n,) int; -1 is in no group. A group of up to 2 per_photo + 1 photos gives all its pairs. A larger one
    gives per_photo pairs a photo: its photos are shuffled into a ring, and each meets those that stand a drawn number
    of places further, the same numbers for all. So every pair is as likely as every other, every photo is in as many
    pairs as every other, and nothing has to be remembered in order not to give a pair twice.

    >>> [(int(a), int(b)) for left, right in candidate_pairs(np.array([0, 0, 1, 0]), 9, 7) for a, b in zip(left, right)]
    [(0, 1), (1, 3), (0, 3)]
    """
    members, rng = np.flatnonzero(groups >= 0), np.random.default_rng(seed)
    sizes = np.bincount(groups[members])
    ring = members[np.lexsort((rng.permutation(len(members)), groups[members]))]
    group, start = groups[ring], np.cumsum(sizes) - sizes
    place, size = np.arange(len(ring)) - start[group], sizes[group]
    turns = np.minimum(sizes // 2, per_photo)
    large = np.flatnonzero(sizes // 2 > per_photo)
    drawn = [1 + rng.permutation(sizes[k] // 2)[:per_photo] for k in large]
    for turn in range(turns.max(initial=0)):
        step = np.full(len(sizes), turn + 1)
        step[large] = [steps[turn] for steps in drawn]
        step = step[group]
        half_way = (2 * step == size) & (place >= size // 2)  # such pairs were met from the other side
        at = np.flatnonzero((turn < turns[group]) & ~half_way)
        one, other = ring[at], ring[start[group[at]] + (place[at] + step[at]) % size[at]]
        yield np.minimum(one, other), np.maximum(one, other)
