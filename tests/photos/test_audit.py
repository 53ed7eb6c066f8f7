import pandas as pd
import pytest

from likeness.photos.audit import (
    AUDIT_TYPES,
    Leak,
    OneKind,
    assert_both_kinds,
    assert_no_leak,
    leak_audit,
    posts_audit,
    posts_audits,
)

PHOTOS = pd.DataFrame(
    [
        ("a", "a", "Rome", "Rome/wave", "Rome", "train"),
        ("b", "b", "Rome", "Rome/wave", "Rome", "train"),
        ("c", "c", "Rome", "Rome/jump", "Rome", "train"),
        ("d", "d", "Oslo", "Oslo/wave", "Oslo", "val"),
        ("e", "e", "Oslo", "Oslo/wave", "Oslo", "val"),
        ("f", "f", "Bonn", None, "Bonn", "test"),
        ("g", "g", "Bonn", "Bonn/wave", "Bonn", "test"),
    ],
    columns=["photo_id", "duplicate_group", "site", "arrangement", "group", "split"],
)
PAIRS = pd.DataFrame(
    [("a", "b", "train", "train"), ("a", "c", "train", "val"), ("d", "e", "val", "train"), ("f", "g", "test", "train")],
    columns=["left", "right", "split", "naive_split"],
)


