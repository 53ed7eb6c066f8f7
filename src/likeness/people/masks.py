"""Where the people are, drawn from their joints: limbs, torso and head as capsules, a polygon and a disc."""

import cv2
import numpy as np
from PIL import Image

from likeness.people.joints import INDEX, body_scale, seen

# half-widths of the body parts as a share of the torso length, clothes included
RADII = (
    (("neck", "right_shoulder"), 0.14), (("neck", "left_shoulder"), 0.14),
    (("right_shoulder", "right_elbow"), 0.10), (("left_shoulder", "left_elbow"), 0.10),
    (("right_elbow", "right_wrist"), 0.09), (("left_elbow", "left_wrist"), 0.09),
    (("right_hip", "right_knee"), 0.17), (("left_hip", "left_knee"), 0.17),
    (("right_knee", "right_ankle"), 0.12), (("left_knee", "left_ankle"), 0.12),
)  # fmt: skip
TORSO = ("right_shoulder", "left_shoulder", "left_hip", "right_hip")
TORSO_RADIUS = 0.13
HEAD_RADIUS = 0.26  # a head is about 0.13 of the height from chin to crown, the torso 0.29; hair included
HAND, FOOT = 0.26, 0.30  # how far they reach beyond wrist and ankle
FACE = ("nose", "right_eye", "left_eye", "right_ear", "left_ear")
SHIFT = 4  # OpenCV takes coordinates in 1/16 px


def person_mask(people: np.ndarray, width: int, height: int, *, grow: float = 0.0) -> np.ndarray:
    """Mark the pixels that (n_people, 18, 3) cover: (height, width) bool.

    grow: widens every part by this share of the person's torso length; the mask then covers loose clothes,
    hair and what the joints missed. Parts whose joints are not seen are left out.
    Raises ValueError if width, height or grow are impossible.
    """
    if width < 1 or height < 1 or grow < 0:
        raise ValueError(f"impossible mask: width {width}, height {height}, grow {grow}; need sizes >= 1 and grow >= 0")
    canvas = np.zeros((height, width), np.uint8)
    for person in np.asarray(people, dtype=float):
        _paint(canvas, person, grow)
    return canvas.astype(bool)


def mask_out(image: Image.Image, mask: np.ndarray) -> Image.Image:
    """Return a copy of the RGB `image` with the pixels of `mask` (height, width) in the mean colour of the others.

    A mask over everything leaves no mean: grey then. Raises ValueError if the shapes differ.
    """
    pixels = np.array(image.convert("RGB"))
    if mask.shape != pixels.shape[:2]:
        raise ValueError(f"mask of shape {mask.shape} does not fit an image of shape {pixels.shape[:2]}")
    pixels[mask] = 128 if mask.all() else np.rint(pixels[~mask].mean(axis=0)).astype(np.uint8)
    return Image.fromarray(pixels)


def _paint(canvas: np.ndarray, person: np.ndarray, grow: float) -> None:
    """Draw one person's parts into a uint8 canvas."""
    unit = body_scale(person)
    if unit <= 0:
        return
    there, place = seen(person), person[:, :2]
    for (start, end), radius in RADII:
        if there[INDEX[start]] and there[INDEX[end]]:
            _capsule(canvas, place[INDEX[start]], place[INDEX[end]], (radius + grow) * unit)
    for inner, outer, reach in (("elbow", "wrist", HAND), ("knee", "ankle", FOOT)):
        for side in ("right", "left"):
            _tip(canvas, person, (f"{side}_{inner}", f"{side}_{outer}"), reach, unit, grow)
    _torso(canvas, person, unit, grow)
    _head(canvas, person, unit, grow)


def _capsule(canvas: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> None:
    """A thick line with round ends; OpenCV's pixel centres lie at whole numbers, ours at halves."""
    ends = [tuple(int(v) for v in np.rint((point - 0.5) * 2**SHIFT)) for point in (start, end)]
    thickness = max(1, 2 * round(radius - 0.5))  # OpenCV draws an even thickness one px wider than asked
    cv2.line(canvas, ends[0], ends[1], 1, min(thickness, 32766), cv2.LINE_8, SHIFT)


def _tip(canvas, person, limb, reach, unit, grow) -> None:
    """A hand or a foot: the limb carried on beyond its last joint."""
    inner, outer = (person[INDEX[name], :2] for name in limb)
    length = np.linalg.norm(outer - inner)
    if np.isfinite(length) and length > 0:
        _capsule(canvas, outer, outer + (outer - inner) / length * reach * unit * 0.6, (0.11 + grow) * unit)


def _torso(canvas: np.ndarray, person: np.ndarray, unit: float, grow: float) -> None:
    """The hull of shoulders and hips with a rounded border, when at least two of them are seen."""
    corners = person[[INDEX[name] for name in TORSO], :2]
    corners = corners[np.isfinite(corners).all(axis=1)]
    if len(corners) < 2:
        return
    hull = cv2.convexHull(corners.astype(np.float32)).reshape(-1, 2)
    cv2.fillConvexPoly(canvas, np.rint((hull - 0.5) * 2**SHIFT).astype(np.int32), 1, cv2.LINE_8, SHIFT)
    for start, end in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        _capsule(canvas, start, end, (TORSO_RADIUS + grow) * unit)


def _head(canvas: np.ndarray, person: np.ndarray, unit: float, grow: float) -> None:
    """A disc around the face joints, or beyond the neck along the spine where no face joint is seen."""
    face = person[[INDEX[name] for name in FACE], :2]
    face = face[np.isfinite(face).all(axis=1)]
    neck = person[INDEX["neck"], :2]
    hips = person[[INDEX["right_hip"], INDEX["left_hip"]], :2].mean(axis=0)
    if len(face):
        centre = face.mean(axis=0)
    elif np.isfinite(neck).all() and np.isfinite(hips).all() and np.linalg.norm(neck - hips) > 0:
        centre = neck + (neck - hips) / np.linalg.norm(neck - hips) * 0.35 * unit
    else:
        return
    _capsule(canvas, centre, centre, (HEAD_RADIUS + grow) * unit)
    if np.isfinite(neck).all():
        _capsule(canvas, centre, neck, (0.13 + grow) * unit)
