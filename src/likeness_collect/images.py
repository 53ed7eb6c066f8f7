"""The pictures that a table has the addresses of: many at once, each stored once, resumed after a kill."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from likeness.photos.decode import MAX_PIXELS
from likeness_collect.answers import Answer
from likeness_collect.errors import CollectError
from likeness_collect.fetch import Fetcher
from likeness_collect.pictures import FOLDER, Picture, inspect, keep, partial_folder, picture_file, remove_partial
from likeness_collect.store import ADD_JOB, Job, Statement, Store, transaction
from likeness_collect.tables import column, plain, write_csv
from likeness_collect.worker_pool import Put, run_jobs

KIND = "image"
IN_MEMORY = 256 * 1024  # bytes of a body before it goes to the disk
DECODERS = 2  # pictures decoded at once: each may take hundreds of megabytes
LONGEST_URL = 8_000  # characters
NO_ADDRESS = "no address in this row"
IMAGES = ("row", "url", "file", "sha256", "width", "height")
FAILURES = ("row", "url", "why")
LOST = "UPDATE jobs SET state = 'waiting' WHERE id = ?"
KEEP = "INSERT OR REPLACE INTO pictures(job, sha256, suffix, width, height) VALUES (?, ?, ?, ?, ?)"
Place = Callable[[Job, Picture], str]


async def collect_images(
    table: Path, url_column: str, out: Path, fetcher: Fetcher, *, workers: int, max_pixels: int
) -> dict[str, int]:
    """Fetch the pictures of a column and return {"done", "failed", "rows"}: addresses, and rows of the table.

    out: gets images/<2 hex>/<sha256>.<suffix>, images.csv (IMAGES, by row from 0) and failed.csv (FAILURES).
    Raises CollectError.
    """
    with Store(out) as store:
        wait_for_lost(store, out)  # before the plan, which drops what waits and is in no row any more
        rows = plan(store, column(table, url_column))
        store.wait_again([KIND])
        await fetch_pictures(store, out, fetcher, workers=workers, max_pixels=max_pixels)
        remove_strangers(store, out)
        write_tables(store, out)
        return store.count([KIND]) | {"rows": rows}


def plan(store: Store, cells: Iterable[tuple[int, str]]) -> int:
    """Write down which row needs which address, and return the number of rows; what is done stays done."""
    rows = 0
    with transaction(store.db):
        store.db.execute("DELETE FROM rows")
        for row, cell in cells:
            rows += 1
            url = plain(cell)[:LONGEST_URL]
            if url:
                store.db.execute(ADD_JOB, (KIND, url))
            found = "(SELECT id FROM jobs WHERE kind = ? AND key = ?)"
            store.db.execute(f"INSERT INTO rows VALUES (?, {found})", (row, KIND, url))
        # An address that the table no longer holds is not asked for.
        store.db.execute(
            "DELETE FROM jobs WHERE kind = ? AND state <> 'done' "
            "AND NOT EXISTS (SELECT 1 FROM rows WHERE rows.job = jobs.id)",
            (KIND,),
        )
    return rows


def wait_for_lost(store: Store, out: Path, place: Place | None = None) -> None:
    """Let pictures that are done, but whose files are gone from `out`, wait again. place: as they were fetched."""
    done = store.reader.execute(
        "SELECT id, key, sha256, suffix, width, height FROM jobs JOIN pictures ON pictures.job = id "
        "WHERE kind = ? AND state = 'done'",
        (KIND,),
    )
    found = ((Job(row[0], KIND, row[1]), Picture(*row[2:])) for row in done)
    files = ((job, place(job, picture) if place else picture.file) for job, picture in found)
    store.write((LOST, (job.id,)) for job, file in files if not (out / file).is_file())


async def fetch_pictures(
    store: Store, out: Path, fetcher: Fetcher, *, workers: int, max_pixels: int = MAX_PIXELS, place: Place | None = None
) -> None:
    """Do the picture jobs that wait. place: where below `out` a job's picture goes; by its content if not given."""
    remove_partial(out)
    partial = partial_folder(out)
    decoding = asyncio.Semaphore(DECODERS)

    async def work(job: Job, put: Put) -> list[Statement]:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=partial) as body:
            picture: Picture

            async def check(answer: Answer) -> None:
                nonlocal picture
                async with decoding:
                    picture = await asyncio.to_thread(inspect, body, answer.headers.get("Content-Type", ""), max_pixels)

            await fetcher.get(job.key, into=body, check=check)
            file = place(job, picture) if place else picture.file
            await asyncio.to_thread(keep, body, out, file, is_content_name=place is None)
        return [(KEEP, (job.id, picture.sha256, picture.suffix, picture.width, picture.height))]

    await run_jobs(store, [KIND], work, workers=workers, label="pictures", unit="picture")
    remove_partial(out)


def remove_strangers(store: Store, out: Path) -> None:
    """Remove picture files that no job has: of a run that was killed before it could say so."""
    for folder in sorted((out / FOLDER).glob("[0-9a-f][0-9a-f]")):
        for file in sorted(folder.iterdir()):
            if not store.reader.execute("SELECT 1 FROM pictures WHERE sha256 = ?", (file.stem,)).fetchone():
                file.unlink()


def write_tables(store: Store, out: Path) -> None:
    """Write images.csv and failed.csv, by row."""
    found = store.reader.execute(
        "SELECT row, key, sha256, suffix, width, height FROM rows JOIN jobs ON jobs.id = rows.job "
        "JOIN pictures ON pictures.job = rows.job WHERE state = 'done' ORDER BY row"
    )
    write_csv(out / "images.csv", IMAGES, ((row, url, picture_file(sha256, suffix), sha256, *size)
                                           for row, url, sha256, suffix, *size in found))  # fmt: skip
    failures = store.reader.execute(
        "SELECT row, coalesce(key, ''), CASE WHEN job IS NULL THEN ? ELSE why END FROM rows "
        "LEFT JOIN jobs ON jobs.id = job WHERE job IS NULL OR state = 'failed' ORDER BY row",
        (NO_ADDRESS,),
    )
    write_csv(out / "failed.csv", FAILURES, failures)


def require_writable(out: Path) -> None:
    """Make the folder. Raises CollectError where nothing can be written into it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        remove_partial(out)
        partial_folder(out).joinpath("probe").write_bytes(b"")
        remove_partial(out)
    except OSError as error:
        raise CollectError(f"{out}: cannot be written: {error.strerror}; choose another --out") from error
