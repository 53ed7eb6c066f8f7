"""Features of photos, computed only where the cache does not hold them.

On the CPU each core takes whole batches from the file to the feature, with one thread: no core waits for another, and
no bit hangs on how many there are. With a GPU the cores decode ahead of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image

from likeness.features.backbones import Backbone
from likeness.features.cache import Cache, key
from likeness.features.views import PHOTO, Row, View
from likeness.parallel import ahead, single_threaded
from likeness.progress import track


@dataclass(frozen=True)
class Extraction:
    """How the features came about: rows = computed + cached."""

    rows: int
    computed: int
    cached: int


def extract(
    photos: pd.DataFrame,
    backbone: Backbone,
    *,
    root: Path,
    cache: Cache | None,
    view: View = PHOTO,
    image_size: int,
    batch_size: int = 16,
    device: str = "auto",
    progress: bool = False,
) -> tuple[np.ndarray, Extraction]:
    """Return (features float32 (n, dim), record): one row per row of `photos`, never NaN.

    A photo is decoded upright, seen through `view` and squashed to `image_size` x `image_size`. Each batch is
    stored as soon as it is computed. Batches are filled up to `batch_size` with black, so that the arithmetic,
    hence a photo's features, does not depend on which other photos were missing.
    Raises ValueError naming the photo whose features are not finite, or a size that the backbone does not take.
    """
    place = torch_device(device)
    backbone = prepare_backbone(backbone, place)
    names = feature_names(photos, backbone, view=view, image_size=image_size, batch_size=batch_size, device=place)
    backbone.check_size(image_size)
    features = np.empty((len(names), backbone.dim), np.float32)
    first: dict[str, int] = {}
    for row, name in enumerate(names):
        first.setdefault(name, row)  # of equal photos one is computed
    missing = [row for name, row in first.items() if not _recall(cache, name, features[row])]
    with single_threaded() as cores:
        computed = _compute(photos, missing, backbone, Path(root), view, image_size, batch_size, place, cores)
        shown = track(computed, f"features {view.name}", total=len(missing), unit="photo") if progress else computed
        for row, feature in zip(missing, shown, strict=True):
            if not np.isfinite(feature).all():
                raise ValueError(f"{photos.iloc[row]['path']}: {backbone.name} gives features that are not finite")
            features[row] = feature
            if cache:
                cache.put(names[row], feature)
    for row, name in enumerate(names):
        if first[name] != row:
            features[row] = features[first[name]]
    return features, Extraction(rows=len(names), computed=len(missing), cached=len(names) - len(missing))


def _recall(cache: Cache | None, name: str, into: np.ndarray) -> bool:
    """Copy what is stored as `name` into an array (dim,); return False where nothing is."""
    stored = cache.get(name) if cache else None
    if stored is None:
        return False
    into[:] = stored
    return True


def feature_names(
    photos: pd.DataFrame, backbone: Backbone, *, view: View, image_size: int, batch_size: int, device: torch.device
) -> list[str]:
    """Return the cache name of each photo's features: equal names promise features equal to the last bit.

    The last bits hang on the batch size and on torch's version, which choose the order of the additions.
    """
    method = {
        "backbone": backbone.name,
        "weights": backbone.weights,
        "layer": backbone.layer,
        "image_size": image_size,
        "batch_size": batch_size,
        "torch": torch.__version__,
        "arithmetic": "bf16" if device.type == "cuda" else "fp32, one thread",
    }
    return [key(method, row["sha256"], view.key(row)) for row in records(photos)]


def records(photos: pd.DataFrame, size: int = 1024) -> Iterator[Row]:
    """Yield the rows of a table as dicts, made some at a time, so that the memory is that of the table."""
    for start in range(0, len(photos), size):
        yield from photos.iloc[start : start + size].to_dict("records")


def torch_device(device: str) -> torch.device:
    """Return the torch device named `device`; "auto" is the GPU where there is one."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def prepare_backbone(backbone: Backbone, device: torch.device) -> Backbone:
    """Return the network where and as `embed_batch` needs it: on the device, channels last, in eval mode."""
    return backbone.to(device, memory_format=torch.channels_last).eval()


@torch.no_grad()
def embed_batch(backbone: Backbone, images: np.ndarray, batch_size: int, device: torch.device) -> np.ndarray:
    """Return the features (n, dim) float32 of at most `batch_size` images (n, h, w, 3) uint8.

    backbone: as from `prepare_backbone`. On a GPU the arithmetic is bfloat16.
    """
    filled = np.zeros((batch_size, *images.shape[1:]), np.uint8)
    filled[: len(images)] = images
    batch = torch.from_numpy(filled).to(device).permute(0, 3, 1, 2).float() / 255  # NHWC in memory: channels_last
    half = torch.autocast("cuda", torch.bfloat16) if device.type == "cuda" else nullcontext()
    with half:
        features = backbone(backbone.normalise(batch))
    return features[: len(images)].float().cpu().numpy()


def load_image(row: Row, root: Path, view: View, image_size: int) -> np.ndarray:
    """Return one photo as uint8 (image_size, image_size, 3), seen through `view` and squashed to a square."""
    from likeness.photos.decode import decode

    shortest = view.draft(row, image_size) if view.draft else image_size
    image = view.apply(decode(Path(root) / row["path"], draft=shortest), row)
    return np.asarray(image.resize((image_size, image_size), Image.Resampling.BILINEAR))


def load_images(rows: Iterable[Row], root: Path, view: View, image_size: int) -> Iterator[np.ndarray]:
    """Yield images in order, decoded a few ahead by all cores."""
    return ahead(lambda row: load_image(row, root, view, image_size), rows, window=4)


def _compute(
    photos: pd.DataFrame,
    rows: Sequence[int],
    backbone: Backbone,
    root: Path,
    view: View,
    image_size: int,
    batch_size: int,
    device: torch.device,
    cores: int,
) -> Iterator[np.ndarray]:
    """Yield the features (dim,) of the photos in these rows, in order."""

    def load(batch: Sequence[int]) -> np.ndarray:
        return np.stack([load_image(row, root, view, image_size) for row in photos.iloc[batch].to_dict("records")])

    def embed(images: np.ndarray) -> np.ndarray:
        return embed_batch(backbone, images, batch_size, device)

    batches = (rows[start : start + batch_size] for start in range(0, len(rows), batch_size))
    if device.type == "cpu":
        done = ahead(lambda batch: embed(load(batch)), batches, cores)
    else:
        done = map(embed, ahead(load, batches, cores))
    for features in done:
        yield from features
