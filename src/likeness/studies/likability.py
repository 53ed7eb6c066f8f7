"""What the stages of the likability study left on disk, read back as one record."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from likeness import paths
from likeness.params.matrix import variants_of
from likeness.paths import write_json, write_npy, write_parquet
from likeness.photos.posts.image_files import rows_of_photos
from likeness.studies.stored import read_table, stored

SCHEMES = {"honest": "split", "temporal": "temporal_split", "naive": "naive_split"}
TABLES = ("metadata", "user")
LOOKS = ("colour", "faces")  # what is measured of a photo and named
SKIPPED = "skipped.json"
NO_PICTURES = "the posts have no pictures"


@dataclass(frozen=True)
class LikabilityStudy:
    """data: the folder data/likability. models: the folder models/likability. Files are read when first used.

    variants: the names of the networks, such as fusion; asked for and not looked for, since the folders may still
    hold variants that the study no longer has.
    """

    data: Path
    models: Path
    variants: Sequence[str] = ()

    posts = stored("posts")  # a row per kept post
    photos = stored("photos")  # a row per photo that a kept post shows
    faces = stored("faces")  # a row per face
    importance = stored("classify/importance")  # of the metadata, by permutation: feature, value, low, high, n

    crossed = stored("classify/crossed")  # what cross-fitted classifiers say of every post

    @cached_property
    def funnel(self) -> pd.DataFrame:
        """One row per filter: step, posts, users."""
        return pd.read_csv(self.data / "funnel.csv")

    @cached_property
    def null(self) -> pd.Series:
        """AUC of each model of the metadata that was trained on shuffled labels."""
        return read_table(self.data, "classify/null")["auc"]

    @cached_property
    def features(self) -> dict[str, np.ndarray]:
        """{name: float32 (photos, dim)}, rows aligned with `photos`; empty where the posts have no pictures."""
        folder = self.data / "features"
        names = sorted(path.stem for path in folder.glob("*.npy"))
        return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """{"metadata", "user"}: named float columns, rows aligned with `posts`."""
        return {name: read_table(self.data, f"features/{name}").drop(columns="post_id") for name in TABLES}

    def names(self, feature: str) -> list[str]:
        """Return the columns' names of an array of features, where they have names (colour, objects)."""
        path = self.data / "features" / "names.json"
        return json.loads(path.read_text(encoding="utf-8")).get(feature, [])

    @cached_property
    def recipe(self) -> dict[str, object]:
        """How the network's layers were made: backbone, weights, image_size, seed."""
        return json.loads((self.data / "features" / "recipe.json").read_text(encoding="utf-8"))

    @property
    def photo_folder(self) -> str:
        """The folder that all photos of the posts lie in, such as "data/raw/demo-likability/images"."""
        return Path(os.path.commonpath([Path(path).parent for path in self.photos["path"]])).as_posix()

    @property
    def has_pictures(self) -> bool:
        """Say whether posts have pictures; either all kept posts have one, or none has."""
        return bool((self.posts["photo_id"] != "").any())

    @property
    def clusters(self) -> pd.Series:
        """Whose post it is, by post id: what is resampled together."""
        return self.posts.set_index("post_id")["group"]

    def spread_to_posts(self, feature: str) -> np.ndarray:
        """Return an array of features with a row per post instead of one per photo: float32 (posts, dim)."""
        rows, table = rows_of_photos(self.posts, self.photos), self.features[feature]
        return table if np.array_equal(rows, np.arange(len(table))) else table[rows]

    @cached_property
    def skipped(self) -> dict[str, str]:
        """{model: why it was not trained}, of the classifiers and of the networks."""
        folders = [self.data / "classify", *(self.data / "finetune" / name for name in self.variants)]
        found: dict[str, str] = {}
        for folder in folders:
            found |= json.loads((folder / SKIPPED).read_text(encoding="utf-8"))
        return found

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Every model's predictions for the held-out posts of every scheme that it was trained on."""
        trained = [name for name in self.variants if name not in self.skipped]
        names = ["classify/predictions", *(f"finetune/{name}/predictions" for name in trained)]
        return pd.concat([read_table(self.data, name) for name in names], ignore_index=True)

    def history(self, variant: str) -> pd.DataFrame:
        """Return the epochs of all schemes: scheme, epoch, train_loss, val_loss, val_accuracy, best."""
        return read_table(self.data, f"finetune/{variant}/history")

    def weights(self, variant: str, scheme: str = "honest") -> Path:
        """Return the file with the variant's weights."""
        return self.models / variant / f"{scheme}.pt"


def read_study() -> LikabilityStudy:
    """Return the study of this repository, with the networks that dvc.yaml names."""
    variants = variants_of(paths.root(), "likability-finetune")
    return LikabilityStudy(paths.data("likability"), paths.models("likability"), variants)


def write_features(
    folder: Path,
    posts: pd.DataFrame,
    photos: pd.DataFrame,
    arrays: Mapping[str, np.ndarray],
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, Sequence[str]],
    recipe: Mapping[str, object],
) -> None:
    """Write arrays as <name>.npy beside <name>.parquet (photo_id), tables as <name>.parquet with post_id in front.

    names: {array: its columns' names}, for arrays of named measures. recipe: how the network's layers were made, so
    that they can be made of other photos: backbone, weights, image_size, seed.
    """
    for name, array in arrays.items():
        write_npy(array, folder / f"{name}.npy")
        write_parquet(photos[["photo_id"]], folder / f"{name}.parquet")
    for name, table in tables.items():
        post_id = posts["post_id"].reset_index(drop=True)
        write_parquet(table.reset_index(drop=True).assign(post_id=post_id)[["post_id", *table.columns]],
                      folder / f"{name}.parquet")  # fmt: skip
    write_json({name: list(columns) for name, columns in names.items()}, folder / "names.json")
    write_json(dict(recipe), folder / "recipe.json")


def write_skipped(folder: Path, skipped: Mapping[str, str]) -> None:
    """Write which models were not trained and why: skipped.json, {} where all were."""
    write_json(dict(skipped), folder / SKIPPED)
