"""The inputs of the operations that are hashed, exact on every machine, and the hash of what comes out."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = 12  # hex digits of a hash: two of 500 operations share one by chance with a probability of 1e-9
SCALE = 2.0**13  # integers over a power of two are exact in float32


def numbers(*shape: int, seed: int = 0, dtype: str = "float32") -> NDArray[Any]:
    """Return an array of numbers in [-4, 4), the same bits on every machine: integers divided by a power of two.

    >>> numbers(2, 2, seed=1).dtype, float(abs(numbers(1000)).max()) < 4
    (dtype('float32'), True)
    """
    whole = np.random.default_rng(seed).integers(-(2**15), 2**15, shape, dtype=np.int32)
    return (whole / SCALE).astype(dtype)


def digest(value: Any) -> str:
    """Return DIGITS hex digits of a result: an array, a tensor, bytes, a number, or a nest of them."""
    total = hashlib.sha256()
    for part in _parts(value):
        total.update(part)
    return total.hexdigest()[:DIGITS]


def _parts(value: Any) -> Iterable[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _parts(each)
    else:
        value = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
        yield f"{value.dtype}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
