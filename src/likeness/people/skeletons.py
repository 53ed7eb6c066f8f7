"""People as pictures for a network: a coloured skeleton, or one heatmap per joint."""

import cv2
import numpy as np

from likeness.people.joints import INDEX, JOINTS, LIMBS, MIRRORED, body_scale, seen

# OpenPose's rainbow: one colour per joint; limb number i is drawn in colour i
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
LIMB_LIGHT = 0.7  # limbs a little darker than the joints on them
FINE = 4  # drawn this many times larger, then averaged down: smooth edges at any size
SHIFT = 4  # OpenCV takes coordinates in 1/16 px


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


def mirror(people: np.ndarray, width: float) -> np.ndarray:
    """People (..., 18, 3) of a photo, `width` px wide, after it is mirrored: x turns round, left and right swap."""
    mirrored = np.asarray(people, dtype=float)[..., list(MIRRORED), :].copy()
    mirrored[..., 0] = width - mirrored[..., 0]
    return mirrored


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
