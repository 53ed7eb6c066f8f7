"""Drawing a corpus: in several processes, into folders that appear when all went well."""

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from likeness.progress import track

Run = Callable[[Callable[[Any], Any], Sequence[Any], str], list[Any]]


@contextmanager
def replaced(photos: Path, truth: Path) -> Iterator[tuple[Path, Path]]:
    """Yield two empty folders that take the places of `photos` and `truth` when all went well."""
    photos, truth = Path(photos), Path(truth)
    if not (truth / "planted.csv").is_file():
        for folder in (photos, truth):
            if folder.is_dir() and any(folder.iterdir()):
                raise FileExistsError(f"{folder}: not empty and not made by the demo; move it or give another folder")
    photos.parent.mkdir(parents=True, exist_ok=True)
    truth.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=photos.parent) as temporary:
        fresh = [Path(temporary) / name for name in ("photos", "truth")]
        for folder in fresh:
            folder.mkdir()
        yield fresh[0], fresh[1]
        for old, new in zip((photos, truth), fresh, strict=True):
            shutil.rmtree(old, ignore_errors=True)
            shutil.move(new, old)


@contextmanager
def processes(workers: int) -> Iterator[Run]:
    """Yield run(task, jobs, label), which returns task(job) of every job in order; 1: in this process."""

    def run(each: Callable[..., Iterator[Any]], task: Callable[[Any], Any], jobs: Sequence[Any], label: str) -> list:
        return list(track(each(task, jobs), label, total=len(jobs)))

    if workers <= 1:
        yield partial(run, map)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield partial(run, partial(pool.map, chunksize=4))
