"""What the face detector is trained on: pictures with boxes, and their batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor

from likeness.models.training.batches import EpochBatches, colour_factors, scale_colours
from likeness.people.fasterrcnn import load_small

BOX = ["x0", "y0", "x1", "y1"]
FACE = 1  # the class number of a face; 0 is background
ZOOM = 0.25  # a training picture is seen through a window of 1 +- this of its size
Target = dict[str, Tensor]


@dataclass(frozen=True)
class DetectorArrays:
    """n pictures and the m faces on them, in px of the pictures as they are here.

    pictures: uint8 (n, 3, s, s), each in the upper left corner. sizes: int64 (n, 2), height and width. boxes: float32
    (m, 4), x0, y0, x1, y1. owners: int64 (m,), the row of each box's picture.
    """

    pictures: np.ndarray
    sizes: np.ndarray
    boxes: np.ndarray
    owners: np.ndarray

    def example(self, row: int) -> tuple[Tensor, Tensor]:
        """Return a picture (3, h, w) in [0, 1] and its boxes (k, 4)."""
        height, width = self.sizes[row]
        picture = torch.from_numpy(self.pictures[row, :, :height, :width]).float() / 255
        return picture, torch.from_numpy(self.boxes[self.owners == row])


@dataclass(frozen=True)
class DetectorBatch:
    """pictures: (3, h, w) float in [0, 1] each. targets: boxes float (k, 4) and labels int64 (k,) of each picture.

    number: of pictures in the whole batch, of which these may be one process's; then weight is as of `Share`.
    """

    pictures: list[Tensor]
    targets: list[Target]
    number: int
    weight: float = 1.0

    def to(self, device: torch.device) -> "DetectorBatch":
        """Return the batch on `device`."""
        pictures = [picture.to(device) for picture in self.pictures]
        targets = [{k: v.to(device) for k, v in target.items()} for target in self.targets]
        return replace(self, pictures=pictures, targets=targets)


def detector_arrays(photos: pd.DataFrame, boxes: pd.DataFrame, root: Path, image_size: int) -> DetectorArrays:
    """Return the arrays of photos, in their order, their longest side at `image_size` px.

    photos: photo_id, path (relative to `root`), width, height [px]. boxes: photo_id, x0, y0, x1, y1 [px of the upright
    photo]; a photo may have none. Raises ValueError naming the photo of a box without a width or height.
    """
    pictures = np.zeros((len(photos), 3, image_size, image_size), np.uint8)
    sizes = np.zeros((len(photos), 2), np.int64)
    for row, path in enumerate(photos["path"]):
        image = np.asarray(load_small(Path(root) / path, image_size))
        sizes[row] = image.shape[:2]
        pictures[row, :, : image.shape[0], : image.shape[1]] = image.transpose(2, 0, 1)
    owners = pd.Index(photos["photo_id"]).get_indexer(boxes["photo_id"])
    known = owners >= 0
    owners, corners = owners[known].astype(np.int64), boxes.loc[known, BOX].to_numpy(float)
    if len(flat := np.flatnonzero((corners[:, 2:] <= corners[:, :2]).any(axis=1))):
        path, box = photos["path"].iloc[owners[flat[0]]], ", ".join(f"{number:g}" for number in corners[flat[0]])
        raise ValueError(f"{path}: the box {box} has no width or no height; mark it again")
    full = photos[["width", "height"]].to_numpy(float)
    scale = np.tile(sizes[:, ::-1] / np.maximum(full, 1), 2)
    return DetectorArrays(pictures, sizes, (corners * scale[owners]).astype(np.float32), owners)


class DetectorBatches(EpochBatches):
    """The batches of one epoch.

    rows: (m,) int of `arrays`. With augment half of the pictures are mirrored, all are seen through a window of another
    size that holds every face, and get another colour. settings: batch_size, seed, epoch, share, as of `EpochBatches`;
    share is which of a batch's pictures are given; all are prepared, since the draws of one depend on those before.
    """

    def __init__(self, arrays: DetectorArrays, rows: np.ndarray, *, augment: bool = True, **settings: Any):
        self.arrays, self.rows = arrays, rows
        rng = np.random.default_rng([settings["seed"], settings["epoch"]])
        order = rng.permutation(len(rows)) if augment else np.arange(len(rows))
        super().__init__(order, augment=augment, **settings)

    def make_batch(self, examples: np.ndarray, rng: np.random.Generator) -> DetectorBatch:
        """Return a batch of pictures with their boxes."""
        seen = [self.arrays.example(row) for row in self.rows[examples]]
        if self.augment:
            seen = [altered(picture, boxes, rng) for picture, boxes in seen]
        number = len(seen)
        return replace(batch_of(seen[self.share.taken(number)]), number=number, weight=self.share.weight(number))


def batch_of(examples: Sequence[tuple[Tensor, Tensor]]) -> DetectorBatch:
    """Return pictures (3, h, w) with boxes (k, 4) as a batch."""
    targets = [{"boxes": boxes, "labels": torch.full((len(boxes),), FACE)} for _, boxes in examples]
    return DetectorBatch([picture for picture, _ in examples], targets, len(examples))


def altered(picture: Tensor, boxes: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return a picture (3, h, w) in [0, 1] mirrored or not, closer or further, in another colour; its boxes too."""
    if rng.random() < 0.5:
        picture, boxes = mirrored(picture, boxes)
    share, corner = pick_window(boxes, picture.shape[1:], rng)
    picture, boxes = through_window(picture, boxes, share, corner)
    return scale_colours(picture[None], colour_factors(1, rng))[0], boxes


