"""What the data set itself says about poses and people: the truth that models are measured against."""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.people.distances import pairwise
from likeness.people.joints import nobody, seen, to_arrays
from likeness.people.marks.fitting import fit_marks
from likeness.people.marks.sources import read_annotations
from likeness.people.masks import person_mask

MASK_GROWTH = 0.05  # torso lengths beyond the limbs: misses 2 % of the drawn people of the demo


def true_distance(photos: pd.DataFrame, root: Path, annotations: Path, layout: str) -> np.ndarray:
    """Return how far apart two photos truly are: float32 (n, n), symmetric, NaN where nobody knows.

    layout "sites": 0 for the same arrangement (site and pose), 1 for another; NaN for photos of a site alone.
    layout "flat": distance between the annotated poses in torso lengths, 0 is the same pose; NaN where the
    torso is not annotated. Raises ValueError for another layout.

    >>> photos = pd.DataFrame({"arrangement": ["arch/wave", "arch/wave", "arch/jump"]})
    >>> true_distance(photos, Path(), Path("marks"), "sites").tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    if layout == "sites":
        names = photos["arrangement"].to_numpy(dtype=object)
        known = photos["arrangement"].notna().to_numpy()
        distance = (names[:, None] != names[None, :]).astype(np.float32)
        distance[~known, :] = distance[:, ~known] = np.nan
        return distance
    if layout == "flat":
        return pairwise("torso", annotated_poses(photos, root, annotations)).astype(np.float32)
    raise ValueError(f"unknown layout {layout!r}; choose 'sites' or 'flat'")


def annotated_poses(photos: pd.DataFrame, root: Path, annotations: Path) -> np.ndarray:
    """Return the first annotated person of each photo: (n, 18, 3), NaN where there is none.

    photos: path (relative to `root`), width and height are read. Raises LayoutError if the annotations cannot be of
    these photos.
    """
    fitted = fit_marks(read_annotations(annotations), photos, root)
    return np.stack([people[0] if len(people) else nobody(1)[0] for people in fitted.people])


def person_masks(
    photos: pd.DataFrame, keypoints: pd.DataFrame, annotations: Path, known: np.ndarray, size: int
) -> tuple[np.ndarray, pd.Series]:
    """Return where the people are, and how that is known.

    Masks: bool (n, size, size), the photo squashed to a square. Source: "annotated" where the annotations
    hold masks/<site>__<pose>__<name>.png, "keypoints" where the joints were drawn, else "nobody"; but "unknown",
    whether there is a mask or not, where `known` (photos,), as `estimate.Found` has it, is False.
    """
    most = int(keypoints["person"].max()) + 1 if len(keypoints) else 1
    people = to_arrays(keypoints, list(photos["photo_id"]), people=most)
    masks, sources = [], []
    for row, joints, looked in zip(photos.itertuples(), people, known, strict=True):
        drawn = _annotated_mask(Path(row.path), annotations)
        source = "annotated" if drawn is not None else "keypoints" if seen(joints).any() else "nobody"
        source = source if looked else "unknown"
        if drawn is None:
            drawn = person_mask(joints, row.width, row.height, grow=MASK_GROWTH)
        masks.append(np.asarray(Image.fromarray(drawn).resize((size, size), Image.Resampling.NEAREST)))
        sources.append(source)
    return np.stack(masks), pd.Series(sources, index=photos.index, dtype=object)


def is_unmarked(photos: pd.DataFrame) -> pd.Series:
    """Say of which photos nobody said who is in them: those whose mask is "unknown", as `person_masks` gives it."""
    return photos["mask"].eq("unknown") if "mask" in photos else pd.Series(False, index=photos.index)


def _annotated_mask(path: Path, annotations: Path) -> np.ndarray | None:
    file = annotations / "masks" / ("__".join((*path.parts[-3:-1], path.stem)) + ".png")
    if not file.is_file():
        return None
    with Image.open(file) as image:
        return np.asarray(image.convert("L")) > 127
