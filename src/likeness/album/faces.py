"""What faces do in a photo: looking, smiling, eyes open, cut off. MediaPipe's networks, which its wheel carries.

Faces are found by BlazeFace (Bazarevsky et al., 2019) and fitted with the 468-point mesh of Kartynnik et al. (2019),
each in a crop of its own. No identity is told here.
"""

import threading
from typing import NamedTuple

import numpy as np

from likeness.people.mediapipe_pose import mediapipe_solutions, muted

FACES = 5  # looked at, the largest first
SMALLEST = 20  # px of a face's width, below which neither eyes nor sharpness are told
MARGIN = 0.6  # of a face's width, around the crop that the mesh is fitted in
EDGE = 0.01  # of the photo's side: a face that comes nearer is cut off
EYES = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))  # corner, upper two, corner, lower two
OUTER = (33, 263)  # corners of the eyes
CHEEKS, NOSE, MOUTH, LIPS = (234, 454), 1, (61, 291), (0, 17)
FACE_SIGNS = ("faces", "face_share", "eyes", "facing", "smile", "cut_off")
_THREAD = threading.local()  # MediaPipe's objects serve one thread


class Face(NamedTuple):
    """box: x0, y0, x1, y1 [px]. mesh: (468 or more, 2) [px], or None where no mesh fits. score: in [0, 1]."""

    box: tuple[float, float, float, float]
    mesh: np.ndarray | None
    score: float


def find_faces(rgb: np.ndarray) -> list[Face]:
    """Return up to FACES faces of a picture, uint8 (h, w, 3), the largest first. Raises MediapipeMissing."""
    height, width = rgb.shape[:2]
    detector, _ = _models()
    boxes = []
    for found in detector.process(np.ascontiguousarray(rgb)).detections or []:
        box = found.location_data.relative_bounding_box
        x0, y0 = box.xmin * width, box.ymin * height
        corners = (x0, y0, x0 + box.width * width, y0 + box.height * height)
        boxes.append((box.width * width, corners, float(found.score[0])))
    boxes.sort(key=lambda entry: -entry[0])
    return [Face(corners, _mesh(rgb, corners), score) for _, corners, score in boxes[:FACES]]


def _mesh(rgb: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray | None:
    x0, y0, x1, y1 = box
    if x1 - x0 < SMALLEST:
        return None
    margin = MARGIN * (x1 - x0)
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    crop = np.ascontiguousarray(rgb[top : int(y1 + margin), left : int(x1 + margin)])
    found = _models()[1].process(crop).multi_face_landmarks if min(crop.shape[:2]) >= SMALLEST else None
    if not found:
        return None
    points = np.array([(mark.x, mark.y) for mark in found[0].landmark])
    return points * (crop.shape[1], crop.shape[0]) + (left, top)


def face_signs(faces: list[Face], width: int, height: int) -> dict[str, float]:
    """Return FACE_SIGNS of the faces of a photo; the worst face counts, NaN where no mesh tells.

    faces: how many. face_share: of the photo's area. eyes: opening of the less open eye by its width (Soukupova and
    Cech, 2016), some 0.3 open, below 0.15 closed. facing: 0 a profile, 1 straight at the camera. smile: see `smile`.
    cut_off: how many touch the photo's edge.
    """
    meshes = [face.mesh for face in faces if face.mesh is not None]
    area = sum((face.box[2] - face.box[0]) * (face.box[3] - face.box[1]) for face in faces)
    return {
        "faces": float(len(faces)),
        "face_share": min(area / (width * height), 1.0),
        "eyes": min((openness(mesh) for mesh in meshes), default=np.nan),
        "facing": min((facing(mesh) for mesh in meshes), default=np.nan),
        "smile": float(np.mean([smile(mesh) for mesh in meshes])) if meshes else np.nan,
        "cut_off": float(sum(is_cut_off(face.box, width, height) for face in faces)),
    }


def openness(mesh: np.ndarray) -> float:
    """Return the height of the less open eye by its width: the eye aspect ratio, (n, 2) points in."""
    each = []
    for corner, upper, upper2, other, lower2, lower in EYES:
        tall = np.linalg.norm(mesh[upper] - mesh[lower]) + np.linalg.norm(mesh[upper2] - mesh[lower2])
        each.append(tall / (2 * np.linalg.norm(mesh[corner] - mesh[other]) + 1e-6))
    return float(min(each))


def facing(mesh: np.ndarray) -> float:
    """Return the nearer cheek's distance from the nose by the farther one's, along the line of the eyes: in [0, 1]."""
    along = mesh[OUTER[1]] - mesh[OUTER[0]]
    along = along / (np.linalg.norm(along) + 1e-6)
    left, right = (abs((mesh[cheek] - mesh[NOSE]) @ along) for cheek in CHEEKS)
    return float(min(left, right) / max(left, right, 1e-6))


def smile(mesh: np.ndarray) -> float:
    """Return how wide the mouth is by the distance of the eyes' outer corners, plus how far its corners are lifted.

    Some 0.5 for a face at rest, 0.7 and more for a smile.
    """
    eyes = mesh[OUTER[1]] - mesh[OUTER[0]]
    span = np.linalg.norm(eyes) + 1e-6
    down = np.array([-eyes[1], eyes[0]]) / span
    width = np.linalg.norm(mesh[MOUTH[1]] - mesh[MOUTH[0]])
    lifted = (mesh[list(LIPS)].mean(axis=0) - mesh[list(MOUTH)].mean(axis=0)) @ down
    return float((width + lifted) / span)


def is_cut_off(box: tuple[float, float, float, float], width: int, height: int) -> bool:
    """Say whether a face reaches the edge of its photo."""
    x0, y0, x1, y1 = box
    return x0 < EDGE * width or y0 < EDGE * height or x1 > (1 - EDGE) * width or y1 > (1 - EDGE) * height


def face_weights(faces: list[Face], shape: tuple[int, int]) -> np.ndarray | None:
    """Return (h, w) float32, 1 on faces that are large enough to tell sharpness and 0 elsewhere; None without any."""
    weights = np.zeros(shape, np.float32)
    for face in faces:
        x0, y0, x1, y1 = (max(0, int(side)) for side in face.box)
        if x1 - x0 >= SMALLEST:
            weights[y0:y1, x0:x1] = 1
    return weights if weights.any() else None


def _models():
    """Return this thread's (detector, mesh), made when first asked for."""
    if not hasattr(_THREAD, "models"):
        with muted():
            solutions = mediapipe_solutions()
            detector = solutions.face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.5)
            mesh = solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=True)
            _THREAD.models = detector, mesh
            for model in _THREAD.models:  # the C++ side talks on its first call
                model.process(np.zeros((64, 64, 3), np.uint8))
    return _THREAD.models
