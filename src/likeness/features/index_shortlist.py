"""Which stored vectors are worth comparing with a query: a shortlist from compressed codes, as short as it may be.

Codes: product quantisation of two numbers to four bits, scanned in registers (Andre et al., 2015; `PQ fast scan` of
faiss). They are 16 times smaller than the vectors; the shortlist that they give is then compared exactly. Where the
vectors lie in clusters, inverted lists (Jegou et al., 2011) leave most codes unread. Vectors without clusters, such as
random ones of 512 dimensions, get no help from lists or graphs, but their codes can still be read in one sweep.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isqrt, sqrt

import faiss
import numpy as np
from numpy.typing import NDArray

CODEBOOK = 16  # centroids of a piece: four bits
PER_CODE, PER_LIST = 128, 32  # vectors that a centroid of the codebook, and of the lists, is trained on
ROUNDS = 8  # of k-means
LARGEST_TRAINING = 50_000  # vectors
SAMPLE = 500  # queries that the effort is measured on
LONGEST = 100  # candidates per neighbour wanted
ONE_SIDED = 1.645  # standard errors: with 95 % confidence the recall is no lower
SWEEP = 16  # queries
NEVER = 2**30  # numbers in the queries of a block


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
        codes = n * ((_pieces(dim) + 1) // 2) * self.probes // self.lists
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


def make_shortlist(exact: faiss.Index, recall: float, k: int, seed: int) -> Shortlist | None:
    """Return the shortlist that reads least of those whose measured recall is high enough; None where none is.

    exact: faiss's flat index of the vectors. recall: the share of the k exact neighbours that must be found; the mean
    less 1.645 standard errors over queries must reach it. Queries are vectors that no code was trained on.
    Codes that would read as much as an exact search are not worth having.
    """
    vectors, n = matrix(exact), exact.ntotal
    trained = np.sort(np.random.default_rng(seed).permutation(n)[: min(3 * n // 4, LARGEST_TRAINING)])
    others = np.setdiff1d(np.arange(n), trained)
    own = np.sort(np.random.default_rng(seed).permutation(others)[:SAMPLE])
    k, best, least = min(k, n - 1), None, 4 * n * exact.d
    if k < 1 or not len(own):
        return None
    with one_thread(), suited_arithmetic(exact):
        true = _neighbours(exact, vectors[own], own, k)
        for codes in _trained_codes(vectors, trained, exact.metric_type, seed):
            lists = getattr(codes, "nlist", 1)
            for probes in [*(2**i for i in range(lists.bit_length()) if 2**i < lists), lists]:
                if Effort(lists, probes, k, k).bytes_read(n, exact.d) >= least:
                    break
                longest = min(n, max(LONGEST * k, 1000))
                found = codes.search(vectors[own], longest, params=_params(lists, probes))[1]
                candidates, measured = _fewest_candidates(found, true, recall)
                effort = Effort(lists, probes, candidates, k)
                if measured and effort.bytes_read(n, exact.d) < least:
                    least, best = effort.bytes_read(n, exact.d), Shortlist(codes, effort, measured)
    return best


def flat_index(vectors: NDArray[np.float32], cosine: bool) -> faiss.Index:
    """Return faiss's exact index of vectors (n, d): by inner product for the cosine, else by squared distance."""
    flat = faiss.IndexFlat(vectors.shape[1], faiss.METRIC_INNER_PRODUCT if cosine else faiss.METRIC_L2)
    flat.add(vectors)
    return flat


def matrix(flat: faiss.Index) -> NDArray[np.float32]:
    """Return the vectors (n, d) of a flat index: a view, not to be kept beyond the next `add`."""
    return faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let faiss use one thread of its own.

    Several add numbers up in another order when codes are learnt, and its bytes would differ; in a search they wait for
    each other so often that two are slower than one on a machine that has other work.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


@contextmanager
def suited_arithmetic(flat: faiss.Index) -> Iterator[None]:
    """Let faiss compare many queries with all vectors in the way that suits the metric of an index.

    Inner products of SWEEP or more queries are one matrix product, ten times as fast; by default faiss waits for
    128,000 numbers. Distances never are: (a - b)^2 multiplied out blurs those that are small beside the vectors.
    """
    before = faiss.cvar.distance_compute_blas_threshold
    products = flat.metric_type == faiss.METRIC_INNER_PRODUCT
    faiss.cvar.distance_compute_blas_threshold = SWEEP * flat.d if products else NEVER
    try:
        yield
    finally:
        faiss.cvar.distance_compute_blas_threshold = before


def _trained_codes(vectors: NDArray, rows: NDArray[np.intp], metric: int, seed: int) -> Iterator[faiss.Index]:
    """Yield codes of all vectors (n, d), first without and then with lists, trained on `rows`; none for too few."""
    if len(rows) < CODEBOOK:
        return
    dim, lists = vectors.shape[1], min(2 * isqrt(len(vectors)), len(rows) // CODEBOOK)
    whole = faiss.IndexPQFastScan(dim, _pieces(dim), 4, metric)
    yield _filled(whole, vectors, rows, CODEBOOK * PER_CODE, seed)
    if lists > 1:
        parted = faiss.IndexIVFPQFastScan(faiss.IndexFlat(dim, metric), dim, lists, _pieces(dim), 4, metric)
        parted.by_residual, parted.cp.niter, parted.cp.seed = True, ROUNDS, seed
        parted.cp.min_points_per_centroid, parted.cp.max_points_per_centroid = 1, PER_LIST
        yield _filled(parted, vectors, rows, max(lists * PER_LIST, CODEBOOK * PER_CODE), seed)


def _filled(codes: faiss.Index, vectors: NDArray, rows: NDArray[np.intp], most: int, seed: int) -> faiss.Index:
    kmeans = codes.pq.cp
    kmeans.seed, kmeans.niter, kmeans.max_points_per_centroid = seed, ROUNDS, PER_CODE
    kmeans.min_points_per_centroid = 1  # fewer than faiss likes is no warning here
    codes.train(vectors[np.sort(np.random.default_rng(seed).permutation(rows)[:most])])
    codes.add(vectors)
    return codes


def _pieces(dim: int) -> int:
    return dim // 2 if dim % 2 == 0 else dim


def _neighbours(exact: faiss.Index, queries: NDArray, own: NDArray, k: int) -> NDArray[np.int64]:
    """Return (q, k) positions of the exact neighbours, a query itself (position `own`) left out."""
    found = exact.search(queries, k + 1)[1]
    others = np.argsort(found == own[:, None], axis=1, kind="stable")[:, :k]  # itself last
    return np.take_along_axis(found, others, axis=1)


def _fewest_candidates(found: NDArray, true: NDArray, recall: float) -> tuple[int, float]:
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
