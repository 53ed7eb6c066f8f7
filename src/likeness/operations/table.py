"""The hashes of all operations: the inputs, exact on every machine, what comes out here, and the committed table."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from likeness.machine import describe_machine

FILE = Path(__file__).with_name("hashes.json")
# The libraries whose arithmetic a run rests on.
COMPUTE = ("numpy", "scipy", "torch", "torchvision", "scikit-learn", "faiss-cpu", "pillow", "scikit-image")
COMPUTE += ("opencv-contrib-python-headless", "facenet-pytorch", "captum", "mediapipe", "pandas", "pyarrow")
# TensorFlow Lite chooses its kernels by the processor, and no setting holds it. No stage of the demo calls it.
NOT_HELD = ("MediaPipe, joints of a person",)

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


def read_hashes() -> dict[str, Any]:
    """Return {"machine": as `describe_machine`, "operations": {name: hash}}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def write_hashes(found: Mapping[str, str]) -> Path:
    """Replace the table by what this machine has found, and return its path."""
    content = {"machine": describe_machine(COMPUTE), "operations": dict(found)}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return FILE


def hashes() -> Iterator[tuple[str, str]]:
    """Yield (operation, hash of what it gives here)."""
    from likeness.operations import arithmetic, fits, networks, pictures  # torch and OpenCV: seconds, for this alone

    for room in (arithmetic, fits, pictures, networks):
        for name, compute in room.operations():
            yield name, digest(compute())
