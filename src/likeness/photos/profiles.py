"""Profiles as JSON, one file each: an account with its followers and its latest posts."""

import json
import os
from pathlib import Path
from typing import Any

UNREADABLE = "unreadable-file"
# What a damaged file, or JSON of another structure, makes a reader raise.
DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, EOFError, RecursionError)

Rows = list[dict[str, Any]]
Refused = list[tuple[str, str]]  # where, reason


def read_profiles(folder: Path) -> tuple[Rows, Refused]:
    """Return (posts as records, files that cannot be read), of all *.json below `folder`, sorted by path.

    A file is an object with alias (the account's unique name), numberFollowers and posts, each with url, description,
    tags, mentions, date, numberLikes, isVideo and localization. Profiles without posts add none. Pictures are not
    looked for, and no file says when it was collected.
    """
    rows: Rows = []
    refused: Refused = []
    for file in files_below(folder, (".json",)):
        try:
            profile = json.loads(file.read_text(encoding="utf-8"))
            rows += [record(profile, post, file, row) for row, post in enumerate(profile["posts"] or [], 1)]
        except DAMAGE:
            refused.append((str(file), UNREADABLE))
    return rows, refused


def files_below(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files at any depth whose name ends so: sorted, hidden ones left out, linked folders followed."""
    found = []
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent) / name for name in names if name.endswith(suffixes) and not name.startswith(".")]
    return sorted(found, key=Path.as_posix)


def record(profile: dict[str, Any], post: dict[str, Any], file: Path, row: int) -> dict[str, Any]:
    """Return one post in our columns; values are handed on as they are, to be judged one by one."""
    return {
        "post_id": shortcode(post.get("url")),
        "user_id": profile["alias"],
        "image": "",
        "likes": post.get("numberLikes"),
        "followers": profile["numberFollowers"],
        "taken_at": post.get("date"),
        "collected_at": None,
        "caption": post.get("description"),
        "hashtags": post.get("tags"),
        "mentions": post.get("mentions"),
        "is_ad": False,
        "is_video": post.get("isVideo"),
        "place": post.get("localization"),
        "path": f"{file}, row {row}",
    }


def shortcode(url: object) -> str:
    """Return the code that names a post in its address: .../p/<code>/...; "" where there is none."""
    _, _, code = str(url or "").partition("/p/")
    return code.partition("/")[0].partition("?")[0]
