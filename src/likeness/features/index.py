"""The nearest of very many vectors: exact search, and a faster one that finds nearly all of them.

An approximate index measures how much effort the wanted recall takes on its own vectors, and searches exactly where
nothing cheaper reaches it. Vectors can be added at any time, and are found at once.
"""

from collections.abc import Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal, get_args

import faiss
import numpy as np
from numpy.typing import ArrayLike, NDArray

from likeness.features.index_shortlist import (
    Effort,
    Shortlist,
    choose_effort,
    judging_rows,
    train_codes,
    training_rows,
)
from likeness.features.index_vectors import (
    Metric,
    check_ids,
    checked_vectors,
    flat_index,
    matrix,
    one_thread,
    suited_arithmetic,
)

Kind = Literal["exact", "approximate"]
BLOCK = 1024  # queries at a time: bounds the memory of a search
ALONE = 32  # queries that are not worth a second thread
FRESH = 1000  # vectors that may wait for their codes; until then they are compared exactly


@dataclass
class Index:
    """Vectors that can be searched; make one with `build_index` or `index_files.load_index`.

    ids: what each vector is, by position. vectors: a faiss flat index (cosine: of vectors of length 1), those of
    positions from 0 on. fresh: the same of those after them, which have no codes yet. built: how many there were when
    the codes were trained. shortlist: None where search is exact; then nothing is fresh.
    """

    metric: Metric
    kind: Kind
    recall: float
    k: int
    seed: int
    ids: list[Hashable]
    vectors: faiss.Index
    fresh: faiss.Index
    built: int
    shortlist: Shortlist | None = None
    _known: set[Hashable] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._known = set(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def effort(self) -> Effort | None:
        """What is read for a query; None: everything, the search is exact."""
        return self.shortlist.effort if self.shortlist else None

    @property
    def recall_measured(self) -> float:
        """Share of the exact k neighbours found for the index's own vectors when the effort was chosen; exact: 1."""
        return self.shortlist.recall if self.shortlist else 1.0

    @property
    def larger_is_closer(self) -> bool:
        """True for cosine similarity, False for Euclidean distance."""
        return self.metric == "cosine"

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
        with one_thread(), suited_arithmetic(self.vectors.d, self.vectors.metric_type):
            if len(parts) == 1:
                return self._block(queries, k)
            with ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,)) as pool:
                found = list(pool.map(lambda part: self._block(part, k), parts))
        return np.concatenate([position for position, _ in found]), np.concatenate([value for _, value in found])

    def add(self, vectors: ArrayLike, ids: Sequence[Hashable]) -> None:
        """Add vectors (m, d) with their ids; the next search finds them, nothing is built anew.

        They are compared exactly until many have gathered; then they get codes, and the effort is measured again.
        An approximate index that was built of too few vectors for codes stays exact. Raises as `build_index`.
        """
        vectors = checked_vectors(vectors, self.metric, "vector", self.vectors.d)
        check_ids(ids, len(vectors), self._known)
        (self.fresh if self.shortlist else self.vectors).add(vectors)
        self.ids.extend(ids)
        self._known.update(ids)
        if self.fresh.ntotal > max(FRESH, self.vectors.ntotal // 10):
            with one_thread():
                self.shortlist.codes.add(matrix(self.fresh))
            self.vectors.add(matrix(self.fresh))
            self.fresh.reset()
            self.shortlist = self._shortlist([self.shortlist.codes])

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
        value = np.where(position < 0, np.nan, -cost if self.larger_is_closer else cost)
        return position, value.astype(np.float32, copy=False)

    def _costs(self, value: NDArray, position: NDArray) -> tuple[NDArray, NDArray]:
        """Turn faiss's inner products, or squared distances, into costs; no vector: infinite."""
        cost = -np.clip(value, -1, 1) if self.larger_is_closer else np.sqrt(value)
        return np.where(position < 0, np.inf, cost), position

    def _shortlist(self, structures: Iterable[faiss.Index]) -> Shortlist | None:
        """Choose the least effort that reaches the recall on vectors that no code was trained on."""
        own = judging_rows(self.vectors.ntotal, training_rows(self.built, self.seed), self.seed)
        return choose_effort(structures, self.vectors, matrix(self.vectors)[own], own, self.recall, self.k)


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
    check_ids(ids, len(vectors), set())
    if not vectors.size:
        raise ValueError(f"vectors have shape {vectors.shape}: there is nothing to index")
    flat, n = flat_index(vectors, metric), len(vectors)
    index = Index(metric, kind, recall, k, seed, list(ids), flat, flat_index(vectors[:0], metric), built=n)
    if kind == "approximate":
        structures = train_codes(vectors, training_rows(n, seed), flat.metric_type, seed)
        index.shortlist = index._shortlist(structures)
    return index
