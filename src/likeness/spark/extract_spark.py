"""Features of photos computed on a Spark cluster, as `features.extract` gives them: to the driver, or to Parquet."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from likeness.cache import Cache
from likeness.features.backbones import Backbone
from likeness.features.extract import Extraction, arithmetic, feature_names
from likeness.features.renderings import PHOTO, Rendering
from likeness.machine import pick_device
from likeness.photos.manifest import QUARANTINE, LostPhotos
from likeness.spark.jobs import NOT_FINITE, SCHEMA, Sight, run_jobs
from likeness.spark.photo_files import exists, move, qualified, remove


@dataclass(frozen=True)
class SparkExtraction(Extraction):
    """How the features came about: rows = computed + cached + quarantined."""

    quarantined: int = 0


def extract_on_spark(
    photos: pd.DataFrame,
    backbone: Backbone,
    *,
    session: SparkSession,
    root: Path | str,
    cache: Cache | None = None,
    rendering: Rendering = PHOTO,
    image_size: int,
    batch_size: int = 16,
    device: str = "auto",
    precision: str = "auto",
) -> tuple[np.ndarray, SparkExtraction, pd.DataFrame]:
    """Return (features float32 (accepted, dim), record, failures), computed by the session's workers.

    photos, backbone, rendering, sizes: as for `features.extract.extract`. root: a local folder (Path) or an address as
    Spark reads it (str); workers need no shared disk where Spark reads the address, and no weights: these are
    broadcast.
    features: a row per row of `photos` that is not in failures, in order. failures: path, reason, detail, as
    `photos.manifest` quarantines; its index is the position in `photos`. Nothing is lost: accepted + failures = rows.
    cache: the driver's, filled after every job; entries are those of the local engine. device: "cpu" ("auto") or
    "cuda", of the workers. precision: of their arithmetic, as `extract`.
    A task that is lost with its worker is computed again by another one.
    Raises ValueError as `extract` does.
    """
    place = pick_device("cpu" if device == "auto" else device)
    sight = Sight(rendering, image_size, batch_size, str(place), arithmetic(precision, place))
    backbone.check_size(image_size)
    method = {"image_size": image_size, "batch_size": batch_size, "precision": sight.precision}
    names = feature_names(photos, backbone, rendering=rendering, device=place, **method)
    found = cache.get_many(dict.fromkeys(names)) if cache else {}
    missing = list({name: row for row, name in enumerate(names) if name not in found}.values())  # one row per name
    refused: dict[str, tuple[str, str]] = {}
    computed = 0
    rows, where = photos.reset_index(drop=True).iloc[missing], {"session": session, "root": root}
    for told in run_jobs(rows, backbone, sight, lambda frame: frame.toPandas(), **where):
        _check_finite(told, backbone)
        for row, feature, reason, detail in told[["row", "feature", "reason", "detail"]].itertuples(index=False):
            if feature is None:
                refused[names[row]] = (reason, detail)
                continue
            found[names[row]] = np.asarray(feature, dtype=np.float32)
            computed += 1
            if cache:
                cache.put(names[row], found[names[row]])
    failures = _failures(photos, names, refused)
    kept = [found[name] for name in names if name in found]
    if len(kept) + len(failures) != len(photos):
        raise LostPhotos(f"{len(photos)} photos, but {len(kept)} embedded + {len(failures)} quarantined")
    features = np.stack(kept) if kept else np.zeros((0, backbone.dim), np.float32)
    return features, SparkExtraction(len(names), computed, len(kept) - computed, len(failures)), failures


def features_to_parquet(
    photos: pd.DataFrame, backbone: Backbone, sight: Sight, out: Path | str, *, session: SparkSession, root: Path | str
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
    remove(partial, session)
    for told in run_jobs(photos.reset_index(drop=True), backbone, sight, write, session=session, root=root):
        _check_finite(told, backbone)
        rows, refused = rows + len(told), refused + int(told["reason"].notna().sum())
        if "feature" in told and len(told):  # the driver's own
            write(session.createDataFrame(told, SCHEMA))
    if rows != len(photos):
        raise LostPhotos(f"{len(photos)} photos, but {rows - refused} embedded + {refused} quarantined")
    if not rows:
        write(session.createDataFrame([], SCHEMA))
    move(partial, target, session)
    return SparkExtraction(rows, rows - refused, 0, refused)


def _check_finite(told: pd.DataFrame, backbone: Backbone) -> None:
    """Raise ValueError for the first photo whose features were not finite. told: path, reason."""
    wrong = told.loc[told["reason"] == NOT_FINITE, "path"]
    if len(wrong):
        raise ValueError(f"{wrong.iloc[0]}: {backbone.name} gives features that are not finite")


def _failures(photos: pd.DataFrame, names: list[str], refused: dict[str, tuple[str, str]]) -> pd.DataFrame:
    places = [row for row, name in enumerate(names) if name in refused]
    lines = [(photos["path"].iloc[row], *refused[names[row]]) for row in places]
    return pd.DataFrame(lines, columns=list(QUARANTINE), index=pd.Index(places, dtype="int64")).astype("str")
