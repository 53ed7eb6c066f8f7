"""No person on two sides, however group portraits and copies tie them together."""

import numpy as np
import pandas as pd
import pytest

from likeness.photos import face_splits
from likeness.photos.audit import Leak
from likeness.photos.face_splits import assert_apart, group_pictures, picture_audit, split_pictures
from likeness.photos.splits import shares_of

SHARES = shares_of(0.15, 0.25)


def pictures(*rows):
    """Rows of (photo_id, who is shown: one letter each, artist, and the copy's group if it is not its own)."""
    table = pd.DataFrame(
        [(*row, row[0])[:4] for row in rows], columns=["photo_id", "shown", "artist", "duplicate_group"]
    )
    truth = [
        (photo_id, name) for photo_id, shown in zip(table["photo_id"], table["shown"], strict=True) for name in shown
    ]
    return table.drop(columns="shown"), pd.DataFrame(truth, columns=["photo_id", "identity"], dtype="str")


@pytest.fixture
def largest(monkeypatch):
    """Set how large a share of the pictures group portraits may join."""
    return lambda share: monkeypatch.setattr(face_splits, "LARGEST", share)


def audited(photos, truth):
    photos = photos.assign(group=group_pictures(photos, truth), split=split_pictures(photos, truth, SHARES, 0))
    return photos, picture_audit(photos, truth)


def test_people_then_artists_then_copies():
    photos, truth = pictures(
        ("p1", "A", "X"), ("p2", "A", "Y"), ("p3", "B", "X"), ("p4", "", "X"), ("p5", "", "X"), ("p6", "", ""), ("p7", "", "", "p6")
    )  # fmt: skip
    groups = group_pictures(photos, truth)
    people, artists, copies = ["identity A"] * 2 + ["identity B"], ["artist X"] * 2, ["copies p6"] * 2
    assert groups.tolist() == people + artists + copies
    assert groups.name == "group"


def test_copies_join_people_also_along_a_chain():
    photos, truth = pictures(
        ("p1", "A", ""), ("p2", "B", "", "p1"), ("p3", "B", ""), ("p4", "", "X", "p3"), ("p5", "", "X"), ("p6", "C", "")
    )
    assert group_pictures(photos, truth).tolist() == ["identity A + identity B"] * 5 + ["identity C"]


def test_identities_of_folders_count_as_marked_ones():
    photos, truth = pictures(("p1", "", ""), ("p2", "", ""), ("p3", "B", ""))
    photos["identity"] = ["A", "B", ""]
    assert group_pictures(photos, truth).tolist() == ["identity A", "identity B", "identity B"]


def test_a_name_of_a_person_is_not_that_of_an_artist():
    photos, truth = pictures(("p1", "A", ""), ("p2", "", "A"))
    assert group_pictures(photos, truth).tolist() == ["identity A", "artist A"]


def test_group_portraits_join_people_up_to_a_size(largest):
    photos, truth = pictures(("p1", "A", ""), ("p2", "B", ""), ("p3", "C", ""), ("p4", "AB", ""), ("p5", "BC", ""))
    largest(0.6)  # three of five: p1, p2, p4
    assert group_pictures(photos, truth).tolist() == ["identity A + identity B"] * 2 + [
        "identity C",
        "identity A + identity B",
        "identity A + identity B & identity C",
    ]
    largest(0)
    assert group_pictures(photos, truth).tolist()[3:] == ["identity A & identity B", "identity B & identity C"]
    largest(1)
    assert set(group_pictures(photos, truth)) == {"identity A + identity B + identity C"}


def test_copies_of_a_group_portrait_go_where_it_goes(largest):
    largest(0)
    photos, truth = pictures(
        ("p1", "AB", ""),
        ("p2", "BC", "", "p1"),
        ("p3", "", "", "p3"),
        ("p4", "DE", "", "p3"),
        *((f"q{c}", c, "") for c in "ABCDE"),
    )
    groups = group_pictures(photos, truth)
    assert groups.tolist()[:2] == ["identity A & identity B & identity C"] * 2
    assert groups.tolist()[2:4] == ["copies p3", "copies p3 & identity D & identity E"]


def chained(seed, people=40, styles=5, groups=20, landscapes=24):
    """A portrait of everyone by every artist, group portraits that chain most people together, landscapes, copies."""
    rng = np.random.default_rng(seed)
    rows = [(f"p{i:02}{s}", [f"i{i}"], f"s{s}") for i in range(people) for s in range(styles)]
    rows += [
        (f"g{g:02}", [f"i{i}" for i in rng.choice(people, rng.integers(2, 4), replace=False)], f"s{g % styles}")
        for g in range(groups)
    ]
    rows += [(f"l{k:02}", [], f"s{k % styles}") for k in range(landscapes)]
    photos = pd.DataFrame(rows, columns=["photo_id", "shown", "artist"])
    photos["duplicate_group"] = photos["photo_id"].replace({"p001": "p000", "g01": "g00", "p100": "g02"})
    truth = photos[["photo_id", "shown"]].explode("shown").dropna().rename(columns={"shown": "identity"})
    return photos.drop(columns="shown"), truth.reset_index(drop=True)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0, 0.05, 0.15])
