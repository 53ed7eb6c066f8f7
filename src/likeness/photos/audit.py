"""The leak audit: what training photos share with the photos a model is judged on."""

import pandas as pd

SHARED = {
    "photos": "photo_id",
    "near-duplicate groups": "duplicate_group",
    "arrangements": "arrangement",
    "sites": "site",
    "groups": "group",
}
MUST_BE_ZERO = ("photos", "near-duplicate groups", "groups")
SPLIT_COLUMN = {"honest": "split", "naive": "naive_split"}
AUDIT_TYPES = {"scheme": "str", "shared": "str", "between": "str", "count": "int64", "of": "int64", "share": "float64"}


class OneKind(ValueError):
    """A split holds no pairs, or only one kind of them, so that nothing can be learnt or measured on it."""


class Leak(ValueError):
    """An honest split shares photos, near-duplicates or groups between training and evaluation."""


def leak_audit(pairs: pd.DataFrame, photos: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Count what train shares with val and with test: scheme, shared, between, count, of, share.

    pairs: left, right and the scheme's split column ("split" for "honest", "naive_split" for "naive").
    photos: photo_id, duplicate_group, group; site and arrangement if known. For "honest" its own split counts
    too, because features and thresholds are fitted on photos as well as on pairs.
    count: distinct things in both splits; of: distinct things in the evaluated split; share: count / of, 0 if
    there are none. Splits without a pair are left out.
    """
    if scheme not in SPLIT_COLUMN:
        raise ValueError(f"scheme {scheme!r}: audit 'honest' or 'naive'")
    members = split_members(pairs, photos, scheme)
    rows = []
    for evaluated in (split for split in ("val", "test") if split in members):
        for shared, column in SHARED.items():
            train, judged = (things(photos, members.get(split, set()), column) for split in ("train", evaluated))
            count, of = len(train & judged), len(judged)
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


def things(photos: pd.DataFrame, photo_ids: set[str], column: str) -> set[str]:
    """Return the distinct known values of a column over these photos; nothing if the column is not there."""
    if column not in photos:
        return set()
    return set(photos.loc[photos["photo_id"].isin(photo_ids), column].dropna())


def assert_no_leak(audit: pd.DataFrame) -> None:
    """Raise Leak if the honest rows of an audit share photos, near-duplicates or groups; sites may be shared."""
    honest = audit[audit["scheme"] == "honest"]
    if honest.empty:
        raise ValueError("no honest rows in the audit; run leak_audit(pairs, photos, 'honest')")
    leaks = honest[honest["shared"].isin(MUST_BE_ZERO) & (honest["count"] > 0)]
    if len(leaks):
        found = ", ".join(f"{row.count} {row.shared} ({row.between})" for row in leaks.itertuples(index=False))
        raise Leak(f"the honest split shares {found}; split again by group")


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
