"""What networks see of photos, as ready arrays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from likeness.models.pose.siamese import CHANNELS
from likeness.people.joints import INDEX, to_arrays

FRAMES = ("person", "photo")
UNIT = 1000  # side of the square; any whole number does, since pictures are scaled to their own size
REACH = 2.3  # torso lengths from the mid-hip to the picture's border: raised hands and feet fit in
SIGMA = 1.5  # px, of a joint in a heatmap
PEOPLE = 2  # drawn in a pose picture


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

    def rows(self, photo_ids: pd.Series) -> np.ndarray:
        """Return the row of each photo id; raises KeyError naming the first unknown one."""
        place = {photo_id: row for row, photo_id in enumerate(self.photo_ids)}
        return np.array([place[photo_id] for photo_id in photo_ids], dtype=np.int64)


def photo_inputs(arrays: PhotoArrays, rows: np.ndarray, mirrored: np.ndarray) -> tuple[Tensor, Tensor | None]:
    """Return what a SiameseNet takes of photos `rows` (u,), `mirrored` (u,) bool: photo and pose, floats."""
    if arrays.features is not None:
        photo = torch.from_numpy(_chosen(arrays.features, arrays.features_mirror, rows, mirrored))
    else:
        photo = torch.from_numpy(arrays.photos[rows]).float() / 255
        turn = torch.from_numpy(mirrored)[:, None, None, None]
        photo = torch.where(turn, photo.flip(3), photo)
    if arrays.pose is None:
        return photo, None
    return photo, torch.from_numpy(_chosen(arrays.pose, arrays.pose_mirror, rows, mirrored)).float() / 255


def build_arrays(
    photos: pd.DataFrame,
    keypoints: pd.DataFrame | None = None,
    *,
    root: Path,
    tune: str,
    stream: str,
    image_size: int,
    pose_size: int,
    pose_frame: str = "person",
    features: np.ndarray | None = None,
    features_mirror: np.ndarray | None = None,
) -> PhotoArrays:
    """Return the arrays of one variant for all `photos`, in their order.

    tune "last" takes the photos' cached features (n, dim) and those of their mirror images; "full" decodes the
    photos, squashed to `image_size`. The pose pictures are `pose_size` px.
    pose_frame: "photo" shows the skeletons where they stand in the photo, as the original study did; "person" shows
    them around the first person, whatever the camera's distance (see `framed`).
    Raises ValueError where features or keypoints are needed and missing.
    """
    if tune == "last" and (features is None or features_mirror is None):
        raise ValueError('tune "last" needs features and features_mirror of all photos')
    pose = pose_mirror = None
    if CHANNELS[stream]:
        if keypoints is None:
            raise ValueError(f"stream {stream!r} needs keypoints")
        pose, pose_mirror = _pose_pictures(photos, keypoints, stream, pose_size, pose_frame)
    return PhotoArrays(
        photo_ids=photos["photo_id"].tolist(),
        photos=_decoded(photos, root, image_size) if tune == "full" else None,
        pose=pose,
        pose_mirror=pose_mirror,
        features=features if tune == "last" else None,
        features_mirror=features_mirror if tune == "last" else None,
    )


def _pose_pictures(
    photos: pd.DataFrame, keypoints: pd.DataFrame, stream: str, size: int, frame: str
) -> tuple[np.ndarray, np.ndarray]:
    from likeness.people.skeletons import draw_skeleton, heatmaps, mirror

    def picture(joints: np.ndarray, width: int, height: int) -> np.ndarray:
        joints, width, height = framed(joints, width, height, frame)
        if stream == "photo+skeleton":
            return draw_skeleton(joints, width, height, size).transpose(2, 0, 1)
        return np.rint(255 * heatmaps(joints, width, height, size, SIGMA)).astype(np.uint8)

    joints = to_arrays(keypoints, photos["photo_id"].tolist(), PEOPLE)
    sides = list(zip(joints, photos["width"].astype(int), photos["height"].astype(int), strict=True))
    plain = [picture(person, w, h) for person, w, h in sides]
    turned = [picture(mirror(person, w), w, h) for person, w, h in sides]
    return np.stack(plain), np.stack(turned)


def _decoded(photos: pd.DataFrame, root: Path, size: int) -> np.ndarray:
    from likeness.features.extract import load_images
    from likeness.features.views import PHOTO

    images = list(load_images((row for _, row in photos.iterrows()), root, PHOTO, size))
    return np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2))


def _chosen(plain: np.ndarray, mirror: np.ndarray | None, rows: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    chosen = plain[rows]
    if mirrored.any():
        chosen[mirrored] = mirror[rows[mirrored]]
    return chosen


def framed(people: np.ndarray, width: float, height: float, frame: str) -> tuple[np.ndarray, int, int]:
    """Return (people, width, height): the joints (p, 18, 3) in the coordinates of the frame, and its size.

    frame: "photo", the whole photo as in the original study: the skeleton tells where and how large people stand;
    or "person", a square around the first person, its side 4.6 torso lengths: the same pose gives the same picture
    however far the camera was. Where the torso is not seen the square holds the joints that are.
    Raises ValueError for an unknown frame.
    """
    if frame not in FRAMES:
        raise ValueError(f"pose_frame {frame!r} is unknown; choose one of {', '.join(FRAMES)}")
    people = np.array(people, dtype=float)
    seen = np.isfinite(people[0, :, :2]).all(axis=1) if len(people) else np.zeros(0, dtype=bool)
    if frame == "photo" or not seen.any():
        return people, int(width), int(height)
    centre, half = _square(people[0], seen)
    people[..., :2] = (people[..., :2] - centre) / (2 * half) * UNIT + UNIT / 2
    return people, UNIT, UNIT


def _square(person: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, float]:
    """Return centre and half side [px] of the square around a person of whom at least one joint is seen."""
    middle = {
        part: person[[INDEX[f"right_{part}"], INDEX[f"left_{part}"]], :2].mean(axis=0) for part in ("hip", "shoulder")
    }
    torso = np.linalg.norm(middle["hip"] - middle["shoulder"])
    if np.isfinite(torso) and torso > 0:
        return middle["hip"], REACH * torso
    low, high = (bound(person[seen, :2], axis=0) for bound in (np.min, np.max))
    return (low + high) / 2, max(0.6 * float((high - low).max()), 1.0)
