"""Which stored vectors are worth comparing with a query: a shortlist from compressed codes, as short as it may be.

Codes: product quantisation of two numbers to four bits, scanned in registers (Andre et al., 2015; `PQ fast scan` of
faiss). They are 16 times smaller than the vectors; the shortlist that they give is then compared exactly. Where the
vectors lie in clusters, inverted lists (Jegou et al., 2011) leave most codes unread. Vectors without clusters, such as
random ones of 512 dimensions, get no help from lists or graphs, but their codes can still be read in one sweep.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isqrt, sqrt

import faiss
import numpy as np
from numpy.typing import NDArray

from likeness.features.index_vectors import one_thread, suited_arithmetic

CODEBOOK = 16  # centroids of a piece: four bits
TRAINED_ON = {"codebook": 128, "lists": 32}  # vectors per centroid
ROUNDS = 8  # of k-means
LARGEST_TRAINING = 50_000  # vectors
SAMPLE = 500  # queries that the effort is measured on
LONGEST = 100  # candidates per neighbour wanted
ONE_SIDED = 1.645  # standard errors: with 95 % confidence the recall is no lower


@dataclass(frozen=True)
class Effort:
    """How much is read for a query: `probes` of `lists` lists of codes (1 of 1: all), then `candidates` vectors.

    neighbours: for how many neighbours a query it was measured; a search for more takes more candidates.
    """

    lists: int
    probes: int
    candidates: int
    neighbours: int

    def candidates_for(self, k: int) -> int:
        """Return how many candidates a search for k neighbours takes."""
        return -(-self.candidates * max(k, self.neighbours) // self.neighbours)

    def bytes_read(self, n: int, dim: int) -> int:
        """Return about how many bytes a query reads among n vectors: what search takes time for."""
        coarse = 4 * dim * self.lists if self.lists > 1 else 0
        codes = n * code_bytes(dim) * self.probes // self.lists
        return 4 * dim * (CODEBOOK + self.candidates) + coarse + codes

    def __str__(self) -> str:
        """Say it in words."""
        part = f" of the {self.probes} nearest of {self.lists} lists" if self.lists > 1 else ""
        return f"the codes{part}, then {self.candidates} vectors"


@dataclass(frozen=True)
class Shortlist:
    """codes: a trained faiss index of compressed vectors. effort: what was chosen; recall: what it was measured at."""

    codes: faiss.Index
    effort: Effort
    recall: float

    def search(self, exact: faiss.Index, queries: NDArray[np.float32], k: int) -> tuple[NDArray, NDArray]:
        """Return faiss's values and positions (q, k) among the vectors that have codes, compared exactly.

        Where the lists that are probed hold fewer than k vectors, and others are left, all vectors are compared.
        """
        wanted = min(self.effort.candidates_for(k), self.codes.ntotal)
        params = faiss.IndexRefineSearchParameters(
            k_factor=(max(wanted, k) + 0.5) / k,  # faiss rounds the product down
            base_index_params=_params(self.effort.lists, self.effort.probes),
        )
        value, position = faiss.IndexRefine(self.codes, exact).search(queries, k, params=params)
        short = (position >= 0).sum(axis=1) < min(k, exact.ntotal)
        if short.any():
            value[short], position[short] = exact.search(queries[short], k)
        return value, position


def code_bytes(dim: int) -> int:
    """Return the bytes of a vector's code."""
    return (_pieces(dim) + 1) // 2


