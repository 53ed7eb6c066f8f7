"""A study as a folder that FiftyOne opens: `Dataset.from_dir(DIR, dataset_type=fiftyone.types.FiftyOneDataset)`.

The format is that of FiftyOne's documentation in its plain form, samples.json beside metadata.json, which needs neither
FiftyOne nor its database to be written. Boxes are [x, y, width, height], joints [x, y], both as shares of the picture.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.export.spotlight import probabilities
from likeness.export.tables import StudyTables
from likeness.paths import write_json, write_text

KNOWN = ("photo_id", "site", "pose", "artist", "title", "identity", "group", "width", "height")


def write_fiftyone(study: StudyTables, root: Path, folder: Path) -> None:
    """Write samples.json and metadata.json: a sample per picture, its file relative to `folder`, its split as a tag.

    Fields: what the study knows of a picture, `faces`, `people`, `liked`, a classification per model of posts, `nearest
    by <model>` (photo_ids) and a vector per network. root: of the repository, which paths of photos are relative to.
    """
    photos = study.tables["photos"].reset_index(drop=True)
    samples = [_sample(row, root, folder) for row in photos.to_dict("records")]
    place = {photo_id: row for row, photo_id in enumerate(photos["photo_id"])}
    for photo_id, field, value in _fields(study, photos):
        samples[place[photo_id]][field.replace(".", "_")] = value
    write_json({"media_type": "image", "info": {"made by": "likeness export"}}, folder / "metadata.json")
    write_text(json.dumps({"samples": samples}, ensure_ascii=False, allow_nan=False), folder / "samples.json")


def _sample(row: dict[str, Any], root: Path, folder: Path) -> dict[str, Any]:
    known = {name: row[name] for name in KNOWN if name in row and pd.notna(row[name])}
    tags = [row["split"]] if isinstance(row.get("split"), str) else []
    return {"filepath": os.path.relpath(root / row["path"], folder), "tags": tags, **known}


def _fields(study: StudyTables, photos: pd.DataFrame) -> Iterator[tuple[str, str, Any]]:
    """Yield (photo_id, field, value in FiftyOne's JSON)."""
    size, tables = photos.set_index("photo_id")[["width", "height"]], study.tables
    for photo_id, rows in _by_photo(tables.get("boxes")):
        yield photo_id, "faces", {"_cls": "Detections", "detections": _detections(rows, *size.loc[photo_id])}
    for photo_id, rows in _by_photo(tables.get("keypoints")):
        yield photo_id, "people", {"_cls": "Keypoints", "keypoints": _people(rows, *size.loc[photo_id])}
    if "posts" in tables:
        yield from _posts(tables["posts"], probabilities(tables["predictions"], ["post_id"]))
    for model, found in study.found():
        yield from ((photo_id, f"nearest by {model}", near) for photo_id, near in found.items())
    for name, rows in study.of_photos():
        yield from zip(photos["photo_id"], [name] * len(rows), rows.astype(float).round(6).tolist(), strict=True)


def _by_photo(table: pd.DataFrame | None) -> Iterator[tuple[str, pd.DataFrame]]:
    if table is not None:
        yield from table.groupby("photo_id", sort=False)


def _detections(rows: pd.DataFrame, width: int, height: int) -> list[dict[str, Any]]:
    names = rows["identity"] if "identity" in rows else [""] * len(rows)
    given = zip(*(rows[key] for key in ("x0", "y0", "x1", "y1", "score")), names, strict=True)
    return [
        {"_cls": "Detection", "label": name or "face", "confidence": score,
         "bounding_box": [x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height]}
        for x0, y0, x1, y1, score, name in given
    ]  # fmt: skip


def _people(rows: pd.DataFrame, width: int, height: int) -> list[dict[str, Any]]:
    seen = rows.dropna(subset=["x", "y"])
    return [
        {"_cls": "Keypoint", "label": f"person {person}", "joints": list(joints["joint"]),
         "points": (joints[["x", "y"]].to_numpy() / [width, height]).tolist(), "confidence": list(joints["score"])}
        for person, joints in seen.groupby("person")
    ]  # fmt: skip


def _posts(posts: pd.DataFrame, said: pd.DataFrame) -> Iterator[tuple[str, str, Any]]:
    """Yield of the first post that shows a photo what it is (liked or not), and what each model says."""
    shown = posts[posts["photo_id"] != ""].drop_duplicates("photo_id").merge(said, on="post_id", how="left")
    for row in shown.to_dict("records"):
        yield row["photo_id"], "post_id", row["post_id"]
        yield row["photo_id"], "tags", [row["split"]]
        yield row["photo_id"], "liked", _class(row["liked"])
        for name in said.columns.drop("post_id"):
            if not np.isnan(row[name]):
                liked = row[name] > 0.5
                sure = row[name] if liked else 1 - row[name]
                yield row["photo_id"], name.removeprefix("probability "), _class(liked, sure)


def _class(liked: bool, confidence: float = 1.0) -> dict[str, Any]:
    return {"_cls": "Classification", "label": "liked" if liked else "not liked", "confidence": confidence}
