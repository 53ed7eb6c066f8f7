"""What the stages of the pose study left on disk, read back as one record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from likeness import paths
from likeness.params.matrix import variants_of
from likeness.stats.bootstrap import name_clusters
from likeness.stats.scores import best_in_validation
from likeness.studies.stored import stored

VIEWS = ("photo", "mirror", "background")


@dataclass(frozen=True)
class Study:
    """data: the folder data/pose. models: the folder models/pose. Every table is read when it is first used.

    variants: the names of the networks, such as last-photo; kept in alphabetical order. They are asked for and not
    looked for: the folders may still hold variants that the study no longer has.
    """

    data: Path
    models: Path
    variants: Sequence[str] = ()

    photos = stored("photos")  # a row per accepted photo
    keypoints = stored("keypoints")  # a row per photo, person and joint
    pairs = stored("pairs")  # a row per pair, with the split of both schemes

    def __post_init__(self) -> None:
        object.__setattr__(self, "variants", sorted(self.variants))

    def _trained(self, variant: str, file: str) -> Path:
        path = self.data / "finetune" / variant / file
        if not path.is_file():
            raise FileNotFoundError(f"variant {variant}: {path} is missing; `dvc repro` trains it")
        return path

    @cached_property
    def recipe(self) -> dict[str, object]:
        """How the features were made: backbone, weights, image_size, seed."""
        return json.loads((self.data / "features" / "recipe.json").read_text(encoding="utf-8"))

    @cached_property
    def quarantine(self) -> pd.DataFrame:
        """One row per refused file."""
        return pd.read_csv(self.data / "quarantine.csv")

    @cached_property
    def features(self) -> dict[str, np.ndarray]:
        """{view: float32 (n, dim)}, aligned with `photos`."""
        return {view: np.load(self.data / "features" / f"{view}.npy") for view in VIEWS}

    @cached_property
    def distance(self) -> np.ndarray:
        """True distances (n, n) between photos, NaN where unknown."""
        return np.load(self.data / "truth.npy")

    @cached_property
    def masks(self) -> np.ndarray:
        """Where the people are: bool (n, s, s), the photo squashed to a square."""
        return np.load(self.data / "masks.npy")

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Every variant's predictions for its held-out pairs. Raises FileNotFoundError naming an untrained one."""
        tables = [pd.read_parquet(self._trained(name, "predictions.parquet")) for name in self.variants]
        return pd.concat(tables, ignore_index=True)

    @cached_property
    def similarities(self) -> dict[str, np.ndarray]:
        """{variant: float32 (n, n)} of the honest networks, larger is more alike."""
        return {name: np.load(self._trained(name, "similarity.npy")) for name in self.variants}

    @property
    def clusters(self) -> pd.Series:
        """What is resampled together, by photo id: the arrangement, or else the group of near-duplicates."""
        return name_clusters(self.photos)

    def history(self, variant: str) -> pd.DataFrame:
        """Return the epochs of both schemes: scheme, epoch, train_loss, val_loss, val_accuracy, best."""
        return pd.read_parquet(self._trained(variant, "history.parquet"))

    def weights(self, variant: str, scheme: str = "honest") -> Path:
        """Return the file with the variant's weights."""
        return self.models / variant / f"{scheme}.pt"

    def judged(self, split: str | None = None) -> np.ndarray:
        """Return the rows (of one split) that a retrieval can be judged on.

        All, where arrangements are known: a photo of the site alone is a wrong answer. Else those whose true pose is
        known: nobody can say whether another one would have been a hit, so it is neither query nor answer. Of
        near-duplicates only the first counts: finding a copy of the query proves nothing.
        """
        named = self.photos["arrangement"].notna().any()
        known = np.full(len(self.photos), named) | (np.isfinite(self.distance).sum(axis=1) > 1)
        inside = True if split is None else (self.photos["split"] == split).to_numpy()
        rows = np.flatnonzero(known & inside)
        return rows[~self.photos["duplicate_group"].iloc[rows].duplicated().to_numpy()]

    def relevant(self, nearest: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Return which photos answer a query: bool (n, n), of the photos in `rows` (default: all).

        Photos of the query's arrangement where there are arrangements, else the `nearest` photos by true pose.
        """
        rows = np.arange(len(self.photos)) if rows is None else rows
        distance = self.distance[np.ix_(rows, rows)]
        np.fill_diagonal(distance, np.nan)
        if self.photos["arrangement"].notna().any():
            return distance == 0
        rank = np.argsort(np.argsort(np.where(np.isnan(distance), np.inf, distance), axis=1, kind="stable"), axis=1)
        return (rank < nearest) & np.isfinite(distance)

    def best_variant(self, scores: pd.DataFrame, tune: str | None = None) -> str | None:
        """Return the variant with the highest AUC on the honest validation pairs, ties by name.

        scores: as `score_models` gives. tune: only variants that start so, such as "full".
        None if the study has no variant of that tune. Raises ValueError if it has some, but none has been scored.
        """
        known = [name for name in self.variants if tune is None or name.startswith(f"{tune}-")]
        if tune is not None and not known:
            return None
        best = best_in_validation(scores, known)
        if best is None:
            raise ValueError(f"no variant of tune {tune!r} has an honest validation AUC; trained are {self.variants}")
        return best


def read_study() -> Study:
    """Return the study of this repository, with the networks that dvc.yaml lists."""
    return Study(paths.data("pose"), paths.models("pose"), variants_of(paths.root(), "pose-finetune"))
