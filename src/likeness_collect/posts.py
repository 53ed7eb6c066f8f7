"""Posts of the API: checked field by field, kept in the state, and written as `likability.prepare` reads them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from likeness.photos.posts.hashtags import tags_of
from likeness_collect.graph import SchemaChanged, is_number, is_objects
from likeness_collect.pictures import picture_file
from likeness_collect.pseudonyms import Names
from likeness_collect.store import Statement, Store
from likeness_collect.tables import plain, write_csv

FIELDS = "id,caption,media_type,media_url,permalink,timestamp,like_count"
# The API gives a post's picture another address every few days: which ones had a job is kept beside the newest.
KEEP_ADDRESSES = """
INSERT OR IGNORE INTO post_images(code, image_url)
SELECT code, image_url FROM posts JOIN jobs ON jobs.kind = 'image' AND jobs.key = image_url
"""
# A post that was also found by its user knows more than the same post found by a hashtag, whichever came first.
KEEP_POST = """
INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(code) DO UPDATE SET media_id = excluded.media_id, user = excluded.user, likes = excluded.likes,
    taken_at = excluded.taken_at, collected_at = excluded.collected_at, caption = excluded.caption,
    media_type = excluded.media_type, image_url = excluded.image_url, permalink = excluded.permalink
WHERE excluded.user IS NOT NULL OR posts.user IS NULL
"""
KEEP_USER = "INSERT OR REPLACE INTO users VALUES (?, ?, ?, ?)"
CODE = re.compile(r"/(?:p|reel|tv)/([A-Za-z0-9_-]{5,60})(?:[/?]|$)")
MOST_COUNT = 2**53


def page_of(answer: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Return the posts of a page and the cursor of the next, "" where it is the last."""
    posts = answer.get("data")
    if not is_objects(posts):
        raise SchemaChanged("the API has changed: a page of posts has no list 'data'")
    paging = answer.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return posts, after if isinstance(after, str) and posts else ""


def post_of(media: dict[str, Any], user: str | None, collected_at: str) -> tuple[str, Statement]:
    """Return (when it was posted, the statement that keeps it). Likes are missing where the owner hides them."""
    media_id, likes = media.get("id"), media.get("like_count")
    if not is_number(media_id):
        raise SchemaChanged("the API has changed: a post has no id")
    if likes is not None and not is_count(likes):
        raise SchemaChanged("the API has changed: like_count is no number")
    try:  # such as 2017-05-19T23:27:28+0000
        taken_at = in_utc(datetime.fromisoformat(str(media.get("timestamp"))))
    except ValueError as error:
        raise SchemaChanged("the API has changed: timestamp is no time") from error
    texts = {name: text_of(media, name) for name in ("caption", "media_type", "media_url", "permalink")}
    found = CODE.search(texts["permalink"])
    values = (found[1] if found else f"id-{media_id}", str(media_id), user, likes, taken_at, collected_at,
              texts["caption"], texts["media_type"], texts["media_url"], texts["permalink"])  # fmt: skip
    return taken_at, (KEEP_POST, values)


def user_of(found: dict[str, Any], name: str, collected_at: str) -> Statement:
    """Return the statement that keeps an account's counts."""
    counts = [found.get(field) for field in ("followers_count", "media_count")]
    if not all(map(is_count, counts)):
        raise SchemaChanged("the API has changed: followers_count or media_count is missing or no number")
    return KEEP_USER, (name, *counts, collected_at)


def text_of(media: dict[str, Any], name: str) -> str:
    """Return a text field, "" where it is missing, as some are for some posts."""
    value = media.get(name)
    if value is not None and not isinstance(value, str):
        raise SchemaChanged(f"the API has changed: {name} is no text")
    return plain(value or "")


def is_count(value: object) -> bool:
    """Say whether a value is a number of likes, followers or posts."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_COUNT


def in_utc(when: datetime) -> str:
    """Return a time as ISO in UTC without a zone; one without a zone is taken for UTC."""
    return (when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when).isoformat(timespec="seconds")


POSTS = ("post_id", "user_id", "image", "likes", "followers", "taken_at", "collected_at", "caption", "hashtags",
         "mentions", "is_ad", "is_video", "place", "media_type", "image_url")  # fmt: skip
USERS = ("user_id", "followers", "media_count", "collected_at")
FAILURES = ("kind", "key", "why")
USER_ROWS = "SELECT word(name) AS user_id, followers, media_count, collected_at FROM users ORDER BY user_id"
FAILURE_ROWS = (
    "SELECT kind, CASE kind WHEN 'user' THEN word(key) ELSE key END AS shown, why FROM jobs "
    "WHERE state = 'failed' ORDER BY kind, shown"
)


def write_tables(store: Store, out: Path, names: Names, *, keep_names: bool) -> dict[str, int]:
    """Write posts.csv, users.csv and failed.csv from the state and return {"posts", "users"}.

    keep_names: adds the posts' addresses, which name their authors to anyone who opens them.
    """
    store.reader.create_function("word", 1, names.user, deterministic=True)  # SQLite sorts what memory need not hold
    columns = (*POSTS, "permalink") if keep_names else POSTS
    posts = write_csv(out / "posts.csv", columns, (row[: len(columns)] for row in post_rows(store, names)))
    users = write_csv(out / "users.csv", USERS, store.reader.execute(USER_ROWS))
    write_csv(out / "failed.csv", FAILURES, store.reader.execute(FAILURE_ROWS))
    return {"posts": posts, "users": users}


def post_rows(store: Store, names: Names) -> Iterator[tuple[object, ...]]:
    """Yield the rows of posts.csv, by post id. A post's picture is the newest fetched, whatever its address was."""
    newest = (  # CROSS: SQLite would go through all jobs for every post
        "SELECT max(jobs.id) FROM post_images CROSS JOIN jobs ON jobs.kind = 'image' "
        "AND jobs.key = post_images.image_url WHERE post_images.code = posts.code AND jobs.state = 'done'"
    )
    found = store.reader.execute(
        "SELECT media_id, user, sha256, suffix, likes, followers, taken_at, posts.collected_at, caption, media_type, "
        "image_url, permalink FROM posts LEFT JOIN users ON users.name = posts.user "
        f"LEFT JOIN pictures ON pictures.job = ({newest}) ORDER BY media_id, code"
    )
    for media_id, user, sha, suffix, likes, followers, taken_at, collected_at, caption, kind, url, link in found:
        image = picture_file(sha, suffix) if sha else ""
        tags, mentions = tags_of(caption, "#"), tags_of(caption, "@")
        yield (
            media_id, names.user(user or ""), image, likes, followers, taken_at, collected_at, names.text(caption),
            " ".join(tags), " ".join(names.words(mentions)), False, kind == "VIDEO", "", kind, url, link,
        )  # fmt: skip
