"""COCO keypoint annotations (cocodataset.org, data format), as many programs write them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from likeness.errors import LayoutError
from likeness.people.joints import COCO17, UNMARKED, from_named
from likeness.people.marks.coco_images import Images, get, read_images
from likeness.people.marks.joint_names import WHOLE_BODY, our_joints, unknown_joints
from likeness.people.marks.record import Marks, make_marks
from likeness.people.marks.scales import scores_of, unit_of
from likeness.photos.json_files import read_json

VISIBILITIES = {0: 0.0, 1: 0.5, 2: 1.0}  # absent, marked though hidden, visible
UNNAMED = {len(names): names for names in (COCO17, WHOLE_BODY)}  # where a category names no joints
# A key by which another format is known, and what to do.
OTHER_FORMATS = {
    "shapes": "LabelMe's; convert it to COCO keypoints",
    "_via_img_metadata": "VIA's own; export COCO keypoints",
    "objects": "Supervisely's own; export COCO keypoints",
    "people": "OpenPose's; give the folder that holds its files",
}
UNPLACED = "annotations without keypoints"


class Group(NamedTuple):
    """The people of one category: their flat keypoints as they stand, and the row of each one's photo."""

    flats: list[Any]
    owners: list[int]


def read_coco(path: Path) -> Marks:
    """Read a COCO file; file_name names the photo, and the category the joints (COCO's 17 where it names none).

    A visibility of 1 scores 0.5 and of 2 scores 1, unless the file holds scores. Crowds and people without keypoints
    (a box only) are left out and counted. Raises LayoutError in one line.
    """
    content = _checked(read_json(path), path)
    images = read_images(content, path)
    groups, left_out, unplaced = _groups(content, images, path)
    named = _named(groups, _categories(content, path), images.names, path, left_out, unplaced)
    said = np.concatenate([[0.0], *(points[..., 2].ravel() for _, points, _ in named)])
    scores = scores_of(said, VISIBILITIES, lambda _: str(path))
    people, owners, start = [np.empty((0, 18, 3))], [np.empty(0, int)], 1
    for joints, points, owner in named:
        score = scores[start : start + points[..., 2].size].reshape(points.shape[:2])
        start += score.size
        people.append(from_named(_blanked(points, score), joints))
        owners.append(owner)
    everybody, owner = np.concatenate(people), np.concatenate(owners)
    empty = ~(everybody[..., 2] > 0).any(axis=1)
    left_out["people without a marked joint"] += int(empty.sum())
    unplaced[owner[empty]] = True
    return make_marks(
        path,
        images.names,
        everybody[~empty],
        owner[~empty],
        others=images.others,
        sizes=images.sizes,
        unplaced=unplaced,
        unit=unit_of(everybody[..., :2].reshape(-1, 2)),
        left_out=left_out,
    )


def _checked(content: Any, path: Path) -> dict[str, Any]:
    """Return the content if it is laid out as COCO is."""
    if isinstance(content, dict) and "images" not in content:
        for key, format_and_advice in OTHER_FORMATS.items():
            if key in content:
                raise LayoutError(f"{path}: no key 'images': the format is {format_and_advice}")
    for key in ("images", "annotations"):
        if not isinstance(get(content, key, path), list):
            raise LayoutError(f"{path}: {key!r} is no list; export COCO keypoints again")
    return content


def _categories(content: dict[str, Any], path: Path) -> dict[str, list[str]]:
    """Return {category id as text: joint names}, [] where a category names none."""
    names, categories = {}, content.get("categories") or []
    if not isinstance(categories, list):
        raise LayoutError(f"{path}: 'categories' is no list; export COCO keypoints again")
    for category in categories:
        number, joints = get(category, "id", path), category.get("keypoints") or []
        if not isinstance(joints, list):
            raise LayoutError(f"{path}: categories[].keypoints is no list of joint names; write one, or leave it out")
        names[str(number)] = [str(joint) for joint in joints]
    return names