def test_chained_people_are_split_and_nothing_is_shared(seed, share, largest):
    largest(share)
    photos, audit = audited(*chained(seed))
    truth = chained(seed)[1]
    assert_apart(audit)
    by_name = truth.merge(photos[["photo_id", "split"]])
    by_name = by_name[by_name["split"] != "mixed"]
    assert by_name.groupby("identity")["split"].nunique().max() == 1
    fixed = photos[photos["split"] != "mixed"]
    assert fixed.groupby("duplicate_group")["split"].nunique().max() == 1
    assert photos.groupby("group")["split"].nunique().max() == 1
    own = photos[~photos["group"].str.contains(" & ")].groupby("group")["split"].first()
    sizes = own.value_counts()
    assert all(abs(sizes[name] - share * len(own)) <= max(0.05 * len(own), 1) for name, share in SHARES.items())
    mixed = photos[photos["split"] == "mixed"]
    assert 1 <= len(mixed) <= 20
    assert (truth[truth["photo_id"].isin(mixed["photo_id"])].groupby("photo_id").size() > 1).all()


def test_a_mixed_picture_shows_people_of_several_splits_and_no_other_does(largest):
    largest(0)
    photos, truth = chained(1)
    split = split_pictures(photos, truth, SHARES, 3)
    side = dict(zip(photos["photo_id"], split, strict=True))
    at_home = {
        name: {side[p] for p in rows["photo_id"] if p.startswith("p")} for name, rows in truth.groupby("identity")
    }
    copies = photos[photos["duplicate_group"].duplicated(keep=False)]["photo_id"]
    for group in set(photos.loc[photos["photo_id"].str.startswith("g"), "photo_id"]) - set(copies):
        sides = set().union(*(at_home[name] for name in truth.loc[truth["photo_id"] == group, "identity"]))
        assert side[group] == ("mixed" if len(sides) > 1 else min(sides))


def test_double_portraits_of_couples_alone_can_be_split(largest):
    largest(0.1)
    photos, truth = pictures(
        *((f"p{k}{copy}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[2 * k : 2 * k + 2], "") for k in range(13) for copy in "xyz")
    )
    photos, audit = audited(photos, truth)
    assert_apart(audit)
    assert set(photos["split"]) == {"train", "val", "test"}
    assert photos["group"].nunique() == 13


def test_the_seed_decides_and_the_order_of_rows_does_not():
    photos, truth = chained(2)
    split = split_pictures(photos, truth, SHARES, 5)
    pd.testing.assert_series_equal(split, split_pictures(photos, truth, SHARES, 5))
    assert not split.equals(split_pictures(photos, truth, SHARES, 6))
    shuffled = photos.sample(frac=1, random_state=0)
    backwards = truth[::-1].reset_index(drop=True)
    pd.testing.assert_series_equal(split_pictures(shuffled, backwards, SHARES, 5).sort_index(), split)
    pd.testing.assert_series_equal(group_pictures(shuffled, backwards).sort_index(), group_pictures(photos, truth))


def test_a_collection_of_artists_is_split_by_artist():
    photos, truth = pictures(*((f"p{a}{k}", "", a) for a in "ABCDEFGHIJ" for k in range(10)))
    photos, audit = audited(photos, truth)
    assert_apart(audit)
    assert audit.loc[audit["shared"] == "artists", "count"].tolist() == [0, 0, 0]
    assert photos.groupby("artist")["split"].nunique().max() == 1


def test_a_leak_is_counted_and_named():
    photos, truth = pictures(
        ("p1", "A", "X"),
        ("p2", "A", "X"),
        ("p3", "B", "X"),
        ("p4", "AB", ""),
        ("p5", "", "Y"),
        ("p6", "", "Y"),
        ("p7", "C", "", "p3"),
    )
    photos = photos.assign(
        split=["train", "test", "val", "mixed", "train", "test", "test"], group=["a", "a", "b", "ab", "y", "y", "c"]
    )
    audit = picture_audit(photos, truth).set_index(["shared", "between"])["count"]
    assert audit[audit > 0].to_dict() == {
        ("identities", "train-test"): 1,
        ("groups", "train-test"): 2,
        ("artists of unknown people", "train-test"): 1,
        ("artists", "train-val"): 1,
        ("artists", "train-test"): 2,
        ("near-duplicate groups", "val-test"): 1,
        ("artists", "val-test"): 1,
    }
    with pytest.raises(
        Leak, match=r"shares 1 identities \(train-test\).*1 near-duplicate groups \(val-test\); split again"
    ):
        assert_apart(picture_audit(photos, truth))


def test_too_few_groups_are_named():
    photos, truth = pictures(("p1", "A", ""), ("p2", "B", ""), ("p3", "AB", ""))
    with pytest.raises(ValueError, match="2 groups of pictures cannot fill the splits train, val, test"):
        split_pictures(photos, truth, SHARES, 0)


def test_people_without_a_portrait_of_their_own_follow_those_beside_them(largest):
    largest(0)
    people = [("p1", "A", ""), ("p2", "B", ""), ("p3", "C", "")]
    photos, truth = pictures(*people, ("p4", "AE", ""), ("p5", "DE", ""), ("p6", "AC", ""), ("p7", "CE", ""))
    split = split_pictures(photos, truth, shares_of(0.3, 0.3), 0)
    assert set(split[:3]) == {"train", "val", "test"}
    assert split[3:].tolist() == [split[0], split[0], "mixed", "mixed"]
    split = split_pictures(*pictures(*people, ("p4", "DE", "")), shares_of(0.3, 0.3), 0)
    assert split[3] == "train"
