"""The demo corpus of the pose study: photos in the layout a user must bring, and the truth about them."""

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from likeness.paths import write_csv, write_json
from likeness.people.joints import JOINTS
from likeness_demo.drawing.files import mask_name, processes, replaced, write_jpeg
from likeness_demo.pose.plan import COLUMNS, Copy, Shot, copy_mask, plan_shots, plant
from likeness_demo.pose.scene import draw_photo

SKELETON = ((2, 3), (3, 4), (4, 5), (2, 6), (6, 7), (7, 8), (2, 9), (9, 10), (10, 11), (2, 12), (12, 13), (13, 14),
            (2, 1), (1, 15), (15, 17), (1, 16), (16, 18))  # fmt: skip


def make_pose_demo(
    photos_folder: Path, truth_folder: Path, *, photos: int, sites: int, seed: int, workers: int = 2
) -> None:
    """Draw a corpus of `photos` photos of the first `sites` sites, with planted troubles beside them.

    Writes <photos_folder>/<site>/<pose>/*.jpg and <site>/_zz/*.jpg; and into truth_folder keypoints.json (COCO, 18
    OpenPose joints, px of the upright photo), masks/<site>__<pose>__<name>.png (255 on the posing people),
    planted.csv, poses.csv and role_models.csv. The same seed gives the same bytes, however many `workers`.
    Folders that an earlier call made are replaced; others raise FileExistsError.
    """
    shots = plan_shots(photos, sites, seed)
    with replaced(photos_folder, truth_folder) as (photo_root, truth_root), processes(workers) as run:
        (truth_root / "masks").mkdir()
        drawn = run(partial(draw_and_write, photos=photo_root, truth=truth_root), shots, "demo photos")
        planted, copies = plant(photo_root, shots, seed)
        for copy in copies:
            copy_mask(truth_root / "masks", copy)
        write_json(coco(shots, drawn, copies), truth_root / "keypoints.json")
        write_csv(pd.DataFrame(planted, columns=list(COLUMNS)), truth_root / "planted.csv")
        columns = ["path", "site", "pose", "taken_at", "role_model"]  # no pose: the site alone; role_model: was copied
        write_csv(pd.DataFrame(map(vars, shots), columns=columns), truth_root / "poses.csv")
        write_csv(role_model_table(shots), truth_root / "role_models.csv")


def draw_and_write(shot: Shot, photos: Path, truth: Path) -> list[dict[str, Any]]:
    """Draw one photo, write it and its mask, and return its people as COCO annotations without ids."""
    photo = draw_photo(shot.site, shot.pose, list(shot.seed))
    orientation = shot.orientation if shot.turned else None
    write_jpeg(Image.fromarray(photo.image), photos / shot.path, shot.taken_at, orientation)
    mask = Image.fromarray(photo.masks.any(axis=0).astype(np.uint8) * 255)
    mask.save(truth / "masks" / mask_name(shot.path), "PNG", optimize=True)
    size = {"height": photo.image.shape[0], "width": photo.image.shape[1]}
    return [size, *(annotation(joints, mask) for joints, mask in zip(photo.joints, photo.masks, strict=True))]


def annotation(joints: np.ndarray, mask: np.ndarray) -> dict[str, Any]:
    """Return one person in COCO's terms: keypoints (x, y, visibility flattened), box and area [px]."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
    flat = [round(float(value), 2) if k < 2 else int(value) for joint in joints for k, value in enumerate(joint)]
    return {
        "category_id": 1,
        "keypoints": flat,
        "num_keypoints": int((joints[:, 2] > 0).sum()),
        "bbox": [int(value) for value in box],
        "area": int(mask.sum()),
        "iscrowd": 0,
    }


def coco(shots: list[Shot], drawn: list[list[dict[str, Any]]], copies: list[Copy]) -> dict[str, Any]:
    """Return the corpus's people as a COCO keypoint file; file_name is relative to the photos' folder."""
    found = {shot.path: (shot, people, 1.0) for shot, people in zip(shots, drawn, strict=True)}
    found |= {copy.path: (*found[copy.of][:2], copy.scale) for copy in copies}
    images, annotations = [], []
    for number, path in enumerate(sorted(found), start=1):
        shot, (size, *people), scale = found[path]
        measured = {name: round(value * scale) for name, value in size.items()}
        taken = shot.taken_at.isoformat(sep=" ")
        images.append({"id": number, "file_name": path, **measured, "date_captured": taken})
        for person in people:
            annotations.append({"id": len(annotations) + 1, "image_id": number, **resize(person, scale)})
    category = {"id": 1, "name": "person", "supercategory": "person", "keypoints": list(JOINTS), "skeleton": SKELETON}
    info = {"description": "likeness: demo corpus of the pose study, drawn with its truth"}
    return {"info": info, "images": images, "annotations": annotations, "categories": [category]}


def resize(person: dict[str, Any], scale: float) -> dict[str, Any]:
    """Return an annotation for a photo `scale` times as large."""
    if scale == 1:
        return person
    flat = [round(value * scale, 2) if k % 3 < 2 else value for k, value in enumerate(person["keypoints"])]
    box = [round(value * scale) for value in person["bbox"]]
    return {**person, "keypoints": flat, "bbox": box, "area": round(person["area"] * scale**2)}


def role_model_table(shots: list[Shot]) -> pd.DataFrame:
    """Return the planted role models: arrangement, path, taken_at, later photos that copy it, days until the first."""
    rows = []
    for shot in (s for s in shots if s.role_model):
        dates = sorted(s.taken_at for s in shots if s.arrangement == shot.arrangement)
        wait = next((b - a).days for a, b in pairwise(dates))
        rows.append((shot.arrangement, shot.path, shot.taken_at, len(dates) - 1, wait))
    return pd.DataFrame(rows, columns=["arrangement", "path", "taken_at", "copies", "days"])