def _groups(content: dict[str, Any], images: Images, path: Path) -> tuple[dict[str, Group], Counter[str], np.ndarray]:
    """Return the people by category, what was left out, and which photos show somebody without joints."""
    groups: dict[str, Group] = defaultdict(lambda: Group([], []))
    left_out, unplaced = Counter(), np.zeros(len(images.names), bool)
    for mark in content["annotations"]:
        row = images.rows.get(str(image := get(mark, "image_id", path)))
        if row is None:
            raise LayoutError(f"{path}: annotation of image_id {image}, which is not among the images; export it again")
        crowd = mark.get("iscrowd") in (1, True, "1")
        if crowd or not mark.get("keypoints"):
            left_out["crowds" if crowd else UNPLACED] += 1
            unplaced[row] = True
            continue
        group = groups[str(mark.get("category_id"))]
        group.flats.append(mark["keypoints"])
        group.owners.append(row)
    return groups, left_out, unplaced


def _named(
    groups: dict[str, Group],
    categories: dict[str, list[str]],
    names: list[str],
    path: Path,
    left_out: Counter[str],
    unplaced: np.ndarray,
) -> list[tuple[Sequence[str], np.ndarray, np.ndarray]]:
    """Return (our joint names, points (k, J, 3), owner (k,)) of each category.

    A category whose joints are not a person's (an animal's) is left out if another one's are: both are noted in
    `left_out` and `unplaced`.
    """
    only = next(iter(categories.values())) if len(categories) == 1 else []
    named, refused = [], []
    for category, group in groups.items():
        joints = categories.get(category, only)
        points = _points(group, joints, names, path)
        try:
            ours = _ours(joints, path) if joints else UNNAMED[points.shape[1]]
        except LayoutError as error:
            refused.append(error)
            left_out["annotations of a category with other joints"] += len(group.owners)
            unplaced[group.owners] = True
            continue
        if unknown := unknown_joints(joints):
            left_out[f"joints of unknown name ({', '.join(unknown)})"] += len(unknown) * len(points)
        named.append((ours, points, np.array(group.owners)))
    if refused and not named:
        raise refused[0]
    return named


def _ours(joints: list[str], path: Path) -> list[str]:
    """Return our name of each joint of a category, "" for one that is not ours."""
    known = our_joints(joints, path)
    ours = [known[joint] for joint in joints]
    if twice := [joint for joint, count in Counter(filter(None, ours)).items() if count > 1]:
        raise LayoutError(f"{path}: several joint names of one category mean {twice[0]}; name each joint once")
    return ours


def _points(group: Group, joints: list[str], names: list[str], path: Path) -> np.ndarray:
    """Return a category's keypoints as (k, J, 3). Raises LayoutError, which names the photo of the first odd ones."""
    rows = [_numbers(flat, f"{path}: {names[owner]}") for flat, owner in zip(group.flats, group.owners, strict=True)]
    count = len(joints) or (rows[0].size // 3 if rows[0].size // 3 in UNNAMED else len(COCO17))
    for row, owner in zip(rows, group.owners, strict=True):
        if row.size != 3 * count:
            raise LayoutError(f"{path}: {names[owner]}: {row.size // 3} keypoints for {count} joint names")
    return np.stack(rows).reshape(len(rows), count, 3)


def _numbers(flat: Any, where: str) -> np.ndarray:
    """Return x, y, v, x, y, v, ... as (3 J,) floats, NaN for null."""
    try:
        row = np.array(flat, dtype=float).ravel() if isinstance(flat, list) else np.empty(1)
    except (TypeError, ValueError, OverflowError):
        row = np.empty(1)
    if row.size % 3:
        raise LayoutError(f"{where}: keypoints must be a flat list x, y, v, x, y, v, ... of numbers")
    return row


def _blanked(points: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the points (k, J, 3) with these scores, joints of score 0 or without a place unmarked."""
    marked = (scores > 0) & np.isfinite(points[..., :2]).all(axis=-1)
    return np.where(marked[..., None], np.dstack([points[..., :2], scores]), UNMARKED)
