"""Posts in JSON files: Instaloader downloads, and profiles.

Instaloader writes each structure, mostly xz-compressed, as {"node": ..., "instaloader": {"node_type": "Post" or
"Profile", ...}}: a post as <date>_UTC.json.xz beside <date>_UTC.jpg (or <date>_UTC_1.jpg ... for several pictures),
and the account as <name>_<number>.json.xz (its documentation, "Instagram Structures" and "Filename Specification").
"""

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

from likeness.errors import LayoutError
from likeness.photos.json_files import read_json
from likeness.photos.posts.files import (
    COMMENTS,
    RESUME,
    count_others,
    is_sidecar,
    picture_of,
    picture_stems,
    post_stem,
    strangers,
)
from likeness.photos.posts.nodes import FOLLOWERS, first, instaloader_record, names_of, owner_of, profile_record
from likeness.photos.walk import Walk, walk

UNREADABLE, BAD_NAME = "unreadable-file", "bad-name"
# What a damaged file, or JSON of another structure, makes a reader raise.
DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, EOFError, RecursionError)
SIDECARS = "notes of other programs on a picture"
STRUCTURES = (".json", ".json.xz")
Rows = list[dict[str, Any]]
Refused = list[tuple[str, str]]  # where, reason
MAX_BYTES = 64 * 2**20  # of one file's JSON: a few kilobytes are usual, and xz can hide gigabytes


def read_instaloader(folder: Path) -> tuple[Rows, Refused]:
    """Return (posts as records, files that cannot be read), of all JSON files below `folder`, sorted by path.

    A user_id is the account's number, its name where no number is known. Followers come from the account's own file
    in the same download, else from the post's owner, where it holds them. The first picture of a post of several
    stands for it. Stories, hashtags, comments and the marks of interrupted downloads are passed over: they are no
    posts. No file says when it was collected: collected_at is None.
    """
    return instaloader_posts(folder)[:2]


def instaloader_posts(folder: Path) -> tuple[Rows, Refused, str]:
    """Return what `read_instaloader` does, and in words what else the folder holds.

    Raises LayoutError where it holds pictures, but not one that is named as a post's file.
    """
    files, refused = readable(walk(folder, ("",)))
    structures, unread, passed = structures_of(files)
    profiles = [node for _, kind, node in structures if kind == "Profile"]
    posts = [(file, node) for file, kind, node in structures if kind == "Post"]
    accounts = [dict(names_of(account)) for account in [*profiles, *(owner_of(node) for _, node in posts)]]
    numbers = {names["username"]: names["id"] for names in accounts if len(names) == 2}
    followers = {
        key: count for node in profiles if (count := first(node, FOLLOWERS)) is not None for key in names_of(node)
    }
    pictures = picture_stems(files)
    rows = [instaloader_record(node, file, picture_of(file, pictures), followers, numbers) for file, node in posts]
    alone = strangers(pictures, (post_stem(file) for file in files if file.name.endswith(STRUCTURES)))
    if alone and 2 * len(alone) >= len(rows) > 0 and not any(row["image"] for row in rows):
        raise LayoutError(
            f"{folder}: {len(alone)} pictures, but none is named as one of the {len(rows)} posts: {alone[0].name} "
            f"beside {posts[0][0].name}; keep the names of the download, or move other pictures elsewhere"
        )
    passed += Counter({"Profile": len(profiles)}) + Counter({"pictures of no post": len(alone)})
    return rows, refused + unread, summary(rows, passed, count_others(files))


def readable(found: Walk) -> tuple[list[Path], Refused]:
    """Return the files that have a name and can be looked for, and the other files and folders, to be refused."""
    unread = set(found.unread)
    refused = [(str(path), UNREADABLE if path.exists() else BAD_NAME) for path in found.unread]
    return [path for path in found.files if path not in unread], refused


def structures_of(files: list[Path]) -> tuple[list[tuple[Path, str, dict[str, Any]]], Refused, Counter[str]]:
    """Return (file, kind and node of each structure), files that cannot be read, and {kind: how many are no posts}."""
    structures, refused, passed = [], [], Counter()
    for file in files:
        if not file.name.endswith(STRUCTURES):
            continue
        if file.name.endswith(COMMENTS):
            passed["files of comments"] += 1
        elif file.name.startswith(RESUME):
            passed["marks of interrupted downloads"] += 1
        else:
            try:
                structures.append((file, *structure(file)))
            except (*DAMAGE, lzma.LZMAError):
                if is_sidecar(file.name):
                    passed[SIDECARS] += 1
                else:
                    refused.append((str(file), UNREADABLE))
    passed += Counter(kind for _, kind, _ in structures if kind not in ("Post", "Profile"))
    return structures, refused, passed


def summary(rows: Rows, passed: Counter[str], others: str) -> str:
    """Return in words how many posts have a picture, and what lies beside them."""
    pictures = sum(row["image"] != "" for row in rows)
    beside = [f"{count} {kind}" for kind, count in sorted(passed.items())] + [others] * bool(others)
    return f"{pictures} of {len(rows)} posts have a picture" + (f"; beside them: {', '.join(beside)}" if beside else "")


def structure(file: Path) -> tuple[str, dict[str, Any]]:
    """Return (node type, node) of one file. Raises ValueError, KeyError or TypeError if it is none of Instaloader's."""
    with lzma.open(file) if file.suffix == ".xz" else file.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"{file}: more than {MAX_BYTES} bytes of JSON")
    content = json.loads(raw)  # with or without a mark of its encoding
    kind, node = content["instaloader"]["node_type"], content["node"]
    if not isinstance(kind, str) or not isinstance(node, dict):
        raise TypeError(f"{file}: node is no object")
    return kind, node


def read_profiles(folder: Path) -> tuple[Rows, Refused]:
    """Return (posts as records, files that cannot be read), of all *.json below `folder`, sorted by path.

    A file is an object with alias (the account's unique name), numberFollowers and posts, each with url, description,
    tags, mentions, date, numberLikes, isVideo and localization. Profiles without posts add none. Pictures are not
    looked for, and no file says when it was collected.
    """
    return profile_posts(folder)[:2]


def profile_posts(folder: Path) -> tuple[Rows, Refused, str]:
    """Return what `read_profiles` does, and in words how many profiles there are."""
    rows: Rows = []
    numbers: Counter[str] = Counter()
    files, refused = readable(walk(folder, (".json",)))
    for file in files:
        try:
            profile = read_json(file)
            found = [profile_record(profile, post, file, row) for row, post in enumerate(profile["posts"] or [], 1)]
        except DAMAGE:
            if is_sidecar(file.name):
                numbers[SIDECARS] += 1
            else:
                refused.append((str(file), UNREADABLE))
        else:
            rows += found
            numbers["profiles with posts" if found else "profiles without posts"] += 1
    return rows, refused, ", ".join(f"{count} {kind}" for kind, count in sorted(numbers.items()))
