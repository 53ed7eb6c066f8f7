"""Pairs of photos to compare: positives, and negatives of several kinds, none across two splits.

Nothing grows with the square of the photos: candidates are all pairs of up to 2 CANDIDATES + 1 photos, beyond that a
seeded sample of CANDIDATES pairs a photo, and `pairs_per_photo` says how many positives are drawn of them.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness.photos.candidates import candidate_pairs
from likeness.photos.splits import split_by_group

SITE_POSITIVE = "same-pose-same-site"
DISTANCE_POSITIVE = "near-pose"
PAIR_TYPES = {"left": "str", "right": "str", "same": "bool", "kind": "str", "split": "str"}
CANDIDATES = 500  # pairs looked at per photo, of a kind in a split
QUANTILE_PAIRS = 2_000_000  # whose distances say what is near and far: all pairs of up to 2,000 photos
Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]  # rows left, right (m,) -> (m,) float, NaN where unknown

Compare = Callable[[np.ndarray, np.ndarray], np.ndarray]  # rows (a,), (b,) -> all with all: (a, b) float
FEW = 2000  # photos that are compared all with all: 32 MB
PAIR_BLOCK = 256  # pairs compared at a time, of more photos


class Kind(NamedTuple):
    """Which pairs are of a kind: those within a group for which it holds. groups: (n,) int, -1 for none."""

    groups: np.ndarray
    holds: Callable[[np.ndarray, np.ndarray], np.ndarray]  # rows left, right (m,) -> (m,) bool


def make_pairs(
    photos: pd.DataFrame,
    distance: Distance,
    layout: str,
    *,
    near_quantile: float,
    far_quantile: float,
    seed: int,
    **drawn: float,
) -> pd.DataFrame:
    """Return the pairs of a study: `site_pairs` in the layout "sites", else `distance_pairs`, which reads the rest.

    distance: as `truth.Truth.distance`. drawn: negatives_per_positive, pairs_per_photo.
    """
    if layout == "sites":
        return site_pairs(photos, **drawn, seed=seed)
    quantiles = {"near_quantile": near_quantile, "far_quantile": far_quantile}
    return distance_pairs(photos, distance, **quantiles, **drawn, seed=seed)


def site_pairs(
    photos: pd.DataFrame, *, negatives_per_positive: float = 1.0, pairs_per_photo: float = np.inf, seed: int
) -> pd.DataFrame:
    """Return left, right, same, kind, split: positives, and as many negatives, within each split.

    photos: photo_id, site, pose (missing: the site alone), duplicate_group, split.
    pairs_per_photo: at most this many positives per photo of a split, drawn at random.
    Kinds: "same-pose-same-site" (positive); "other-pose-same-site"; "same-pose-other-site" (poses of one name);
    "site-only" (one photo of the pair shows the same site without anyone posing). Negatives are shared out evenly
    over the kinds; a kind that runs short leaves its share to the others.
    No pair appears twice or reversed (left comes first in `photos`), none joins two near-duplicates.
    """
    if photos["site"].isna().any():
        raise ValueError("site pairs need the site of every photo; use distance pairs for a flat folder")
    site = pd.factorize(photos["site"])[0]
    pose = pd.factorize(photos["pose"])[0]  # -1: the site alone
    arrangement = np.where(pose < 0, -1, pd.factorize(pd.Series(zip(site, pose, strict=True)))[0])
    kinds = {
        SITE_POSITIVE: Kind(arrangement, lambda a, b: np.ones(len(a), dtype=bool)),
        "other-pose-same-site": Kind(site, lambda a, b: (pose[a] != pose[b]) & (pose[a] >= 0) & (pose[b] >= 0)),
        "same-pose-other-site": Kind(pose, lambda a, b: site[a] != site[b]),
        "site-only": Kind(site, lambda a, b: (pose[a] < 0) ^ (pose[b] < 0)),
    }
    return pairs_within_splits(photos, kinds, SITE_POSITIVE, negatives_per_positive, pairs_per_photo, seed)


def distance_pairs(
    photos: pd.DataFrame,
    distance: Distance,
    *,
    near_quantile: float,
    far_quantile: float = 0.5,
    pairs_per_photo: float = np.inf,
    negatives_per_positive: float = 1.0,
    seed: int,
) -> pd.DataFrame:
    """Return pairs as site_pairs does, for photos without arrangements: by the distance between their poses.

    photos: photo_id, duplicate_group, split.
    near_quantile: pairs up to this quantile of all known distances are "near-pose" (positive).
    far_quantile: negatives ("far-pose") lie beyond this quantile; pairs between the two belong to neither.
    Both are quantiles of QUANTILE_PAIRS distances where there are more.
    """
    if not 0 < near_quantile < far_quantile < 1:
        raise ValueError(f"near_quantile {near_quantile}, far_quantile {far_quantile}: give 0 < near < far < 1")
    everybody = np.zeros(len(photos), dtype=int)
    some = candidate_pairs(everybody, max(1, QUANTILE_PAIRS // max(1, len(photos))), seed)
    known = np.concatenate([np.empty(0, np.float32), *(distance(left, right) for left, right in some)])
    known = known[np.isfinite(known)]
    if known.size == 0:
        raise ValueError("no distance between any two photos is known; check the keypoints")
    near, far = np.quantile(known, [near_quantile, far_quantile])
    kinds = {
        DISTANCE_POSITIVE: Kind(everybody, lambda a, b: distance(a, b) <= near),
        "far-pose": Kind(everybody, lambda a, b: distance(a, b) > far),  # False where unknown
    }
    return pairs_within_splits(photos, kinds, DISTANCE_POSITIVE, negatives_per_positive, pairs_per_photo, seed)


def naive_split(pairs: pd.DataFrame, fraction: float, seed: int) -> pd.Series:
    """Return "train" or "val" per pair, by a hash of both photos: the seed studies' random way, which leaks photos.

    pairs: left, right; at least two. fraction: share of the pairs that goes to validation, in (0, 1), up to what
    `splits.split_by_group` tolerates.

    >>> pairs = pd.DataFrame({"left": list("abcdefghij"), "right": "k"})
    >>> naive_split(pairs, fraction=0.2, seed=7).value_counts().to_dict()
    {'train': 8, 'val': 2}
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction {fraction}: give the share of pairs for validation, between 0 and 1")
    both = pairs["left"] + " " + pairs["right"]
    return split_by_group(both, {"train": 1 - fraction, "val": fraction}, seed).rename("naive_split")


