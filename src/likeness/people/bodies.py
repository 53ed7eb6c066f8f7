"""The size of a person in a photo, and whether two findings are one person."""

import numpy as np

from likeness.people.distances import OKS_AREA, torso
from likeness.people.joints import INDEX, SIGMAS, seen

# How many times a segment the torso (mid-hip to mid-shoulder) is long, in an average adult seen face on
# (segment lengths as shares of body height: Drillis and Contini, 1966)
TORSO_PER_SEGMENT = (
    (("right_shoulder", "left_shoulder"), 1.25),
    (("right_hip", "right_knee"), 1.18), (("left_hip", "left_knee"), 1.18),
    (("right_knee", "right_ankle"), 1.18), (("left_knee", "left_ankle"), 1.18),
    (("right_shoulder", "right_elbow"), 1.56), (("left_shoulder", "left_elbow"), 1.56),
    (("right_elbow", "right_wrist"), 2.0), (("left_elbow", "left_wrist"), 2.0),
)  # fmt: skip


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


def oks_in_photo(a: np.ndarray, b: np.ndarray) -> float:
    """Object keypoint similarity of two (18, 3) people of one photo, in [0, 1]: are they one person found twice?

    COCO's measure in the photo's own frame, with the larger body's area. NaN if they share no joint.
    """
    area = OKS_AREA * max(body_scale(a), body_scale(b)) ** 2
    both = seen(a) & seen(b)
    if not both.any() or not area > 0:
        return np.nan
    squared = ((a[both, :2] - b[both, :2]) ** 2).sum(axis=-1)
    return float(np.exp(-squared / (2 * area * (2 * SIGMAS[both]) ** 2)).mean())


def box(person: np.ndarray) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 [px] around the seen joints of (18, 3). Raises ValueError if none is seen."""
    points = person[seen(person), :2]
    if not len(points):
        raise ValueError("no joint is seen, so there is no box around the person")
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
