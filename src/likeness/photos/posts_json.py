"""Posts in JSON files: Instaloader downloads, and profiles.

Instaloader writes each structure, mostly xz-compressed, as {"node": ..., "instaloader": {"node_type": "Post" or
"Profile", ...}}: a post as <date>_UTC.json.xz beside <date>_UTC.jpg (or <date>_UTC_1.jpg ... for several pictures),
and the account as <name>_<number>.json.xz (its documentation, "Instagram Structures" and "Filename Specification").
What a node holds has changed over the years, so each value is looked for in every place where it has been.
"""

import json
import lzma
import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

UNREADABLE = "unreadable-file"
# What a damaged file, or JSON of another structure, makes a reader raise.
DAMAGE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, EOFError, RecursionError)
Rows = list[dict[str, Any]]
Refused = list[tuple[str, str]]  # where, reason
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
MOST_PICTURES = 20  # of one post
MAX_BYTES = 64 * 2**20  # of one file's JSON: a few kilobytes are usual, and xz can hide gigabytes
COMMENTS = "_comments.json"
# As Instagram reads a caption: hashtags in any alphabet; account names are ASCII, and no part of a mail address.
WORDS = {"#": re.compile(r"#(\w{1,150})"), "@": re.compile(r"(?<![a-z0-9])@([a-z0-9_]+(?:\.[a-z0-9_]+)*)")}

Ways = tuple[tuple[str | int, ...], ...]
FOLLOWERS: Ways = (("edge_followed_by", "count"), ("followed_by", "count"), ("follower_count",),
                   ("iphone_struct", "follower_count"))  # fmt: skip
LIKES: Ways = (("edge_media_preview_like", "count"), ("edge_liked_by", "count"), ("likes", "count"))
CAPTION: Ways = (("edge_media_to_caption", "edges", 0, "node", "text"), ("caption", "text"), ("caption",))
PLACE: Ways = (("location", "name"), ("iphone_struct", "location", "name"))
SPONSORED: Ways = (("edge_media_to_sponsor_user", "edges"), ("iphone_struct", "sponsor_tags"),
                   ("is_paid_partnership",), ("iphone_struct", "is_paid_partnership"), ("is_ad",))  # fmt: skip
Account = tuple[str, str]  # "id" or "username", and its value


def read_instaloader(folder: Path) -> tuple[Rows, Refused]:
    """Return (posts as records, files that cannot be read), of all JSON files below `folder`, sorted by path.

    A user_id is the account's number, its name where no number is known. Followers come from the account's own file
    in the same download, else from the post's owner, where it holds them. The first picture of a post of several
    stands for it. Stories, hashtags, comments and the marks of interrupted downloads are passed over: they are no
    posts. No file says when it was collected: collected_at is None.
    """
    structures: list[tuple[Path, str, dict[str, Any]]] = []
    refused: Refused = []
    for file in files_below(folder, (".json", ".json.xz")):
        if file.name.endswith(COMMENTS):
            continue
        try:
            structures.append((file, *structure(file)))
        except (*DAMAGE, lzma.LZMAError):
            refused.append((str(file), UNREADABLE))
    profiles = [node for _, kind, node in structures if kind == "Profile"]
    posts = [(file, node) for file, kind, node in structures if kind == "Post"]
    accounts = [dict(names_of(account)) for account in [*profiles, *(owner_of(node) for _, node in posts)]]
    numbers = {names["username"]: names["id"] for names in accounts if len(names) == 2}
    followers = {
        key: count for node in profiles if (count := first(node, FOLLOWERS)) is not None for key in names_of(node)
    }
    return [instaloader_record(node, file, followers, numbers) for file, node in posts], refused


def structure(file: Path) -> tuple[str, dict[str, Any]]:
    """Return (node type, node) of one file. Raises ValueError, KeyError or TypeError if it is none of Instaloader's."""
    with lzma.open(file) if file.suffix == ".xz" else file.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"{file}: more than {MAX_BYTES} bytes of JSON")
    content = json.loads(raw.decode("utf-8"))
    kind, node = content["instaloader"]["node_type"], content["node"]
    if not isinstance(kind, str) or not isinstance(node, dict):
        raise TypeError(f"{file}: node is no object")
    return kind, node


def owner_of(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a post knows of its account, {} if nothing."""
    owner = node.get("owner")
    return owner if isinstance(owner, dict) else {}


def names_of(account: dict[str, Any]) -> list[Account]:
    """Return under which number ("id") and name ("username") an account is known."""
    known = [(key, account.get(key)) for key in ("id", "username")]
    return [(key, str(value).lower()) for key, value in known if isinstance(value, str | int) and value]


def instaloader_record(
    node: dict[str, Any], file: Path, followers: dict[Account, object], numbers: dict[str, str]
) -> dict[str, Any]:
    """Return one post in our columns; values are handed on as they are, to be judged one by one."""
    owner = owner_of(node)
    names = names_of(owner)
    known = next((followers[name] for name in names if name in followers), None)
    user = next((numbers.get(name, name) if key == "username" else name for key, name in names), None)
    caption = first(node, CAPTION)
    return {
        "post_id": node.get("shortcode") or node.get("code"),
        "user_id": user,
        "image": picture(file),
        "likes": first(node, LIKES),
        "followers": first(owner, FOLLOWERS) if known is None else known,
        "taken_at": when(node.get("date", node.get("taken_at_timestamp"))),
        "collected_at": None,
        "caption": caption,
        "hashtags": tags_of(caption, "#"),
        "mentions": tags_of(caption, "@"),
        "is_ad": any(bool(first(node, (way,))) for way in SPONSORED),
        "is_video": node.get("is_video"),
        "place": first(node, PLACE),
        "path": str(file),
    }


def first(node: Any, ways: Ways) -> Any:
    """Return the first value that one of the ways through nested objects and lists leads to, None if none does."""
    for way in ways:
        value = node
        for step in way:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                value = None
                break
        if value is not None:
            return value
    return None


def tags_of(caption: object, sign: str) -> list[str]:
    """Return the hashtags (sign "#") or mentions ("@") in a caption, in lower case with their sign."""
    if not isinstance(caption, str):
        return []
    return [sign + word for word in WORDS[sign].findall(unicodedata.normalize("NFC", caption).lower())]


def when(seconds: object) -> str | None:
    """Return seconds since 1970 as an ISO date in UTC, None for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    except (OverflowError, ValueError, OSError):
        return None


def picture(file: Path) -> str:
    """Return the post's first picture beside its JSON file, "" where there is none."""
    stem = file.name.removesuffix(".xz").removesuffix(".json")
    for name in (stem, *(f"{stem}_{number}" for number in range(1, MOST_PICTURES + 1))):
        for suffix in PICTURES:
            if (file.parent / f"{name}{suffix}").is_file():
                return str(file.parent / f"{name}{suffix}")
    return ""


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
            rows += [profile_record(profile, post, file, row) for row, post in enumerate(profile["posts"] or [], 1)]
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


def profile_record(profile: dict[str, Any], post: dict[str, Any], file: Path, row: int) -> dict[str, Any]:
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
