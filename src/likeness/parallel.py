"""Work in threads, in order: decoding and torch's arithmetic both let other threads of Python run."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from likeness.machine import cores

Item, Result = TypeVar("Item"), TypeVar("Result")


def ahead(work: Callable[[Item], Result], items: Iterable[Item], *, window: int = 2) -> Iterator[Result]:
    """Yield work(item) in order, done by one thread a core; at most window x threads results wait to be taken."""
    threads = cores()
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
