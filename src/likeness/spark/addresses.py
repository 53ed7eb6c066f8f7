"""Files and folders on whatever filesystem Spark reads, asked by the driver through Hadoop's own interface."""

import re
import tempfile
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession


def qualified(folder: Path | str, session: SparkSession) -> str:
    """Return the address of a folder as Spark spells it, such as file:/data or hdfs://host:9000/data.

    folder: a Path is local; a str is an address, or a path of the cluster's default filesystem.
    """
    text = f"file://{folder.absolute()}" if isinstance(folder, Path) else folder
    filesystem, path = _place(text, session)
    return filesystem.makeQualified(path).toString().rstrip("/")


def escaped(path: str) -> str:
    """Return a path in which no character is taken for a pattern of names."""
    return re.sub(r"([{}\[\]*?\\])", r"\\\1", path)


def exists(path: str, session: SparkSession) -> bool:
    """Say whether there is such a file or folder."""
    filesystem, place = _place(path, session)
    return filesystem.exists(place)


def remove(path: str, session: SparkSession) -> None:
    """Delete a file, or a folder with all that is in it; nothing happens where there is none."""
    filesystem, place = _place(path, session)
    filesystem.delete(place, True)


def move(folder: str, target: str, session: SparkSession) -> None:
    """Give a folder another name; what had that name is gone."""
    filesystem, place = _place(folder, session)
    _, new = _place(target, session)
    filesystem.delete(new, True)
    if not filesystem.rename(place, new):
        raise OSError(f"{folder} could not be renamed to {target}")


def read_file(path: str, session: SparkSession) -> bytes:
    """Return a file's bytes. Raises OSError with a strerror as Python words it, where that is known."""
    if path.startswith("file:"):  # Hadoop keeps a checksum beside a local file, and stumbles over a colon in its name
        return Path(re.sub("^file:/+", "/", path)).read_bytes()
    filesystem, place = _place(path, session)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        try:
            filesystem.copyToLocalFile(False, place, _place(f"file://{copy}", session)[1], True)
        except Py4JJavaError as error:
            raise OSError(1, _why(error.java_exception)) from error
        return copy.read_bytes()


def _place(path: str, session: SparkSession) -> tuple[Any, Any]:
    place = session._jvm.org.apache.hadoop.fs.Path(path)
    return place.getFileSystem(session._jsc.hadoopConfiguration()), place


def _why(error: Any) -> str:
    message = " ".join(str(error.getMessage()).split())
    if "permission denied" in message.lower():
        return "Permission denied"
    return "No such file or directory" if error.getClass().getSimpleName().endswith("NotFoundException") else message
