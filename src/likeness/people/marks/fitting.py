"""Marks on photos: every joint in px of the upright photo, each person once, and what became of the rest."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness.people.distances import FEWEST_JOINTS, oks_in_photo
from likeness.people.joints import confidence, seen
from likeness.people.marks.account import Account
from likeness.people.marks.checks import check_places, is_inside
from likeness.people.marks.frames import frames_of, on_photo
from likeness.people.marks.matching import rows_of
from likeness.people.marks.record import Marks
from likeness.people.marks.scales import PIXELS, in_pixels

# Similarity (OKS) from which two people in one photo are one, marked twice. Chosen, not measured: at 0.8 the joints lie
# about 0.16 torso lengths apart (a shoulder's sigma), nearer than two bodies can stand.
TWICE = 0.8
FAR = 0.3  # of a person's length, between the joints of two: no OKS of TWICE, and that takes longer to compute
MOST_LISTED = 5


class Fitted(NamedTuple):
    """people: a photo each, (n, 18, 3) in px of the upright photo, most complete first; joints may lie outside it.

    known: (photos,) bool, False where the file does not say who is in the photo.
    """

    people: list[np.ndarray]
    known: np.ndarray
    account: Account


def fit_marks(marks: Marks, photos: pd.DataFrame, root: Path) -> Fitted:
    """Put the marks on the photos: path (relative to `root`), width and height are read.

    Raises LayoutError, in one line that shows an example of each side, if the file's photos are not these or have
    another shape, if nobody is marked, or if the joints lie elsewhere (see `matching`, `frames`, `checks`).
    """
    rows, strangers = rows_of(marks, photos, root)
    named = np.flatnonzero(rows >= 0)
    paths = [Path(root) / photos["path"].iloc[k] for k in named]
    upright = photos[["width", "height"]].to_numpy(dtype=float)[named]
    stated = marks.sizes[rows[named]]
    frames = frames_of(stated, upright, paths, marks.file)
    people, twice = [np.empty((0, 18, 3))] * len(photos), 0
    for k, size, turn, own in zip(named, *frames, upright, strict=True):
        found = marks.of(rows[k])
        if marks.unit != PIXELS or turn != 1 or (size != own).any():
            places = on_photo(in_pixels(found[..., :2], marks.unit, size), size, turn, own)
            found = np.concatenate([places, found[..., 2:]], axis=-1)
        people[k] = _once(found[np.argsort(-confidence(found), kind="stable")])
        twice += len(found) - len(people[k])
    if len(photos):
        check_places([people[k] for k in named], upright, np.isfinite(stated).all(axis=1), paths, marks)
    known = np.zeros(len(photos), bool)
    known[named] = [len(people[k]) > 0 or not marks.unplaced[rows[k]] for k in named]
    joints = [np.count_nonzero(seen(people[k])) for k in named]
    inside = [np.count_nonzero(is_inside(people[k], own)) for k, own in zip(named, upright, strict=True)]
    account = Account(
        file=marks.file,
        named=len(marks.names),
        found=len(named),
        photos=len(photos),
        strangers=strangers[:MOST_LISTED],
        joints=int(sum(joints)),
        inside=int(sum(inside)),
        nobody=sum(1 for k in named if known[k] and not len(people[k])),
        unknown=int((~known).sum()),
        twice=twice,
        unit=marks.unit,
        scaled=int((np.sort(frames.size, axis=1) != np.sort(upright, axis=1)).any(axis=1).sum()),
        turned=int((frames.turn != 1).sum()),
        left_out=marks.left_out,
    )
    return Fitted(people, known, account)


def _once(people: np.ndarray) -> np.ndarray:
    """Return the people (n, 18, 3) of one photo without those that are an earlier one again."""
    if len(people) < 2:
        return people
    places = people[..., :2]
    apart = np.hypot(*np.moveaxis(places[:, None] - places, -1, 0))  # (n, n, 18), NaN where one does not show the joint
    length = np.hypot(*np.moveaxis(np.nanmax(places, axis=1) - np.nanmin(places, axis=1), -1, 0))
    near = np.nansum(apart, axis=-1) <= FAR * np.maximum(length[:, None], length) * np.isfinite(apart).sum(axis=-1)
    kept: list[int] = []
    for k in range(len(people)):
        if not any(near[j, k] and _same(people[j], people[k]) for j in kept):
            kept.append(k)
    return people[kept]


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    if np.array_equal(a[:, :2], b[:, :2], equal_nan=True):
        return True
    return np.count_nonzero(seen(a) & seen(b)) >= FEWEST_JOINTS and oks_in_photo(a, b) >= TWICE