def pair_scores(compare: Compare, photo_ids: pd.Series, pairs: pd.DataFrame) -> np.ndarray:
    """Return (pairs,) what `compare` says of the two photos of each pair: left, right, as ids of `photo_ids`.

    Up to FEW photos are compared all with all, once. Of more a block of pairs at a time: the photos in it are compared
    all with all, which every measure can do.
    Raises KeyError naming the first photo of a pair that is not in `photo_ids`.

    >>> pairs = pd.DataFrame({"left": ["a"], "right": ["b"]})
    >>> pair_scores(lambda a, b: 10 * a[:, None] + b, pd.Series(["a", "b"]), pairs).tolist()
    [1]
    """
    place = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    left, right = (np.array([place[name] for name in pairs[side]], dtype=np.int64) for side in ("left", "right"))
    if len(photo_ids) <= FEW:
        rows = np.arange(len(photo_ids))
        return compare(rows, rows)[left, right]
    order, parts = np.lexsort((right, left)), []
    for start in range(0, len(order), PAIR_BLOCK):
        some = order[start : start + PAIR_BLOCK]
        (a, at_a), (b, at_b) = (np.unique(rows[some], return_inverse=True) for rows in (left, right))
        parts.append(compare(a, b)[at_a, at_b])
    scores = np.concatenate(parts) if parts else np.empty(0)
    back = np.empty_like(scores)
    back[order] = scores
    return back


def pairs_within_splits(
    photos: pd.DataFrame,
    kinds: Mapping[str, Kind],
    positive: str,
    negatives_per_positive: float,
    pairs_per_photo: float,
    seed: int,
) -> pd.DataFrame:
    """Draw pairs of `kinds` in each split: positives, then negatives of all other kinds."""
    if not negatives_per_positive > 0:
        raise ValueError(f"negatives_per_positive {negatives_per_positive}: give a number above 0")
    ids, tables = photos["photo_id"].to_numpy(), []
    for number, split in enumerate(photos["split"].unique()):
        rng = np.random.default_rng([seed, number])
        rows = np.flatnonzero(photos["split"] == split)
        copies = pd.factorize(photos["duplicate_group"].iloc[rows])[0]
        found = {kind: _found(rows, copies, spec, [seed, number]) for kind, spec in kinds.items()}
        most = round(min(pairs_per_photo, len(rows)) * len(rows))
        wanted = {positive: min(len(found[positive]), most)}
        negative_count = round(negatives_per_positive * wanted[positive])
        wanted |= share_out(negative_count, {kind: len(found[kind]) for kind in kinds if kind != positive})
        for kind, count in wanted.items():
            drawn = np.sort(rng.choice(found[kind], count, replace=False))
            left, right = rows[drawn // len(rows)], rows[drawn % len(rows)]
            table = {"left": ids[left], "right": ids[right], "same": kind == positive, "kind": kind, "split": split}
            tables.append(pd.DataFrame(table))
    if not tables:
        return pd.DataFrame(columns=list(PAIR_TYPES)).astype(PAIR_TYPES)
    return pd.concat(tables, ignore_index=True).astype(PAIR_TYPES)


def _found(rows: np.ndarray, copies: np.ndarray, kind: Kind, seed: list[int]) -> np.ndarray:
    """Return the candidates of a kind among `rows`, sorted, as numbers: left place x len(rows) + right place."""
    groups = kind.groups[rows]
    groups = np.where(groups < 0, -1, pd.factorize(groups)[0])
    numbers = [np.empty(0, dtype=np.int64)]
    for left, right in candidate_pairs(groups, CANDIDATES, seed):
        kept = kind.holds(rows[left], rows[right]) & (copies[left] != copies[right])
        numbers.append(left[kept] * len(rows) + right[kept])
    return np.sort(np.concatenate(numbers))


def share_out(total: int, available: Mapping[str, int]) -> dict[str, int]:
    """Share `total` evenly over kinds with limited supply; what a short kind cannot give, the others do.

    >>> share_out(9, {"other-pose-same-site": 100, "site-only": 2})
    {'other-pose-same-site': 7, 'site-only': 2}
    """
    shares = dict.fromkeys(available, 0)
    scarce_first = sorted(available, key=lambda kind: available[kind])
    for done, kind in enumerate(scarce_first):
        shares[kind] = min(available[kind], total // (len(scarce_first) - done))
        total -= shares[kind]
    return shares
