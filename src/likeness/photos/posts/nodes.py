"""What one post's JSON holds, in our columns: an Instaloader node, or a post of a profile.

What a node holds has changed over the years, so each value is looked for in every place where it has been.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from likeness.photos.posts.cells import HIDDEN, flag
from likeness.photos.posts.hashtags import tags_of

Ways = tuple[tuple[str | int, ...], ...]
FOLLOWERS: Ways = (("edge_followed_by", "count"), ("followed_by", "count"), ("follower_count",),
                   ("iphone_struct", "follower_count"))  # fmt: skip
LIKES: Ways = (("edge_media_preview_like", "count"), ("edge_liked_by", "count"), ("likes", "count"))
CAPTION: Ways = (("edge_media_to_caption", "edges", 0, "node", "text"), ("caption", "text"), ("caption",))
PLACE: Ways = (("location", "name"), ("iphone_struct", "location", "name"))
SPONSORED: Ways = (("edge_media_to_sponsor_user", "edges"), ("iphone_struct", "sponsor_tags"),
                   ("is_paid_partnership",), ("iphone_struct", "is_paid_partnership"), ("is_ad",))  # fmt: skip
HIDES = "likeandviewcountsdisabled"  # the end of the key's name, without signs, in each of Instagram's spellings
HIDES_TOO = ("likeshidden", "hidelikes", "hideslikes", "hiddenlikes")  # as other collectors name it
Account = tuple[str, str]  # "id" or "username", and its value


def owner_of(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a post knows of its account, {} if nothing."""
    owner = node.get("owner")
    return owner if isinstance(owner, dict) else {}


def names_of(account: dict[str, Any]) -> list[Account]:
    """Return under which number ("id") and name ("username") an account is known."""
    known = [(key, account.get(key)) for key in ("id", "username")]
    return [(key, str(value).lower()) for key, value in known if isinstance(value, str | int) and value]


def instaloader_record(
    node: dict[str, Any], file: Path, image: str, followers: dict[Account, object], numbers: dict[str, str]
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
        "image": image,
        "likes": HIDDEN if hides_likes(node) else first(node, LIKES),
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


def hides_likes(node: dict[str, Any]) -> bool:
    """Say whether a post, or an object within it (`iphone_struct`, its owner), tells that its likes are not shown."""
    waiting = [node]
    while waiting:
        for key, value in waiting.pop().items():
            if isinstance(value, dict):
                waiting.append(value)
            elif tells_hidden(key) and flag(value) is not False:
                return True
    return False


def tells_hidden(name: object) -> bool:
    """Say whether a key or a column is the one that tells that likes are hidden."""
    bare = "".join(filter(str.isalnum, str(name))).lower()
    return bare.endswith(HIDES) or bare in HIDES_TOO


def when(seconds: object) -> str | None:
    """Return seconds since 1970 as an ISO date in UTC, None for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()
    except (OverflowError, ValueError, OSError):
        return None


def profile_record(profile: dict[str, Any], post: dict[str, Any], file: Path, row: int) -> dict[str, Any]:
    """Return one post in our columns; values are handed on as they are, to be judged one by one."""
    return {
        "post_id": shortcode(post.get("url")),
        "user_id": profile["alias"],
        "image": "",
        "likes": HIDDEN if hides_likes(post) or hides_likes({**profile, "posts": None}) else post.get("numberLikes"),
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
