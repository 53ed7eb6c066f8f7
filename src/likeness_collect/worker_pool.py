"""A pool of workers: many jobs at once, taken by whoever is free, their results committed in batches."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import repeat

from likeness.progress import track
from likeness_collect.errors import BudgetSpent, CollectError, FetchError, Transient, Unreachable
from likeness_collect.store import DONE, FAILED, Job, Statement, Store

EVERY = 0.25  # [s] between commits
BATCH = 500  # jobs read at once
BACKLOG = 5_000  # statements that wait for a commit before the workers do
HOPELESS = 20  # jobs without a connection, and none with: there is no network
Put = Callable[[Sequence[Statement]], Awaitable[None]]
Work = Callable[[Job, Put], Awaitable[Sequence[Statement]]]


class Journal:
    """Gathers what jobs want written and commits it a few times a second, a job's statements never torn apart."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[Statement] = []
        self._room = asyncio.Condition()

    async def put(self, statements: Sequence[Statement]) -> None:
        """Add statements that belong together; waits while too many others do."""
        async with self._room:
            await self._room.wait_for(lambda: len(self._waiting) < BACKLOG)
            self._waiting.extend(statements)

    async def keep_writing(self) -> None:
        """Commit again and again, until cancelled. Raises what SQLite raises."""
        while True:
            await asyncio.sleep(EVERY)
            batch, self._waiting = self._waiting, []
            if batch:
                # To its end: a thread cannot be cancelled, and its transaction must not run beside another.
                await _to_the_end(asyncio.to_thread(self._store.write, batch))
            async with self._room:
                self._room.notify_all()

    def finish(self) -> None:
        """Commit what is left."""
        batch, self._waiting = self._waiting, []
        if batch:
            self._store.write(batch)


async def _to_the_end(work: Awaitable[None]) -> None:
    """Wait for `work` even where this is cancelled meanwhile. Raises what `work` raises."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        task.result()  # a commit that failed must not pass for one that was only cancelled
        raise


async def run_jobs(
    store: Store, kinds: Sequence[str], work: Work, *, workers: int, label: str, unit: str, one_host: bool = False
) -> None:
    """Do every job of these kinds that waits, `workers` at once; returns when each is done or failed.

    work: fetches one job and returns the statements that keep its result; `put` keeps partial results meanwhile. A
    FetchError makes the job failed; any other exception ends the run, after what is finished was committed.
    one_host: all jobs ask the same host, so that a row of failed connections means it is gone.
    Raises CollectError where nothing at all can be reached, BudgetSpent where no more may be asked; the jobs left wait.
    """
    left = store.count(kinds)["waiting"]
    bar = track(repeat(None), label, total=left, unit=unit)
    journal, tally = Journal(store), Tally(left, one_host)
    spent: list[BudgetSpent] = []

    async def worker(queue: "asyncio.Queue[Job | None]") -> None:
        while (job := await queue.get()) is not None:
            if spent:
                continue  # goes on waiting; what others have under way is paid for, and is finished
            try:
                await journal.put(await result(job, work, journal.put, tally))
            except BudgetSpent as error:
                spent.append(error)
            next(bar)

    queue: asyncio.Queue[Job | None] = asyncio.Queue(maxsize=BATCH)
    try:
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(journal.keep_writing())
            pool = [group.create_task(worker(queue)) for _ in range(min(workers, left))]
            if pool:
                await feed(store, kinds, queue, len(pool))
            await asyncio.gather(*pool)
            writer.cancel()
    except BaseExceptionGroup as group:
        raise first_of(group) from None
    finally:
        bar.close()
        journal.finish()
    if spent:
        raise spent[0]


async def feed(store: Store, kinds: Sequence[str], queue: "asyncio.Queue[Job | None]", workers: int) -> None:
    """Hand out the jobs that wait, and then to each worker the word that there are no more."""
    after = 0
    while jobs := store.waiting(kinds, after, BATCH):
        for job in jobs:
            await queue.put(job)
        after = jobs[-1].id
    for _ in range(workers):
        await queue.put(None)


class Tally:
    """Whether there still is a network."""

    def __init__(self, total: int, one_host: bool) -> None:
        self._least = self._left = min(HOPELESS, total)
        self._one_host, self._reached = one_host, False

    def note(self, error: FetchError | None) -> None:
        """Count a job. Raises CollectError after so many without a connection in a row.

        Where every job has a host of its own, some of which may be gone, that only counts before the first connection.
        """
        if not isinstance(error, Unreachable):
            self._left, self._reached = self._least, not self._one_host
            return
        self._left -= 1
        if not self._reached and self._left <= 0:
            why = f"nothing can be reached: {error.why}"
            raise CollectError(f"{why}; check the network, and the same command continues")


async def result(job: Job, work: Work, put: Put, tally: Tally) -> list[Statement]:
    """Return what is to be written about a job: its result, or why there is none."""
    try:
        statements = await work(job, put)
    except FetchError as error:
        tally.note(error)
        return [(FAILED, (int(isinstance(error, Transient)), error.why, job.id))]
    tally.note(None)
    return [*statements, (DONE, (job.id,))]


def first_of(group: BaseExceptionGroup) -> BaseException:
    """Return the exception that ended the run; those of the others that stopped with it do not matter."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
