"""Spark jobs that compute features, and the driver's part for files that no worker could read."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from pyspark.sql import DataFrame, SparkSession

from likeness.features.backbones import Backbone
from likeness.features.extract import prepare_backbone
from likeness.progress import track
from likeness.spark.embed import COLUMNS, SCHEMA, Sight, embed_files, embedder
from likeness.spark.photo_files import photo_files, qualified, read_file, with_facts

BATCHES_A_CORE = 32  # of one job
LEAST_ROWS = 1024  # of one job; to start one takes about a second

Sink = Callable[[DataFrame], pd.DataFrame]


@contextmanager
def broadcast(backbone: Backbone, session: SparkSession) -> Iterator[Any]:
    """Send a network to the workers, each of which fetches it once, and free it there afterwards."""
    network = session.sparkContext.broadcast(backbone)
    try:
        yield network
    finally:
        network.destroy()


def run_jobs(
    rows: pd.DataFrame, backbone: Backbone, sight: Sight, sink: Sink, *, session: SparkSession, root: Path | str
) -> Iterator[pd.DataFrame]:
    """Compute rows job by job, and yield what sink gives for each and what the driver computed itself.

    rows: as for `photo_files`, numbered by their index. sink(frame): runs a job, a distributed table of
    `embed.SCHEMA`, and returns a table with at least the numbers (`row`) of the rows in it. Files that no worker could
    read are tried by the driver: the table with them has the columns of SCHEMA, and goes nowhere else.
    Every row is in one of the tables.
    """
    size = max(LEAST_ROWS, BATCHES_A_CORE * sight.batch_size * session.sparkContext.defaultParallelism)
    parts = [rows.iloc[start : start + size] for start in range(0, len(rows), size)]
    backbone = prepare_backbone(backbone, torch.device("cpu"), sight.precision)
    with broadcast(backbone, session) as network:
        for part in track(parts, f"features {sight.rendering.name}", unit="job"):
            files = photo_files(part, session=session, root=root, batch_size=sight.batch_size)
            told = sink(files.mapInPandas(embedder(network, sight), SCHEMA))
            yield told
            yield from _by_driver(part.drop(index=told["row"]), backbone, sight, session, root)


def _by_driver(
    rows: pd.DataFrame, backbone: Backbone, sight: Sight, session: SparkSession, root: Path | str
) -> Iterator[pd.DataFrame]:
    base, computed = qualified(root, session), 0
    for start in range(0, len(rows), sight.batch_size):
        table = with_facts(rows.iloc[start : start + sight.batch_size])
        contents, refused = [], {}
        for row, path in zip(table["row"], rows["path"].iloc[start : start + sight.batch_size], strict=True):
            try:
                contents.append(read_file(f"{base}/{path}", session))
            except OSError as error:
                contents.append(None)
                refused[row] = f"cannot be opened: {error.strerror}; check the link or the file's permissions"
        there = [content is not None for content in contents]
        computed += sum(there)
        yield embed_files(table.assign(content=contents)[there], backbone, sight)
        yield pd.DataFrame(_unreadable(rows, refused), columns=list(COLUMNS))
    if computed:
        warnings.warn(f"{computed} photos that no worker could read were computed by the driver", stacklevel=2)


def _unreadable(rows: pd.DataFrame, refused: dict[int, str]) -> list[tuple[object, ...]]:
    known = rows.reindex(columns=["photo_id", "path"])
    return [(row, *known.loc[row], None, "unreadable", detail) for row, detail in refused.items()]
