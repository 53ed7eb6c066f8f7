import numpy as np
import pandas as pd
import pytest

from likeness.photos.splits import group_photos, split_by_group

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


def test_twenty_equal_groups_split_exactly():
    groups = pd.Series(np.repeat([f"g{k:02}" for k in range(20)], 5))
    split = split_by_group(groups, FRACTIONS, seed=0)
    assert split.value_counts().to_dict() == {"train": 70, "val": 15, "test": 15}


@pytest.mark.parametrize("seed", range(20))
def test_no_group_is_cut_and_sizes_are_close(seed):
    rng = np.random.default_rng(seed)
    groups = pd.Series(rng.permutation(np.repeat([f"g{k}" for k in range(14)], rng.integers(10, 40, 14))))
    split = split_by_group(groups, FRACTIONS, seed=seed)
    assert split.groupby(groups).nunique().max() == 1
    shares = split.value_counts(normalize=True)
    assert set(shares.index) == set(FRACTIONS)
    assert max(abs(shares[name] - fraction) for name, fraction in FRACTIONS.items()) < 0.03


def test_ten_thousand_photos_of_their_own_split_quickly_and_closely():
    split = split_by_group(pd.Series([f"p{k}" for k in range(10_000)]), FRACTIONS, seed=1)
    assert split.value_counts().to_dict() == {"train": 7000, "val": 1500, "test": 1500}


def test_no_split_stays_empty_beside_a_giant_group():
    split = split_by_group(pd.Series(["giant"] * 1000 + ["a", "b"]), FRACTIONS, seed=0)
    assert split.value_counts().sort_values().tolist() == [1, 1, 1000]
    assert split.iloc[0] == "train"


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
