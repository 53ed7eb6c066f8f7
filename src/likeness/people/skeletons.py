"""People as pictures for a network: a coloured skeleton, or one heatmap per joint."""

import cv2
import numpy as np

from likeness.people.joints import INDEX, JOINTS, LIMBS, body_scale, seen

# OpenPose's rainbow: one colour per joint; limb number i is drawn in colour i
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
LIMB_LIGHT = 0.7  # limbs a little darker than the joints on them
FINE = 4  # drawn this many times larger, then averaged down: smooth edges at any size
SHIFT = 4  # OpenCV takes coordinates in 1/16 px


FRAMES = ("person", "photo")
UNIT = 1000  # side of the square; any whole number does, since pictures are scaled to their own size
REACH = 2.3  # torso lengths from the mid-hip to the picture's border: raised hands and feet fit in


def draw_skeleton(people: np.ndarray, width: int, height: int, size: int) -> np.ndarray:
    """Draw (n_people, 18, 3) on black: (size, size, 3) uint8 RGB.

    width, height: the photo's, in px; it is squashed to size x size exactly as a photo resized to a square is.
    People are drawn from the last to the first, so the most confident one lies on top. Nobody gives black.
    """
    people = _scaled(people, width, height, size)
    canvas = np.zeros((size * FINE, size * FINE, 3), np.uint8)
    for person in people[::-1]:
        _draw_person(canvas, person, _thickness(person, size) * FINE)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)


def heatmaps(people: np.ndarray, width: int, height: int, size: int, sigma: float) -> np.ndarray:
    """One Gaussian bump per joint: (18, size, size) float32 in [0, 1].

    sigma: the bump's standard deviation in px of the heatmap. Several people share a map (the maximum counts);
    a joint that nobody shows leaves its map 0. Tompson et al., 2014.
    """
    if sigma <= 0:
        raise ValueError(f"sigma {sigma} must be above 0")
    people = _scaled(people, width, height, size)
    maps = np.zeros((len(JOINTS), size, size), np.float32)
    centres = np.arange(size) + 0.5
    for person in people:
        for joint in np.flatnonzero(seen(person)):
            x, y = person[joint, :2]
            across = np.exp(-((centres - x) ** 2) / (2 * sigma**2))
            down = np.exp(-((centres - y) ** 2) / (2 * sigma**2))
            np.maximum(maps[joint], np.outer(down, across).astype(np.float32), out=maps[joint])
    return maps


def _scaled(people: np.ndarray, width: int, height: int, size: int) -> np.ndarray:
    """People in px of a size x size drawing."""
    if min(width, height, size) < 1:
        raise ValueError(f"impossible drawing: photo {width} x {height}, size {size}; all must be at least 1")
    people = np.array(people, dtype=float)
    if people.ndim != 3 or people.shape[1:] != (len(JOINTS), 3):
        raise ValueError(f"expected people of shape (n, {len(JOINTS)}, 3), got {people.shape}")
    people[..., 0] *= size / width
    people[..., 1] *= size / height
    return people


def _thickness(person: np.ndarray, size: int) -> float:
    """Of the limbs, in px of the drawing: an eighth of the torso, as long as that shows and does not clot."""
    return float(np.clip(body_scale(person) / 8, max(1.2, size / 110), max(1.8, size / 40)))


def _draw_person(canvas: np.ndarray, person: np.ndarray, thickness: float) -> None:
    """Limbs as lines with round caps, then joints as discs, on a canvas FINE times the drawing."""
    there = seen(person)
    spots = np.rint((np.nan_to_num(person[:, :2]) * FINE - 0.5) * 2**SHIFT)
    spots = [tuple(spot) for spot in np.clip(spots, -(2**24), 2**24).astype(int).tolist()]
    for number, (start, end) in enumerate(LIMBS):
        if there[INDEX[start]] and there[INDEX[end]]:
            colour = tuple(round(LIMB_LIGHT * value) for value in COLOURS[number])
            cv2.line(canvas, spots[INDEX[start]], spots[INDEX[end]], colour, round(thickness), cv2.LINE_8, SHIFT)
    for joint in np.flatnonzero(there):
        cv2.circle(canvas, spots[joint], round(0.62 * thickness * 2**SHIFT), COLOURS[joint], -1, cv2.LINE_8, SHIFT)


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
