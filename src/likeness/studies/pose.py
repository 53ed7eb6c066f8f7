"""What the stages of the pose study left on disk, read back as one record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from likeness import paths
from likeness.params.matrix import variants_of
from likeness.people.truth import Truth, truth_of
from likeness.stats.clusters import clusters_of_test
from likeness.stats.scores import best_in_validation
from likeness.studies.stored import stored

VIEWS = ("photo", "mirror", "background")
UNTRAINED = "not trained yet; `dvc repro` trains it"


@dataclass(frozen=True)
class Study:
    """data: the folder data/pose. models: the folder models/pose. Every table is read when it is first used.

    variants: the names of the networks, such as last-photo; kept in alphabetical order. They are asked for and not
    looked for: the folders may still hold variants that the study no longer has.
    skipped: {variant: why it is none of them}.
    """

    data: Path
    models: Path
    variants: Sequence[str] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    photos = stored("photos")  # a row per accepted photo
    keypoints = stored("keypoints")  # a row per photo, person and joint
    pairs = stored("pairs")  # a row per pair, with the split of both schemes

    def __post_init__(self) -> None:
        object.__setattr__(self, "variants", sorted(self.variants))

    def _trained(self, variant: str, file: str) -> Path:
        path = trained_file(self.data, variant, file)
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
    def sights(self) -> dict[str, np.ndarray]:
        """{network, as `Sight.name` gives: float32 (n, dim) of the whole photos}, that of `features` first."""
        folder = self.data / "features"
        names = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))["sights"]
        beside = {name: np.load(folder / f"{name}.npy") for name in names[1:]}
        return {names[0]: self.features["photo"], **beside}

    @cached_property
    def truth(self) -> Truth:
        """What is known of the poses."""
        return truth_of(self.photos, np.load(self.data / "poses.npy"))

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
    def embeddings(self) -> dict[str, np.ndarray]:
        """{variant: float32 (runs, n, dim)} of each honest run; what is alike their heads say."""
        return {name: np.load(self._trained(name, "embeddings.npy")) for name in self.variants}

    @property
    def clusters(self) -> pd.Series:
        """What is resampled together, by photo id: sites, where the test photos show enough."""
        return clusters_of_test(self.photos)

    def rows(self, photo_ids: pd.Series) -> np.ndarray:
        """Return the row of each photo in `photos`."""
        return pd.Index(self.photos["photo_id"]).get_indexer(photo_ids)

    def history(self, variant: str) -> pd.DataFrame:
        """Return the epochs of both schemes: scheme, run, epoch, train_loss, val_loss, val_accuracy, best.

        Raises FileNotFoundError for an untrained variant.
        """
        return pd.read_parquet(self._trained(variant, "history.parquet"))

    def heads(self, variant: str) -> list[Path]:
        """Return the files with what each honest run compares embeddings by, in the order of `embeddings`."""
        return [self._trained(variant, f"heads/{run}.pt") for run in range(len(self.embeddings[variant]))]

    def weights(self, variant: str, scheme: str = "honest") -> Path:
        """Return the file with the weights of the variant's first run."""
        return self.models / variant / f"{scheme}.pt"

    def judged(self, split: str | None = None) -> np.ndarray:
        """Return the rows (of one split) that a retrieval can be judged on.

        All, where arrangements are known: a photo of the site alone is a wrong answer. Else those whose true pose is
        known: nobody can say whether another one would have been a hit, so it is neither query nor answer. Of
        near-duplicates only the first counts: finding a copy of the query proves nothing.
        """
        named = self.truth.arrangement is not None
        known = np.full(len(self.photos), named) | self.truth.comparable()
        inside = True if split is None else (self.photos["split"] == split).to_numpy()
        rows = np.flatnonzero(known & inside)
        return rows[~self.photos["duplicate_group"].iloc[rows].duplicated().to_numpy()]

    def relevant(self, nearest: int, queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
        """Return which photos of the gallery answer a query: bool (q, g).

        queries, gallery: rows of the photos. Photos of the query's arrangement where there are arrangements, else the
        `nearest` photos of the gallery by true pose; never the query itself.
        """
        distance = self.truth.distance(queries[:, None], gallery)
        distance[queries[:, None] == gallery] = np.nan
        if self.truth.arrangement is not None:
            return distance == 0
        order = np.argsort(np.where(np.isnan(distance), np.inf, distance), axis=1, kind="stable")[:, :nearest]
        answers = np.zeros(distance.shape, dtype=bool)
        np.put_along_axis(answers, order, True, axis=1)
        return answers & np.isfinite(distance)

    def best_variant(self, scores: pd.DataFrame, tune: str | None = None) -> str | None:
        """Return the variant with the highest AUC on the honest validation pairs, ties by name.

        scores: as `score_models` gives. tune: only variants that start so, such as "full".
        None if the study has no variant (of that tune). Raises ValueError if it has some, but none has been scored.
        """
        known = [name for name in self.variants if tune is None or name.startswith(f"{tune}-")]
        if not known:
            return None
        best = best_in_validation(scores, known)
        if best is None:
            raise ValueError(f"no variant of tune {tune!r} has an honest validation AUC; trained are {self.variants}")
        return best


def trained_file(data: Path, variant: str, file: str = "predictions.parquet") -> Path:
    """Return where the training of a variant leaves a file. data: the folder data/pose."""
    return data / "finetune" / variant / file


def read_study() -> Study:
    """Return the study of this repository, with those of the networks of dvc.yaml that are trained; the others skipped.

    `dvc repro` trains all; a report that is made before, by `likeness run pose-report`, compares what is there.
    """
    data, names = paths.data("pose"), variants_of(paths.root(), "pose-finetune")
    missing = {name: UNTRAINED for name in names if not trained_file(data, name).is_file()}
    return Study(data, paths.models("pose"), [name for name in names if name not in missing], missing)
