"""The state and the pool of workers: nothing lost and nothing twice, whatever ends the run."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from likeness_collect.errors import BudgetSpent, CollectError, Permanent, Transient, Unreachable
from likeness_collect.store import Store, state_folder
from likeness_collect.worker_pool import run_jobs

SCHEMA = "CREATE TABLE IF NOT EXISTS squares(job INTEGER PRIMARY KEY, value INTEGER NOT NULL);"
KEEP = "INSERT INTO squares VALUES (?, ?)"  # no OR REPLACE: a second time is an error


def opened(folder) -> Store:
    store = Store(folder)
    store.write([(SCHEMA, ())])
    return store


def run(store: Store, work, workers: int = 4) -> None:
    asyncio.run(run_jobs(store, ["n"], work, workers=workers, label="n", unit="n"))


async def square(job, put):
    await asyncio.sleep(0)
    return [(KEEP, (job.id, int(job.key) ** 2))]


def values(store: Store) -> list[int]:
    return [row[0] for row in store.db.execute("SELECT value FROM squares ORDER BY value")]


def test_the_state_lies_beside_the_folder(tmp_path):
    assert state_folder(tmp_path / "raw/me") == tmp_path / "raw/me.state"
    with Store(tmp_path / "me") as store:
        assert store.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert store.db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert (tmp_path / "me.state").stat().st_mode & 0o077 == 0
    assert (tmp_path / "me.state/state.sqlite").stat().st_mode & 0o077 == 0


def test_every_job_is_done_once(tmp_path):
    with opened(tmp_path / "me") as store:
        for _ in range(2):  # adding twice adds nothing
            store.add_jobs("n", map(str, range(1200)))
        run(store, square)
        assert store.count(["n"]) == {"waiting": 0, "done": 1200, "failed": 0}
        assert values(store) == [number**2 for number in range(1200)]
        run(store, square)  # nothing waits: nothing is done


def test_failures_are_kept_with_their_reason(tmp_path):
    async def work(job, put):
        if job.key == "1":
            raise Permanent("gone")
        if job.key == "2":
            raise Transient("later")
        return await square(job, put)

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(4)))
        run(store, work)
        found = store.db.execute(
            "SELECT key, again, why, attempts FROM jobs WHERE state = 'failed' ORDER BY key"
        ).fetchall()
        assert found == [("1", 0, "gone", 1), ("2", 1, "later", 1)]
        store.wait_again(["n"])
        assert store.count(["n"])["waiting"] == 1
        run(store, square)
        assert store.count(["n"]) == {"waiting": 0, "done": 3, "failed": 1}


def test_partial_results_are_kept_with_their_place(tmp_path):
    async def pages(job, put):
        for page in range(job.pages, 3):
            if page == 2 and not job.cursor:
                raise Transient("cut")
            await put(
                [
                    (KEEP, (10 * job.id + page, page)),
                    ("UPDATE jobs SET cursor = ?, pages = pages + 1 WHERE id = ?", (f"c{page}", job.id)),
                ]
            )
        return []

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", ["0"])
        run(store, pages)
        job = store.db.execute("SELECT cursor, pages FROM jobs").fetchone()
        assert job == ("c1", 2)
        store.wait_again(["n"])
        run(store, pages)
        assert values(store) == [0, 1, 2]


def test_what_is_finished_is_written_before_an_error_ends_the_run(tmp_path):
    async def work(job, put):
        if job.key == "30":
            await asyncio.sleep(0.05)
            raise CollectError("the API has changed")
        return await square(job, put)

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(40)))
        with pytest.raises(CollectError, match="the API has changed"):
            run(store, work)
        done = store.count(["n"])["done"]
        assert done >= 30
        assert len(values(store)) == done


def test_a_spent_budget_lets_the_others_finish(tmp_path):
    async def work(job, put):
        if job.key == "3":
            raise BudgetSpent("later")
        await asyncio.sleep(0.05)
        return await square(job, put)

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(2000)))
        with pytest.raises(BudgetSpent):
            run(store, work)
        assert store.count(["n"]) == {"waiting": 1997, "done": 3, "failed": 0}


def test_without_a_network_it_says_so(tmp_path):
    async def work(job, put):
        raise Unreachable("no address is known for graph.test")

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(500)))
        with pytest.raises(CollectError, match=r"nothing can be reached: no address is known for graph\.test; check"):
            run(store, work)
        assert store.count(["n"])["failed"] < 40


@pytest.mark.parametrize(("one_host", "status"), [(True, "stops"), (False, "goes on")])
def test_a_host_that_goes_away_ends_the_run_and_one_of_many_does_not(tmp_path, one_host, status):
    async def work(job, put):
        await asyncio.sleep(0)
        if int(job.key) >= 100:
            raise Unreachable("no connection to graph.test")
        return await square(job, put)

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(300)))
        jobs = run_jobs(store, ["n"], work, workers=4, label="n", unit="n", one_host=one_host)
        if status == "stops":
            with pytest.raises(CollectError, match="nothing can be reached"):
                asyncio.run(jobs)
            assert store.count(["n"])["waiting"] > 150
        else:
            asyncio.run(jobs)
            assert store.count(["n"]) == {"waiting": 0, "done": 100, "failed": 200}


def test_a_disk_that_is_full_ends_the_run(tmp_path):
    with opened(tmp_path / "me") as store:
        store.add_jobs("n", map(str, range(3000)))
        store.db.execute(f"PRAGMA max_page_count = {store.db.execute('PRAGMA page_count').fetchone()[0] + 2}")

        async def work(job, put):
            return [("INSERT INTO meta VALUES (?, ?)", (job.key, "x" * 3000))]

        with pytest.raises(sqlite3.OperationalError, match="full"):
            run(store, work)
    with opened(tmp_path / "me") as store:
        kept = store.db.execute("SELECT count(*) FROM meta").fetchone()[0]
        assert store.count(["n"])["done"] == kept


def test_a_commit_that_fails_while_the_run_ends_is_no_success(tmp_path, monkeypatch):
    begun, write = threading.Event(), Store.write

    def slow_and_full(store, statements):
        monkeypatch.setattr(Store, "write", write)  # only this once: what is left may find room again
        begun.set()
        time.sleep(0.3)
        raise sqlite3.OperationalError("database or disk is full")

    async def work(job, put):
        if job.key == "1":  # the last job is done, and the writer cancelled, in the middle of the commit
            await asyncio.to_thread(begun.wait, 10)
        return await square(job, put)

    with opened(tmp_path / "me") as store:
        store.add_jobs("n", ["0", "1"])
        monkeypatch.setattr(Store, "write", slow_and_full)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            run(store, work)
        assert begun.is_set()
        run(store, square)
        assert store.count(["n"]) == {"waiting": 0, "done": 2, "failed": 0}


def test_one_run_at_a_time(tmp_path):
    with Store(tmp_path / "me"), pytest.raises(CollectError, match="another run is collecting into it"):
        Store(tmp_path / "me")
    with Store(tmp_path / "me"):
        pass


PROCESS = """
import asyncio, sys
from pathlib import Path
from likeness_collect.worker_pool import run_jobs
from likeness_collect.store import Store
async def work(job, put):
    await asyncio.sleep(0.002)
    return [("INSERT INTO squares VALUES (?, ?)", (job.id, int(job.key) ** 2))]
with Store(Path(sys.argv[1])) as store:
    store.write([(sys.argv[2], ())])
    store.add_jobs("n", map(str, range(3000)))
    print("ready", flush=True)
    asyncio.run(run_jobs(store, ["n"], work, workers=4, label="n", unit="n"))
"""


def test_a_killed_run_loses_nothing_and_does_nothing_twice(tmp_path):
    command = [sys.executable, "-c", PROCESS, tmp_path / "me", SCHEMA]
    progress = []
    for pause in (0.05, 0.35, 0.6, 0.2):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with opened(tmp_path / "me") as store:
            progress.append(store.count(["n"])["done"])
            assert len(values(store)) == progress[-1]
    assert progress == sorted(progress)
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
    with opened(tmp_path / "me") as store:
        assert values(store) == [number**2 for number in range(3000)]
