"""The 18 OpenPose joints: names, limbs, and the way there from other conventions.

A person is a float array (18, 3): x, y [px from the photo's top-left corner, right edge = width] and a score
in [0, 1]; x and y are NaN where the joint was not seen. Left and right are the person's own.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

# OpenPose's COCO-18 order (Cao et al., 2017)
JOINTS = (
    "nose", "neck",
    "right_shoulder", "right_elbow", "right_wrist",
    "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle",
    "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
INDEX = {name: index for index, name in enumerate(JOINTS)}
FACE = tuple(INDEX[name] for name in ("nose", "right_eye", "left_eye", "right_ear", "left_ear"))

# the 17 limbs in OpenPose's drawing order
LIMBS = (
    ("neck", "right_shoulder"), ("neck", "left_shoulder"),
    ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
    ("neck", "right_hip"), ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ("neck", "left_hip"), ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
    ("neck", "nose"), ("nose", "right_eye"), ("right_eye", "right_ear"),
    ("nose", "left_eye"), ("left_eye", "left_ear"),
)  # fmt: skip

# COCO's 17 keypoints in COCO's order
COCO17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

# BlazePose landmark number of each joint that it has (mediapipe.solutions.pose.PoseLandmark)
MEDIAPIPE33 = {
    "nose": 0, "left_eye": 2, "right_eye": 5, "left_ear": 7, "right_ear": 8,
    "left_shoulder": 11, "right_shoulder": 12, "left_elbow": 13, "right_elbow": 14, "left_wrist": 15, "right_wrist": 16,
    "left_hip": 23, "right_hip": 24, "left_knee": 25, "right_knee": 26, "left_ankle": 27, "right_ankle": 28,
}  # fmt: skip

# COCO's per-joint standard deviations (cocodataset.org, keypoint evaluation), as a share of sqrt(area).
# COCO has no neck; it lies between the shoulders and is marked about as exactly, so it gets theirs.
SIGMAS = np.array([
    0.026, 0.079,
    0.079, 0.072, 0.062, 0.079, 0.072, 0.062,
    0.107, 0.087, 0.089, 0.107, 0.087, 0.089,
    0.025, 0.025, 0.035, 0.035,
])  # fmt: skip

# each joint's partner under a mirror
MIRRORED = tuple(INDEX[name.replace("left", "?").replace("right", "left").replace("?", "right")] for name in JOINTS)

# How many times a segment the torso (mid-hip to mid-shoulder) is long, in an average adult seen face on
# (segment lengths as shares of body height: Drillis and Contini, 1966)
TORSO_PER_SEGMENT = (
    (("right_shoulder", "left_shoulder"), 1.25),
    (("right_hip", "right_knee"), 1.18), (("left_hip", "left_knee"), 1.18),
    (("right_knee", "right_ankle"), 1.18), (("left_knee", "left_ankle"), 1.18),
    (("right_shoulder", "right_elbow"), 1.56), (("left_shoulder", "left_elbow"), 1.56),
    (("right_elbow", "right_wrist"), 2.0), (("left_elbow", "left_wrist"), 2.0),
)  # fmt: skip


UNMARKED = (np.nan, np.nan, 0.0)  # x, y and score of a joint that is not seen
COLUMNS = ("photo_id", "person", "joint", "x", "y", "score")


def nobody(people: int = 0) -> np.ndarray:
    """Return (people, 18, 3) with no joint seen: x and y NaN, score 0."""
    empty = np.full((people, len(JOINTS), 3), np.nan)
    empty[..., 2] = 0.0
    return empty


def seen(people: np.ndarray) -> np.ndarray:
    """Which joints have a place: (..., 18, 3) -> (..., 18) bool."""
    return np.isfinite(people[..., :2]).all(axis=-1)


def confidence(people: np.ndarray) -> np.ndarray:
    """Mean score of the 18 joints, (..., 18, 3) -> (...) in [0, 1]; a joint that is not seen counts 0."""
    return np.where(seen(people), people[..., 2], 0.0).mean(axis=-1)


def with_neck(people: np.ndarray) -> np.ndarray:
    """Return a copy of (..., 18, 3) with a missing neck put midway between the shoulders, if both are seen.

    Its score is the lower of the two shoulders'. A neck that is there is kept.
    """
    people = np.array(people, dtype=float)
    neck, shoulders = INDEX["neck"], people[..., [INDEX["right_shoulder"], INDEX["left_shoulder"]], :]
    middle = np.concatenate([shoulders[..., :2].mean(axis=-2), shoulders[..., 2].min(axis=-1)[..., None]], axis=-1)
    derived = ~seen(people)[..., neck] & seen(shoulders).all(axis=-1)
    people[..., neck, :] = np.where(derived[..., None], middle, people[..., neck, :])
    return people


def from_named(points: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Put (..., len(names), 3) points under their names into (..., 18, 3); others are dropped, the neck is derived."""
    points = np.asarray(points, dtype=float)
    if points.ndim < 2 or points.shape[-2:] != (len(names), 3):
        raise ValueError(f"expected points of shape (..., {len(names)}, 3), got {points.shape}")
    people = np.full((*points.shape[:-2], len(JOINTS), 3), UNMARKED)
    for k, name in enumerate(names):
        if name in INDEX:
            placed = np.isfinite(points[..., k, :2]).all(axis=-1)[..., None]
            people[..., INDEX[name], :] = np.where(placed, points[..., k, :], people[..., INDEX[name], :])
    return with_neck(people)


