"""The vectors that the index is timed on, and the peers that it is timed beside."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

try:
    from annoy import AnnoyIndex
except ImportError:
    AnnoyIndex = None

DIM, CLUSTERS, SPREAD = 512, 1000, 0.5
DATA = {
    "random": f"independent standard normal numbers in {DIM} dimensions, each vector scaled to length 1",
    "clustered": f"{CLUSTERS} standard normal centres in {DIM} dimensions; each vector one of them, drawn at random, "
    f"plus normal noise of standard deviation {SPREAD}, scaled to length 1",
}
TREES, TUNED_ON = (10, 30), 100  # queries
STEP, LEAST, MOST = 1.25, 200, 2_000_000  # search_k of Annoy
Positions = Callable[[NDArray[np.float32]], NDArray[np.int64]]


def missing_peers() -> dict[str, str]:
    """Return {peer: why it cannot be timed}."""
    if AnnoyIndex is not None:
        return {}
    return {"Annoy": "not installed; `make bench` compiles it, which needs a C++ compiler"}


def make_vectors(data: str, n: int, seed: int) -> NDArray[np.float32]:
    """Return (n, DIM) vectors of length 1 of one of DATA; the centres of clusters do not depend on n."""
    rng = np.random.default_rng(seed)
    if data == "random":
        vectors = rng.standard_normal((n, DIM), dtype=np.float32)
    else:
        centres = rng.standard_normal((CLUSTERS, DIM), dtype=np.float32)
        vectors = centres[rng.integers(0, CLUSTERS, n)] + SPREAD * rng.standard_normal((n, DIM), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def recall(found: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    """Return the mean share of each row of `true` (q, k) that is in the same row of `found` (q, k)."""
    return float((found[:, :, None] == true[:, None, :]).any(axis=1).mean())


def exact_peers(vectors: NDArray[np.float32], k: int) -> dict[str, Positions]:
    """Return exact searches by cosine similarity: vectors (n, DIM) and queries (q, DIM) of length 1."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    brute = NearestNeighbors(n_neighbors=k, algorithm="brute", metric="cosine").fit(vectors)

    def with_numpy(queries: NDArray) -> NDArray:
        cost = -(queries @ vectors.T)
        first = np.argpartition(cost, k, axis=1)[:, :k]
        order = np.argsort(np.take_along_axis(cost, first, axis=1), axis=1)
        return np.take_along_axis(first, order, axis=1)

    return {
        "faiss flat": lambda queries: flat.search(queries, k)[1],
        "numpy": with_numpy,
        "scikit-learn": lambda queries: brute.kneighbors(queries, return_distance=False),
    }


class Annoy:
    """Annoy's index; `search_k` says how many nodes it inspects."""

    def __init__(self, vectors: NDArray[np.float32], trees: int, k: int, seed: int) -> None:
        self.trees, self.k, self.search_k = trees, k, 0
        start = time.perf_counter()
        self._index = AnnoyIndex(vectors.shape[1], "angular")
        self._index.set_seed(seed)
        for position, vector in enumerate(vectors):
            self._index.add_item(position, vector)
        self._index.build(trees, n_jobs=2)
        self.build_seconds = time.perf_counter() - start

    @property
    def setting(self) -> str:
        """What it was tuned to, in words."""
        return f"{self.trees} trees, search_k {self.search_k}"

    def search(self, queries: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return positions (q, k): Annoy has no batches, so one query after the other."""
        return self.with_effort(self.search_k)(queries)

    def with_effort(self, search_k: float) -> Positions:
        """Return the search that inspects so many nodes."""
        return lambda queries: np.array([self._one(query, round(search_k)) for query in queries])

    def search_in_two_threads(self, queries: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return positions (q, k), each half of the queries in a thread of its own."""
        with ThreadPoolExecutor(2) as pool:
            return np.concatenate(list(pool.map(self.search, np.array_split(queries, 2))))

    def tune(self, queries: NDArray, true: NDArray, wanted: float) -> float:
        """Set the smallest search_k of a grid whose recall is enough, MOST at the end; return seconds per query."""
        low, high = 0, int(np.ceil(np.log(MOST / LEAST) / np.log(STEP)))
        while low < high:
            middle = (low + high) // 2
            enough = recall(self.with_effort(LEAST * STEP**middle)(queries), true) >= wanted
            low, high = (low, middle) if enough else (middle + 1, high)
        self.search_k = round(LEAST * STEP**low)
        start = time.perf_counter()
        self.search(queries)
        return (time.perf_counter() - start) / len(queries)

    def _one(self, query: NDArray[np.float32], search_k: int) -> list[int]:
        found = self._index.get_nns_by_vector(query, self.k, search_k)
        return found + [-1] * (self.k - len(found))


def tuned_annoy(vectors: NDArray[np.float32], queries: NDArray, true: NDArray, wanted: float, seed: int) -> Annoy:
    """Return the fastest of Annoy's indexes, one for each of TREES, at the wanted recall.

    It is tuned on the first TUNED_ON of the very queries that it is measured with, and takes a step more where the
    recall of all of them asks for it: nobody could tune it better.
    """
    made = [Annoy(vectors, trees, true.shape[1], seed) for trees in TREES]
    seconds = [annoy.tune(queries[:TUNED_ON], true[:TUNED_ON], wanted) for annoy in made]
    best = made[int(np.argmin(seconds))]
    while recall(best.search(queries), true) < wanted and best.search_k < MOST:
        best.search_k = round(best.search_k * STEP)
    return best
