"""Splits made by group, before anything is fitted: what belongs together is never on two sides."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likeness.photos.duplicates import join

SPLITS = ("train", "val", "test")
TRIES = 200  # random orders among which the closest to the fractions wins
ASSIGNMENTS = 20_000  # work spent on tries: with very many groups one order is close enough


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
    label = {k: " + ".join(names[joined == k]) for k in np.unique(joined)}
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
    """Return the split of every photo: whole groups, sizes (in photos) close to the fractions.

    groups: the group of each photo. fractions: split name -> share in (0, 1], summing to 1, as `shares_of` gives.
    Random orders of the groups are dealt out, each group to the split that lacks most; the closest deal is taken.
    Deterministic in (groups, fractions, seed). Raises ValueError for wrong fractions or fewer groups than splits.
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
    sizes = np.bincount(codes)
    rng = np.random.default_rng(seed)
    tries = max(1, min(TRIES, ASSIGNMENTS // len(labels)))
    deals = [deal(rng.permutation(len(labels)), sizes, shares) for _ in range(tries)]
    assigned = min(deals, key=lambda deal: distance_to(deal, sizes, shares))  # the first of equally good ones
    return pd.Series(np.array(names)[assigned[codes]], index=groups.index, dtype="str", name="split")


def deal(order: np.ndarray, sizes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Deal groups, in this order, to the split that lacks most photos: (n_groups,) int; no split stays empty."""
    assigned = np.empty(len(sizes), dtype=int)
    lacks = shares * sizes.sum()
    is_empty = np.ones(len(shares), dtype=bool)
    for done, group in enumerate(order):
        must_fill = len(order) - done <= is_empty.sum()
        split = int(np.argmax(np.where(is_empty, lacks, -np.inf) if must_fill else lacks))
        assigned[group] = split
        lacks[split] -= sizes[group]
        is_empty[split] = False
    return assigned


def distance_to(assigned: np.ndarray, sizes: np.ndarray, shares: np.ndarray) -> float:
    """Return the largest distance between a split's share of the photos and its fraction."""
    got = np.bincount(assigned, weights=sizes, minlength=len(shares)) / sizes.sum()
    return float(np.abs(got - shares).max())
