"""What a worker does: from a batch of files' bytes to features, or the reason why a file is no photo."""

import io
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from likeness.features.backbones import Backbone
from likeness.features.extract import embed_batch
from likeness.features.renderings import Rendering, Row
from likeness.machine import pick_device
from likeness.parallel import single_threaded
from likeness.photos.decode import ACCEPTED, PhotoError, read_photo

COLUMNS = ("row", "photo_id", "path", "feature", "reason", "detail")
SCHEMA = "row long, photo_id string, path string, feature array<float>, reason string, detail string"
NOT_FINITE = "not-finite"  # no reason to refuse a photo: the driver raises an error


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
