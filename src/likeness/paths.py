"""Where things lie in the repository, and how a file gets there whole or not at all."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class RepositoryNotFound(FileNotFoundError):
    """No folder with params.yaml and dvc.yaml at or above the starting point."""


def root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` (default: here) that holds params.yaml and dvc.yaml."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "params.yaml").is_file() and (folder / "dvc.yaml").is_file():
            return folder
    raise RepositoryNotFound(
        f"{start}: neither here nor above is a folder with params.yaml and dvc.yaml; "
        "run this inside a clone of likeness"
    )


def data(study: str) -> Path:
    """Return data/<study>, what the study's stages make."""
    return root() / "data" / study


def models(study: str) -> Path:
    """Return models/<study>, the weights that the study's stages fit."""
    return root() / "models" / study


def reports(study: str) -> Path:
    """Return reports/<study>, the study's HTML, scores.json and metrics.json."""
    return root() / "reports" / study


def cache() -> Path:
    """Return data/cache: content-addressed partial work, outside DVC, safe to delete."""
    return root() / "data" / "cache"


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's content, in hex."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it becomes `path`, on an error nothing is left."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp makes private files; outputs are meant to be shared
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> Path:
    """Write UTF-8 text atomically and return `path`."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def write_json(value: Any, path: Path) -> Path:
    """Write JSON atomically: keys in the order given, NaN refused, the same value gives the same bytes."""
    return write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", path)


def write_parquet(table: Any, path: Path) -> Path:
    """Write a DataFrame atomically, without its index."""
    with atomic(path) as temporary:
        table.to_parquet(temporary, index=False)
    return Path(path)


def write_tables(folder: Path, **tables: Any) -> None:
    """Write each DataFrame as `folder`/<name>.parquet: `write_tables(output, photos=photos, faces=faces)`."""
    for name, table in tables.items():
        write_parquet(table, folder / f"{name}.parquet")


def write_csv(table: Any, path: Path) -> Path:
    """Write a DataFrame atomically as CSV, without its index."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False)
    return Path(path)


def write_npy(array: Any, path: Path) -> Path:
    """Write an array atomically as .npy; pickled objects are refused."""
    import numpy as np

    with atomic(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, array, allow_pickle=False)
    return Path(path)
