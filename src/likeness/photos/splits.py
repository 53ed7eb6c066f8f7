"""Splits made by group, before anything is fitted: what belongs together is never on two sides."""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
import pandas as pd

from likeness.photos.duplicates import join

SPLITS = ("train", "val", "test")
TOLERANCE = 0.05  # of the groups: how far a side may be from its share before groups are moved
JOINED = " + "  # between the names of what a photo or copy joined; the first of them is the smallest


def group_photos(photos: pd.DataFrame, layout: str) -> pd.Series:
    """Return the group that a split may not cut: the site, or the photo; near-duplicates join groups.

    photos: duplicate_group, photo_id, and site for layout "sites".
    layout: "sites" groups by the site, "flat" by the photo. Sites that share a near-duplicate become one group, named
    "first site + second site".

    >>> photos = pd.DataFrame({"site": ["arch", "arch", "tower"], "duplicate_group": ["a", "b", "c"]})
    >>> group_photos(photos, "sites").tolist()
    ['arch', 'arch', 'tower']
    >>> group_photos(photos, "flat").tolist()
    ['a', 'b', 'c']
    """
    if layout not in ("sites", "flat"):
        raise ValueError(f"unknown layout {layout!r}; choose 'sites' or 'flat'")
    if layout == "flat":
        return photos["duplicate_group"].rename("group")
    if photos["site"].isna().any():
        raise ValueError(f"{photos.loc[photos['site'].isna(), 'path'].iloc[0]}: has no site; choose the layout 'flat'")
    site, names = pd.factorize(photos["site"], sort=True)
    copy = pd.factorize(photos["duplicate_group"])[0]
    joined = join(site, copy + len(names), len(names) + len(photos))[: len(names)]
    label = {k: JOINED.join(names[joined == k]) for k in np.unique(joined)}
    return pd.Series([label[joined[s]] for s in site], index=photos.index, dtype="str", name="group")


def shares_of(validation_share: float = 0.15, test_share: float = 0.25) -> dict[str, float]:
    """Return the share that each split gets. Raises ValueError unless each is more than 0.

    >>> shares_of(validation_share=0.25, test_share=0.25)
    {'train': 0.5, 'val': 0.25, 'test': 0.25}
    """
    shares = dict(zip(SPLITS, (1 - validation_share - test_share, validation_share, test_share), strict=True))
    if min(shares.values()) <= 0:
        raise ValueError(
            f"validation_share {validation_share:g} and test_share {test_share:g}: give each more than 0, together "
            "less than 1, so that training keeps a share"
        )
    return shares


def split_by_group(groups: pd.Series, fractions: Mapping[str, float], seed: int) -> pd.Series:
    """Return the split of every photo: whole groups, the number of groups on each side close to the fractions.

    groups: the group of each photo. fractions: split name -> share in (0, 1], summing to 1, as `shares_of` gives.
    A group's side comes from its own name alone: a hash of it, keyed by `seed`, is a number in [0, 1), and each split
    is a stretch of those. So more photos, or more groups, move no old one, as a lot or a best deal would. Only where a
    side is empty, or off by more than TOLERANCE of the groups, the groups nearest to its ends are moved (`mend_cuts`).
    What that costs: the shares hold for groups, not for photos, so that a group of half of the photos takes them all to
    its side; and in small studies, whose sides are often mended, a new group may move old ones, two at most: of 400
    draws it moved any in 57 % at 20 groups, 31 % at 100, 3 % at 400 (4 new ones), and none at 1,000 (10 new ones).
    A group of several joined names ("arch + tower") goes where the first of them belongs: when a new photo joins two
    groups, the other group follows the first one.
    Deterministic in (groups, fractions, seed). Raises ValueError for wrong fractions or fewer groups than splits.

    >>> sites = pd.Series(["arch", "arch", "tower", "tower", "bridge", "bridge"])
    >>> split_by_group(sites, {"train": 1 / 3, "val": 1 / 3, "test": 1 / 3}, seed=7).tolist()
    ['val', 'val', 'test', 'test', 'train', 'train']
    """
    names, shares = list(fractions), np.array(list(fractions.values()), dtype=float)
    if not (shares > 0).all() or not np.isclose(shares.sum(), 1):
        raise ValueError(f"fractions {dict(fractions)}: give every split more than 0, together 1")
    codes, labels = pd.factorize(groups, sort=True)
    if (codes < 0).any():
        raise ValueError(f"{int((codes < 0).sum())} photos have no group; group them first")
    if len(labels) < len(names):
        raise ValueError(
            f"{len(labels)} groups ({', '.join(map(str, labels))}) cannot fill the splits {', '.join(names)}: a group "
            "is never cut; add sites (flat: photos), or lower duplicate_distance if unlike photos were joined"
        )
    points = np.array([point(str(label), seed) for label in labels])
    order = np.argsort(points, kind="stable")
    cuts = mend_cuts(np.searchsorted(points[order], np.cumsum(shares)[:-1]), shares, len(labels))
    side = np.empty(len(labels), dtype=int)
    side[order] = np.searchsorted(cuts, np.arange(len(labels)), side="right")
    return pd.Series(np.array(names)[side[codes]], index=groups.index, dtype="str", name="split")


def point(group: str, seed: int) -> float:
    """Return the place in [0, 1) of a group: a hash of its name, of several joined names the first, keyed by `seed`."""
    digest = blake2b(group.partition(JOINED)[0].encode(), key=str(seed).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def mend_cuts(cuts: np.ndarray, shares: np.ndarray, count: int) -> np.ndarray:
    """Return the cuts between the sides of `count` groups in a row, moved no further than sides need it.

    cuts: (sides - 1,) int, how many groups stand before each. A side keeps at least one group, and its share of them
    within TOLERANCE of all, or within one group where that is less.
    """
    slack = max(TOLERANCE * count, 1)
    least = np.maximum(np.ceil(shares * count - slack), 1).astype(int)
    most = np.maximum(np.floor(shares * count + slack), 1).astype(int)
    mended = np.zeros(len(cuts) + 1, dtype=int)
    for k, cut in enumerate(cuts):
        low = max(mended[k] + least[k], count - most[k + 1 :].sum())
        high = min(mended[k] + most[k], count - least[k + 1 :].sum())
        last = count - (len(shares) - k - 1)
        mended[k + 1] = min(max(min(max(cut, low), high), mended[k] + 1), last)
    return mended[1:]
