"""What the data set itself says about poses and people: the truth that models are measured against."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.people.distances import in_torso_lengths, torso_distance
from likeness.people.joints import INDEX, nobody, seen, to_arrays
from likeness.people.marks.fitting import fit_marks
from likeness.people.marks.sources import read_annotations
from likeness.people.masks import person_mask

MASK_GROWTH = 0.05  # torso lengths beyond the limbs: misses 2 % of the drawn people of the demo


@dataclass(frozen=True)
class Truth:
    """What is known of the poses of n photos, from which the distance of any two is computed when it is asked for.

    arrangement: (n,) int, the same number for the same site and pose, -1 for a site alone; None where photos have
    none. poses: (n, 18, 2) joints in torso lengths, as `true_poses` gives; read only where there are no arrangements.
    """

    arrangement: np.ndarray | None
    poses: np.ndarray

    def distance(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return how far apart photos truly are: float32, NaN where nobody knows.

        left, right: rows, int arrays that are broadcast: (m,) twice for m pairs, (q, 1) and (g,) for a block.
        With arrangements: 0 for the same, 1 for another. Without: the distance between the annotated poses in torso
        lengths, 0 is the same pose; NaN where the torso is not annotated.

        >>> Truth(np.array([0, 0, 1]), np.empty((3, 18, 2))).distance(np.array([0, 0]), np.array([1, 2])).tolist()
        [0.0, 1.0]
        """
        if self.arrangement is None:
            return torso_distance(self.poses[left], self.poses[right]).astype(np.float32)
        a, b = self.arrangement[left], self.arrangement[right]
        return np.where((a < 0) | (b < 0), np.nan, a != b).astype(np.float32)

    def comparable(self) -> np.ndarray:
        """Return (n,) bool: whose distance to some other photo is known."""
        if self.arrangement is not None:
            return (self.arrangement >= 0) & ((self.arrangement >= 0).sum() > 1)
        marked = np.isfinite(self.poses).all(axis=-1)
        return (marked & (marked.sum(axis=0) > 1)).any(axis=1)


def truth_of(photos: pd.DataFrame, poses: np.ndarray) -> Truth:
    """Return the truth of photos whose poses `true_poses` gives.

    photos: arrangement (site and pose; missing where the site is shown alone).
    """
    if photos["arrangement"].notna().any():
        return Truth(pd.factorize(photos["arrangement"])[0], poses)
    return Truth(None, poses)


def true_poses(photos: pd.DataFrame, root: Path, annotations: Path, layout: str) -> np.ndarray:
    """Return the annotated poses in torso lengths, (n, 18, 2); NaN where the torso is not annotated.

    In the layout "sites" folders say what is the same pose, not joints: all NaN. Raises ValueError for another layout
    than "sites" and "flat".
    """
    if layout == "sites":
        return np.full((len(photos), len(INDEX), 2), np.nan)
    if layout == "flat":
        return in_torso_lengths(annotated_poses(photos, root, annotations))
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
