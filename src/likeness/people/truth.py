"""What the data set itself says about poses and people: the truth that models are measured against."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.people.annotations import AnnotationError, annotation_source, matches, read_annotations
from likeness.people.distances import pairwise
from likeness.people.joints import nobody, seen, to_arrays
from likeness.people.masks import person_mask

MASK_GROWTH = 0.05  # torso lengths beyond the limbs: misses 2 % of the drawn people of the demo


def true_distance(photos: pd.DataFrame, annotations: Path, layout: str) -> np.ndarray:
    """Return how far apart two photos truly are: float32 (n, n), symmetric, NaN where nobody knows.

    layout "sites": 0 for the same arrangement (site and pose), 1 for another; NaN for photos of a site alone.
    layout "flat": distance between the annotated poses in torso lengths, 0 is the same pose; NaN where the
    torso is not annotated. Raises ValueError for another layout.
    """
    if layout == "sites":
        names = photos["arrangement"].to_numpy(dtype=object)
        known = photos["arrangement"].notna().to_numpy()
        distance = (names[:, None] != names[None, :]).astype(np.float32)
        distance[~known, :] = distance[:, ~known] = np.nan
        return distance
    if layout == "flat":
        return pairwise("torso", annotated_poses(photos, annotations)).astype(np.float32)
    raise ValueError(f"unknown layout {layout!r}; choose 'sites' or 'flat'")


def annotated_poses(photos: pd.DataFrame, annotations: Path) -> np.ndarray:
    """Return the first annotated person of each photo: (n, 18, 3), NaN where there is none.

    Raises AnnotationError if the annotations know none of the photos, or one of them fits several photos.
    """
    people = read_annotations(annotation_source(annotations))
    keys = matches(photos, people, annotations)
    if not any(keys):
        raise AnnotationError(
            f"{annotations}: names none of the {len(photos)} photos, such as {photos['path'].iloc[0]}"
        )
    poses = [people[key][0] if key is not None and len(people[key]) else nobody(1)[0] for key in keys]
    return np.stack(poses)


def person_masks(
    photos: pd.DataFrame, keypoints: pd.DataFrame, annotations: Path, size: int
) -> tuple[np.ndarray, pd.Series]:
    """Return where the people are, and how that is known.

    Masks: bool (n, size, size), the photo squashed to a square. Source: "annotated" where the annotations
    hold masks/<site>__<pose>__<name>.png, "keypoints" where the joints were drawn, "nobody".
    """
    most = int(keypoints["person"].max()) + 1 if len(keypoints) else 1
    people = to_arrays(keypoints, list(photos["photo_id"]), people=most)
    masks, sources = [], []
    for row, joints in zip(photos.itertuples(), people, strict=True):
        drawn = _annotated_mask(Path(row.path), annotations)
        source = "annotated" if drawn is not None else "keypoints" if seen(joints).any() else "nobody"
        if drawn is None:
            drawn = person_mask(joints, row.width, row.height, grow=MASK_GROWTH)
        masks.append(np.asarray(Image.fromarray(drawn).resize((size, size), Image.Resampling.NEAREST)))
        sources.append(source)
    return np.stack(masks), pd.Series(sources, index=photos.index, dtype=object)


def _annotated_mask(path: Path, annotations: Path) -> np.ndarray | None:
    file = annotations / "masks" / ("__".join((*path.parts[-3:-1], path.stem)) + ".png")
    if not file.is_file():
        return None
    with Image.open(file) as image:
        return np.asarray(image.convert("L")) > 127
