"""What is done and what waits, in SQLite beside the collected folder: a run that is killed goes on where it was.

One row a job. A job's result is written in the same transaction as its new state, so that no moment exists at which
the one is there without the other. The folder holds names and the pseudonyms' key; `dvc add` never sees it.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from likeness_collect.errors import CollectError

SUFFIX = ".state"
FILE = "state.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs(
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '',
    cursor TEXT NOT NULL DEFAULT '',
    pages INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, key)
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs(kind, state, id);
CREATE TABLE IF NOT EXISTS forgotten(user TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS rows(row INTEGER PRIMARY KEY, job INTEGER);
CREATE INDEX IF NOT EXISTS rows_by_job ON rows(job);
CREATE TABLE IF NOT EXISTS pictures(
    job INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, suffix TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS pictures_by_content ON pictures(sha256);

CREATE TABLE IF NOT EXISTS objects(objectid TEXT PRIMARY KEY, job INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS posts(
    code TEXT PRIMARY KEY, media_id TEXT NOT NULL, user TEXT, likes INTEGER, taken_at TEXT NOT NULL,
    collected_at TEXT NOT NULL, caption TEXT NOT NULL, media_type TEXT NOT NULL, image_url TEXT NOT NULL,
    permalink TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posts_by_user ON posts(user);
CREATE TABLE IF NOT EXISTS users(
    name TEXT PRIMARY KEY, followers INTEGER NOT NULL, media_count INTEGER NOT NULL, collected_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS post_images(
    code TEXT NOT NULL, image_url TEXT NOT NULL, PRIMARY KEY (code, image_url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS post_images_by_url ON post_images(image_url);
CREATE TABLE IF NOT EXISTS aliases(name TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID;
"""  # the same tables for every service, so that `forget` finds what any of them kept
ADD_JOB = "INSERT OR IGNORE INTO jobs(kind, key) VALUES (?, ?)"
DONE = "UPDATE jobs SET state = 'done', attempts = attempts + 1, again = 0, why = '' WHERE id = ?"
FAILED = "UPDATE jobs SET state = 'failed', attempts = attempts + 1, again = ?, why = ? WHERE id = ?"

Statement = tuple[str, Sequence[object]]


@dataclass(frozen=True)
class Job:
    """One thing to fetch: kind ("image", "user", "hashtag"), key, where its pages stand, and how many there were."""

    id: int
    kind: str
    key: str
    cursor: str = ""
    pages: int = 0


def state_folder(out: Path) -> Path:
    """Return <out>.state, beside the collected folder."""
    out = Path(os.path.abspath(out))  # noqa: PTH100 - links stay: the state lies beside what the user named
    return out.with_name(out.name + SUFFIX)


class Store:
    """The state of one collected folder. Use as `with`; only one process at a time may have it open.

    `write` may run in another thread while this one reads: they have a connection each.
    """

    def __init__(self, out: Path) -> None:
        """Open or make the state of `out`. Raises CollectError if another run has it open."""
        self.folder = state_folder(out)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            why = "another run is collecting into it; wait for it, or choose another --out"
            raise CollectError(f"{out}: {why}") from error
        try:
            self.db = connect(self.folder / FILE)
            self.write((statement, ()) for statement in filter(str.strip, SCHEMA.split(";")))
            self.reader = connect(self.folder / FILE)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()
        self.db.close()
        self._lock.close()

    def write(self, statements: Iterable[Statement]) -> None:
        """Execute statements in one transaction that is on the disk when this returns."""
        with transaction(self.db):
            for sql, values in statements:
                self.db.execute(sql, values)

    def add_jobs(self, kind: str, keys: Iterable[str]) -> None:
        """Add jobs that are not there yet, in one transaction; those that are keep their state."""
        self.write((ADD_JOB, (kind, key)) for key in keys)

    def wait_again(self, kinds: Sequence[str], *, everything: bool = False) -> None:
        """Let failures that may pass wait again; everything: all jobs, from their first page."""
        marks = ", ".join("?" * len(kinds))
        which = "" if everything else "AND state = 'failed' AND again"
        reset = ", cursor = '', pages = 0" if everything else ""
        self.write([(f"UPDATE jobs SET state = 'waiting'{reset} WHERE kind IN ({marks}) {which}", tuple(kinds))])

    def waiting(self, kinds: Sequence[str], after: int, most: int) -> list[Job]:
        """Return the next jobs that wait, by id, at most `most`, of ids above `after`."""
        marks = ", ".join("?" * len(kinds))
        found = self.reader.execute(
            f"SELECT id, kind, key, cursor, pages FROM jobs WHERE state = 'waiting' AND kind IN ({marks}) AND id > ? "
            "ORDER BY id LIMIT ?",
            (*kinds, after, most),
        )
        return [Job(*row) for row in found]

    def count(self, kinds: Sequence[str]) -> dict[str, int]:
        """Return {state: jobs} of these kinds, each state there."""
        marks = ", ".join("?" * len(kinds))
        counted = f"SELECT state, count(*) FROM jobs WHERE kind IN ({marks}) GROUP BY state"
        found = self.reader.execute(counted, tuple(kinds))
        return {"waiting": 0, "done": 0, "failed": 0} | dict(found.fetchall())

    def keep(self, key: str, value: str) -> str:
        """Return what is kept under key; keeps `value` where nothing is."""
        self.write([("INSERT OR IGNORE INTO meta(key, value) VALUES (?, ?)", (key, value))])
        return self.reader.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it, or nothing. Meanwhile no other process writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk may have rolled it back already
            db.execute("ROLLBACK")
        raise


def connect(path: Path) -> sqlite3.Connection:
    """Open a database in which a committed transaction outlives a kill and a power cut."""
    try:
        db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error as error:
        raise CollectError(f"{path}: cannot be opened: {error}") from error
    return db
