"""The bytes of a manifest's photos on any filesystem that Spark reads, as a distributed table."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from likeness.spark.addresses import escaped, exists, qualified

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
