"""Splits of pictures of people: no person, no near-duplicate and no group of pictures is on two sides."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd
from scipy.cluster.hierarchy import DisjointSet

from likeness.photos.audit import Leak, shared_things
from likeness.photos.splits import JOINED, SPLITS, split_by_group

MIXED = "mixed"
LARGEST = 0.08  # of the pictures: in the demo 8 or 9 of 20 group portraits are then mixed (16 of them at 0)
SHARED = {
    "photos": "photo_id",
    "near-duplicate groups": "duplicate_group",
    "identities": "identity",
    "groups": "group",
    "artists of unknown people": "unknown_by",
    "artists": "artist",
}
MAY_BE_SHARED = ("artists",)  # where identities are known, the artist is not what is split by

Thing = tuple[str, str]  # what joins pictures: ("identity", name), ("artist", name) or ("copies", duplicate_group)


class _Joined(NamedTuple):
    """For each picture the things that say where it belongs, and which things belong together."""

    things: list[set[Thing]]
    sets: DisjointSet


def group_pictures(photos: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Return the group of each picture, which a split may not cut.

    photos: photo_id, duplicate_group; identity (of the picture's folder) and artist where known, "" where not.
    truth: photo_id, identity ("" unknown).
    Pictures of one person share a group; where nobody in a picture is known, those of one artist do; near-duplicates
    always do. Group portraits would chain nearly all people together, so one joins the people it shows only where the
    joined group has at most LARGEST of all pictures (in the order of photo_id). Any other has a group of its own,
    named after those that it spans.
    Names: "identity s1"; "artist A + artist B", joined by a copy or a group portrait; "copies <photo_id>" where nothing
    else is known; "identity s1 & identity s2" for a group portrait that spans them.
    """
    joined = _join(photos, truth)
    names = _names(joined)
    groups = [" & ".join(sorted({names[joined.sets[thing]] for thing in things})) for things in joined.things]
    return pd.Series(groups, index=photos.index, dtype="str", name="group")


def split_pictures(photos: pd.DataFrame, truth: pd.DataFrame, shares: Mapping[str, float], seed: int) -> pd.Series:
    """Return the split of each picture, "train", "val", "test" or "mixed", by the groups of `group_pictures`.

    shares: of the pictures that belong to one group, as `splits.shares_of` gives; of their groups
    `splits.split_by_group` takes about these shares.
    A group portrait of people from several groups belongs to a split if all of them do, else it is "mixed": no query,
    and nothing is fitted on it, but others may find it.
    Raises ValueError for fewer groups than splits.
    """
    joined = _join(photos, truth)
    names = _names(joined)
    owners = [sorted({names[joined.sets[thing]] for thing in things}) for things in joined.things]
    dealt = pd.Series([own[0] for own in owners if len(own) == 1], dtype="str")
    if dealt.nunique() < len(SPLITS):
        raise ValueError(
            f"{dealt.nunique()} groups of pictures cannot fill the splits {', '.join(SPLITS)}: no person, artist or "
            "copy is cut; bring pictures of more of them, or lower duplicate_distance if unlike pictures were joined"
        )
    side = dict(zip(dealt, split_by_group(dealt, shares, seed), strict=True))
    for _, own in sorted(zip(photos["photo_id"], owners, strict=True)):
        if len(known := _sides(own, side)) < 2:  # whoever is shown in group portraits only follows the others
            side |= dict.fromkeys(own, min(known, default="train"))
    sides = [_sides(own, side) for own in owners]
    split = [MIXED if len(each) > 1 else min(each) for each in sides]
    return pd.Series(split, index=photos.index, dtype="str", name="split")


