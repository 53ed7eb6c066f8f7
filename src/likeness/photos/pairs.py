"""Pairs of photos to compare: all positives, and negatives of several kinds, none across two splits."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from likeness.photos.splits import split_by_group

SITE_POSITIVE = "same-pose-same-site"
SITE_NEGATIVES = ("other-pose-same-site", "same-pose-other-site", "site-only")
DISTANCE_POSITIVE = "near-pose"
DISTANCE_NEGATIVES = ("far-pose",)
PAIR_TYPES = {"left": "str", "right": "str", "same": "bool", "kind": "str", "split": "str"}


def make_pairs(
    photos: pd.DataFrame,
    distance: np.ndarray,
    layout: str,
    *,
    negatives_per_positive: float,
    near_quantile: float,
    far_quantile: float,
    pairs_per_photo: float,
    seed: int,
) -> pd.DataFrame:
    """Return the pairs of a study: `site_pairs` in the layout "sites", else `distance_pairs`, which reads the rest.

    distance: (n, n) float, as `truth.true_distance` gives.
    """
    if layout == "sites":
        return site_pairs(photos, negatives_per_positive=negatives_per_positive, seed=seed)
    return distance_pairs(
        photos,
        distance,
        near_quantile=near_quantile,
        far_quantile=far_quantile,
        pairs_per_photo=pairs_per_photo,
        negatives_per_positive=negatives_per_positive,
        seed=seed,
    )


def site_pairs(photos: pd.DataFrame, *, negatives_per_positive: float = 1.0, seed: int) -> pd.DataFrame:
    """Return left, right, same, kind, split: every positive, and as many negatives, within each split.

    photos: photo_id, site, pose (missing: the site alone), duplicate_group, split.
    Kinds: "same-pose-same-site" (positive); "other-pose-same-site"; "same-pose-other-site" (poses of one name);
    "site-only" (one photo of the pair shows the same site without anyone posing). Negatives are shared out evenly
    over the kinds; a kind that runs short leaves its share to the others.
    No pair appears twice or reversed (left comes first in `photos`), none joins two near-duplicates.
    Memory grows with the square of the largest split: 10,000 photos take about 1 GB.
    """
    check_ratio(negatives_per_positive)
    if photos["site"].isna().any():
        raise ValueError("site pairs need the site of every photo; use distance pairs for a flat folder")
    site = pd.factorize(photos["site"])[0]
    pose = pd.factorize(photos["pose"])[0]  # -1: the site alone

    def kinds(rows: np.ndarray) -> dict[str, np.ndarray]:
        same_site = site[rows, None] == site[rows]
        same_pose = pose[rows, None] == pose[rows]
        posed = pose[rows] >= 0
        both, one = posed[:, None] & posed, posed[:, None] ^ posed
        return {
            SITE_POSITIVE: same_site & same_pose & both,
            "other-pose-same-site": same_site & ~same_pose & both,
            "same-pose-other-site": ~same_site & same_pose & both,
            "site-only": same_site & one,
        }

    return pairs_within_splits(photos, kinds, SITE_POSITIVE, SITE_NEGATIVES, negatives_per_positive, None, seed)


def distance_pairs(
    photos: pd.DataFrame,
    distance: np.ndarray,
    *,
    near_quantile: float,
    far_quantile: float = 0.5,
    pairs_per_photo: float | None = None,
    negatives_per_positive: float = 1.0,
    seed: int,
) -> pd.DataFrame:
    """Return pairs as site_pairs does, for photos without arrangements: by the distance between their poses.

    photos: photo_id, duplicate_group, split, n rows. distance: (n, n) float, symmetric, NaN where unknown.
    near_quantile: pairs up to this quantile of all known distances are "near-pose" (positive).
    far_quantile: negatives ("far-pose") lie beyond this quantile; pairs between the two belong to neither.
    pairs_per_photo: at most this many positives per photo of a split, drawn at random (None: all positives).
    """
    check_ratio(negatives_per_positive)
    if not 0 < near_quantile < far_quantile < 1:
        raise ValueError(f"near_quantile {near_quantile}, far_quantile {far_quantile}: give 0 < near < far < 1")
    if distance.shape != (len(photos), len(photos)):
        raise ValueError(f"distance has shape {distance.shape}; {len(photos)} photos need a square of that side")
    known = distance[np.triu_indices(len(photos), k=1)]
    known = known[np.isfinite(known)]
    if known.size == 0:
        raise ValueError("no distance between any two photos is known; check the keypoints")
    near, far = np.quantile(known, [near_quantile, far_quantile])

    def kinds(rows: np.ndarray) -> dict[str, np.ndarray]:
        block = distance[np.ix_(rows, rows)]
        return {DISTANCE_POSITIVE: block <= near, "far-pose": np.isfinite(block) & (block > far)}

    return pairs_within_splits(
        photos, kinds, DISTANCE_POSITIVE, DISTANCE_NEGATIVES, negatives_per_positive, pairs_per_photo, seed
    )


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


def pair_values(matrix: np.ndarray, photo_ids: pd.Series, pairs: pd.DataFrame) -> np.ndarray:
    """Return (pairs,) the entries of an (n, n) matrix, aligned with `photo_ids`, at each pair's photos.

    Raises KeyError naming the first photo of a pair that is not in `photo_ids`.

    >>> pairs = pd.DataFrame({"left": ["a"], "right": ["b"]})
    >>> pair_values(np.array([[1.0, 0.5], [0.5, 1.0]]), pd.Series(["a", "b"]), pairs).tolist()
    [0.5]
    """
    place = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    left, right = ([place[photo_id] for photo_id in pairs[side]] for side in ("left", "right"))
    return np.asarray(matrix)[left, right]


def pairs_within_splits(
    photos: pd.DataFrame,
    kinds: Callable[[np.ndarray], dict[str, np.ndarray]],
    positive: str,
    negatives: Sequence[str],
    negatives_per_positive: float,
    pairs_per_photo: float | None,
    seed: int,
) -> pd.DataFrame:
    """Draw pairs in each split. kinds: row numbers -> {kind: (n, n) bool, which pairs are of that kind}."""
    ids, copies = photos["photo_id"].to_numpy(), pd.factorize(photos["duplicate_group"])[0]
    tables = []
    for number, split in enumerate(photos["split"].unique()):
        rng = np.random.default_rng([seed, number])
        rows = np.flatnonzero(photos["split"] == split)
        allowed = np.triu(copies[rows, None] != copies[rows], k=1)
        candidates = {kind: np.flatnonzero(mask & allowed) for kind, mask in kinds(rows).items()}
        most = None if pairs_per_photo is None else round(pairs_per_photo * len(rows))
        wanted = {positive: min(len(candidates[positive]), len(candidates[positive]) if most is None else most)}
        negative_count = round(negatives_per_positive * wanted[positive])
        wanted |= share_out(negative_count, {kind: len(candidates[kind]) for kind in negatives})
        for kind, count in wanted.items():
            drawn = np.sort(rng.choice(candidates[kind], count, replace=False))
            left, right = rows[drawn // len(rows)], rows[drawn % len(rows)]
            table = {"left": ids[left], "right": ids[right], "same": kind == positive, "kind": kind, "split": split}
            tables.append(pd.DataFrame(table))
    if not tables:
        return pd.DataFrame(columns=list(PAIR_TYPES)).astype(PAIR_TYPES)
    return pd.concat(tables, ignore_index=True).astype(PAIR_TYPES)


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


def check_ratio(negatives_per_positive: float) -> None:
    """Refuse a number of negatives per positive that is not above 0."""
    if not negatives_per_positive > 0:
        raise ValueError(f"negatives_per_positive {negatives_per_positive}: give a number above 0")
