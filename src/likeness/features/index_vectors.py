"""Vectors and ids before they go into an index: what is refused, and in what shape the rest is kept."""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import faiss
import numpy as np
from numpy.typing import ArrayLike, NDArray

Metric = Literal["cosine", "euclidean"]
SWEEP = 16  # queries
NEVER = 2**30  # numbers in the queries of a block


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


def check_ids(ids: Sequence[Hashable], n: int, known: set[Hashable]) -> None:
    """Raise ValueError naming the id that is there twice, or how many are too many or too few."""
    if len(ids) != n:
        raise ValueError(f"{len(ids)} ids for {n} vectors: give one for each")
    seen = set(known)
    for each in ids:
        if each in seen:
            raise ValueError(f"id {each!r} is there twice: give every vector an id of its own")
        seen.add(each)


def flat_index(vectors: NDArray[np.float32], metric: Metric) -> faiss.Index:
    """Return faiss's exact index of checked vectors (n, d)."""
    flat = faiss.IndexFlat(vectors.shape[1], faiss.METRIC_INNER_PRODUCT if metric == "cosine" else faiss.METRIC_L2)
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
def suited_arithmetic(dim: int, metric: int) -> Iterator[None]:
    """Let faiss compare many queries with all vectors in the way that suits the metric (one of faiss's).

    Inner products of SWEEP or more queries are one matrix product, ten times as fast; by default faiss waits for
    128,000 numbers. Distances never are: (a - b)^2 multiplied out blurs those that are small beside the vectors.
    """
    before = faiss.cvar.distance_compute_blas_threshold
    products = metric == faiss.METRIC_INNER_PRODUCT
    faiss.cvar.distance_compute_blas_threshold = SWEEP * dim if products else NEVER
    try:
        yield
    finally:
        faiss.cvar.distance_compute_blas_threshold = before
