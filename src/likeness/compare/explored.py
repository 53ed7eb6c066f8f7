"""What every model finds near every photo: the content of a study's explorer.

Truth says of photos whether one answers the other: a function of rows (a,) and rows (b,), all with all, (a, b) object:
True, False, or None where nobody knows.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.ladder import sample_queries
from likeness.photos.pairs import Compare
from likeness.stats.retrieval import nearest

MOST = 2000  # photos of a page
NEAREST = 8  # neighbours of each photo
SCORES = 500_000  # of a model held at once, as in the ladder
Truth = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.object_]]


class Explored(NamedTuple):
    """The photos that are shown, and what is near them.

    rows: (n,) rows of the photos. near: {model: (n, k) places among these photos, the nearest first, -1 for none}.
    right: {model: (n, k) object, whether a neighbour is an answer, None where nobody knows}; empty without a truth.
    """

    rows: NDArray[np.intp]
    near: dict[str, NDArray[np.intp]]
    right: dict[str, NDArray[np.object_]]


def explore(photos: pd.DataFrame, models: Mapping[str, Compare], truth: Truth | None, seed: int) -> Explored:
    """Return the neighbours of every photo under every model; of more than MOST photos those of a seeded sample.

    photos: duplicate_group: of near-duplicates none is another's neighbour, since to find a copy proves nothing.
    Photos are compared in blocks.
    """
    rows = sample_queries(np.arange(len(photos)), MOST, seed)
    groups = pd.factorize(photos["duplicate_group"].iloc[rows])[0]
    near = {model: neighbours(compare, rows, groups) for model, compare in models.items()}
    if truth is None:
        return Explored(rows, near, {})
    right = {model: np.full(found.shape, None, object) for model, found in near.items()}
    for places in blocks(len(rows)):
        known = truth(rows[places], rows)
        for model, found in near.items():
            told = np.take_along_axis(known, np.maximum(found[places], 0), axis=1)
            right[model][places] = np.where(found[places] >= 0, told, None)
    return Explored(rows, near, right)


def neighbours(compare: Compare, rows: NDArray[np.intp], groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return (n, k) places among `rows` that are the most alike to each, -1 where there is none or nothing to compare.

    groups: (n,) photos of the same one are not each other's neighbours.
    """
    found = np.full((len(rows), min(NEAREST, len(rows))), -1)
    for places in blocks(len(rows)):
        alike = np.array(compare(rows[places], rows), float)
        alike[groups[places][:, None] == groups] = np.nan
        index, value = nearest(alike, NEAREST)
        found[places] = np.where(np.isnan(value), -1, index)
    return found


def blocks(photos: int) -> Iterator[NDArray[np.intp]]:
    """Yield some places of n photos at a time, few enough that a block of them by all photos is small."""
    step = max(1, SCORES // max(photos, 1))
    for start in range(0, photos, step):
        yield np.arange(start, min(start + step, photos))


def same_person(photos: pd.DataFrame, shown: pd.DataFrame) -> Truth:
    """Return which pictures answer which: those that show a person in common.

    shown: as `identities_shown` gives: photo_id, identity, "" for somebody nobody has named, who may be anybody.
    """
    here = shown[shown["photo_id"].isin(photos["photo_id"])]
    place = pd.Index(photos["photo_id"]).get_indexer(here["photo_id"])
    codes, names = pd.factorize(here["identity"].replace("", None))
    shows = np.zeros((len(photos), len(names)), np.float32)
    shows[place[codes >= 0], codes[codes >= 0]] = 1
    unnamed = np.zeros(len(photos), bool)
    unnamed[place[codes < 0]] = True

    def truth(a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.object_]:
        same = shows[a] @ shows[b].T > 0
        sure = same | (shows[a].any(axis=1)[:, None] & ~unnamed[a][:, None] & ~unnamed[b])
        return np.where(sure, same, None)

    return truth
