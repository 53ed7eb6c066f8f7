import hashlib

import numpy as np
import pandas as pd
import pytest

from likeness.photos.splits import group_photos, mend_cuts, point, split_by_group

FRACTIONS = {"train": 0.7, "val": 0.15, "test": 0.15}


def photos(sites: str, copies: str) -> pd.DataFrame:
    """One letter per photo: its site, and its near-duplicate group."""
    table = pd.DataFrame({"site": list(sites), "duplicate_group": list(copies)})
    return table.assign(photo_id=[f"p{k}" for k in range(len(table))], path=[f"{k}.jpg" for k in range(len(table))])


def test_group_by_site():
    assert group_photos(photos("AABC", "wxyz"), "sites").tolist() == ["A", "A", "B", "C"]


def test_sites_that_share_a_copy_join_also_along_a_chain():
    groups = group_photos(photos("AABBCCD", "wxxyyzv"), "sites")  # A-B by x, B-C by y
    assert groups.tolist() == ["A + B + C"] * 6 + ["D"]


def test_group_by_photo_is_the_near_duplicate_group():
    groups = group_photos(photos("AABC", "wwyz"), "flat")
    assert groups.tolist() == ["w", "w", "y", "z"]
    assert groups.name == "group"


def test_grouping_needs_a_known_way_and_sites():
    with pytest.raises(ValueError, match="layout 'user'"):
        group_photos(photos("AB", "xy"), "user")
    table = photos("AB", "xy")
    table.loc[1, "site"] = None
    with pytest.raises(ValueError, match=r"1\.jpg: has no site"):
        group_photos(table, "sites")


def names(count: int, seed: int = 0) -> pd.Series:
    return pd.Series([f"{seed}-{k}" for k in range(count)])


def off(split: pd.Series) -> float:
    """The largest distance of a side's number of groups from its share, one photo a group."""
    return max(abs((split == name).sum() - share * len(split)) for name, share in FRACTIONS.items())


@pytest.mark.parametrize("count", [3, 4, 5, 7, 10, 14, 20, 33, 50, 100, 355, 1200, 5000])
@pytest.mark.parametrize("seed", range(10))
def test_shares_of_the_groups_are_within_a_twentieth_or_one_group(count, seed):
    split = split_by_group(names(count, seed), FRACTIONS, seed)
    assert set(split) == set(FRACTIONS)
    assert off(split) <= max(0.05 * count, 1) + 1e-9 or (split.value_counts().min() == 1 and count < 10)


@pytest.mark.parametrize("seed", range(20))
def test_no_group_is_cut_whatever_their_sizes(seed):
    rng = np.random.default_rng(seed)
    groups = pd.Series(rng.permutation(np.repeat([f"g{k}" for k in range(14)], rng.integers(10, 40, 14))))
    split = split_by_group(groups, FRACTIONS, seed=seed)
    assert split.groupby(groups).nunique().max() == 1
    assert off(split.groupby(groups).first()) <= 1
    assert set(split) == set(FRACTIONS)


def test_a_side_is_the_stretch_of_hashes_that_its_share_is():
    """The rule itself, where nothing has to be mended: worked out without the function."""
    groups = names(3000)
    split = split_by_group(groups, FRACTIONS, seed=1)
    points = groups.map(lambda name: point(name, 1))
    assert split.tolist() == ["train" if p < 0.7 else "val" if p < 0.85 else "test" for p in points]
    assert point("arch", 7) == int(hashlib.blake2b(b"arch", key=b"7", digest_size=8).hexdigest(), 16) / 2**64


