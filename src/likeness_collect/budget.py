"""How many requests a token may send in an hour: charged on the disk before a request leaves, whoever else asks.

A sliding window. A request is charged when it is about to be sent, but the service counts it when it arrives, at most
one deadline later; so a charge is kept for the hour and that deadline, and the service's own clock never sees more than
the budget in any hour.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from likeness_collect.pseudonyms import keyed_hash, secret_key
from likeness_collect.store import connect, transaction

VARIABLE = "LIKENESS_BUDGET"
PER_HOUR = 200
HOUR = 3600.0
DAY = 24 * HOUR  # charges older than this are of no use to anyone
MARGIN = 5.0  # [s] between a charge and the moment its request leaves, generously
SCHEMA = """
CREATE TABLE IF NOT EXISTS charges(token TEXT NOT NULL, at REAL NOT NULL, n INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS charges_by_token ON charges(token, at);
CREATE TABLE IF NOT EXISTS rests(token TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""
RESTS = "SELECT until FROM rests WHERE token = ?"


def budget_file() -> Path:
    """Return where budgets are kept for all collections of this user: LIKENESS_BUDGET, else the state folder."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "likeness" / "budget.sqlite"


class Budget:
    """The charges of every token, in SQLite, shared by all processes that use the same file."""

    def __init__(self, file: Path, *, per_hour: int = PER_HOUR, window: float = HOUR, deadline: float = 60.0,
                 clock: Callable[[], float] = time.time) -> None:  # fmt: skip
        """per_hour: requests a token may send. window: the hour [s]. deadline: longest life of a request [s]."""
        if per_hour < 1:
            raise ValueError(f"per_hour {per_hour}: must be at least 1")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = secret_key(file.with_suffix(".key"))
        self._db = connect(file)
        self._per_hour, self._kept, self._clock = per_hour, window + deadline + MARGIN, clock
        self._turn = threading.Lock()  # `charge` runs in a thread; SQLite crashes where a file is closed under it
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file, after a charge that is on its way."""
        with self._turn:
            self._db.close()

    def name(self, secret: str) -> str:
        """Return the name under which a token is charged, a keyed hash."""
        return keyed_hash(self._key, secret, 32)

    def charge(self, names: Sequence[str], wanted: int) -> list[str]:
        """Charge up to `wanted` requests to these tokens and return whose they are, fewer where the budget ends.

        The charge is on the disk when this returns. Tokens with more room come first; one that rests gets nothing.
        """
        granted: list[str] = []
        with self._turn, transaction(self._db):  # no other process counts or charges until this one is done
            now = self._clock()
            self._db.execute("DELETE FROM charges WHERE at < ?", (now - max(2 * self._kept, DAY),))
            room = {name: self._room(name, now) for name in names}
            for name in sorted(room, key=lambda one: (-room[one], one)):
                share = min(max(room[name], 0), wanted - len(granted))
                if share:
                    self._db.execute("INSERT INTO charges VALUES (?, ?, ?)", (name, now, share))
                    granted += [name] * share
        return granted

    def _value(self, question: str, *values: object) -> float | None:
        row = self._db.execute(question, values).fetchone()
        return row[0] if row else None

    def _room(self, name: str, now: float) -> int:
        if (self._value(RESTS, name) or now) > now:
            return 0
        used = self._value("SELECT sum(n) FROM charges WHERE token = ? AND at > ?", name, now - self._kept)
        return self._per_hour - int(used or 0)

    def rest(self, name: str, seconds: float) -> None:
        """Send nothing with a token for so many seconds, also after a restart."""
        with self._turn:
            self._db.execute(
                "INSERT INTO rests VALUES (?, ?) ON CONFLICT(token) DO UPDATE SET until = max(until, excluded.until)",
                (name, self._clock() + seconds),
            )

    def seconds_until_free(self, names: Sequence[str]) -> float:
        """Return how long it takes until one of these tokens may send again, 0 if one may now."""
        now = self._clock()
        with self._turn:
            return max(0.0, min((self._free_at(name, now) for name in names), default=0.0) - now)

    def _free_at(self, name: str, now: float) -> float:
        rested = max(now, self._value(RESTS, name) or now)
        if self._room(name, rested) > 0:
            return rested
        oldest = self._value("SELECT min(at) FROM charges WHERE token = ? AND at > ?", name, now - self._kept)
        return max(rested, (oldest or now) + self._kept)
