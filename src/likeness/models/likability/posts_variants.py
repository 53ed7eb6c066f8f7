"""The variants of the likability study's networks: where each starts, how it is trained, what it leaves on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from likeness.features.backbones import save_weights
from likeness.models.likability.posts_fit import Source, fit_post_schemes, predict_posts
from likeness.models.likability.posts_module import PostArrays, post_arrays
from likeness.models.likability.posts_net import WITH_BACKBONE, PostConfig
from likeness.models.training.fit import Fits, histories
from likeness.models.training.surroundings import run_folders
from likeness.paths import write_parquet, write_text
from likeness.studies.likability import LOOKS, NO_PICTURES, LikabilityStudy, write_skipped

ALEXNET_DECAY = 5e-4  # Krizhevsky et al., 2012


@dataclass(frozen=True)
class Variant:
    """A network that is to be trained: its name, what it sees of the posts, and where it starts.

    skipped: why it cannot be trained, "" where it can; then there are no arrays and no source. told: the names of what
    it is told beside the photo.
    """

    network: str
    skipped: str = ""
    arrays: PostArrays | None = None
    source: Source | None = None
    told: tuple[str, ...] = ()


def start_variant(
    network: str, study: LikabilityStudy, root: Path, own: Mapping[str, Any], *, loss: str, dropout: float
) -> Variant:
    """Return the network `network` before it is trained on the study's posts.

    root: what the photos' paths are relative to. own: its image_size [px], and its weights and backbone, if it has any.
    loss, dropout: of `PostConfig`.
    """
    if not study.has_pictures:
        return Variant(network, NO_PICTURES)
    told = fusion_table(study) if network == "fusion" else None
    known = None if told is None else told.to_numpy(float)
    arrays = post_arrays(study.posts, study.photos, root, own["image_size"], known)
    source = source_of(network, arrays, own, loss=loss, dropout=dropout)
    return Variant(network, "", arrays, source, () if told is None else tuple(told.columns))


def fusion_table(study: LikabilityStudy) -> pd.DataFrame:
    """Return what the fusion network is told beside the photo, a row per post: metadata, colour and faces, by name."""
    looks = [
        pd.DataFrame(study.spread_to_posts(name), columns=study.names(name)) for name in LOOKS if name in study.features
    ]
    return pd.concat([study.tables["metadata"].reset_index(drop=True), *looks], axis=1)


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

    >>> recipe_of("smallcnn", {}, lr=0.002, weight_decay=0.1)
    {'optimizer': 'adamw', 'lr': 0.002, 'weight_decay': 0.1}
    """
    if network == "alexnet":
        steps = {key: own[key] for key in ("lr", "lr_step", "iterations")}
        return {"optimizer": "sgd", "weight_decay": ALEXNET_DECAY, **steps}
    return {"optimizer": "adamw", "lr": lr, "weight_decay": weight_decay}


def fit_variant(variant: Variant, study: LikabilityStudy, *, tracker: str, **settings: Any) -> Fits:
    """Return {scheme: its training runs} for the honest and the naive split, {} of a variant that is skipped.

    tracker: see `open_tracker`. settings: of `fit_post_schemes`, such as seeds and those of `recipe_of`.
    """
    if variant.skipped:
        return {}
    folders = run_folders(tracker, folder_of(study, variant), f"likability-{variant.network}")
    return fit_post_schemes(variant.source, variant.arrays, study.posts, tracker=tracker, **folders, **settings)


def folder_of(study: LikabilityStudy, variant: Variant) -> Path:
    """Return where a variant's predictions and curves lie."""
    return study.data / "finetune" / variant.network


def predict_schemes(fits: Fits, variant: Variant, study: LikabilityStudy) -> pd.DataFrame | None:
    """Return the predictions of every scheme's held-out posts, as `predict_posts` gives them; None without fits."""
    if not fits:
        return None
    tables = [
        predict_posts(fit.net, variant.arrays, study.posts, scheme=scheme, model=variant.network, run=run)
        for scheme, runs in fits.items()
        for run, fit in enumerate(runs)
    ]
    return pd.concat(tables, ignore_index=True)


def write_variant(variant: Variant, study: LikabilityStudy, fits: Fits, predictions: pd.DataFrame | None) -> None:
    """Write predictions, histories and the first run's weights of a trained variant, in both folders.

    Of a skipped one the reason.
    """
    data, models = folder_of(study, variant), study.models / variant.network
    write_skipped(data, {variant.network: variant.skipped} if variant.skipped else {})
    if variant.skipped:
        write_text(f"{variant.skipped}\n", models / "none.txt")
        return
    write_parquet(predictions, data / "predictions.parquet")
    write_parquet(histories(fits), data / "history.parquet")
    for scheme, (fit, *_) in fits.items():
        meta = {"scheme": scheme, "best_epoch": fit.best_epoch, "told": list(variant.told)}
        save_weights(fit.net, models / f"{scheme}.pt", meta)
