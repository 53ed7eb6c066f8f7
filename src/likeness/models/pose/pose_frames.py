"""Which part of the picture plane a pose picture shows."""

import numpy as np

from likeness.people.joints import INDEX

FRAMES = ("person", "photo")
UNIT = 1000  # side of the square; any whole number does, since pictures are scaled to their own size
REACH = 2.3  # torso lengths from the mid-hip to the picture's border: raised hands and feet fit in


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
