"""Features written as Parquet by the workers themselves: nothing of them passes through the driver."""

from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from likeness.features.backbones import Backbone
from likeness.photos.manifest import QUARANTINE, LostPhotos
from likeness.spark.addresses import exists, move, qualified, remove
from likeness.spark.embed import SCHEMA, Sight
from likeness.spark.extract_spark import SparkExtraction, check_finite
from likeness.spark.jobs import run_jobs


def features_to_parquet(
    photos: pd.DataFrame,
    backbone: Backbone,
    sight: Sight,
    out: Path | str,
    *,
    session: SparkSession,
    root: Path | str,
    progress: bool = False,
) -> SparkExtraction:
    """Write row, photo_id, path, feature, reason, detail (and job) of every row of `photos` to `out`; return a record.

    feature: float32, null where a file was refused; then reason and detail say why, as `photos.manifest` quarantines.
    out: a folder (Path) or an address (str). It appears whole or not at all and replaces an earlier one, so that a run
    that failed may simply be started again. photos, root: as for `extract_on_spark`.
    Raises ValueError for a folder that something else wrote, and as `extract` does.
    """
    target = qualified(out, session)
    if exists(target, session) and not exists(f"{target}/job=0", session):
        raise ValueError(f"{target}: is there, and holds no features; name another folder")
    backbone.check_size(sight.image_size)
    partial, numbers = f"{target}.partial", count()

    def write(frame: DataFrame) -> pd.DataFrame:
        job = f"{partial}/job={next(numbers)}"
        frame.write.mode("overwrite").parquet(job)
        return session.read.schema(SCHEMA).parquet(job).select("row", "path", "reason").toPandas()

    rows, refused = 0, 0
    place = {"session": session, "root": root, "progress": progress}
    remove(partial, session)
    for told in run_jobs(photos.reset_index(drop=True), backbone, sight, write, **place):
        check_finite(told, backbone)
        rows, refused = rows + len(told), refused + int(told["reason"].notna().sum())
        if "feature" in told and len(told):  # the driver's own
            write(session.createDataFrame(told, SCHEMA))
    if rows != len(photos):
        raise LostPhotos(f"{len(photos)} photos, but {rows - refused} embedded + {refused} quarantined")
    if not rows:
        write(session.createDataFrame([], SCHEMA))
    move(partial, target, session)
    return SparkExtraction(rows, rows - refused, 0, refused)


def read_features(out: Path | str, session: SparkSession) -> tuple[np.ndarray, pd.DataFrame]:
    """Return (features float32 (accepted, dim), failures) that `features_to_parquet` wrote, as `extract_on_spark`."""
    told = session.read.schema(SCHEMA).parquet(qualified(out, session)).toPandas().sort_values("row")
    failed = told[told["reason"].notna()].set_index("row").rename_axis(None)
    kept = told.loc[told["reason"].isna(), "feature"]
    features = np.stack([np.asarray(each, np.float32) for each in kept]) if len(kept) else np.zeros((0, 0), np.float32)
    return features, failed[list(QUARANTINE)].astype("str")
