"""A content-addressed store of arrays: partial work that outlives a kill."""

import contextlib
import hashlib
import io
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from likeness.fingerprint import fingerprint
from likeness.paths import atomic

Item = TypeVar("Item")
DIGEST = 32  # bytes of sha256 in front of an entry's content
HEADER_SIZE = 10  # bytes in front of an .npy file's header: magic, version and the header's length


@dataclass(frozen=True)
class Cache:
    """A folder of entries, each named by what it was computed from.

    An entry appears whole (written beside, then renamed), so a killed process leaves none half written
    and several processes may share a folder; each starts with its checksum, and one that does not match
    counts as absent.
    """

    folder: Path

    def get(self, name: str) -> np.ndarray | None:
        """Return the array stored as `name` (see `key`), or None where it is absent or damaged."""
        content = self.read(name)
        return None if content is None else _array(content)

    def get_many(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Return those of `names` that are stored whole."""
        found = {name: self.get(name) for name in names}
        return {name: array for name, array in found.items() if array is not None}

    def put(self, name: str, array: np.ndarray) -> None:
        """Store `array` as `name`; an entry of that name is replaced."""
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        self.write(name, buffer.getvalue())

    def read(self, name: str) -> bytes | None:
        """Return the bytes stored as `name`, or None where they are absent or damaged."""
        try:
            entry = self._file(name).read_bytes()
            os.utime(self._file(name))  # `likeness cache --prune` removes first what was not used for longest
        except FileNotFoundError:
            return None
        content = entry[DIGEST:]
        return content if hashlib.sha256(content).digest() == entry[:DIGEST] else None

    def write(self, name: str, content: bytes) -> None:
        """Store bytes as `name`; an entry of that name is replaced."""
        with atomic(self._file(name)) as temporary:
            temporary.write_bytes(hashlib.sha256(content).digest() + content)

    def _file(self, name: str) -> Path:
        kind, _, digest = name.rpartition("/")
        return self.folder / kind / digest[:2] / digest[2:]


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Return {kind: (entries, bytes)} of what is kept in a folder, the largest kind first; {} where there is none."""
    kinds: dict[str, list[int]] = {}
    for file in _files(folder):
        kind = file.relative_to(folder).parts[0]
        # Before names held their kind, an entry lay in a folder named by its first two digits; none is looked for now.
        kinds.setdefault(kind if len(kind) > 2 else "obsolete", []).append(file.stat().st_size)
    totals = {kind: (len(each), sum(each)) for kind, each in kinds.items()}
    return dict(sorted(totals.items(), key=lambda item: -item[1][1]))


def prune(folder: Path, *, most: int | None = None, older_than: float | None = None) -> tuple[int, int]:
    """Remove what was not used for longest; return (entries, bytes) removed.

    most: bytes that may stay. older_than: seconds since its last use after which an entry goes.
    """
    files = sorted(((file.stat().st_mtime, file.stat().st_size, file) for file in _files(folder)), reverse=True)
    now, kept, gone = time.time(), 0, []
    for used, size, file in files:
        if (older_than is not None and now - used > older_than) or (most is not None and kept + size > most):
            file.unlink(missing_ok=True)  # another process may prune too
            with contextlib.suppress(OSError):  # the first that is not empty; others may just have been made
                for parent in file.relative_to(folder).parents[:-1]:
                    (folder / parent).rmdir()
            gone.append(size)
        else:
            kept += size
    return len(gone), sum(gone)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _array(content: bytes) -> np.ndarray:
    """Return the array of an .npy file's bytes."""
    start = HEADER_SIZE + int.from_bytes(content[HEADER_SIZE - 2 : HEADER_SIZE], "little")
    shape, order, dtype = _layout(content[:start])
    return np.frombuffer(content, dtype, offset=start).reshape(shape, order=order).copy()


@lru_cache  # thousands of entries share one header, which takes longer to read than the numbers
def _layout(header: bytes) -> tuple[tuple[int, ...], str, np.dtype]:
    """Return (shape, order, dtype) of the first bytes of an .npy file of version 1.0."""
    stream = io.BytesIO(header)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an entry's header is longer than this cache writes them")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    return shape, "F" if fortran else "C", dtype


def key(modules: str | tuple[str, ...], method: Mapping[str, object], sha256: str, view: str) -> str:
    """Return the name, <kind>/<64 hex>, of what is made of a photo of content `sha256` under `view`.

    modules: whose code makes it (see likeness.fingerprint); the kind is the last part of the first one's name.
    method: all else that the result depends on.
    """
    modules = (modules,) if isinstance(modules, str) else modules
    parts = json.dumps([fingerprint(*modules), dict(method), sha256, view], sort_keys=True, ensure_ascii=True)
    return f"{modules[0].rpartition('.')[2]}/{hashlib.sha256(parts.encode()).hexdigest()}"


def compute_missing(
    cache: Cache | None,
    items: Mapping[str, Item],
    compute: Callable[[dict[str, Item]], Iterable[tuple[str, np.ndarray]]],
) -> dict[str, np.ndarray]:
    """Return {name: array} of all items: what the cache holds, and the rest computed and kept one by one.

    items: {name: what it takes to compute its array}; equal names are one item. compute(missing items): yields
    (name, array) of each, in any order; an array is stored as soon as it comes, so that a kill loses only one.
    """
    found = cache.get_many(items) if cache else {}
    missing = {name: item for name, item in items.items() if name not in found}
    for name, array in compute(missing):
        found[name] = array
        if cache:
            cache.put(name, array)
    return found