def training_rows(n: int, seed: int) -> NDArray[np.intp]:
    """Return the rows (sorted) that codes are trained on: at most three quarters, so that others can judge them."""
    most = min(3 * n // 4, LARGEST_TRAINING)
    return np.sort(np.random.default_rng(seed).permutation(n)[:most])


def judging_rows(n: int, trained: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Return at most SAMPLE of n rows (sorted) that no code was trained on."""
    others = np.setdiff1d(np.arange(n), trained)
    return np.sort(np.random.default_rng(seed).permutation(others)[:SAMPLE])


def train_codes(vectors: NDArray[np.float32], rows: NDArray[np.intp], metric: int, seed: int) -> Iterator[faiss.Index]:
    """Yield codes of all vectors (n, d), first without and then with lists, trained on `rows`; none for too few."""
    if len(rows) < CODEBOOK:
        return
    dim, lists = vectors.shape[1], min(2 * isqrt(len(vectors)), len(rows) // CODEBOOK)
    whole = faiss.IndexPQFastScan(dim, _pieces(dim), 4, metric)
    yield _filled(whole, vectors, rows, CODEBOOK * TRAINED_ON["codebook"], seed)
    if lists > 1:
        parted = faiss.IndexIVFPQFastScan(faiss.IndexFlat(dim, metric), dim, lists, _pieces(dim), 4, metric)
        parted.by_residual, parted.cp.niter, parted.cp.seed = True, ROUNDS, seed
        parted.cp.min_points_per_centroid, parted.cp.max_points_per_centroid = 1, TRAINED_ON["lists"]
        yield _filled(parted, vectors, rows, max(lists * TRAINED_ON["lists"], CODEBOOK * TRAINED_ON["codebook"]), seed)


def _pieces(dim: int) -> int:
    return dim // 2 if dim % 2 == 0 else dim


def _filled(codes: faiss.Index, vectors: NDArray, rows: NDArray[np.intp], most: int, seed: int) -> faiss.Index:
    kmeans = codes.pq.cp
    kmeans.seed, kmeans.niter, kmeans.max_points_per_centroid = seed, ROUNDS, TRAINED_ON["codebook"]
    kmeans.min_points_per_centroid = 1  # fewer than faiss likes is no warning here
    chosen = np.sort(np.random.default_rng(seed).permutation(rows)[:most])
    with one_thread():
        codes.train(vectors[chosen])
        codes.add(vectors)
    return codes


def choose_effort(
    structures: Iterable[faiss.Index],
    exact: faiss.Index,
    queries: NDArray[np.float32],
    own: NDArray[np.intp],
    recall: float,
    k: int,
) -> Shortlist | None:
    """Return the shortlist that reads least of those whose measured recall is high enough; None where none is.

    queries: (q, d) stored vectors that no code was trained on, whose positions are `own`. recall: the share of the
    k exact neighbours that must be found; the mean less 1.645 standard errors over the queries must reach it.
    Codes that would read as much as an exact search are not worth having.
    """
    n, dim, best = exact.ntotal, exact.d, None
    k = min(k, n - 1)
    if k < 1 or not len(queries):
        return None
    with one_thread(), suited_arithmetic(dim, exact.metric_type):
        true = _neighbours(exact, queries, own, k)
        least = 4 * n * dim
        for codes in structures:
            for effort, measured in _efforts(codes, queries, true, recall, least):
                least, best = effort.bytes_read(n, dim), Shortlist(codes, effort, measured)
    return best


def _neighbours(exact: faiss.Index, queries: NDArray, own: NDArray, k: int) -> NDArray[np.int64]:
    """Return (q, k) positions of the exact neighbours, a query itself left out."""
    found = exact.search(queries, k + 1)[1]
    others = np.argsort(found == own[:, None], axis=1, kind="stable")[:, :k]  # itself last
    return np.take_along_axis(found, others, axis=1)


def _efforts(
    codes: faiss.Index, queries: NDArray, true: NDArray, recall: float, least: int
) -> Iterator[tuple[Effort, float]]:
    """Yield efforts that reach the recall, each reading fewer than the bytes of the one before."""
    (n, dim), k = (codes.ntotal, codes.d), true.shape[1]
    lists = getattr(codes, "nlist", 1)
    for probes in [*(2**i for i in range(lists.bit_length()) if 2**i < lists), lists]:
        if Effort(lists, probes, k, k).bytes_read(n, dim) >= least:
            return
        longest = min(n, max(LONGEST * k, 1000))
        found = codes.search(queries, longest, params=_params(lists, probes))[1]
        candidates, measured = _shortest(found, true, recall)
        effort = Effort(lists, probes, candidates, k)
        if measured and effort.bytes_read(n, dim) < least:
            least = effort.bytes_read(n, dim)
            yield effort, measured


def _shortest(found: NDArray, true: NDArray, recall: float) -> tuple[int, float]:
    """Return how many of `found` (q, c), best first, are enough for the recall, and what they reach; (0, 0): none."""
    at = np.full(true.shape, found.shape[1])
    for column in range(true.shape[1]):
        hit = found == true[:, [column]]
        at[:, column] = np.where(hit.any(axis=1), hit.argmax(axis=1), found.shape[1])
    low, high = true.shape[1], found.shape[1] + 1  # more candidates never find less: halve the range
    while low < high:
        middle = (low + high) // 2
        share = (at < middle).mean(axis=1)
        if middle > found.shape[1] or share.mean() - ONE_SIDED * share.std() / sqrt(len(share)) >= recall:
            high = middle
        else:
            low = middle + 1
    return (low, float((at < low).mean())) if low <= found.shape[1] else (0, 0.0)


def _params(lists: int, probes: int) -> faiss.SearchParameters | None:
    return faiss.IVFSearchParameters(nprobe=probes) if lists > 1 else None
