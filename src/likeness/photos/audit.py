"""The leak audit: what training photos or posts share with those that a model is judged on."""

from collections.abc import Mapping

import pandas as pd

SHARED = {
    "photos": "photo_id",
    "near-duplicate groups": "duplicate_group",
    "arrangements": "arrangement",
    "sites": "site",
    "groups": "group",
}
POSTS_SHARED = {"posts": "post_id", "users": "user_id", "near-duplicate groups": "duplicate_group", "groups": "group"}
MUST_BE_ZERO = ("posts", "users", "photos", "near-duplicate groups", "groups")
LATER = ("posts", "near-duplicate groups")  # the temporal split asks about the same users' later posts
SPLIT_COLUMN = {"honest": "split", "naive": "naive_split"}
POSTS_SPLIT_COLUMN = {"honest": "split", "temporal": "temporal_split", "naive": "naive_split"}
AUDIT_TYPES = {"scheme": "str", "shared": "str", "between": "str", "count": "int64", "of": "int64", "share": "float64"}


class OneKind(ValueError):
    """A split holds no pairs, or only one kind of them, so that nothing can be learnt or measured on it."""


class Leak(ValueError):
    """A split shares between training and evaluation what it promises not to."""


def leak_audit(pairs: pd.DataFrame, photos: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Count what train shares with val and with test: scheme, shared, between, count, of, share.

    pairs: left, right and the scheme's split column ("split" for "honest", "naive_split" for "naive").
    photos: photo_id, duplicate_group, group; site and arrangement if known. For "honest" its own split counts
    too, because features and thresholds are fitted on photos as well as on pairs.
    count: distinct things in both splits; of: distinct things in the evaluated split; share: count / of, 0 if
    there are none. Splits without a pair are left out.

    >>> photos = pd.DataFrame({"photo_id": ["a", "b", "c"], "split": ["train", "val", "val"], "group": ["x", "x", "y"]})
    >>> pairs = pd.DataFrame({"left": ["b"], "right": ["c"], "split": ["val"]})
    >>> leak_audit(pairs, photos, "honest").query("count > 0")[["shared", "count", "of"]].to_dict("records")
    [{'shared': 'groups', 'count': 1, 'of': 2}]
    """
    if scheme not in SPLIT_COLUMN:
        raise ValueError(f"scheme {scheme!r}: audit 'honest' or 'naive'")
    members = split_members(pairs, photos, scheme)
    parts = {split: photos[photos["photo_id"].isin(ids)] for split, ids in members.items()}
    return shared_things(parts, SHARED, scheme)


def posts_audit(posts: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Count what the training posts share with the posts that a model is judged on, in the shape of `leak_audit`.

    posts: post_id, user_id, duplicate_group ("" where a post has no picture), group, and the scheme's split column
    ("split" for "honest", "temporal_split" for "temporal", "naive_split" for "naive").
    """
    if scheme not in POSTS_SPLIT_COLUMN:
        raise ValueError(f"scheme {scheme!r}: audit one of {', '.join(POSTS_SPLIT_COLUMN)}")
    known = posts.assign(duplicate_group=posts["duplicate_group"].where(posts["duplicate_group"] != ""))
    return shared_things(dict(list(known.groupby(POSTS_SPLIT_COLUMN[scheme]))), POSTS_SHARED, scheme)


def posts_audits(posts: pd.DataFrame) -> pd.DataFrame:
    """Return the `posts_audit` of every scheme, one below the other, the honest split first."""
    return pd.concat([posts_audit(posts, scheme) for scheme in POSTS_SPLIT_COLUMN], ignore_index=True)


def shared_things(parts: Mapping[str, pd.DataFrame], columns: Mapping[str, str], scheme: str) -> pd.DataFrame:
    """Return an audit's rows: what each of val and test has in common with train.

    parts: {split: rows}; splits without a row are left out. columns: {what is shared: the column that names it}.
    """
    rows = []
    train = parts.get("train")
    for evaluated in (split for split in ("val", "test") if split in parts):
        for shared, column in columns.items():
            seen = set() if train is None else distinct(train, column)
            judged = distinct(parts[evaluated], column)
            count, of = len(seen & judged), len(judged)
            rows.append((scheme, shared, f"train-{evaluated}", count, of, count / of if of else 0.0))
    return pd.DataFrame(rows, columns=list(AUDIT_TYPES)).astype(AUDIT_TYPES)


def split_members(pairs: pd.DataFrame, photos: pd.DataFrame, scheme: str) -> dict[str, set[str]]:
    """Return the photo_ids of each split: of its pairs, and for "honest" of the photos assigned to it."""
    column = SPLIT_COLUMN[scheme]
    members = {split: {*part["left"], *part["right"]} for split, part in pairs.groupby(column)}
    if unknown := set().union(*members.values()) - set(photos["photo_id"]):
        raise ValueError(f"pairs name photo {min(unknown)}, which is not among the photos; make the pairs again")
    if scheme == "honest":
        for split, part in photos.groupby("split"):
            members[split] = members.get(split, set()) | set(part["photo_id"])
    return members


def distinct(rows: pd.DataFrame, column: str) -> set[str]:
    """Return the distinct known values of a column; nothing if the column is not there."""
    return set(rows[column].dropna()) if column in rows else set()


def assert_no_leak(audit: pd.DataFrame) -> None:
    """Raise Leak if an audit's honest rows share anything but sites and arrangements, or its temporal rows posts.

    audit: of photos or of posts, with rows of at least one scheme that promises something, honest or temporal (whose
    users may be shared). The naive rows may share what they like: they are there to be seen.
    """
    if not audit["scheme"].isin(["honest", "temporal"]).any():
        raise ValueError("no honest rows in the audit; audit the scheme 'honest' too")
    rules = (("honest", MUST_BE_ZERO, "by group"), ("temporal", LATER, "by date, near-duplicates together"))
    for scheme, forbidden, how in rules:
        leaks = audit[audit["scheme"].eq(scheme) & audit["shared"].isin(forbidden) & (audit["count"] > 0)]
        if len(leaks):
            found = ", ".join(f"{row.count} {row.shared} ({row.between})" for row in leaks.itertuples(index=False))
            raise Leak(f"the {scheme} split shares {found}; split again {how}")


def assert_both_kinds(pairs: pd.DataFrame) -> None:
    """Raise OneKind unless every split of both schemes holds pairs that are the same and pairs that are not.

    pairs: same, split, naive_split.
    """
    for scheme, column in SPLIT_COLUMN.items():
        for split in ("train", "val", "test") if scheme == "honest" else ("train", "val"):
            same = pairs.loc[pairs[column] == split, "same"]
            counts = {"same": int(same.sum()), "different": int((~same).sum())}
            if not all(counts.values()):
                found = " and ".join(f"{count} {kind}" for kind, count in counts.items())
                raise OneKind(
                    f"the {scheme} split {split} has {found} pairs; both kinds are needed: add photos that repeat a "
                    "pose and others that don't, give the split a larger share, or try another seed"
                )