def from_coco17(points: np.ndarray) -> np.ndarray:
    """COCO's (17, 3) x, y, score -> (18, 3); x, y NaN where missing."""
    return from_named(points, COCO17)


def from_mediapipe(landmarks: np.ndarray) -> np.ndarray:
    """BlazePose's (33, 3) x, y [px], visibility -> (18, 3)."""
    landmarks = np.asarray(landmarks, dtype=float)
    if landmarks.shape != (33, 3):
        raise ValueError(f"expected landmarks of shape (33, 3), got {landmarks.shape}")
    return from_named(landmarks[list(MEDIAPIPE33.values())], tuple(MEDIAPIPE33))


def to_table(photo_id: str, people: np.ndarray) -> pd.DataFrame:
    """Rows of the keypoints table for one photo's (n_people, 18, 3); joints not seen are absent."""
    person, joint = np.nonzero(seen(people))
    x, y, score = people[person, joint].T
    names = np.array(JOINTS, dtype=object)[joint]
    values = ([photo_id] * len(person), person, names, x, y, score)
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def to_arrays(keypoints: pd.DataFrame, photo_ids: Sequence[str], people: int = 1) -> np.ndarray:
    """Keypoints table -> (len(photo_ids), people, 18, 3), NaN x, y and score 0 where nothing was seen.

    Rows of other photos, and of people beyond the first `people`, are left out.
    Raises ValueError on an unknown joint name.
    """
    unknown = sorted(set(keypoints["joint"]) - set(JOINTS))
    if unknown:
        raise ValueError(f"unknown joint {unknown[0]!r}; the joints are {', '.join(JOINTS)}")
    arrays = np.stack([nobody(people)] * len(photo_ids)) if len(photo_ids) else np.empty((0, people, 18, 3))
    place = pd.Index(photo_ids).get_indexer(keypoints["photo_id"])
    keep = (place >= 0) & (keypoints["person"].to_numpy() < people)
    rows = keypoints[keep]
    joint = rows["joint"].map(INDEX).to_numpy(dtype=int)
    arrays[place[keep], rows["person"].to_numpy(dtype=int), joint] = rows[["x", "y", "score"]].to_numpy(dtype=float)
    return arrays


def body_only(people: np.ndarray) -> np.ndarray:
    """Return a copy of (..., 18, 3) with the five joints of the face unseen: limbs and neck make a pose."""
    body = np.array(people, dtype=float)
    body[..., FACE, :2] = np.nan
    body[..., FACE, 2] = 0.0
    return body


def mirror(people: np.ndarray, width: float) -> np.ndarray:
    """People (..., 18, 3) of a photo, `width` px wide, after it is mirrored: x turns round, left and right swap."""
    mirrored = np.asarray(people, dtype=float)[..., list(MIRRORED), :].copy()
    mirrored[..., 0] = width - mirrored[..., 0]
    return mirrored


def torso(person: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mid-hip (..., 2) [px] and torso length (...) [px] of (..., 18, 3); NaN where a hip or shoulder is missing."""
    hips = person[..., [INDEX["right_hip"], INDEX["left_hip"]], :2].mean(axis=-2)
    shoulders = person[..., [INDEX["right_shoulder"], INDEX["left_shoulder"]], :2].mean(axis=-2)
    length = np.linalg.norm(shoulders - hips, axis=-1)
    return hips, np.where(length > 0, length, np.nan)


def body_scale(person: np.ndarray) -> float:
    """Torso length [px] that the whole of (18, 3) `person` speaks for; 0 where fewer than two joints are seen.

    The upper quartile of what each seen segment says: projection only shortens a segment, so the long ones are
    nearer the truth, but the longest one may be a misplaced joint.
    """
    said = [float(torso(person)[1])]
    for (start, end), ratio in TORSO_PER_SEGMENT:
        said.append(ratio * float(np.linalg.norm(person[INDEX[start], :2] - person[INDEX[end], :2])))
    said = [length for length in said if np.isfinite(length)]
    if said:
        return float(np.percentile(said, 75))
    points = person[seen(person), :2]
    return float(np.linalg.norm(np.ptp(points, axis=0)) / 2) if len(points) > 1 else 0.0


def by_photo(keypoints: pd.DataFrame, photo_ids: Sequence[str], people: int) -> dict[str, np.ndarray]:
    """Return {photo id: (people, 18, 3)} of the keypoints table; see `to_arrays`.

    >>> table = to_table("a", np.ones((1, 18, 3)))
    >>> {photo: int(seen(people).sum()) for photo, people in by_photo(table, ["a", "b"], people=2).items()}
    {'a': 18, 'b': 0}
    """
    photo_ids = list(photo_ids)
    return dict(zip(photo_ids, to_arrays(keypoints, photo_ids, people), strict=True))
