"""Features of photos, computed only where the cache does not hold them.

On the CPU each core takes whole batches from the file to the feature, with one thread: no core waits for another, and
no bit depends on how many there are. With a GPU the cores decode ahead of it.
"""

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn

from likeness.cache import Cache, key
from likeness.features.backbones import Backbone
from likeness.features.folding import fold_normalisation
from likeness.features.renderings import PHOTO, Rendering, Row
from likeness.fingerprint import modules_of
from likeness.machine import pick_device
from likeness.parallel import ahead, single_threaded
from likeness.progress import track

PRECISIONS = ("auto", "32", "bf16")
ROWS = 1024  # of a table, turned into dicts at a time


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
    rendering: Rendering = PHOTO,
    image_size: int,
    batch_size: int = 16,
    device: str = "auto",
    precision: str = "auto",
) -> tuple[np.ndarray, Extraction]:
    """Return (features float32 (n, dim), record): one row per row of `photos`, never NaN.

    A photo is decoded upright, seen through `rendering` and squashed to `image_size` x `image_size`. Each batch is
    stored as soon as it is computed. Batches are filled up to `batch_size` with black, so that the arithmetic,
    hence a photo's features, does not depend on which other photos were missing.
    precision: of the arithmetic, "32", "bf16" (bfloat16: twice as fast where the processor has instructions for it;
    features then differ by about 1 % of their size) or "auto" (bf16 on a GPU, 32 elsewhere).
    Raises ValueError naming the photo whose features are not finite, a size that the backbone does not take, or an
    unknown precision.
    """
    place = pick_device(device)
    bits = arithmetic(precision, place)
    backbone.check_size(image_size)
    method = {"image_size": image_size, "batch_size": batch_size, "precision": bits}
    names = feature_names(photos, backbone, rendering=rendering, device=place, **method)
    features = np.empty((len(names), backbone.dim), np.float32)
    first: dict[str, int] = {}
    for row, name in enumerate(names):
        first.setdefault(name, row)  # of equal photos one is computed
    missing = [row for name, row in first.items() if not _recall(cache, name, features[row])]
    with single_threaded():
        load = partial(load_image, root=Path(root), rendering=rendering, image_size=image_size)
        network = prepare_backbone(backbone, place, bits) if missing else backbone
        embed = partial(embed_batch, network, batch_size=batch_size, device=place, precision=bits)
        batches = (photos.iloc[missing[start : start + batch_size]] for start in range(0, len(missing), batch_size))
        computed = _compute(batches, load, embed, ahead_only=place.type != "cpu")
        shown = track(computed, f"features {rendering.name}", total=len(missing))
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
    photos: pd.DataFrame,
    backbone: Backbone,
    *,
    rendering: Rendering,
    image_size: int,
    batch_size: int,
    precision: str,
    device: torch.device,
) -> list[str]:
    """Return the cache name of each photo's features: equal names promise features equal to the last bit.

    The last bits depend on the batch size, on torch's build and on the instructions that it uses, which choose the
    order of the additions. precision: "32" or "bf16". device: that computes.
    """
    instructions = device.type if device.type != "cpu" else torch.backends.cpu.get_cpu_capability()
    method = {
        "backbone": backbone.name,
        "weights": backbone.weights,
        "layer": backbone.layer,
        "image_size": image_size,
        "batch_size": batch_size,
        "torch": torch.__version__,
        "arithmetic": f"{precision}, batch norm folded, {instructions}, one thread",
    }
    modules = (__name__, "likeness.features.extractors", *modules_of(rendering.apply))
    return [key(modules, method, row["sha256"], rendering.key(row)) for row in _records(photos)]


def _records(photos: pd.DataFrame) -> Iterator[Row]:
    """Yield the rows of a table as dicts, made some at a time, so that the memory is that of the table."""
    for start in range(0, len(photos), ROWS):
        yield from photos.iloc[start : start + ROWS].to_dict("records")


def arithmetic(precision: str, device: torch.device) -> str:
    """Return "32" or "bf16", whatever "auto" means on a device. Raises ValueError for another precision."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision {precision!r}: choose one of {', '.join(PRECISIONS)}")
    return precision if precision != "auto" else "bf16" if device.type == "cuda" else "32"


def prepare_backbone(backbone: Backbone, device: torch.device, precision: str = "32") -> Backbone:
    """Return the network as `embed_batch` needs it: on the device, channels last, in eval mode.

    Batch normalisation is folded into the convolutions before it: faster, and features differ by less than 1e-5 of
    their size. precision: "32", or "bf16" for weights that are rounded once: autocast would round them in every batch.
    Weights that stay as they are, are shared with `backbone`, which is not changed.
    """
    # Parameters of its own on the same memory: `to` moves a parameter in place, and would move the caller's.
    shared = {id(weights): nn.Parameter(weights, weights.requires_grad) for weights in backbone.parameters()}
    shared |= {id(tensor): tensor for tensor in backbone.buffers()}
    prepared = copy.deepcopy(backbone, shared).eval()
    if any(isinstance(module, nn.BatchNorm2d) for module in prepared.modules()):
        fold_normalisation(prepared)
    if precision == "bf16":
        for module in prepared.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):  # what autocast computes in bfloat16
                for name, weights in module.named_parameters(recurse=False):
                    setattr(module, name, nn.Parameter(weights.to(torch.bfloat16), requires_grad=False))
    return prepared.to(device)


@torch.no_grad()
def embed_batch(
    backbone: Backbone, images: np.ndarray, batch_size: int, device: torch.device, precision: str = "32"
) -> np.ndarray:
    """Return the features (n, dim) float32 of at most `batch_size` images (n, h, w, 3) uint8.

    backbone: as from `prepare_backbone` for this precision, "32" or "bf16".
    """
    filled = np.zeros((batch_size, *images.shape[1:]), np.uint8)
    filled[: len(images)] = images
    batch = torch.from_numpy(filled).to(device).permute(0, 3, 1, 2).float() / 255  # NHWC in memory: channels_last
    half = torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()
    with half:
        features = backbone(backbone.normalise(batch))
    return features[: len(images)].float().cpu().numpy()


def load_image(row: Row, root: Path, rendering: Rendering, image_size: int) -> np.ndarray:
    """Return one photo as uint8 (image_size, image_size, 3), seen through `rendering` and squashed to a square."""
    from likeness.photos.decode import ACCEPTED, decode

    shortest = rendering.draft(row, image_size) if rendering.draft else image_size
    image = rendering.apply(decode(Path(root) / row["path"], draft=shortest, **ACCEPTED), row)
    return np.asarray(image.resize((image_size, image_size), Image.Resampling.BILINEAR))


def load_images(rows: Iterable[Row], root: Path, rendering: Rendering, image_size: int) -> Iterator[np.ndarray]:
    """Yield images in order, decoded a few ahead by all cores."""
    return ahead(lambda row: load_image(row, root, rendering, image_size), rows, window=4)


def _compute(
    batches: Iterable[pd.DataFrame],
    load: Callable[[Row], np.ndarray],
    embed: Callable[[np.ndarray], np.ndarray],
    *,
    ahead_only: bool,
) -> Iterator[np.ndarray]:
    """Yield the features (dim,) of each photo of each batch, in order. ahead_only: the cores decode, and no more."""

    def decode(batch: pd.DataFrame) -> np.ndarray:
        return np.stack([load(row) for row in batch.to_dict("records")])

    done = map(embed, ahead(decode, batches)) if ahead_only else ahead(lambda batch: embed(decode(batch)), batches)
    for features in done:
        yield from features
