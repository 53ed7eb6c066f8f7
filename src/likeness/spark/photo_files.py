"""Files on whatever filesystem Spark reads: a distributed table of photos, and what the driver asks of folders.

The driver asks through Hadoop's own interface.
"""

import pickle
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

TASK_BYTES = 128 * 2**20  # what one task reads at most, Spark's own limit
BATCHES_A_TASK = 8  # of small photos; a task's last batch is filled up with black, so that fewer would waste more
MOST_BYTES = 2**30  # a larger file is no photo, and does not fit into a row


def with_facts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return row (the index) and facts (the row itself, pickled, so that its values reach workers as they are)."""
    facts = [pickle.dumps(row) for row in rows.to_dict("records")]
    return pd.DataFrame({"row": rows.index.to_numpy(), "facts": facts})


def photo_files(rows: pd.DataFrame, *, session: SparkSession, root: Path | str, batch_size: int) -> DataFrame:
    """Return a distributed table of row, facts (see `with_facts`) and content, a row per row whose file can be read.

    rows: path (relative to root) and whatever a view asks of a photo. root: a local folder (Path), or an address as
    Spark reads it (file:, hdfs:, s3a:, ... as str). batch_size: how many files are in memory at once.
    Files that are missing, unreadable or larger than 1 GiB have no row.
    """
    base = qualified(root, session)
    paths = [f"{base}/{path}" for path in rows["path"]]
    asked = session.createDataFrame(with_facts(rows).assign(path=paths), "row long, facts binary, path string")
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch_size))
    session.conf.set("spark.sql.files.maxPartitionBytes", str(TASK_BYTES))
    session.conf.set("spark.sql.files.openCostInBytes", str(max(1, TASK_BYTES // (BATCHES_A_TASK * batch_size))))
    files = _contents(list(dict.fromkeys(paths)), session)
    return files.join(F.broadcast(asked), "path").select("row", "facts", "content")  # so that no content is shuffled


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


def _contents(paths: Sequence[str], session: SparkSession) -> DataFrame:
    reader = session.read.format("binaryFile").option("ignoreMissingFiles", True).option("ignoreCorruptFiles", True)
    reader = reader.option("ignoredPathSegmentRegex", "(?!)")  # names that begin with _ or . are photos like others
    try:
        files = reader.load([escaped(path) for path in paths])
    except AnalysisException as error:  # a file that is missing from the start
        if "PATH_NOT_FOUND" not in str(error):
            raise
        there = [path for path in paths if exists(path, session)]
        if not there:
            return session.createDataFrame([], "path string, content binary")
        files = reader.load([escaped(path) for path in there])
    return files.where(F.col("length") < MOST_BYTES).select("path", "content")


def _place(path: str, session: SparkSession) -> tuple[Any, Any]:
    place = session._jvm.org.apache.hadoop.fs.Path(path)
    return place.getFileSystem(session._jsc.hadoopConfiguration()), place


def _why(error: Any) -> str:
    message = " ".join(str(error.getMessage()).split())
    if "permission denied" in message.lower():
        return "Permission denied"
    return "No such file or directory" if error.getClass().getSimpleName().endswith("NotFoundException") else message