@pytest.mark.parametrize("count", [1000, 1200, 3000, 5000])
@pytest.mark.parametrize("seed", range(10))
def test_one_percent_more_moves_no_old_group(count, seed):
    more = names(count + count // 100, seed)
    split = split_by_group(more, FRACTIONS, seed)[:count]
    pd.testing.assert_series_equal(split_by_group(more[:count], FRACTIONS, seed), split)


@pytest.mark.parametrize("count", [20, 50, 100, 200, 400])
def test_in_small_studies_a_new_group_moves_two_old_ones_at_most(count):
    moved = []
    for seed in range(40):
        more = names(count + max(1, count // 100), seed)
        moved.append(
            (split_by_group(more, FRACTIONS, seed)[:count] != split_by_group(more[:count], FRACTIONS, seed)).sum()
        )
    assert max(moved) <= 2 * max(1, count // 100)
    assert np.mean(moved) <= 1


def test_more_photos_of_the_groups_move_nothing():
    groups = names(30)
    more = pd.concat([groups, groups.sample(20, replace=True, random_state=0)], ignore_index=True)
    assert split_by_group(more, FRACTIONS, 3)[:30].tolist() == split_by_group(groups, FRACTIONS, 3).tolist()


def test_cuts_are_moved_no_further_than_sides_need_it():
    shares = np.array([0.5, 0.2, 0.3])
    assert mend_cuts(np.array([50, 70]), shares, 100).tolist() == [50, 70]
    assert mend_cuts(np.array([46, 70]), shares, 100).tolist() == [46, 70]  # val has 24, at most 25
    assert mend_cuts(np.array([40, 70]), shares, 100).tolist() == [45, 70]  # train at least 45
    assert mend_cuts(np.array([55, 55]), shares, 100).tolist() == [55, 70]  # val at least 15
    assert mend_cuts(np.array([0, 0]), shares, 10).tolist() == [4, 6]  # within one group; test at most 4
    assert mend_cuts(np.array([3, 3]), np.array([0.8, 0.1, 0.1]), 3).tolist() == [1, 2]  # nobody empty


def test_joined_groups_go_where_the_first_of_them_belongs():
    """A new photo joins two sites: only the other one may move, and it follows the first."""
    sites = pd.Series([f"site {k}" for k in range(200)])
    split = split_by_group(sites, FRACTIONS, 0)
    joined = sites.replace({"site 1": "site 1 + site 7", "site 7": "site 1 + site 7"})
    after = split_by_group(joined, FRACTIONS, 0)
    assert after[7] == after[1] == split[1]
    assert (after != split).sum() <= 1


def test_no_split_stays_empty_beside_a_giant_group():
    split = split_by_group(pd.Series(["giant"] * 1000 + ["a", "b"]), FRACTIONS, seed=0)
    assert split.value_counts().sort_values().tolist() == [1, 1, 1000]


def test_no_split_stays_empty_where_training_lacks_more_than_all_groups():
    split = split_by_group(pd.Series(["a", "b", "c"] * 10), {"train": 0.9, "val": 0.05, "test": 0.05}, seed=0)
    assert split.value_counts().to_dict() == {"train": 10, "val": 10, "test": 10}


def test_seed_decides_and_row_order_does_not():
    groups = pd.Series(np.repeat([f"g{k}" for k in range(14)], 7))
    split = split_by_group(groups, FRACTIONS, seed=3)
    pd.testing.assert_series_equal(split, split_by_group(groups, FRACTIONS, seed=3))
    assert not split.equals(split_by_group(groups, FRACTIONS, seed=4))
    shuffled = groups.sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(split_by_group(shuffled, FRACTIONS, seed=3).sort_index(), split)


def test_fewer_groups_than_splits():
    with pytest.raises(
        ValueError, match=r"2 groups \(\w, \w\) cannot fill the splits train, val, test: a group is never cut"
    ):
        split_by_group(pd.Series(["a", "b", "b"]), FRACTIONS, seed=0)


@pytest.mark.parametrize(
    "fractions", [{"train": 0.7, "val": 0.2}, {"train": 1.0, "val": 0.0}, {"train": 1.2, "val": -0.2}]
)
def test_wrong_fractions(fractions):
    with pytest.raises(ValueError, match="give every split more than 0, together 1"):
        split_by_group(pd.Series(["a", "b", "c"]), fractions, seed=0)


def test_photos_without_a_group():
    with pytest.raises(ValueError, match="1 photos have no group"):
        split_by_group(pd.Series(["a", "b", None]), {"train": 0.5, "val": 0.5}, seed=0)
