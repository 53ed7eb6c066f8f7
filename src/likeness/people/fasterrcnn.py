"""Faces in photos, found by our own Faster R-CNN: the same table as MTCNN's."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import Tensor, nn

from likeness.cache import Cache, key
from likeness.machine import pick_device
from likeness.parallel import ahead
from likeness.paths import file_sha256
from likeness.people.detector_net import (
    SCORE_FLOOR,
    build_detector,
    load_detector,
    save_detector,
)
from likeness.people.face_batches import to_photo
from likeness.people.faces import Job, faces_by_photo, to_table
from likeness.photos.decode import ACCEPTED, decode

__all__ = ["build_detector", "find_faces_fasterrcnn", "load_detector", "load_small", "look", "save_detector"]


def find_faces_fasterrcnn(
    photos: pd.DataFrame,
    root: Path,
    weights: Path,
    *,
    cache: Cache | None,
    confidence: float = SCORE_FLOOR,
    batch_size: int = 4,
    device: str = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Find every face that a detector of ours sees in each photo: the faces table.

    photos: photo_id, path (relative to `root`), sha256, width, height. weights: a file of `save_detector`.
    cache: keeps what was found, per photo content and content of the weights. confidence: lowest score [0.05, 1) that
    is returned. batch_size: photos that are decoded ahead; each is looked at by itself, so that its faces don't
    depend on its neighbours.
    Returns face_id "<photo_id>-<k>", photo_id, x0, y0, x1, y1 [px of the upright photo, within it, two decimals] and
    score in [0, 1] (four decimals), in the order of `photos`, the surest face first; a photo without a face has no row.
    Raises ValueError on an impossible setting, FileNotFoundError where there is no such file of weights.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size {batch_size} must be at least 1")
    if not SCORE_FLOOR <= confidence < 1:
        raise ValueError(f"confidence {confidence} must be at least {SCORE_FLOOR} and below 1")
    net, _ = load_detector(weights)
    method = {"weights": file_sha256(weights)}
    names = [key(__name__, method, sha256, "faces") for sha256 in photos["sha256"]]
    size = partial(scaled_size, image_size=net.config.image_size)
    look_at = partial(_look, root=Path(root), net=net, batch_size=batch_size, device=device)
    faces = faces_by_photo(photos, names, size, look_at, cache, progress)
    return to_table(list(photos["photo_id"]), [each[each[:, 4] >= confidence] for each in faces])


def scaled_size(width: int, height: int, image_size: int) -> tuple[int, int]:
    """Return (width, height) [px] at which a photo is looked at: its longest side exactly `image_size`."""
    scale = image_size / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def load_small(path: Path, image_size: int) -> Image.Image:
    """Return a photo upright, its longest side `image_size` px: what the detector is trained on, and asked about."""
    image = decode(path, **ACCEPTED, draft=image_size)
    return image.resize(scaled_size(*image.size, image_size), Image.Resampling.BILINEAR)


@torch.no_grad()
def look(net: nn.Module, pictures: Sequence[Tensor]) -> list[np.ndarray]:
    """Return the faces that a network in eval mode sees in pictures (3, h, w) in [0, 1], one at a time.

    Each (n, 5) float64: x0, y0, x1, y1 [px], score, the surest first.
    """
    found = []
    for picture in pictures:
        seen = net([picture])[0]
        found.append(torch.column_stack([seen["boxes"], seen["scores"]]).double().cpu().numpy())
    return found


def _look(
    jobs: list[Job], root: Path, net: nn.Module, batch_size: int, device: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (key, faces (n, 5)) of each job, in order; photos are decoded ahead."""
    place = pick_device(device)
    net, side = net.to(place).eval(), net.config.image_size
    images = ahead(lambda job: load_small(root / job.path, side), jobs, window=batch_size)
    for job, image in zip(jobs, images, strict=True):
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).to(place).float() / 255
        yield job.key, to_photo(look(net, [pixels])[0], job.width, job.height, image.size)
