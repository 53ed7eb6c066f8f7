"""The tables of a collected folder, as `likability.prepare` reads them: the same state gives the same bytes."""

from collections.abc import Iterator
from pathlib import Path

from likeness.photos.instaloader import tags_of
from likeness_collect.pictures import picture_file
from likeness_collect.pseudonyms import Names
from likeness_collect.store import Store
from likeness_collect.tables import write_csv

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
