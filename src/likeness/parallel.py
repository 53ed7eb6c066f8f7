"""Work in threads, in order: decoding and torch's arithmetic both let other threads of Python run."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

Item, Result = TypeVar("Item"), TypeVar("Result")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ahead(
    work: Callable[[Item], Result], items: Iterable[Item], threads: int | None = None, *, window: int = 2
) -> Iterator[Result]:
    """Yield work(item) in order, done by `threads` (one a core); at most window x threads results wait to be taken."""
    threads = threads or cores()
    items = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        coming = deque(pool.submit(work, item) for item in islice(items, window * threads))
        try:
            while coming:
                result = coming.popleft().result()
                coming.extend(pool.submit(work, item) for item in islice(items, 1))
                yield result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def single_threaded() -> Iterator[None]:
    """Let torch compute with one thread in every thread that starts meanwhile."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