def picture_audit(photos: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Count what train, val and test share, in the shape of `audit.leak_audit` with scheme "honest".

    photos: as for `group_pictures`, with group and split. Pictures of the split "mixed" are on no side. Everything
    must be 0 but "artists", who may have painted people of several splits.
    """
    people = _people(photos, truth)
    names = pd.Series([sorted(each) or [None] for each in people], index=photos.index)
    artist = photos.get("artist", pd.Series("", index=photos.index)).replace("", None)
    rows = photos.assign(identity=names, artist=artist, unknown_by=artist.where([not each for each in people], None))
    parts = dict(list(rows.explode("identity").groupby("split")))
    later = {"train": parts.get("val", rows[:0]), "test": parts.get("test", rows[:0])}  # val in the place of train
    tables = [shared_things(parts, SHARED, "honest"), shared_things(later, SHARED, "honest").assign(between="val-test")]
    return pd.concat(tables, ignore_index=True)


def assert_apart(audit: pd.DataFrame) -> None:
    """Raise Leak if an audit of `picture_audit` shows anything shared but artists."""
    leaks = audit[(audit["count"] > 0) & ~audit["shared"].isin(MAY_BE_SHARED)]
    if len(leaks):
        found = ", ".join(f"{row.count} {row.shared} ({row.between})" for row in leaks.itertuples(index=False))
        raise Leak(f"the split shares {found}; split again by group")


def _sides(groups: Iterable[str], side: Mapping[str, str]) -> set[str]:
    return {side[group] for group in groups if group in side}


def _people(photos: pd.DataFrame, truth: pd.DataFrame) -> list[set[str]]:
    """Return who is known to be shown in each picture."""
    marked = truth[truth["identity"] != ""].groupby("photo_id")["identity"].agg(set).to_dict()
    folders = photos["identity"] if "identity" in photos else [""] * len(photos)
    ids = zip(photos["photo_id"], folders, strict=True)
    return [marked.get(photo_id, set()) | ({name} - {""}) for photo_id, name in ids]


def _join(photos: pd.DataFrame, truth: pd.DataFrame) -> _Joined:
    """Join what pictures of at most one person join, then what group portraits may."""
    things = _things(photos, truth)
    sets = DisjointSet(sorted(set().union(*things)))
    weight = dict.fromkeys(sets, 0)
    are_groups = [sum(kind == "identity" for kind, _ in each) > 1 for each in things]
    for each, is_group in zip(things, are_groups, strict=True):
        if not is_group:
            _merge(sets, each)
            weight[min(each)] += 1
    bound = LARGEST * len(photos)
    by_id = sorted(zip(photos["photo_id"], things, are_groups, strict=True), key=lambda row: row[0])
    for _, each, is_group in by_id:
        if is_group:
            roots = {sets[thing] for thing in each}
            size = sum(weight[thing] for root in roots for thing in sets.subset(root))
            if len(roots) == 1 or size + 1 <= bound:
                _merge(sets, each)
                weight[min(each)] += 1
    return _Joined(things, sets)


def _things(photos: pd.DataFrame, truth: pd.DataFrame) -> list[set[Thing]]:
    """Return what each picture is joined by; copies of group portraits show the people of all of them."""
    people = _people(photos, truth)
    artists = photos["artist"] if "artist" in photos else [""] * len(photos)
    copies = list(photos["duplicate_group"])
    alone = {copy for copy, shown in zip(copies, people, strict=True) if len(shown) < 2}
    together: dict[str, set[str]] = {}
    for copy, shown in zip(copies, people, strict=True):
        if len(shown) > 1:
            together.setdefault(copy, set()).update(shown)
    things = []
    for copy, shown, artist in zip(copies, people, artists, strict=True):
        if len(shown) > 1:
            each = {("identity", name) for name in together[copy]} | ({("copies", copy)} if copy in alone else set())
        else:
            known = {("identity", name) for name in shown} or ({("artist", artist)} if artist else set())
            each = known | {("copies", copy)}
        things.append(each)
    return things


def _merge(sets: DisjointSet, things: Iterable[Thing]) -> None:
    first, *rest = sorted(things)
    for thing in rest:
        sets.merge(first, thing)


def _names(joined: _Joined) -> dict[Thing, str]:
    """Return the name of each set, by its root: its people, else its artists, else its copies."""
    names = {}
    for subset in joined.sets.subsets():
        for kind in ("identity", "artist", "copies"):
            if called := sorted(name for what, name in subset if what == kind):
                names[joined.sets[next(iter(subset))]] = JOINED.join(f"{kind} {name}" for name in called)
                break
    return names
