"""Features of photos, computed only where the cache does not hold them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image

from likeness.features.backbones import Backbone
from likeness.features.cache import Cache, key
from likeness.features.views import PHOTO, View
from likeness.progress import track

READERS = 2  # threads that decode ahead of the network


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
    backbone = backbone.to(place, memory_format=torch.channels_last).eval()
    sizes = {"image_size": image_size, "batch_size": batch_size}
    names = feature_names(photos, backbone, view=view, device=place, **sizes)
    backbone.check_size(image_size)
    found = cache.get_many(dict.fromkeys(names)) if cache else {}
    missing = list({name: row for row, name in enumerate(names) if name not in found}.values())  # one row per name
    rows = (photos.iloc[row] for row in missing)
    batches = _batches(load_images(rows, Path(root), view, image_size), batch_size)
    steps = -(-len(missing) // batch_size)
    done = 0
    for images in track(batches, f"features {view.name}", total=steps, unit="batch") if progress else batches:
        features = _forward(backbone, images, batch_size, place)
        for feature in features:
            row = missing[done]
            if not np.isfinite(feature).all():
                raise ValueError(f"{photos.iloc[row]['path']}: {backbone.name} gives features that are not finite")
            found[names[row]] = feature
            if cache:
                cache.put(names[row], feature)
            done += 1
    features = np.stack([found[name] for name in names]) if names else np.zeros((0, backbone.dim), np.float32)
    return features, Extraction(rows=len(names), computed=done, cached=len(names) - done)


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
        "arithmetic": "bf16" if device.type == "cuda" else "fp32",
    }
    return [key(method, row["sha256"], view.key(row)) for _, row in photos.iterrows()]


def torch_device(device: str) -> torch.device:
    """Return the torch device named `device`; "auto" is the GPU where there is one."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def load_image(row: pd.Series, root: Path, view: View, image_size: int) -> np.ndarray:
    """Return one photo as uint8 (image_size, image_size, 3), seen through `view` and squashed to a square."""
    from likeness.photos.decode import decode

    shortest = view.draft(row, image_size) if view.draft else image_size
    image = view.apply(decode(Path(root) / row["path"], draft=shortest), row)
    return np.asarray(image.resize((image_size, image_size), Image.Resampling.BILINEAR))


def load_images(rows: Iterator[pd.Series], root: Path, view: View, image_size: int) -> Iterator[np.ndarray]:
    """Yield images in order, decoded a few ahead in threads."""
    with ThreadPoolExecutor(READERS) as pool:
        ahead = [pool.submit(load_image, row, root, view, image_size) for row in islice(rows, 4 * READERS)]
        while ahead:
            yield ahead.pop(0).result()
            ahead += [pool.submit(load_image, row, root, view, image_size) for row in islice(rows, 1)]


def _batches(images: Iterator[np.ndarray], batch_size: int) -> Iterator[np.ndarray]:
    while batch := list(islice(images, batch_size)):
        yield np.stack(batch)


@torch.no_grad()
def _forward(backbone: Backbone, images: np.ndarray, batch_size: int, device: torch.device) -> np.ndarray:
    filled = np.zeros((batch_size, *images.shape[1:]), np.uint8)
    filled[: len(images)] = images
    batch = torch.from_numpy(filled).to(device).permute(0, 3, 1, 2).float() / 255  # NHWC in memory: channels_last
    half = torch.autocast("cuda", torch.bfloat16) if device.type == "cuda" else nullcontext()
    with half:
        features = backbone(backbone.normalise(batch))
    return features[: len(images)].float().cpu().numpy()
