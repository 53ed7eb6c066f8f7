"""Users are never cut by the honest split, time is not by the temporal one, and the naive one cuts everything."""

import numpy as np
import pandas as pd
import pytest

from likeness.photos.posts.splits import (
    OneKindOfPosts,
    assert_two_kinds,
    group_users,
    random_split,
    temporal_split,
    user_split,
    with_groups,
    with_splits,
)
from likeness.photos.splits import shares_of

SHARES = {"train": 0.6, "val": 0.15, "test": 0.25}


def posts(users: str, copies: str = "") -> pd.DataFrame:
    """One letter per post: its user, and its near-duplicate group ("." for a post without a picture)."""
    table = pd.DataFrame({"user_id": list(users), "duplicate_group": list(copies or "." * len(users))})
    table["duplicate_group"] = table["duplicate_group"].replace(".", "")
    table["post_id"] = [f"p{k:03}" for k in range(len(table))]
    return table.assign(taken_at=pd.date_range("2017-01-01", periods=len(table), freq="D"))


def many(n_users: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    users = np.repeat([f"u{k:03}" for k in range(n_users)], rng.integers(3, 20, n_users))
    n = len(users)
    copies = np.where(rng.random(n) < 0.05, [f"c{k}" for k in rng.integers(0, n // 20, n)], [f"a{k}" for k in range(n)])
    days = pd.to_timedelta(rng.integers(0, 900, n), unit="D")
    table = pd.DataFrame({"user_id": users, "duplicate_group": copies, "post_id": [f"p{k:05}" for k in range(n)]})
    return table.assign(taken_at=pd.Timestamp("2015-01-01") + days).sample(frac=1, random_state=seed)


def test_users_without_common_photos_stay_alone():
    assert group_users(posts("aabc", "xxyz")).tolist() == ["a", "a", "b", "c"]
    assert group_users(posts("aabc")).tolist() == ["a", "a", "b", "c"]  # no picture joins nobody
    assert group_users(posts("ba", ".x")).tolist() == ["b", "a"]


def test_users_who_show_the_same_photo_are_joined_also_along_a_chain():
    groups = group_users(posts("cbbaad", "xxyy.z"))  # c-b by x, b-a by y
    assert groups.tolist() == ["a + b + c"] * 5 + ["d"]
    assert group_users(posts("ba", "xx")).tolist() == ["a + b"] * 2
    assert (groups.name, groups.dtype) == ("group", "str")


def test_the_index_is_kept():
    table = posts("cbbaad", "xxyy.z").set_axis([9, 3, 4, 1, 0, 7])
    table["group"] = group_users(table)
    assert table.loc[7, "group"] == "d"
    for split in (temporal_split(table, SHARES), random_split(table, SHARES, 0)):
        assert split.index.tolist() == table.index.tolist()


def test_shares_of_all_posts():
    assert shares_of() == pytest.approx(SHARES)
    assert list(shares_of(0.1, 0.2)) == ["train", "val", "test"]
    assert shares_of(0.1, 0.2) == pytest.approx({"train": 0.7, "val": 0.1, "test": 0.2})
    for wrong in ((0, 0.2), (0.2, 0), (0.5, 0.5), (-0.1, 0.2)):
        with pytest.raises(ValueError, match="together less than 1, so that training keeps a share"):
            shares_of(*wrong)


@pytest.mark.parametrize("seed", range(5))
def test_no_user_is_on_two_sides_and_shares_are_close(seed):
    table = many(60, seed)
    table["group"] = group_users(table)
    split = user_split(table, SHARES, seed)
    assert split.groupby(table["user_id"]).nunique().max() == 1
    assert split.groupby(table["duplicate_group"]).nunique().max() == 1
    got = split.groupby(table["group"]).first().value_counts(normalize=True)  # of the groups, not of the posts
    assert max(abs(got[name] - share) for name, share in SHARES.items()) <= 0.05
    more = pd.concat([table, table.head(20).assign(post_id=[f"new{k}" for k in range(20)])])
    assert user_split(more, SHARES, seed)[: len(table)].tolist() == split.tolist()  # more posts move no account
    pd.testing.assert_series_equal(split, user_split(table, SHARES, seed))


def test_groups_and_all_three_splits_stand_beside_the_posts():
    table = posts("aabbccddee").assign(photo_id=["x", "", *"yzuvwmnx"]).drop(columns="duplicate_group")
    photos = pd.DataFrame({"photo_id": list("xyzuvwmn"), "duplicate_group": list("xyzuvwmn")})
    grouped = with_groups(table, photos)
    assert grouped["duplicate_group"].tolist() == ["x", "", *"yzuvwmnx"]
    assert grouped["group"].tolist() == ["a + e"] * 2 + list("bbccdd") + ["a + e"] * 2
    found, shares = with_splits(grouped, validation_share=0.2, test_share=0.2, seed=3), shares_of(0.2, 0.2)
    assert list(found) == [*grouped, "split", "temporal_split", "naive_split"]
    pd.testing.assert_series_equal(found["split"], user_split(grouped, shares, 3), check_names=False)
    pd.testing.assert_series_equal(found["temporal_split"], temporal_split(grouped, shares))
    pd.testing.assert_series_equal(found["naive_split"], random_split(grouped, shares, 3))


def test_too_few_users_to_split():
    with pytest.raises(ValueError, match="2 groups of users cannot fill the splits train, val, test: a user is never"):
        user_split(posts("aab").assign(group=list("aab")), SHARES, 0)


def test_time_is_cut_by_hand():
    table = posts("a" * 20)
    split = temporal_split(table.sample(frac=1, random_state=0), SHARES).sort_index()
    assert split.tolist() == ["train"] * 12 + ["val"] * 3 + ["test"] * 5
    assert split.name == "temporal_split"


def test_copies_follow_the_oldest_of_them():
    table = posts("a" * 20, "x" + "." * 9 + "yy" + "." * 7 + "x")  # x is first and last, y lies across the cut
    split = temporal_split(table, SHARES)
    assert split[[0, 19]].tolist() == ["train", "train"]
    assert split[[10, 11]].tolist() == ["train", "train"]  # the twelfth and thirteenth in time, after both x
    assert split[12] == "val"


@pytest.mark.parametrize("seed", range(5))
def test_no_post_is_newer_than_one_of_a_later_side_except_copies(seed):
    table = many(40, seed)
    split = temporal_split(table, SHARES)
    assert split.groupby(table["duplicate_group"]).nunique().max() == 1
    alone = ~table["duplicate_group"].duplicated(keep=False)
    span = table[alone].groupby(split[alone])["taken_at"].agg(["min", "max"])
    assert span.loc["train", "max"] <= span.loc["val", "min"]
    assert span.loc["val", "max"] <= span.loc["test", "min"]
    pd.testing.assert_series_equal(temporal_split(table.sort_index(), SHARES), split.sort_index())  # order of no matter
    assert abs((split == "test").mean() - 0.25) < 0.06


def test_posts_of_the_same_moment_are_ordered_by_id():
    table = posts("a" * 8).assign(taken_at=pd.Timestamp("2017-01-01"))
    assert temporal_split(table, {"train": 0.5, "val": 0.25, "test": 0.25}).tolist() == ["train"] * 4 + [
        *("val", "val", "test", "test")
    ]


def test_the_naive_split_cuts_users():
    table = many(60, 1)
    split = random_split(table, SHARES, 3)
    assert split.groupby(table["user_id"]).nunique().median() == 3
    shares = split.value_counts(normalize=True)
    assert shares.to_dict() == {name: pytest.approx(share, abs=0.05) for name, share in SHARES.items()}
    pd.testing.assert_series_equal(random_split(table[100:], SHARES, 3), split[100:])
    pd.testing.assert_series_equal(split, random_split(table, SHARES, 3))
    assert not split.equals(random_split(table, SHARES, 4))


def test_both_kinds_in_every_split():
    table = pd.DataFrame({"split": ["train", "val", "test"] * 2, "liked": [True] * 3 + [False] * 3})
    table["naive_split"] = table["split"]
    assert_two_kinds(table, ["split", "naive_split"])
    table.loc[0, "naive_split"] = "val"
    with pytest.raises(OneKindOfPosts, match="naive_split: train has 0 liked and 1 other posts; both kinds") as caught:
        assert_two_kinds(table, ["split", "naive_split"])
    assert "\n" not in str(caught.value)
    with pytest.raises(OneKindOfPosts, match="split: test has 0 liked and 0 other posts"):
        assert_two_kinds(table[table["split"] != "test"], ["split"])