def mirrored(picture: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mirror image (left and right swapped) and its boxes."""
    x0, y0, x1, y1 = boxes.unbind(1)
    width = picture.shape[2]
    return picture.flip(2), torch.stack([width - x1, y0, width - x0, y1], dim=1)


def pick_window(boxes: Tensor, size: tuple[int, int], rng: np.random.Generator) -> tuple[float, tuple[float, float]]:
    """Draw a window of a picture (height, width) that holds every box: its size / the picture's, and its corner x, y.

    The share lies in [1 - ZOOM, 1 + ZOOM], larger where the boxes need it. A window larger than the picture holds the
    whole picture.
    """
    height, width = size
    low = boxes[:, :2].amin(0).tolist() if len(boxes) else [width / 2, height / 2]
    high = boxes[:, 2:].amax(0).tolist() if len(boxes) else low
    share = float(rng.uniform(1 - ZOOM, 1 + ZOOM))
    share = max(share, min(1.0, max((high[k] - low[k]) / side for k, side in enumerate((width, height)))))
    corner = []
    for k, side in enumerate((width, height)):
        spare = side * (1 - share)  # negative: the window is larger than the picture
        first = max(min(spare, 0.0), high[k] - share * side)
        last = min(max(spare, 0.0), low[k])
        corner.append(float(rng.uniform(first, max(first, last))))
    return share, (corner[0], corner[1])


def through_window(picture: Tensor, boxes: Tensor, share: float, corner: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """Return what a window shows, at the size of the picture (3, h, w), and the boxes in it.

    share: size of the window / size of the picture. corner: x, y [px] of its upper left corner. Beyond the picture its
    edge goes on.
    """
    _, height, width = picture.shape
    shift = [(2 * start + share * side) / side - 1 for start, side in zip(corner, (width, height), strict=True)]
    turn = torch.tensor([[[share, 0, shift[0]], [0, share, shift[1]]]], dtype=torch.float32)
    places = F.affine_grid(turn, (1, 3, height, width), align_corners=False)
    seen = F.grid_sample(picture[None], places, padding_mode="border", align_corners=False)[0]
    moved = (boxes - torch.tensor([*corner, *corner], dtype=torch.float32)) / share
    limits = torch.tensor([width, height, width, height], dtype=torch.float32)
    return seen, torch.minimum(moved.clamp(min=0), limits)  # rounding may leave a box a hair outside
