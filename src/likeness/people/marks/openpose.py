"""OpenPose's output: a folder, with its subfolders, of <photo>_keypoints.json."""

from pathlib import Path
from typing import Any

import numpy as np

from likeness.errors import LayoutError
from likeness.people.joints import JOINTS, UNMARKED, from_named, nobody
from likeness.people.marks.joint_names import BODY25
from likeness.people.marks.record import Marks, make_marks
from likeness.people.marks.scales import SIGNED, unit_of
from likeness.photos.json_files import read_json
from likeness.photos.names import normal
from likeness.photos.walk import walk

ENDING = "_keypoints.json"
KEYS = ("pose_keypoints_2d", "pose_keypoints")  # the second one before version 1.2
MPI = ("", "neck", *JOINTS[2:14], "")  # the head, and the chest; some versions add the background
MODELS = {len(names): names for names in (JOINTS, BODY25, MPI, (*MPI, ""))}


def read_openpose(folder: Path) -> Marks:
    """Read a folder of OpenPose's JSON (COCO-18, BODY_25 or MPI-15), whatever its version and keypoint_scale.

    The photo's name is the path below `folder` without that ending: "site/pose/photo". A joint of score 0 is absent,
    and so is one at 0, 0, where that is not the middle of the photo. Raises LayoutError in one line.
    """
    files, _, unread = walk(folder, (ENDING,))
    if unread:
        raise LayoutError(f"{unread[0]}: the name is not UTF-8, or a folder that cannot be opened; rename or mend it")
    if not files:
        raise LayoutError(f"{folder}: no *{ENDING} file in this folder or below; name a COCO .json or a table .csv")
    names = [normal(file.relative_to(folder).as_posix()[: -len(ENDING)]) for file in files]
    found = [(row, _points(entry, file)) for row, file in enumerate(files) for entry in _entries(file)]
    places = np.concatenate([np.empty((0, 2)), *(points[:, :2] for _, points in found)])
    unit = unit_of(places[(places != 0).any(axis=1)])
    people = _people([points for _, points in found], unit)
    owner = np.array([row for row, _ in found], dtype=int)
    empty = ~(people[..., 2] > 0).any(axis=1)
    left_out = {"people without a joint": int(empty.sum())}
    return make_marks(folder, names, people[~empty], owner[~empty], unit=unit, left_out=left_out)


def read_people(file: Path) -> np.ndarray:
    """Return everybody in one file of OpenPose's JSON, whatever its name: (n, 18, 3), people without a joint left out.

    Raises LayoutError in one line.
    """
    found = [_points(entry, file) for entry in _entries(file)]
    places = np.concatenate([np.empty((0, 2)), *(points[:, :2] for points in found)])
    people = _people(found, unit_of(places[(places != 0).any(axis=1)]))
    return people[(people[..., 2] > 0).any(axis=1)]


def _entries(file: Path) -> list[Any]:
    content = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("people"), list):
        advice = "give this file's name for a COCO file" if isinstance(content, dict) and "images" in content else ""
        raise LayoutError(f"{file}: no list 'people' where one is expected; {advice or 'write it with OpenPose again'}")
    return content["people"]


def _points(entry: Any, file: Path) -> np.ndarray:
    """Return one person's x, y and score under any model's names, joints of score 0 unmarked; (0, 3) for nobody."""
    key = next((key for key in KEYS if isinstance(entry, dict) and key in entry), None)
    if key is None:
        raise LayoutError(f"{file}: no key {KEYS[0]!r} where one is expected; write it with OpenPose again")
    try:
        points = np.array(entry[key] or [], dtype=float).reshape(-1, 3)
    except (TypeError, ValueError, OverflowError) as error:
        raise LayoutError(f"{file}: {key} must be a flat list x, y, score, x, y, score, ... of numbers") from error
    if len(points) and len(points) not in MODELS:
        raise LayoutError(f"{file}: {len(points)} keypoints; OpenPose's models have {', '.join(map(str, MODELS))}")
    points[~(points[:, 2] > 0)] = UNMARKED
    points[:, 2] = points[:, 2].clip(0, 1)
    return points


def _people(found: list[np.ndarray], unit: str) -> np.ndarray:
    """Return everybody as (k, 18, 3); a joint at 0, 0 is absent, unless that is the middle of the photo."""
    people = nobody(len(found))
    for count, names in MODELS.items():
        rows = [row for row, points in enumerate(found) if len(points) == count]
        if rows:
            points = np.stack([found[row] for row in rows])
            if unit != SIGNED:
                points[(points[..., :2] == 0).all(axis=-1)] = UNMARKED
            people[rows] = from_named(points, names)
    return people
