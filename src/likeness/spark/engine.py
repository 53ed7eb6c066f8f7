"""One name for both engines: what a notebook calls, wherever the features are computed."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.cache import Cache
from likeness.features.backbones import Backbone
from likeness.features.extract import Extraction, extract
from likeness.features.renderings import Rendering

ENGINES = ("local", "spark")
Extractor = Callable[..., tuple[np.ndarray, Extraction]]


def extractor(engine: str, spark_master: str = "local[*]", **settings: Any) -> Extractor:
    """Return a function that is called as `features.extract.extract` and gives what it gives.

    engine: "local", or "spark" on `spark_master` (see `session.spark_session`), whose session starts with the first
    call. settings: what each call is told besides its own, such as root, cache and device.
    Raises ValueError for another engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine {engine!r}: choose one of {', '.join(ENGINES)}")
    if engine == "local":
        return partial(extract, **settings) if settings else extract

    def on_spark(photos: pd.DataFrame, backbone: Backbone, *, root: Path, **settings: Any) -> Any:
        from likeness.photos.decode import PhotoError
        from likeness.spark.extract_spark import extract_on_spark
        from likeness.spark.session import spark_session

        found = extract_on_spark(photos, backbone, session=spark_session(spark_master), root=Path(root), **settings)
        features, record, failures = found
        if len(failures):  # photos of a manifest were read once already: the local engine stops here too
            raise PhotoError(*failures.iloc[0][["path", "reason", "detail"]])
        return features, record

    return partial(on_spark, **settings)


def extract_renderings(
    photos: pd.DataFrame,
    backbone: Backbone,
    shown: Iterable[Rendering],
    root: Path,
    cache: Cache | None,
    image_size: int,
    batch_size: int,
    *,
    engine: str,
    spark_master: str,
    **machine: str,
) -> dict[str, np.ndarray]:
    """Return {rendering: features float32 (n, dim)} of what is shown of each photo.

    engine, spark_master: see `extractor`. The rest, with device and precision in `machine`: see `extract`.
    """
    run = extractor(engine, spark_master)
    settings = {"image_size": image_size, "batch_size": batch_size, **machine}
    return {
        rendering.name: run(photos, backbone, root=root, cache=cache, rendering=rendering, **settings)[0]
        for rendering in shown
    }
