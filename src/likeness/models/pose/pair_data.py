"""What networks see of photos, as ready arrays, and what they make of it: embeddings."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from likeness.models.pose.siamese import CHANNELS, SiameseNet
from likeness.models.training.batches import decode_photos, evaluated, float_photos
from likeness.people.joints import mirror, to_arrays
from likeness.people.skeletons import draw_skeleton, framed, heatmaps

SIGMA = 1.5  # px, of a joint in a heatmap
PEOPLE = 2  # drawn in a pose picture
CHUNK = 64  # photos at a time


@dataclass(frozen=True)
class PhotoArrays:
    """What networks see of n photos; each array is None where the variant does not need it.

    photos: uint8 (n, 3, s, s). pose, pose_mirror: uint8 (n, 3|18, p, p), the people's skeletons or heatmaps in the
    photo and in its mirror image (left and right joints swapped), all 0 where nobody was found. features,
    features_mirror: float32 (n, dim), of a frozen backbone.
    """

    photo_ids: list[str]
    photos: np.ndarray | None = None
    pose: np.ndarray | None = None
    pose_mirror: np.ndarray | None = None
    features: np.ndarray | None = None
    features_mirror: np.ndarray | None = None

    def __post_init__(self):
        for name in ("photos", "pose", "pose_mirror", "features", "features_mirror"):
            array = getattr(self, name)
            if array is not None and len(array) != len(self.photo_ids):
                raise ValueError(f"{name}: {len(array)} rows for {len(self.photo_ids)} photos")

    @property
    def feature_dim(self) -> int:
        """The length of the cached features, 0 where there are none."""
        return 0 if self.features is None else self.features.shape[1]

    def rows(self, photo_ids: pd.Series) -> np.ndarray:
        """Return the row of each photo id; raises KeyError naming the first unknown one."""
        place = {photo_id: row for row, photo_id in enumerate(self.photo_ids)}
        return np.array([place[photo_id] for photo_id in photo_ids], dtype=np.int64)


def photo_inputs(arrays: PhotoArrays, rows: np.ndarray, mirrored: np.ndarray) -> tuple[Tensor, Tensor | None]:
    """Return what a SiameseNet takes of photos `rows` (u,), `mirrored` (u,) bool: photo and pose, floats."""
    if arrays.features is not None:
        photo = torch.from_numpy(_chosen(arrays.features, arrays.features_mirror, rows, mirrored))
    else:
        photo = float_photos(arrays.photos[rows], mirrored)
    if arrays.pose is None:
        return photo, None
    return photo, torch.from_numpy(_chosen(arrays.pose, arrays.pose_mirror, rows, mirrored)).float() / 255


def embed_photos(net: SiameseNet, arrays: PhotoArrays, rows: np.ndarray | None = None, *, half: bool = False) -> Tensor:
    """Return the embeddings (len(rows), d) float of photos `rows` (default: all), on the network's device.

    The network is evaluated, whatever mode it is in, and keeps its mode. half: on a GPU it computes in bf16, as the
    run that it belongs to does; on the CPU it never does.
    """
    rows = np.arange(len(arrays.photo_ids)) if rows is None else rows
    parts = []
    with evaluated(net) as device:
        precision = torch.autocast("cuda", torch.bfloat16) if half and device.type == "cuda" else nullcontext()
        for start in range(0, len(rows), CHUNK):
            some = rows[start : start + CHUNK]
            photo, pose = photo_inputs(arrays, some, np.zeros(len(some), dtype=bool))
            with precision:
                parts.append(net.embed(photo.to(device), None if pose is None else pose.to(device)).float())
    return torch.cat(parts)


def build_arrays(
    photos: pd.DataFrame,
    keypoints: pd.DataFrame,
    *,
    stream: str,
    pose_size: int,
    pose_frame: str,
    features: tuple[np.ndarray, np.ndarray] | None = None,
    root: Path | None = None,
    image_size: int = 0,
) -> PhotoArrays:
    """Return the arrays of one variant for all `photos`, in their order.

    stream: what is seen beside the photo; the pictures of the people are `pose_size` px.
    pose_frame: "photo" shows the skeletons where they stand in the photo, as the original study did; "person" shows
    them around the first person, whatever the camera's distance (see `framed`).
    features: of the photos and of their mirror images, each (n, dim), for a network whose backbone is frozen. Without
    them photos are decoded from below `root`, squashed to `image_size` px.
    """
    pose = (None, None)
    if CHANNELS[stream]:
        pose = _pose_pictures(photos, keypoints, stream, pose_size, pose_frame)
    return PhotoArrays(
        photos["photo_id"].tolist(),
        None if features else decode_photos(photos["path"], root, image_size),
        *pose,
        *(features or (None, None)),
    )


def _pose_pictures(
    photos: pd.DataFrame, keypoints: pd.DataFrame, stream: str, size: int, frame: str
) -> tuple[np.ndarray, np.ndarray]:
    def picture(joints: np.ndarray, width: int, height: int) -> np.ndarray:
        joints, width, height = framed(joints, width, height, frame)
        if stream == "photo+skeleton":
            return draw_skeleton(joints, width, height, size).transpose(2, 0, 1)
        return np.rint(255 * heatmaps(joints, width, height, size, SIGMA)).astype(np.uint8)

    joints = to_arrays(keypoints, photos["photo_id"].tolist(), PEOPLE)
    shape = (len(photos), CHANNELS[stream], size, size)
    plain, turned = np.empty(shape, np.uint8), np.empty(shape, np.uint8)  # a list of pictures would be a second copy
    sides = zip(joints, photos["width"].astype(int), photos["height"].astype(int), strict=True)
    for row, (people, width, height) in enumerate(sides):
        plain[row] = picture(people, width, height)
        turned[row] = picture(mirror(people, width), width, height)
    return plain, turned


def _chosen(plain: np.ndarray, mirror: np.ndarray | None, rows: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    chosen = plain[rows]
    if mirrored.any():
        chosen[mirrored] = mirror[rows[mirrored]]
    return chosen
