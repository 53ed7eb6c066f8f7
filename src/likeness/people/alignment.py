"""Faces brought upright and to one size by five landmarks, so that a network sees eyes and mouth in the same places."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")  # left and right as they stand in the picture
LANDMARKS = tuple(f"{point}_{axis}" for point in POINTS for axis in "xy")  # columns of tables, px

# Where the five lie in a square face, as shares of its side.
TEMPLATES = {
    # ArcFace's 112 x 112 px (Deng et al., 2019; insightface, utils/face_align.py), which most face networks learned on
    "arcface": ((0.3419, 0.4616), (0.6565, 0.4598), (0.5002, 0.6405), (0.3710, 0.8246), (0.6315, 0.8232)),
    # where MTCNN's five lie in dlib's own 150 px faces, on average over 100 portraits of ten people
    "dlib": ((0.3006, 0.3206), (0.6774, 0.3175), (0.4873, 0.5166), (0.3294, 0.6985), (0.6507, 0.6974)),
    # ArcFace's at 0.8 of its size: networks that know things rather than faces also read hair and outline
    "portrait": ((0.3735, 0.4693), (0.6252, 0.4678), (0.5002, 0.6124), (0.3968, 0.7597), (0.6052, 0.7586)),
}


def similarity_transform(points: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Return the (2, 3) matrix of turn, scale and shift that takes `points` nearest to `target` (Umeyama, 1991).

    points, target: (n, 2), n >= 2. The sum of squared distances between `matrix @ [x, y, 1]` and the target is the
    least possible; nothing is mirrored. Raises ValueError for other shapes, or where all points coincide.

    >>> similarity_transform([[0, 0], [1, 0]], [[1, 1], [1, 3]]).round(6).tolist()
    [[0.0, -2.0, 1.0], [2.0, 0.0, 1.0]]
    """
    points, target = np.asarray(points, float), np.asarray(target, float)
    if points.shape != target.shape or points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError(f"points {points.shape} and target {target.shape}: give both as (n, 2), n at least 2")
    # In the plane, with points as complex numbers: the least-squares factor of turn and scale has a closed form.
    source, wanted = points @ np.array([1, 1j]), target @ np.array([1, 1j])
    centred = source - source.mean()
    spread = np.vdot(centred, centred).real
    if not spread > 0:
        raise ValueError("all points coincide: no turn or scale can be read from them")
    turn = np.vdot(centred, wanted - wanted.mean()) / spread
    shift = wanted.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def template_points(name: str) -> NDArray[np.float64]:
    """Return (5, 2) where the landmarks lie in a square face, as shares of its side; ValueError for another name."""
    if name not in TEMPLATES:
        raise ValueError(f"template {name!r}: choose one of {', '.join(TEMPLATES)}")
    return np.array(TEMPLATES[name])


def aligned_face(image: Image.Image, points: ArrayLike, template: ArrayLike) -> Image.Image:
    """Return the square face whose landmarks lie where the template says, at the scale that it has in the image.

    points: (5, 2) px of the image. template: (5, 2) shares of the square's side. What lies beyond the image repeats
    its edge. The picture is only turned and cut: whoever needs another size can reduce it without aliasing.
    """
    to_unit = similarity_transform(points, template)
    side = max(1, round(1 / float(np.hypot(*to_unit[:, 0]))))
    matrix = np.vstack([to_unit * side, [0, 0, 1]])
    back = np.linalg.inv(matrix)
    return _transformed(image, back, side)


def _transformed(image: Image.Image, back: NDArray, side: int) -> Image.Image:
    """Return the square of `side` px whose pixel p shows the image's place back @ p, edges repeated."""
    import cv2

    # cv2 counts from pixel centres, our px from corners.
    shifted = back.copy()
    shifted[:2, 2] += shifted[:2, :2].sum(axis=1) * 0.5 - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(np.asarray(image), shifted[:2], (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Image.fromarray(pixels)


def landmarks_of(row: Sequence[float] | NDArray) -> NDArray[np.float64] | None:
    """Return (5, 2) of a row's ten landmark numbers, None where they are not all known."""
    points = np.asarray(row, float).reshape(len(POINTS), 2)
    return points if np.isfinite(points).all() else None
