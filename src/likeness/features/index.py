"""The nearest of very many vectors: exact search, and a faster one that finds nearly all of them.

An approximate index measures how much effort the wanted recall takes on its own vectors, and searches exactly where
nothing cheaper reaches it. faiss does the searching; what is ours is the choice of the effort (`index_shortlist`).
"""

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

import faiss
import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.features.index_shortlist import (
    Effort,
    Shortlist,
    flat_index,
    make_shortlist,
    one_thread,
    suited_arithmetic,
)

Metric = Literal["cosine", "euclidean"]
Kind = Literal["exact", "approximate"]
BLOCK = 1024  # queries at a time: bounds the memory of a search
ALONE = 32  # queries that are not worth a second thread


@dataclass
class Index:
    """Vectors that can be searched; make one with `build_index` or `index_files.load_index`.

    ids: what each vector is, by position. vectors: a faiss flat index (cosine: of vectors of length 1), those of
    positions from 0 on. shortlist: None where search is exact. fresh: the vectors that were added to an approximate
    index after it was built, which have no codes.
    """

    metric: Metric
    kind: Kind
    recall: float
    k: int
    seed: int
    ids: list[Hashable]
    vectors: faiss.Index
    fresh: faiss.Index
    shortlist: Shortlist | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def effort(self) -> Effort | None:
        """What is read for a query; None: everything, the search is exact."""
        return self.shortlist.effort if self.shortlist else None

    def search(self, queries: ArrayLike, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return positions (q, k) of the nearest vectors, nearest first, and how near they are (q, k).

        queries: (q, d) float. cosine: similarity in [-1, 1], larger = closer; euclidean: distance >= 0, smaller =
        closer. Equally near ones come in the order added. Where there are fewer than k: position -1, value NaN.
        Many queries are shared out among as many threads as OpenMP may use.
        Raises ValueError naming what is wrong with the queries.
        """
        if k < 1:
            raise ValueError(f"k is {k}: it must be at least 1")
        queries = checked_vectors(queries, self.metric, "query", self.vectors.d)
        threads = faiss.omp_get_max_threads()
        size = min(BLOCK, max(ALONE, -(-len(queries) // threads)))
        parts = [queries[start : start + size] for start in range(0, len(queries), size)] or [queries]
        with one_thread(), suited_arithmetic(self.vectors):
            if len(parts) == 1:
                return self._block(queries, k)
            with ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,)) as pool:
                found = list(pool.map(lambda part: self._block(part, k), parts))
        return np.concatenate([position for position, _ in found]), np.concatenate([value for _, value in found])

    def add(self, vectors: ArrayLike, ids: Sequence[Hashable]) -> None:
        """Add vectors (m, d) with their ids; the next search finds them, nothing is built anew.

        An approximate index compares them exactly: where many have gathered, build it anew. Raises as `build_index`.
        """
        vectors = checked_vectors(vectors, self.metric, "vector", self.vectors.d)
        check_ids([*self.ids, *ids], len(self.ids) + len(vectors))
        (self.fresh if self.shortlist else self.vectors).add(vectors)
        self.ids.extend(ids)

    def _block(self, queries: NDArray, k: int) -> tuple[NDArray, NDArray]:
        """Search with at most BLOCK queries; costs are smaller = closer under either metric."""
        if self.shortlist is None:
            cost, position = self._costs(*self.vectors.search(queries, k))
        else:
            cost, position = self._costs(*self.shortlist.search(self.vectors, queries, k))
        if self.fresh.ntotal:
            near, at = self._costs(*self.fresh.search(queries, min(k, self.fresh.ntotal)))
            cost, position = np.hstack([cost, near]), np.hstack([position, at + self.vectors.ntotal])
        order = np.lexsort((position, cost), axis=1)[:, :k]
        rows = np.arange(len(order))[:, None]
        cost, position = cost[rows, order], position[rows, order]
        value = np.where(position < 0, np.nan, -cost if self.metric == "cosine" else cost)
        return position, value.astype(np.float32, copy=False)

    def _costs(self, value: NDArray, position: NDArray) -> tuple[NDArray, NDArray]:
        """Turn faiss's inner products, or squared distances, into costs; no vector: infinite."""
        cost = -np.clip(value, -1, 1) if self.metric == "cosine" else np.sqrt(value)
        return np.where(position < 0, np.inf, cost), position


def build_index(
    vectors: ArrayLike,
    ids: Sequence[Hashable],
    *,
    metric: Metric = "cosine",
    kind: Kind = "exact",
    recall: float = 0.99,
    k: int = 10,
    seed: int = 0,
) -> Index:
    """Return an index of vectors (n, d) float, n >= 1, the same one for the same arguments.

    ids: (n,) what each vector is, all different. kind: "exact" compares every vector. "approximate" finds a share
    `recall` in (0, 1] of the exact k nearest with less effort, and is exact where no effort below that does.
    Raises ValueError in one line: unknown metric or kind, wrong shape, a value that is not finite, an id twice, and a
    vector of zeros under cosine, which has no direction.
    """
    if metric not in get_args(Metric) or kind not in get_args(Kind):
        raise ValueError(f"metric {metric!r}, kind {kind!r}: choose of {get_args(Metric)} and of {get_args(Kind)}")
    if not 0 < recall <= 1 or k < 1:
        raise ValueError(f"recall {recall}, k {k}: recall must be in (0, 1] and k at least 1")
    vectors = checked_vectors(vectors, metric, "vector")
    check_ids(ids, len(vectors))
    if not vectors.size:
        raise ValueError(f"vectors have shape {vectors.shape}: there is nothing to index")
    flat, none = (flat_index(rows, metric == "cosine") for rows in (vectors, vectors[:0]))
    shortlist = make_shortlist(flat, recall, k, seed) if kind == "approximate" else None
    return Index(metric, kind, recall, k, seed, list(ids), flat, none, shortlist)


def checked_vectors(vectors: ArrayLike, metric: Metric, noun: str, dim: int | None = None) -> NDArray[np.float32]:
    """Return (n, d) float32 in C order, of length 1 under cosine; raise ValueError naming the first bad row."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or (dim is not None and vectors.shape[1] != dim):
        raise ValueError(f"{noun}: shape {vectors.shape}, but it must be (rows, {dim or 'dimensions'})")
    square = np.einsum("nd,nd->n", vectors, vectors)
    if not np.isfinite(square).all():
        row = int(np.flatnonzero(~np.isfinite(square))[0])
        raise ValueError(f"{noun} {row} holds a value that is not finite, or too large to be squared")
    if metric == "euclidean":
        return vectors
    if not square.all():
        row = int(np.flatnonzero(square == 0)[0])
        raise ValueError(f"{noun} {row} is all zeros: it has no direction for the cosine; leave it out")
    return vectors / np.sqrt(square)[:, None]


def check_ids(ids: Sequence[Hashable], n: int) -> None:
    """Raise ValueError naming the id that is there twice, or how many are too many or too few."""
    if len(ids) != n:
        raise ValueError(f"{len(ids)} ids for {n} vectors: give one for each")
    seen = set()
    for each in ids:
        if each in seen:
            raise ValueError(f"id {each!r} is there twice: give every vector an id of its own")
        seen.add(each)
