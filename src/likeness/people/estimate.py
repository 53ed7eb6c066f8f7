"""One way to people's joints in a table, whoever finds them."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from likeness.cache import Cache, compute_missing, key
from likeness.people.joints import COLUMNS, UNMARKED, nobody, seen, to_table
from likeness.people.marks.account import Account
from likeness.people.marks.checks import is_inside
from likeness.people.marks.fitting import fit_marks
from likeness.people.marks.sources import read_annotations
from likeness.photos.decode import ACCEPTED, decode
from likeness.progress import track

ESTIMATORS = ("annotations", "mediapipe", "keypointrcnn")
BATCH = 8  # photos a Keypoint R-CNN call
FEW = 48  # photos that one process has done before a second one is up and has loaded its model


class Found(NamedTuple):
    """Who is in each photo, and what the files of marks said.

    people: a photo each, (n, 18, 3), most confident first. known: (photos,) bool, False where the marks do not say who
    is there: a photo without people is not the same. account: of the marks; None where a network looked.
    """

    people: list[np.ndarray]
    known: np.ndarray
    account: Account | None = None


class Looker(NamedTuple):
    """How a network goes over photos. module: whose code it is. method: what else its findings depend on.

    look(paths): yields the people (n, 18, 3) in each, in order.
    """

    module: str
    method: dict[str, object]
    look: Callable[[list[Path]], Iterator[np.ndarray]]


def find_people(
    estimator: str,
    photos: pd.DataFrame,
    root: Path,
    cache: Cache | None = None,
    *,
    people: int = 2,
    annotations: Path | None = None,
    guess: bool = False,
    device: str = "auto",
    workers: int | None = None,
) -> Found:
    """Find the `people` most confident people in each photo, in the order of `photos`.

    estimator: "annotations" (marks by hand), "mediapipe" or "keypointrcnn".
    photos: the photos table; path (relative to `root`), sha256, width and height are read.
    cache: keeps what the two networks found, per photo content; one photo more means one photo computed.
    annotations: where the marks lie (see `marks.sources`); the two networks don't look at it.
    guess: of mediapipe, see `mediapipe_pose.find_people`. device: for keypointrcnn. workers: processes for mediapipe,
    default one a core; the result is the same.
    Raises ValueError on an unknown estimator or impossible argument, LayoutError on marks that cannot be of these
    photos, and one line where a library or weights are missing.
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"unknown estimator {estimator!r}; choose one of {', '.join(ESTIMATORS)}")
    if people < 1:
        raise ValueError(f"people {people} must be at least 1")
    if estimator == "annotations":
        if annotations is None:
            raise ValueError("estimator 'annotations' needs the file or folder of marks in `annotations`; it is None")
        return _marked(photos, Path(root), annotations, people)
    look = _mediapipe(people, guess, workers) if estimator == "mediapipe" else _keypointrcnn(people, device)
    return Found(_found(photos, Path(root), look, cache), np.ones(len(photos), bool))


def keypoints_table(photos: pd.DataFrame, found: Found, min_score: float = 0.0) -> pd.DataFrame:
    """Return the keypoints table, photo_id, person, joint, x, y, score, of what `find_people` found.

    min_score: joints scored lower are left out; a person without any joint left is, too. A photo without people has no
    rows. Raises ValueError for a score outside [0, 1].

    >>> photos = pd.DataFrame({"photo_id": ["a", "b"]})
    >>> found = Found([np.ones((1, 18, 3)), nobody()], known=np.array([True, True]))
    >>> keypoints_table(photos, found)["photo_id"].value_counts().to_dict()
    {'a': 18}
    """
    if not 0 <= min_score <= 1:
        raise ValueError(f"min_score {min_score} must lie in [0, 1]")
    tables = [
        to_table(row, _kept(array, min_score)) for row, array in zip(photos["photo_id"], found.people, strict=True)
    ]
    tables = [table for table in tables if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else to_table("", nobody())[list(COLUMNS)]


def _found(photos: pd.DataFrame, root: Path, looker: Looker, cache: Cache | None) -> list[np.ndarray]:
    """Return each photo's people: from the cache what is there, looked for the rest."""

    def compute(paths: dict[str, Path]) -> Iterator[tuple[str, np.ndarray]]:
        looked = looker.look(list(paths.values()))
        for name, people in zip(paths, track(looked, "people", total=len(paths)), strict=True):
            yield name, people.astype(np.float32)  # as it is kept: a later run gives the same numbers

    names = [key(looker.module, looker.method, sha256, "people") for sha256 in photos["sha256"]]
    paths = {name: root / path for name, path in zip(names, photos["path"], strict=True)}
    found = compute_missing(cache, paths, compute)
    return [found[name].astype(float) for name in names]


def _kept(array: np.ndarray, min_score: float) -> np.ndarray:
    """Blank joints scored below `min_score`, and close up where a person has none left."""
    array = array.copy()
    array[array[..., 2] < min_score, :2] = np.nan
    return array[seen(array).any(axis=1)]


def _marked(photos: pd.DataFrame, root: Path, annotations: Path, people: int) -> Found:
    """Each photo's marked people, joints outside the photo blanked (the tables put unmarked ones far off)."""
    fitted, found = fit_marks(read_annotations(annotations), photos, root), []
    for marked, width, height in zip(fitted.people, photos["width"], photos["height"], strict=True):
        array = marked[:people].copy()
        array[~is_inside(array, np.array([width, height]))] = UNMARKED
        found.append(array)
    return Found(found, fitted.known, fitted.account)


def _mediapipe(people: int, guess: bool, workers: int | None) -> Looker:
    from likeness.people import mediapipe_pose

    def look(paths: list[Path]) -> Iterator[np.ndarray]:
        count = min(workers or len(os.sched_getaffinity(0)), 1 + len(paths) // FEW)
        if count == 1:
            yield from (_mediapipe_one(path, people, guess) for path in paths)
            return
        # spawn: a fork would copy the threads' locks of torch and of a Pose object already made
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_mediapipe_one, paths, repeat(people), repeat(guess), chunksize=4)

    return Looker(mediapipe_pose.__name__, {"people": people, "guess": guess}, look)


def _mediapipe_one(path: Path, people: int, guess: bool) -> np.ndarray:
    from likeness.people import mediapipe_pose

    return mediapipe_pose.find_people(_open(path), people, guess=guess)


def _keypointrcnn(people: int, device: str) -> Looker:
    from likeness.people import keypointrcnn
    from likeness.torchvision_files import checkpoint_file

    def look(paths: list[Path]) -> Iterator[np.ndarray]:
        model = keypointrcnn.load_model(device) if paths else None
        batches = [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]
        with ThreadPoolExecutor(2) as pool:
            coming = [pool.submit(_open_all, batch) for batch in batches[:1]]
            for number in range(len(batches)):
                images = coming.pop().result()
                coming = [pool.submit(_open_all, batch) for batch in batches[number + 1 : number + 2]]
                yield from keypointrcnn.find_people(images, model, people)

    return Looker(
        keypointrcnn.__name__, {"people": people, "weights": checkpoint_file(keypointrcnn.WEIGHTS).name}, look
    )


def _open(path: Path) -> Image.Image:
    return decode(path, **ACCEPTED)


def _open_all(paths: list[Path]) -> list[Image.Image]:
    return [_open(path) for path in paths]
