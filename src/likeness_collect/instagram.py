"""Instagram through Meta's official API: posts under a hashtag, and accounts by name with their posts and counts."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from likeness_collect import images
from likeness_collect.errors import BudgetSpent, CollectError, Permanent
from likeness_collect.fetch import Fetcher
from likeness_collect.graph import Graph, SchemaChanged, is_number, is_objects
from likeness_collect.posts import FIELDS, KEEP_ADDRESSES, in_utc, page_of, post_of, user_of, write_tables
from likeness_collect.pseudonyms import KEY_FILE, Names, secret_key
from likeness_collect.store import Job, Statement, Store, transaction
from likeness_collect.worker_pool import Put, run_jobs

KINDS = ("hashtag", "user")
EDGES = ("recent_media", "top_media")
PAGE = 50  # posts, the most that the API gives at once
MAX_PAGES = 10_000
USER_NAME = re.compile(r"[a-z0-9._]{1,30}")
HASHTAG = re.compile(r"\w{1,150}")
# A page's statements, and where its job stands now, belong into one transaction.
TURN = "UPDATE jobs SET cursor = ?, pages = pages + 1 WHERE id = ?"
NOT_GIVEN = (
    "not given by the API: who posted under a hashtag, its posts older than 24 hours, followers of personal accounts, "
    "likes that an owner hides (docs/collect.md says what remains)"
)


@dataclass(frozen=True)
class Wanted:
    """hashtags, users: whom to ask for. since: an ISO date, posts before it are left out, "" for none.
    with_images: fetch the pictures too. keep_names: no pseudonyms in the tables. again: also what is done."""

    hashtags: Sequence[str] = ()
    users: Iterable[str] = ()
    since: str = ""
    with_images: bool = False
    keep_names: bool = False
    again: bool = False
    max_pages: int = MAX_PAGES


async def collect_instagram(
    wanted: Wanted, out: Path, graph: Graph, fetcher: Fetcher, *, workers: int, collected_at: str = ""
) -> dict[str, int]:
    """Ask for hashtags and users, write posts.csv, users.csv and failed.csv, and return how many of each.

    fetcher: for the pictures. collected_at: when counts count as read, for tests; the moment of asking if empty.
    Raises CollectError; BudgetSpent (after the tables are written) where the pool does not wait.
    """
    since = date_of(wanted.since)
    with Store(out) as store:
        names = Names(secret_key(store.folder / KEY_FILE), keep=wanted.keep_names)
        if store.keep("since", since) != since:
            raise CollectError(f"{out}: was begun with another --since; use the same, or another --out")
        store.write([(KEEP_ADDRESSES, ())])  # of a state from before there was this table
        plan(store, wanted, names)
        ask = Asker(graph, since, wanted.max_pages, collected_at)
        spent: BudgetSpent | None = None
        try:
            await run_jobs(store, KINDS, ask, workers=workers, label="Instagram", unit="job", one_host=True)
        except BudgetSpent as error:
            spent = error
        if wanted.with_images and spent is None:
            images.wait_for_lost(store, out)
            add_pictures(store)
            await images.fetch_pictures(store, out, fetcher, workers=workers)
            images.remove_strangers(store, out)
        tally = write_tables(store, out, names, keep_names=wanted.keep_names)
        if spent is not None:
            raise spent
        return tally | {"failed": store.count(KINDS)["failed"], "waiting": store.count(KINDS)["waiting"]}


def plan(store: Store, wanted: Wanted, names: Names) -> None:
    """Add the jobs of hashtags and users; whoever asked to be forgotten gets none."""
    tags = [tag.strip().lstrip("#").lower() for tag in wanted.hashtags]
    if bad := [tag for tag in tags if not HASHTAG.fullmatch(tag)]:
        raise CollectError(f"hashtag {bad[0]!r}: is none; write it as me, without spaces")
    store.add_jobs("hashtag", (f"{tag}/{edge}" for tag in tags for edge in EDGES))
    forgotten = {row[0] for row in store.reader.execute("SELECT user FROM forgotten")}
    cleaned = (user.strip().lstrip("@").lower() for user in wanted.users)
    store.add_jobs("user", (user for user in cleaned if user and names.pseudonym(user) not in forgotten))
    store.wait_again(KINDS, everything=wanted.again)


def add_pictures(store: Store) -> None:
    """Add a job for the picture of every post that has one, and keep which post it belongs to."""
    shown = "SELECT image_url FROM posts WHERE media_type <> 'VIDEO' AND image_url <> ''"
    old = f"kind = 'image' AND state <> 'done' AND key NOT IN ({shown})"
    with transaction(store.db):
        # An address that a post no longer has is not asked for: it expires.
        store.db.execute(f"DELETE FROM pictures WHERE job IN (SELECT id FROM jobs WHERE {old})")
        store.db.execute(f"DELETE FROM jobs WHERE {old}")
        store.db.execute(f"INSERT OR IGNORE INTO jobs(kind, key) SELECT 'image', image_url FROM ({shown})")
        store.db.execute(KEEP_ADDRESSES)
    store.wait_again([images.KIND])


class Asker:
    """Does one job, page by page; each page is kept together with the cursor of the next."""

    def __init__(self, graph: Graph, since: str, max_pages: int, collected_at: str) -> None:
        self._graph, self._since, self._max_pages, self._fixed = graph, since, max_pages, collected_at
        self._ids: dict[str, str] = {}  # of hashtags

    async def __call__(self, job: Job, put: Put) -> list[Statement]:
        """Return the statements of the last page; `put` the earlier ones."""
        if job.kind == "user" and not USER_NAME.fullmatch(job.key):
            raise Permanent("is no Instagram user name")
        cursor, last = job.cursor, ""
        for _ in range(job.pages, self._max_pages):
            statements, cursor, print_ = await (self._user if job.kind == "user" else self._hashtag)(job, cursor)
            # The API gives the same cursor for every page of a hashtag; a page that comes again is the end.
            if not cursor or print_ == last:
                return statements
            last = print_
            await put([*statements, (TURN, (cursor, job.id))])
        raise Permanent(f"has more than {self._max_pages} pages; those are kept")

    async def _hashtag(self, job: Job, cursor: str) -> tuple[list[Statement], str, str]:
        tag, _, edge = job.key.partition("/")
        if tag not in self._ids:
            self._ids[tag] = await self._hashtag_id(tag)
        more = {"after": cursor} if cursor else {}
        path = f"{self._ids[tag]}/{edge}"
        answer = await self._graph.ask(path, user_id="{me}", fields=FIELDS, limit=str(PAGE), **more)
        return self._page(answer, None)

    async def _hashtag_id(self, tag: str) -> str:
        found = (await self._graph.ask("ig_hashtag_search", user_id="{me}", q=tag)).get("data")
        if not is_objects(found) or not found or not is_number(found[0].get("id")):
            raise SchemaChanged("the API has changed: a hashtag search returns no id")
        return str(found[0]["id"])

    async def _user(self, job: Job, cursor: str) -> tuple[list[Statement], str, str]:
        after = f".after({cursor})" if cursor else ""
        wanted = f"username,followers_count,media_count,media{after}.limit({PAGE}){{{FIELDS}}}"
        answer = await self._graph.ask("{me}", fields=f"business_discovery.username({job.key}){{{wanted}}}")
        found = answer.get("business_discovery")
        if not isinstance(found, dict):
            raise SchemaChanged("the API has changed: an account has no business_discovery")
        statements, cursor, print_ = self._page(found.get("media", {"data": []}), job.key)
        return [user_of(found, job.key, self._now()), *statements], cursor, print_

    def _page(self, answer: object, user: str | None) -> tuple[list[Statement], str, str]:
        """Return (statements, next cursor, what tells this page from another)."""
        if not isinstance(answer, dict):
            raise SchemaChanged("the API has changed: posts come in no page")
        posts, cursor = page_of(answer)
        kept = [post_of(post, user, self._now()) for post in posts]
        wanted = [statement for taken_at, statement in kept if taken_at >= self._since]
        if user is not None and len(wanted) < len(kept):  # an account's posts come newest first
            cursor = ""
        return wanted, cursor, sha256(json.dumps([post.get("id") for post in posts]).encode()).hexdigest()

    def _now(self) -> str:
        return self._fixed or in_utc(datetime.now(UTC))


def date_of(text: str) -> str:
    """Return an ISO date or time as UTC without a zone, "" for none. Raises CollectError."""
    try:
        return in_utc(datetime.fromisoformat(text)) if text else ""
    except ValueError as error:
        raise CollectError(f"--since {text}: is no date; write it as 2026-01-31") from error
