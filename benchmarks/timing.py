"""Seconds per query of several methods, measured so that a busy machine slows them all alike."""

import time
from collections.abc import Callable, Mapping

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Search = Callable[[NDArray[np.float32]], object]
ROUNDS = 5
LEAST = 0.1  # seconds: what takes less is done again
ONE_BY_ONE = 50  # queries


def interleaved(
    methods: Mapping[str, Search], queries: NDArray[np.float32], *, batch: bool, threads: int, rounds: int = ROUNDS
) -> dict[str, NDArray[np.float64]]:
    """Return {method: (rounds,) seconds per query}: every round times every method, each round begins with another.

    batch: all queries in one call; else the first ONE_BY_ONE of them, one a call.
    """
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    names = list(methods)
    with threadpool_limits(threads):
        faiss.omp_set_num_threads(threads)
        for name in names:
            _pass(methods[name], queries[:3], batch)
        for turn in range(rounds):
            start = turn % len(names)
            for name in names[start:] + names[:start]:
                seconds[name].append(_seconds(methods[name], queries if batch else queries[:ONE_BY_ONE], batch))
    return {name: np.array(values) for name, values in seconds.items()}


def _seconds(search: Search, queries: NDArray, batch: bool) -> float:
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < LEAST:
        _pass(search, queries, batch)
        done += len(queries)
    return spent / done


def _pass(search: Search, queries: NDArray, batch: bool) -> None:
    if batch:
        search(queries)
        return
    for query in queries:
        search(query[None])
