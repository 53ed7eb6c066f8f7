"""Files of marks as programs write them, small enough to count by hand."""

import json

import numpy as np
import pandas as pd

from likeness.people.joints import COCO17, JOINTS

NAMES = list(COCO17)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def flat(count=17, v=2, x=10, y=50, step=3):
    """x, y, v, x, y, v, ... down a slope: joint i at (x + i * step, y + i)."""
    return [value for i in range(count) for value in (x + i * step, y + i, v)]


def coco(marks, *, names=NAMES, images=({"id": 7, "file_name": "1.jpg"},)):
    """marks: lists of keypoints of the first image, or whole annotations."""
    category = {"id": 1, "name": "person"} | ({} if names is None else {"keypoints": names})
    whole = [mark if isinstance(mark, dict) else {"image_id": 7, "category_id": 1, "keypoints": mark} for mark in marks]
    return {"images": list(images), "categories": [category], "annotations": whole}


def joint_table(*rows, header="image,joint,x,y,visible"):
    return "\n".join([header, *rows, ""])


def photo_table(*names, width=640, height=480):
    """Photos that nobody opens."""
    paths = [f"data/raw/x/{name}" for name in names]
    return pd.DataFrame({"photo_id": [f"id-{name}" for name in names], "path": paths, "width": width, "height": height})


def places(person):
    """Which joints of (18, 3) are seen, and where."""
    return {name: tuple(joint[:2]) for name, joint in zip(JOINTS, person, strict=True) if np.isfinite(joint[0])}