def counts(audit: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    return {(row.shared, row.between): (row.count, row.of) for row in audit.itertuples(index=False)}


def test_naive_split_leaks_as_counted_by_hand():
    """Validation is the pair a-c; a, its site and its arrangement are also in training, c and its pose are not."""
    audit = leak_audit(PAIRS, PHOTOS, "naive")
    got = {(r.shared, r.between): (r[3], r[4], r[5]) for r in audit.itertuples(index=False)}
    assert got == {
        ("photos", "train-val"): (1, 2, 0.5),
        ("near-duplicate groups", "train-val"): (1, 2, 0.5),
        ("arrangements", "train-val"): (1, 2, 0.5),
        ("sites", "train-val"): (1, 1, 1.0),
        ("groups", "train-val"): (1, 1, 1.0),
    }
    assert audit.dtypes.astype(str).to_dict() == AUDIT_TYPES


def test_honest_split_shares_nothing():
    audit = leak_audit(PAIRS, PHOTOS, "honest")
    assert audit["between"].unique().tolist() == ["train-val", "train-test"]
    assert (audit["count"] == 0).all()
    of = audit.set_index(["shared", "between"])["of"]
    assert of["photos", "train-test"] == 2
    assert of["arrangements", "train-test"] == 1  # the site alone has no arrangement
    assert_no_leak(audit)


def test_planted_photo_leak_raises():
    pairs = pd.concat([PAIRS, pd.DataFrame([("a", "d", "val", "train")], columns=PAIRS.columns)])
    with pytest.raises(Leak, match=r"1 photos \(train-val\), 1 near-duplicate groups \(train-val\), 1 groups"):
        assert_no_leak(leak_audit(pairs, PHOTOS, "honest"))


def test_planted_near_duplicate_leak_raises():
    photos = PHOTOS.assign(duplicate_group=["a", "b", "c", "d", "e", "f", "b"])
    with pytest.raises(Leak, match=r"shares 1 near-duplicate groups \(train-test\); split again by group"):
        assert_no_leak(leak_audit(PAIRS, photos, "honest"))


def test_planted_leak_of_a_photo_in_no_pair_raises():
    stray = pd.DataFrame([("z", "z", "Oslo", None, "Oslo", "train")], columns=PHOTOS.columns)
    with pytest.raises(Leak, match=r"shares 1 groups \(train-val\)"):
        assert_no_leak(leak_audit(PAIRS, pd.concat([PHOTOS, stray]), "honest"))


def test_sites_may_be_shared_where_photos_are_the_groups():
    photos = PHOTOS.assign(site="Rome", arrangement="Rome/wave", group=PHOTOS["photo_id"])
    audit = leak_audit(PAIRS, photos, "honest")
    shared = audit[audit["shared"] == "sites"]
    assert (shared["count"] == 1).all()
    assert_no_leak(audit)


def test_photos_without_places_are_audited_too():
    photos = PHOTOS.drop(columns=["site", "arrangement"])
    audit = leak_audit(PAIRS, photos, "honest")
    assert audit.loc[audit["shared"] == "sites", ["count", "of", "share"]].to_numpy().tolist() == [[0, 0, 0]] * 2


def test_what_cannot_be_audited():
    with pytest.raises(ValueError, match="scheme 'fair'"):
        leak_audit(PAIRS, PHOTOS, "fair")
    with pytest.raises(ValueError, match="no honest rows"):
        assert_no_leak(leak_audit(PAIRS, PHOTOS, "naive"))
    with pytest.raises(ValueError, match="pairs name photo a,"):
        leak_audit(PAIRS, PHOTOS[1:], "honest")


POSTS = pd.DataFrame(
    [
        ("1", "ada", "x", "ada", "train", "train", "train"),
        ("2", "ada", "", "ada", "train", "val", "test"),
        ("3", "bob", "y", "bob + eve", "val", "train", "train"),
        ("4", "eve", "y", "bob + eve", "val", "train", "val"),
        ("5", "joe", "", "joe", "test", "test", "val"),
        ("6", "joe", "z", "joe", "test", "test", "train"),
    ],
    columns=["post_id", "user_id", "duplicate_group", "group", "split", "temporal_split", "naive_split"],
)


def test_the_audit_of_posts_counts_by_hand():
    """Naive: train 1, 3, 6 (ada, bob, joe; x, y, z), val 4, 5 (eve, joe; y), test 2 (ada; no picture)."""
    audit = posts_audit(POSTS, "naive")
    assert counts(audit) == {
        ("posts", "train-val"): (0, 2),
        ("users", "train-val"): (1, 2),
        ("near-duplicate groups", "train-val"): (1, 1),
        ("groups", "train-val"): (2, 2),
        ("posts", "train-test"): (0, 1),
        ("users", "train-test"): (1, 1),
        ("near-duplicate groups", "train-test"): (0, 0),
        ("groups", "train-test"): (1, 1),
    }
    assert audit.dtypes.astype(str).to_dict() == AUDIT_TYPES
    assert set(audit["scheme"]) == {"naive"}


def test_honest_posts_share_nothing_and_temporal_ones_may_share_users():
    honest, temporal, naive = (part for _, part in posts_audits(POSTS).groupby("scheme", sort=False))
    pd.testing.assert_frame_equal(honest, posts_audit(POSTS, "honest"))
    assert (honest["count"] == 0).all()
    assert counts(temporal)["users", "train-val"] == (1, 1)
    for audit in (honest, temporal, pd.concat([honest, temporal, naive])):
        assert_no_leak(audit)
    with pytest.raises(ValueError, match="no honest rows"):
        assert_no_leak(naive)


@pytest.mark.parametrize(
    ("scheme", "change", "message"),
    [
        ("honest", {"user_id": "ada"}, r"the honest split shares 1 users \(train-test\); split again by group"),
        ("honest", {"post_id": "1"}, r"the honest split shares 1 posts \(train-test\)"),
        ("honest", {"group": "ada"}, r"the honest split shares 1 groups \(train-test\)"),
        ("honest", {"duplicate_group": "x"}, r"the honest split shares 1 near-duplicate groups \(train-test\)"),
        (
            "temporal",
            {"duplicate_group": "x"},
            r"the temporal split shares 1 near-duplicate groups .*; split again by date",
        ),
        ("temporal", {"post_id": "1"}, r"the temporal split shares 1 posts \(train-test\)"),
    ],
)
def test_planted_leaks_of_posts_raise(scheme, change, message):
    posts = POSTS.copy()
    for column, value in change.items():
        posts.loc[5, column] = value
    audits = pd.concat([posts_audit(POSTS, "honest"), posts_audit(posts, scheme)])
    with pytest.raises(Leak, match=message):
        assert_no_leak(audits)


def test_posts_without_pictures_share_no_copies():
    audit = posts_audit(POSTS.assign(duplicate_group=""), "naive")
    assert audit.loc[audit["shared"] == "near-duplicate groups", ["count", "of"]].to_numpy().tolist() == [[0, 0]] * 2


def test_posts_have_three_schemes():
    with pytest.raises(ValueError, match="scheme 'fair': audit one of honest, temporal, naive"):
        posts_audit(POSTS, "fair")


BALANCED = pd.DataFrame(
    {
        "same": [True, False] * 3,
        "split": ["train", "train", "val", "val", "test", "test"],
        "naive_split": ["train"] * 4 + ["val"] * 2,
    }
)


def test_pairs_of_both_kinds_in_every_split_pass():
    assert_both_kinds(BALANCED)


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (2, "split", "the honest split val has 0 same and 1 different pairs; both kinds are needed: add photos"),
        (1, "split", "the honest split train has 1 same and 0 different pairs"),
        (5, "naive_split", "the naive split val has 1 same and 0 different pairs"),
    ],
)
def test_a_split_of_one_kind_of_pairs_is_named(row, column, message):
    pairs = BALANCED.copy()
    pairs.loc[row, column] = "elsewhere"
    with pytest.raises(OneKind, match=message):
        assert_both_kinds(pairs)


def test_a_split_without_any_pair_is_named():
    with pytest.raises(OneKind, match="the honest split test has 0 same and 0 different pairs"):
        assert_both_kinds(BALANCED[BALANCED["split"] != "test"])
