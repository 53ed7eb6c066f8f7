"""Keypoints that somebody marked: COCO JSON, OpenPose JSON, or a table of joints.

Each reader gives {file name: (n_people, 18, 3)}, most complete person first; x, y in px of the upright photo.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.people.joints import COCO17, INDEX, JOINTS, confidence, from_named, nobody

HIDDEN_SCORE = 0.5  # of a COCO joint marked though hidden (v = 1); a visible one (v = 2) gets 1
COCO_SCORES = {0: 0.0, 1: HIDDEN_SCORE, 2: 1.0}
UNMARKED = (np.nan, np.nan, 0.0)
OPENPOSE_ENDING = "_keypoints.json"
BODY25 = (*JOINTS[:8], "mid_hip", *JOINTS[8:], *(f"foot_{number}" for number in range(6)))  # OpenPose's later model
TABLE_COLUMNS = ("image", "joint", "x", "y", "visible")


TABLES = ("keypoints.json", "joints.csv")


class AnnotationError(ValueError):
    """Annotations that cannot be read: one line with the file, the key and what was expected."""


def annotation_source(path: Path) -> Path:
    """Return keypoints.json or joints.csv where `path` is a folder that holds one, else `path` itself."""
    found = [path / name for name in TABLES if (path / name).is_file()]
    return found[0] if found else path


def read_annotations(path: Path) -> dict[str, np.ndarray]:
    """Read whichever kind `path` is: a .json file (COCO), a .csv file (joint table) or a folder (OpenPose)."""
    path = Path(path)
    if path.is_dir():
        return read_openpose(path)
    readers = {".json": read_coco, ".csv": read_joint_table}
    if path.suffix.lower() not in readers:
        raise AnnotationError(
            f"{path}: expected a COCO .json, a joint table .csv or a folder of *{OPENPOSE_ENDING} files"
        )
    return readers[path.suffix.lower()](path)


def read_coco(path: Path) -> dict[str, np.ndarray]:
    """Read COCO keypoint annotations (cocodataset.org, data format); file_name is the key.

    The joint names are those of the category (categories[].keypoints), else COCO's 17. v = 0 is absent,
    v = 1 (hidden) scores 0.5, v = 2 scores 1. A listed image without annotations has nobody.
    """
    content = _json(path)
    images = {_get(image, "id", path): _get(image, "file_name", path) for image in _get(content, "images", path)}
    names = {category.get("id"): tuple(category.get("keypoints", COCO17)) for category in content.get("categories", [])}
    people: dict[str, list[np.ndarray]] = {file: [] for file in images.values()}
    for mark in _get(content, "annotations", path):
        image_id = _get(mark, "image_id", path)
        if image_id not in images:
            raise AnnotationError(f"{path}: annotation of image_id {image_id}, which is not among the images")
        points = _points(_get(mark, "keypoints", path), f"{path}: {images[image_id]}")
        points = [(x, y, COCO_SCORES[v]) if COCO_SCORES.get(v) else UNMARKED for x, y, v in points]
        joints = names.get(mark.get("category_id"), COCO17)
        people[images[image_id]].append(_person(np.array(points), joints, f"{path}: {images[image_id]}"))
    return {file: _stacked(found) for file, found in people.items()}


def read_openpose(folder: Path) -> dict[str, np.ndarray]:
    """Read a folder, with its subfolders, of OpenPose's <photo>_keypoints.json (COCO-18 or BODY_25).

    The key is the path below `folder` without that ending: "site/pose/photo". A joint at 0, 0 or of score 0 is absent.
    """
    files = sorted(Path(folder).rglob(f"*{OPENPOSE_ENDING}"))
    if not files:
        raise AnnotationError(f"{folder}: no *{OPENPOSE_ENDING} file in this folder or below")
    found = {}
    for file in files:
        people = []
        for entry in _get(_json(file), "people", file):
            points = np.array(_points(_get(entry, "pose_keypoints_2d", file), str(file)))
            points[(points[:, 2] <= 0) | (points[:, :2] == 0).all(axis=1), :2] = np.nan
            people.append(_person(points, BODY25 if len(points) == len(BODY25) else JOINTS, str(file)))
        key = file.relative_to(folder).as_posix().removesuffix(OPENPOSE_ENDING)
        found[key] = _stacked(people)
    return found


def read_joint_table(path: Path) -> dict[str, np.ndarray]:
    """Read a table with the columns image, joint, x, y, visible: one person a photo, every visible joint scores 1.

    visible = 0 or a negative coordinate is absent. Joints outside OpenPose's 18 (head_top) are left out.
    """
    table = pd.read_csv(path)
    missing = [column for column in TABLE_COLUMNS if column not in table.columns]
    if missing:
        raise AnnotationError(f"{path}: no column {missing[0]!r}; a joint table has {', '.join(TABLE_COLUMNS)}")
    if not table["joint"].isin(INDEX).any():
        raise AnnotationError(f"{path}: joint {table['joint'].iloc[0]!r} and no other is one of {', '.join(JOINTS)}")
    marked = (table["visible"] > 0) & (table["x"] >= 0) & (table["y"] >= 0)
    table = table.assign(score=marked.astype(float), x=table["x"].where(marked), y=table["y"].where(marked))
    people = {}
    for image, rows in table.groupby("image", sort=True):
        person = from_named(rows[["x", "y", "score"]].to_numpy(dtype=float), list(rows["joint"]))
        people[str(image)] = _stacked([person])
    return people


def match(path: str, people: dict[str, np.ndarray]) -> str | None:
    """Find the key in `people` that is the photo's `path` or the end of it, with or without the file's ending.

    "data/raw/trip/big-ben/pose/1.jpg" has the keys "big-ben/pose/1.jpg", "pose/1.jpg", "big-ben/pose/1", ...;
    the longest one that is there counts.
    """
    parts = Path(path).parts
    for start in range(len(parts)):
        tail = Path(*parts[start:])
        for key in (tail.as_posix(), tail.with_suffix("").as_posix()):
            if key in people:
                return key
    return None


def matches(photos: pd.DataFrame, people: dict[str, np.ndarray], annotations: Path) -> list[str | None]:
    """Return the key in `people` of each photo, None where there is none.

    Raises AnnotationError, which names the file `annotations`, if one key fits several photos.
    """
    keys = [match(path, people) for path in photos["path"]]
    counts = Counter(key for key in keys if key is not None)
    if twice := sorted(key for key, count in counts.items() if count > 1):
        raise AnnotationError(
            f"{annotations}: {twice[0]!r} fits several photos; name photos by their path below the photos' folder"
        )
    return keys


def _stacked(people: list[np.ndarray]) -> np.ndarray:
    """Most complete person first, ties in file order; nobody who shows no joint."""
    people = [person for person in people if person[:, 2].any()]
    people.sort(key=lambda person: -confidence(person))
    return np.stack(people) if people else nobody()


def _person(points: np.ndarray, names: tuple[str, ...], where: str) -> np.ndarray:
    if len(points) != len(names):
        raise AnnotationError(f"{where}: {len(points)} keypoints for {len(names)} joint names")
    return from_named(points, names)


def _points(flat: Any, where: str) -> list[tuple[float, float, float]]:
    """x, y, v, x, y, v, ... as triples."""
    if not isinstance(flat, list) or len(flat) % 3 or not all(isinstance(v, int | float) for v in flat):
        raise AnnotationError(f"{where}: keypoints must be a flat list x, y, v, x, y, v, ... of numbers")
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))


def _json(path: Path) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise AnnotationError(f"{path}: not JSON: {error}") from error


def _get(content: Any, key: str, path: Path) -> Any:
    if not isinstance(content, dict) or key not in content:
        raise AnnotationError(f"{path}: no key {key!r} where one is expected")
    return content[key]
