"""Features of photos computed on a Spark cluster: those that `features.extract` gives, photo by photo."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

from likeness.cache import Cache
from likeness.features.backbones import Backbone
from likeness.features.extract import Extraction, arithmetic, feature_names
from likeness.features.views import PHOTO, View
from likeness.machine import pick_device
from likeness.photos.decode import ACCEPTED
from likeness.photos.manifest import QUARANTINE, LostPhotos
from likeness.spark.embed import NOT_FINITE, Sight
from likeness.spark.jobs import run_jobs


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
    view: View = PHOTO,
    image_size: int,
    batch_size: int = 16,
    device: str = "auto",
    precision: str = "auto",
    max_pixels: int = ACCEPTED["max_pixels"],
    min_side: int = ACCEPTED["min_side"],
    progress: bool = False,
) -> tuple[np.ndarray, SparkExtraction, pd.DataFrame]:
    """Return (features float32 (accepted, dim), record, failures), computed by the session's workers.

    photos, backbone, view, sizes: as for `features.extract.extract`. root: a local folder (Path) or an address as Spark
    reads it (str); workers need no shared disk where Spark reads the address, and no weights, which are broadcast.
    features: a row per row of `photos` that is not in failures, in order. failures: path, reason, detail, as
    `photos.manifest` quarantines; its index is the position in `photos`. Nothing is lost: accepted + failures = rows.
    cache: the driver's, filled after every job; entries are those of the local engine. device: "cpu" ("auto") or
    "cuda", of the workers. precision: of their arithmetic, as `extract`.
    A task that is lost with its worker is computed again by another one.
    Raises ValueError as `extract` does.
    """
    place = pick_device("cpu" if device == "auto" else device)
    sight = Sight(view, image_size, batch_size, str(place), arithmetic(precision, place), max_pixels, min_side)
    backbone.check_size(image_size)
    method = {"image_size": image_size, "batch_size": batch_size, "precision": sight.precision}
    names = feature_names(photos, backbone, view=view, device=place, **method)
    found = cache.get_many(dict.fromkeys(names)) if cache else {}
    missing = list({name: row for row, name in enumerate(names) if name not in found}.values())  # one row per name
    refused: dict[str, tuple[str, str]] = {}
    computed = 0
    rows, where = photos.reset_index(drop=True).iloc[missing], {"session": session, "root": root}
    for told in run_jobs(rows, backbone, sight, lambda frame: frame.toPandas(), progress=progress, **where):
        check_finite(told, backbone)
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


def check_finite(told: pd.DataFrame, backbone: Backbone) -> None:
    """Raise ValueError for the first photo whose features were not finite. told: path, reason."""
    wrong = told.loc[told["reason"] == NOT_FINITE, "path"]
    if len(wrong):
        raise ValueError(f"{wrong.iloc[0]}: {backbone.name} gives features that are not finite")


def _failures(photos: pd.DataFrame, names: list[str], refused: dict[str, tuple[str, str]]) -> pd.DataFrame:
    places = [row for row, name in enumerate(names) if name in refused]
    lines = [(photos["path"].iloc[row], *refused[names[row]]) for row in places]
    return pd.DataFrame(lines, columns=list(QUARANTINE), index=pd.Index(places, dtype="int64")).astype("str")
