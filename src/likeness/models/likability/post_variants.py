"""The variants of the likability study's networks: where each starts, how it is trained, what it leaves on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from likeness.features.backbones import save_weights
from likeness.models.likability.post_data import PostArrays, post_arrays
from likeness.models.likability.post_fit import Source, predict_posts
from likeness.models.likability.post_net import WITH_BACKBONE, PostConfig
from likeness.models.training.fit import FitResult, histories
from likeness.paths import write_parquet, write_text
from likeness.studies.likability import NO_PICTURES, write_skipped

ALEXNET_DECAY = 5e-4  # Krizhevsky et al., 2012


def why_skipped(posts: pd.DataFrame) -> str:
    """Return why no network can be trained on these posts, "" where it can."""
    return "" if (posts["photo_id"] != "").any() else NO_PICTURES


def variant_arrays(
    network: str, posts: pd.DataFrame, photos: pd.DataFrame, root: Path, image_size: int, told: pd.DataFrame
) -> PostArrays:
    """Return what a variant sees of the posts.

    image_size: of the photos [px]. told: what fusion is told beside the photo, a row per post.
    """
    return post_arrays(posts, photos, root, image_size, told.to_numpy(float) if network == "fusion" else None)


def source_of(network: str, arrays: PostArrays, own: Mapping[str, Any], *, loss: str, dropout: float) -> Source:
    """Return where a variant starts. own: its weights, and its backbone where that is not its name, if it has any."""
    told = 0 if arrays.metadata is None else arrays.metadata.shape[1]
    config = PostConfig(network, arrays.photos.shape[-1], loss, dropout, told)
    if network not in WITH_BACKBONE:
        return Source(config)
    return Source(config, own["backbone"] if network == "backbone" else network, own["weights"])


def recipe_of(network: str, own: Mapping[str, Any], *, lr: float, weight_decay: float) -> dict[str, Any]:
    """Return optimizer, rate, schedule and decay: SGD with steps for alexnet as in the original, else AdamW.

    own: of alexnet lr, lr_step and iterations. lr, weight_decay: of AdamW.
    """
    if network == "alexnet":
        steps = {key: own[key] for key in ("lr", "lr_step", "iterations")}
        return {"optimizer": "sgd", "weight_decay": ALEXNET_DECAY, **steps}
    return {"optimizer": "adamw", "lr": lr, "weight_decay": weight_decay}


def predict_schemes(fits: Mapping[str, FitResult], arrays: PostArrays, posts: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the predictions of every scheme's held-out posts, as `predict_posts` gives them."""
    tables = [predict_posts(fit.net, arrays, posts, scheme=scheme, model=model) for scheme, fit in fits.items()]
    return pd.concat(tables, ignore_index=True)


def write_variant(
    fits: Mapping[str, FitResult],
    predictions: pd.DataFrame | None,
    data: Path,
    models: Path,
    network: str,
    skipped: str,
    told: list[str],
) -> None:
    """Write predictions, histories and weights of a trained variant; of a skipped one the reason, in both folders.

    told: the names of what fusion was told. data, models: the variant's folders.
    """
    write_skipped(data, {network: skipped} if skipped else {})
    if skipped:
        write_text(f"{skipped}\n", models / "none.txt")
        return
    write_parquet(predictions, data / "predictions.parquet")
    write_parquet(histories(fits), data / "history.parquet")
    for scheme, fit in fits.items():
        meta = {"scheme": scheme, "best_epoch": fit.best_epoch, "told": told if network == "fusion" else []}
        save_weights(fit.net, models / f"{scheme}.pt", meta)
