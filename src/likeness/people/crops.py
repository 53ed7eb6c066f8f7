"""Where pictures are cut: around each face, and around all faces of a picture, as the original studies did."""

import numpy as np
import pandas as pd

from likeness.people.alignment import LANDMARKS

BOX = ["x0", "y0", "x1", "y1"]
KINDS = ("each", "all")
COLUMNS = ("crop_id", "photo_id", "kind", "face_id", *BOX)


def face_crops(photos: pd.DataFrame, faces: pd.DataFrame, margin: float) -> pd.DataFrame:
    """Return the crops table: of kind "each" one crop per face, of kind "all" one per picture with a face.

    photos: photo_id, width, height [px]. faces: face_id, photo_id, x0, y0, x1, y1 [px].
    margin: what is added on every side, as a share of the box's width or height (of the box around all faces, for
    "all"); >= 0. Crops end at the picture's edge.
    Returns crop_id (the face_id, or "<photo_id>-all"), photo_id, kind, face_id ("" for "all"), x0, y0, x1, y1 (int64
    px, outward to whole pixels), and LANDMARKS [px] where the faces have them (NaN for "all"): first "each" in the
    order of `faces`, then "all" in the order of `photos`.
    Raises ValueError for a negative margin, a face in no picture of `photos`, or a box with nothing in its picture.

    >>> photos = pd.DataFrame({"photo_id": ["p"], "width": [100], "height": [80]})
    >>> box = pd.DataFrame({"face_id": ["p-0"], "photo_id": ["p"], "x0": [10], "y0": [5], "x1": [30], "y1": [25]})
    >>> face_crops(photos, box, margin=0.5)[["crop_id", "x0", "y0", "x1", "y1"]].to_numpy().tolist()
    [['p-0', 0, 0, 40, 35], ['p-all', 0, 0, 40, 35]]
    """
    if not margin >= 0:
        raise ValueError(f"margin {margin} must be at least 0, a share of the face's size")
    sizes = photos.drop_duplicates("photo_id").set_index("photo_id")[["width", "height"]]
    if (unknown := ~faces["photo_id"].isin(sizes.index)).any():
        face = faces[unknown].iloc[0]
        raise ValueError(f"face {face['face_id']} lies in picture {face['photo_id']}, which is not among the pictures")
    around = faces.groupby("photo_id").agg({"x0": "min", "y0": "min", "x1": "max", "y1": "max"})
    around = around.loc[[photo_id for photo_id in sizes.index if photo_id in around.index]].reset_index()
    each = faces.assign(crop_id=faces["face_id"], kind="each")
    everyone = around.assign(crop_id=around["photo_id"] + "-all", kind="all", face_id="")
    points = [name for name in LANDMARKS if name in faces]
    everyone = everyone.assign(**dict.fromkeys(points, np.nan))
    columns = [*COLUMNS, *points]
    crops = pd.concat([each[columns], everyone[columns]], ignore_index=True)
    corners = _widened(crops[BOX].to_numpy(float), sizes.loc[crops["photo_id"]].to_numpy(float), margin)
    if len(bad := np.flatnonzero((corners[:, 2:] <= corners[:, :2]).any(axis=1))):
        raise ValueError(f"crop {crops['crop_id'].iloc[bad[0]]}: nothing of its box lies in the picture")
    crops[BOX] = corners
    return crops.astype(dict.fromkeys(COLUMNS[:4], "str") | dict.fromkeys(BOX, "int64"))


def _widened(boxes: np.ndarray, sizes: np.ndarray, margin: float) -> np.ndarray:
    """Return boxes (n, 4) with their margin, outward to whole px, within pictures of sizes (n, 2): int64."""
    extra = margin * (boxes[:, 2:] - boxes[:, :2])
    low, high = np.floor(boxes[:, :2] - extra), np.ceil(boxes[:, 2:] + extra)
    return np.column_stack([np.clip(low, 0, sizes), np.clip(high, 0, sizes)]).astype(np.int64)
