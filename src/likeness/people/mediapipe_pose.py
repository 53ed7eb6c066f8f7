"""People in a photo by MediaPipe's full pose model, which its wheel carries: no download, no network.

BlazePose (Bazarevsky et al., 2020) finds one person a call, and seldom one who is upside down or fills the frame.
So a photo without a finding is looked at again with a border, in quarter turns and in halves, and the next person
is searched after the people found so far have been painted over. Such later findings count only if they are
confident, lie outside the painted places, and appear again, in the same pose, in a crop of their own. Where every
photo shows somebody, what several looks at a low confidence agree on is a guess: of 1,200 sport photos it leaves 9
without anybody instead of 78.
"""

import contextlib
import os
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from likeness.people.distances import box, oks_in_photo
from likeness.people.joints import INDEX, body_scale, from_mediapipe, mirror, nobody
from likeness.people.masks import mask_out, person_mask

SURE, UNSURE = 0.5, 0.1  # confidence of the detector: a look, and a guess where nobody is confirmed
MIN_CONFIDENCE = 0.5  # mean visibility of the 12 body joints (shoulders to ankles)
MIN_AGAIN = 0.5  # object keypoint similarity of the two looks at one person
MAX_PAINTED = 0.3  # share of a new person's mask that may lie where another was painted over
GROW = 0.25  # torso lengths that the paint reaches beyond the body; hair and skirts left over draw the detector back
BORDER = 0.25  # of the longer side, around a photo whose person fills the frame
CROP_MARGIN = 0.5  # of a person's longer side, around the crop for the second look
WIDE = 1.2  # width by height from which the halves of a photo are looked at on their own
SMALLEST = 16  # px; thinner views are not looked at
SHARE_OF_VIEW = 0.2  # of the width or height that a strip beside the first person must have to be searched
BODY = [INDEX[f"{side}_{part}"] for side in ("right", "left")
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")]  # fmt: skip

_THREAD = threading.local()  # a Pose object serves one thread of one process
_MUTING = threading.Lock()


class MediapipeMissing(ImportError):
    """mediapipe cannot be imported here, or is a release without the pose model."""


def find_people(photo: Image.Image, people: int = 2, *, guess: bool = False) -> np.ndarray:
    """Find up to `people` people in an upright RGB photo: (n_people, 18, 3) x, y [px], score = visibility.

    The largest comes first: a photo is of somebody in the foreground. guess: where nobody is confirmed, what several
    looks at a low confidence agree on counts; for photos that all show somebody, since it sees people in leaves, too.
    The same photo gives the same answer. Raises MediapipeMissing where the library is not there.
    """
    pixels = np.asarray(photo.convert("RGB"))
    first = _look(pixels)
    if first is None:
        first = _second_look(pixels)
    if first is None and guess:
        first = _guess(pixels)
    found = [] if first is None else [first]
    while found and len(found) < people:
        following = _next_person(pixels, found)
        if following is None:
            break
        found.append(following)
    return np.stack(sorted(found, key=body_scale, reverse=True)) if found else nobody()


def body_confidence(person: np.ndarray) -> float:
    """Mean visibility of the 12 body joints of (18, 3), in [0, 1]."""
    return float(person[BODY, 2].mean())


def _second_look(pixels: np.ndarray) -> np.ndarray | None:
    """Look again with a border, turned, and in halves; the most confident confirmed finding counts."""
    height, width = pixels.shape[:2]
    border = round(BORDER * max(height, width))
    framed = np.empty((height + 2 * border, width + 2 * border, 3), np.uint8)
    framed[:] = pixels.reshape(-1, 3).mean(axis=0).astype(np.uint8)
    framed[border : border + height, border : border + width] = pixels
    findings = [_moved(_confirmed(framed, _look(framed)), -border, -border)]
    for turns in (1, 2, 3):
        view = np.ascontiguousarray(np.rot90(pixels, turns))
        findings.append(_turned_back(_confirmed(view, _look(view)), turns, width, height))
    for start, end in ((0, round(0.6 * width)), (round(0.4 * width), width)) if width > WIDE * height else ():
        view = np.ascontiguousarray(pixels[:, start:end])
        findings.append(_moved(_confirmed(view, _look(view)), start, 0))
    return max((person for person in findings if person is not None), key=body_confidence, default=None)


def _guess(pixels: np.ndarray) -> np.ndarray | None:
    """Return what most looks at a photo come nearest to: upright, mirrored and in quarter turns, at a low confidence.

    The medoid: the finding with the smallest mean distance to all others. Of two findings the first counts.
    """
    width = pixels.shape[1]
    looks = [_look(pixels, UNSURE)]
    reflected = _look(np.ascontiguousarray(pixels[:, ::-1]), UNSURE)
    looks.append(None if reflected is None else mirror(reflected, width))
    for turns in (1, 2, 3):
        person = _look(np.ascontiguousarray(np.rot90(pixels, turns)), UNSURE)
        looks.append(_turned_back(person, turns, width, pixels.shape[0]))
    return medoid([person for person in looks if person is not None])


def medoid(found: list[np.ndarray]) -> np.ndarray | None:
    """Return that of several (18, 3) whose body joints lie nearest to all the others', None of none.

    >>> people = [np.full((18, 3), place) for place in (0.0, 3.0, 4.0)]
    >>> float(medoid(people)[0, 0])
    3.0
    """
    if not found:
        return None
    bodies = np.stack(found)[:, BODY, :2]
    apart = np.linalg.norm(bodies[:, None] - bodies[None], axis=-1).mean(axis=(1, 2))
    return found[int(apart.argmin())]


def _next_person(pixels: np.ndarray, found: list[np.ndarray]) -> np.ndarray | None:
    """Paint over the people found and look at the whole, then at the strips beside the last one found."""
    height, width = pixels.shape[:2]
    painted = person_mask(np.stack(found), width, height, grow=GROW)
    rest = np.asarray(mask_out(Image.fromarray(pixels), painted))
    for x0, y0, x1, y1 in ((0, 0, width, height), *_strips(found[-1], width, height)):
        view = np.ascontiguousarray(rest[y0:y1, x0:x1])
        person = _moved(_confirmed(view, _look(view)), x0, y0)
        if person is not None and _outside(person, painted):
            return person
    return None


def _strips(person: np.ndarray, width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes left and right of a person that are wide enough to hold another one: a small one shows larger there."""
    x0, _, x1, _ = (round(edge) for edge in box(person))
    for start, end in ((0, min(width, x0)), (max(0, x1), width)):
        if end - start >= max(SMALLEST, SHARE_OF_VIEW * width) and end - start < width:
            yield start, 0, end, height


def _outside(person: np.ndarray, painted: np.ndarray) -> bool:
    """Whether a finding is somebody new, not an echo of the paint."""
    mask = person_mask(person[None], painted.shape[1], painted.shape[0])
    return bool(mask.any()) and (mask & painted).sum() / mask.sum() <= MAX_PAINTED


def _confirmed(view: np.ndarray, person: np.ndarray | None) -> np.ndarray | None:
    """Keep a finding that is confident and shows the same pose in a crop of its own, or give None."""
    if person is None or body_confidence(person) < MIN_CONFIDENCE:
        return None
    height, width = view.shape[:2]
    x0, y0, x1, y1 = box(person)
    margin = CROP_MARGIN * max(x1 - x0, y1 - y0)
    x0, y0 = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    x1, y1 = min(width, int(x1 + margin)), min(height, int(y1 + margin))
    again = _moved(_look(np.ascontiguousarray(view[y0:y1, x0:x1])), x0, y0)
    return person if again is not None and oks_in_photo(person, again) >= MIN_AGAIN else None


def _moved(person: np.ndarray | None, x: float, y: float) -> np.ndarray | None:
    """Shift joints from a view to the photo that it was cut from."""
    return None if person is None else person + np.array([x, y, 0.0])


def _turned_back(person: np.ndarray | None, turns: int, width: int, height: int) -> np.ndarray | None:
    """Take joints of np.rot90(photo, turns) back to the photo, width x height px."""
    if person is None:
        return None
    x, y, score = person.T
    places = {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}
    return np.stack([*places[turns], score], axis=1)


def _look(view: np.ndarray, confidence: float = SURE) -> np.ndarray | None:
    """One call of the model on (height, width, 3) uint8: (18, 3) in px of the view, or None.

    confidence: of the detector, from which somebody counts as there.
    """
    height, width = view.shape[:2]
    if min(height, width) < SMALLEST:
        return None
    landmarks = _model(confidence).process(view).pose_landmarks
    if landmarks is None:
        return None
    points = [(mark.x * width, mark.y * height, mark.visibility) for mark in landmarks.landmark]
    return from_mediapipe(np.array(points))


def _model(confidence: float):
    """This thread's Pose object of a confidence; made, with its logging muted, when first asked for."""
    poses = vars(_THREAD).setdefault("poses", {})
    if confidence not in poses:
        with muted():
            poses[confidence] = _open_model(confidence)
            poses[confidence].process(np.zeros((64, 64, 3), np.uint8))  # the C++ side talks on its first call
    return poses[confidence]


def _open_model(confidence: float):
    solutions = mediapipe_solutions("the estimator annotations or keypointrcnn")
    return solutions.pose.Pose(static_image_mode=True, model_complexity=1, min_detection_confidence=confidence)


def mediapipe_solutions(instead: str = ""):
    """Return mediapipe's module of finished models. instead: what else can be chosen, if anything, for the message."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    warnings.filterwarnings("ignore", message="SymbolDatabase.GetPrototype", category=UserWarning)
    try:
        from mediapipe import solutions
    except ImportError as error:
        raise MediapipeMissing(
            f"mediapipe: {error}; install mediapipe==0.10.14 with opencv-contrib-python-headless"
            + (f", or choose {instead}" if instead else "")
        ) from error
    return solutions


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Send file descriptor 2 nowhere for a moment: TensorFlow Lite writes there past every Python switch.

    One thread at a time: a second one would keep the first one's nowhere, and restore it for good.
    """
    with _MUTING, Path(os.devnull).open("w") as nowhere:
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
