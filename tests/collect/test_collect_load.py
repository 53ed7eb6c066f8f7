"""Very many records and pictures, a tenth of the answers wrong, killed again and again: nothing lost, nothing twice.

The small version always runs. The large one (100,000 accounts, 10,000 pictures, ten kills each) takes about a quarter
of an hour: LIKENESS_LOAD=1 pytest tests/collect/test_collect_load.py -s
"""

import json
import os
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
from collected import table as rows_of
from collected import tree
from load_run import Watched, kill_at, kill_in_tables, run_watched
from load_server import PAGE, LoadServer, followers_of, likes_of, picture, post_id, posts_of

FAILING = 0.1
LATER = 0.6  # [s] after a number of jobs is done, at most: more than two commits
WORKERS = 96
TOKENS = 8
FEW_FILES = 2 * WORKERS + 64  # connections, databases, libraries
ASKED_IN_VAIN = WORKERS + 1500  # of one kill: what was under way, and what waited for its commit
FLAT = 12.0  # MB
PEAK = 200.0  # MB, libraries included


@dataclass(frozen=True)
class Size:
    """window [s], deadline [s] and budget: of every one of TOKENS tokens; small enough to be used up.

    less: [s] of the margin that is added to the window for requests under way."""

    accounts: int
    pictures: int
    kills: int
    window: float
    deadline: float
    budget: int
    less: float = 0.0


SMALL = Size(1_500, 500, 3, window=4.0, deadline=3.0, budget=200, less=4.5)
LARGE = Size(100_000, 10_000, 10, window=60.0, deadline=5.0, budget=5_000)
is_asked_for = os.environ.get("LIKENESS_LOAD") == "1"
only_if_asked_for = pytest.mark.skipif(not is_asked_for, reason="takes a quarter of an hour; set LIKENESS_LOAD=1")
sizes = pytest.mark.parametrize(
    "size",
    [
        pytest.param(SMALL, id="small", marks=pytest.mark.timeout(300)),
        pytest.param(LARGE, id="large", marks=[pytest.mark.load, pytest.mark.timeout(3600), only_if_asked_for]),
    ],
)


