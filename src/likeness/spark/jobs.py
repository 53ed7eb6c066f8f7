"""Spark jobs that compute features: what a worker does of files' bytes, and the driver's part for files that no worker
could read.
"""

import io
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from pyspark.sql import DataFrame, SparkSession

from likeness.features.backbones import Backbone
from likeness.features.extract import embed_batch, prepare_backbone
from likeness.features.renderings import Rendering, Row
from likeness.machine import pick_device
from likeness.parallel import single_threaded
from likeness.photos.decode import ACCEPTED, PhotoError, read_photo
from likeness.progress import track
from likeness.spark.photo_files import photo_files, qualified, read_file, with_facts

COLUMNS = ("row", "photo_id", "path", "feature", "reason", "detail")
SCHEMA = "row long, photo_id string, path string, feature array<float>, reason string, detail string"
NOT_FINITE = "not-finite"  # no reason to refuse a photo: the driver raises an error
BATCHES_A_CORE = 32  # of one job
LEAST_ROWS = 1024  # of one job; to start one takes about a second

Sink = Callable[[DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Sight:
    """How photos are seen: through which rendering, at which size [px], how many at once and where.

    precision: "32" or "bf16", as `features.extract.embed_batch`.
    """

    rendering: Rendering
    image_size: int
    batch_size: int
    device: str = "cpu"
    precision: str = "32"


def embedder(network: object, sight: Sight) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """Return the function for `mapInPandas`: tables of row, facts and content in, tables of SCHEMA out.

    network: a Spark broadcast of a Backbone as from `prepare_backbone`. No more than `sight.batch_size` photos are open
    at once.
    """

    def embed(tables: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for table in tables:
            for start in range(0, len(table), sight.batch_size):
                yield embed_files(table.iloc[start : start + sight.batch_size], network.value, sight)

    return embed


def embed_files(table: pd.DataFrame, backbone: Backbone, sight: Sight) -> pd.DataFrame:
    """Return the columns of SCHEMA for at most `sight.batch_size` files, computed as the local engine does.

    table: row, facts (the manifest's row, pickled), content (bytes). backbone: as from `prepare_backbone`.
    feature is None where reason is not.
    """
    told, images = [], []
    for row, facts, content in zip(table["row"], table["facts"], table["content"], strict=True):
        facts = pickle.loads(facts)
        reason = detail = None
        try:
            images.append(load_content(content, facts, sight))
        except PhotoError as error:
            reason, detail = error.reason, error.detail
        told.append([row, facts.get("photo_id"), facts["path"], None, reason, detail])
    features = iter(_features(images, backbone, sight))
    for line in told:
        if line[4] is None:
            feature = next(features)
            line[3:] = [feature, None, None] if np.isfinite(feature).all() else [None, NOT_FINITE, ""]
    return pd.DataFrame(told, columns=list(COLUMNS))


def load_content(content: bytes, row: Row, sight: Sight) -> np.ndarray:
    """Return one photo as uint8 (image_size, image_size, 3), as the local engine's `load_image` makes it of a file.

    Raises PhotoError as `photos.decode.decode` does.
    """
    rendering, size = sight.rendering, sight.image_size
    shortest = rendering.draft(row, size) if rendering.draft else size
    photo = read_photo(io.BytesIO(content), row["path"], draft=shortest, **ACCEPTED)
    return np.asarray(rendering.apply(photo.image, row).resize((size, size), Image.Resampling.BILINEAR))


def _features(images: list[np.ndarray], backbone: Backbone, sight: Sight) -> np.ndarray | list[np.ndarray]:
    if not images:
        return []
    place = pick_device(sight.device)
    with single_threaded():  # as the local engine: with more threads the last bits differ
        return embed_batch(backbone.to(place), np.stack(images), sight.batch_size, place, sight.precision)


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
    SCHEMA, and returns a table with at least the numbers (`row`) of the rows in it. Files that no worker could
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