def moments(jobs: int, kills: int, seed: int) -> list[tuple[int, float]]:
    """Return when to kill: at so many jobs done, and so many seconds later; the last where hardly any is left."""
    lots = random.Random(seed)
    return [(number, lots.uniform(0, LATER)) for number in sorted(lots.randrange(jobs * 9 // 10) for _ in range(kills))]


def same_key(*folders: Path) -> None:
    """Give state folders one key, so that people get the same pseudonyms."""
    key = secrets.token_hex(32) + "\n"
    for out in folders:
        state = out.with_name(f"{out.name}.state")
        state.mkdir(mode=0o700, parents=True)
        (state / "pseudonyms.key").write_text(key, encoding="ascii")


def assert_flat(run: Watched, jobs: int) -> None:
    """After two fifths of the jobs, memory grows no more; the tables at the end need libraries, not rows."""
    early = [memory for _, done, memory, _ in run.samples if jobs * 0.1 <= done <= jobs * 0.4]
    late = [memory for _, done, memory, _ in run.samples if jobs * 0.4 < done < jobs]
    assert max(late) < max(early) + FLAT
    assert run.peak < PEAK
    assert max(files for *_, files in run.samples) <= FEW_FILES


def assert_answers(what: np.ndarray, good: np.ndarray, wanted: set[int], in_vain: int) -> int:
    """Each thing was had at least once; return how many good answers came again, at most `in_vain`."""
    things, times = np.unique(what[good], return_counts=True)
    assert set(things.tolist()) == wanted
    again = int((times - 1).sum())
    assert again <= in_vain
    return again


def most_in_a_window(at: np.ndarray, window: float) -> int:
    """Return the most requests in any window: for each, how many came in the window that begins with it."""
    at = np.sort(at)
    return int((np.searchsorted(at, at + window, side="left") - np.arange(len(at))).max())


@dataclass(frozen=True)
class Runs:
    """A quiet run into one folder, and one into another that was killed again and again. between: when it began."""

    quiet: Watched
    last: Watched
    between: float
    kills: list[int]
    in_tables: bool

    def both(self, log: dict[str, np.ndarray], wanted: set[int], size: Size, late: int) -> list[int]:
        """Each run had everything; return how many good answers came again, few of them."""
        good, in_quiet = log["outcome"] == 0, log["at"] < self.between
        again = assert_answers(log["what"][in_quiet], good[in_quiet], wanted, late)
        in_vain = (size.kills + 1) * ASKED_IN_VAIN + late
        return [again, assert_answers(log["what"][~in_quiet], good[~in_quiet], wanted, in_vain)]

    def tell(self, name: str, size: Size, log: dict[str, np.ndarray], **figures: object) -> None:
        """Say what was measured; pytest -s shows it."""
        samples, in_quiet = self.quiet.samples, log["at"] < self.between
        figures |= {
            "size": asdict(size), "quiet_seconds": self.quiet.seconds, "quiet_requests": int(in_quiet.sum()),
            "killed_requests": int((~in_quiet).sum()), "failing": float((log["outcome"] != 0).mean()),
            "kills_at": self.kills, "killed_in_tables": self.in_tables, "peak_mb": self.quiet.peak,
            "memory": [samples[len(samples) * k // 10][1:3] for k in range(1, 10)],
            "most_files": max(files for *_, files in samples),
        }  # fmt: skip
        print(f"\n{name}: {json.dumps(figures, default=float)}")


def run_twice(words: Callable[[Path], list[object]], environment: dict[str, str], tmp_path: Path, jobs: int,
              kills: int, seed: int) -> Runs:  # fmt: skip
    """Run a command into quiet/, and again into killed/, where it is killed at `kills` moments and in the tables."""
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    undisturbed = run_watched(words(quiet), environment, quiet)
    between = time.time()
    reached = kill_at(moments(jobs, kills, seed), words(killed), environment, killed)
    in_tables = kill_in_tables(words(killed), environment, killed)
    last = run_watched(words(killed), environment, killed)
    assert tree(killed) == tree(quiet)
    return Runs(undisturbed, last, between, reached, in_tables)


@sizes
def test_accounts_under_load(size: Size, tmp_path):
    users, quiet = tmp_path / "users.txt", tmp_path / "quiet"
    users.write_text("".join(f"user{number}\n" for number in range(size.accounts)), encoding="utf-8")
    same_key(quiet, tmp_path / "killed")
    with LoadServer(tmp_path / "log.npz", failing=FAILING) as server:
        environment = {
            "LIKENESS_INSTAGRAM_TOKENS": ",".join(f"{number}:EAA-token-{number}" for number in range(1, TOKENS + 1)),
            "LIKENESS_GRAPH_URL": server.url,
            "LIKENESS_COLLECTED_AT": "2026-02-01",
            "LIKENESS_WINDOW_SECONDS": str(size.window - size.less),
        }

        def words(out: Path) -> list[object]:
            return ["instagram", "--users", users, "--out", out, "--allow-private", "--workers", WORKERS, "--attempts",
                    12, "--deadline", size.deadline, "--budget", size.budget]  # fmt: skip

        runs = run_twice(words, environment, tmp_path, size.accounts, size.kills, 11)
    accounts, log = range(size.accounts), server.log
    posts = {post_id(one, number): likes_of(one, number) for one in accounts for number in range(posts_of(one))}
    for run in (runs.quiet, runs.last):
        assert f"{len(posts)} posts and {size.accounts} accounts" in run.said
        assert "nothing failed" in run.said
    assert set(tree(quiet)) == {"posts.csv", "users.csv", "failed.csv"}
    found = [(row["post_id"], int(row["likes"])) for row in rows_of(quiet / "posts.csv")]
    assert found == sorted(posts.items())  # none lost, none twice
    rows = rows_of(quiet / "users.csv")
    assert sorted(int(row["followers"]) for row in rows) == sorted(map(followers_of, accounts))
    assert len({row["user_id"] for row in rows}) == size.accounts
    assert 0.08 < (log["outcome"] != 0).mean() < 0.12
    pages = {10 * one + first for one in accounts for first in range(0, max(posts_of(one), 1), PAGE)}
    late = size.accounts // 500  # good answers that came after the deadline: this machine may be busy
    again = runs.both(log, pages, size, late)
    most = [most_in_a_window(log["at"][log["token"] == token], size.window) for token in range(TOKENS)]
    assert max(most) <= size.budget
    assert max(most) > 0.9 * size.budget  # the budget was what held the run back
    assert_flat(runs.quiet, size.accounts)
    runs.tell("accounts", size, log, asked_again=again, most_in_a_window=most)


@sizes
def test_pictures_under_load(size: Size, tmp_path):
    table, quiet = tmp_path / "table.csv", tmp_path / "quiet"
    with LoadServer(tmp_path / "log.npz", pictures=size.pictures, failing=FAILING) as server:
        urls = [f"{server.url}/picture/{number}" for number in range(size.pictures)]
        table.write_text("url\n" + "".join(f"{url}\n" for url in urls), encoding="utf-8")

        def words(out: Path) -> list[object]:
            return ["images", table, "--url-column", "url", "--out", out, "--allow-private", "--workers", WORKERS,
                    "--attempts", 12, "--deadline", size.deadline]  # fmt: skip

        runs = run_twice(words, {}, tmp_path, size.pictures, size.kills, 12)
    for run in (runs.quiet, runs.last):
        assert f"{size.pictures} pictures of {size.pictures} rows" in run.said
    files, rows = tree(quiet), rows_of(quiet / "images.csv")
    assert [row["url"] for row in rows] == urls
    assert len(files) == size.pictures + 2  # the tables; every picture once
    assert all(files[row["file"]] == picture(number) for number, row in enumerate(rows))
    assert 0.06 < (server.log["outcome"] != 0).mean() < 0.14
    again = runs.both(server.log, set(range(size.pictures)), size, size.pictures // 200)
    assert_flat(runs.quiet, size.pictures)
    runs.tell("pictures", size, server.log, asked_again=again)
