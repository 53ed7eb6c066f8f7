"""Siamese networks trained on the honest and on the naive split of the pairs, and what they say of held-out pairs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.special import logit

from likeness.features.backbones import save_weights
from likeness.models.pose.pair_data import PhotoArrays, embed_photos
from likeness.models.pose.pair_module import PairModule, Pairs, Plan
from likeness.models.pose.siamese import SiameseNet, compare_rows, without_backbone
from likeness.models.training.fit import FitResult, Fits, fit_each, fit_run, split_settings
from likeness.models.training.fit import histories as histories  # for notebooks
from likeness.stats.calibration import platt_scale

PAIRS = 8192  # compared at a time
SCHEMES = {"honest": "split", "naive": "naive_split"}  # scheme -> the column of the pairs that holds its split


def fit_pairs(
    net: SiameseNet, arrays: PhotoArrays, train: pd.DataFrame, validation: pd.DataFrame, **settings: Any
) -> FitResult:
    """Train `net` on the pairs `train` until `validation` (both: left, right, same) stops improving.

    Early stopping looks at the validation loss; the best epoch's weights are returned, and for a metric loss its
    distances are scaled to probabilities on the validation pairs.
    settings: the fields of `Plan` and of `Machine`. Raises ValueError for one that cannot be used, or where pairs are
    all of one kind.
    """
    plan, machine = split_settings(Plan, settings)
    for name, pairs in (("training", train), ("validation", validation)):
        if pairs["same"].nunique() < 2:
            raise ValueError(f"{len(pairs)} {name} pairs are not of both kinds; check the split")
    rows = [_pair_rows(arrays, pairs) for pairs in (train, validation)]
    if net.config.tune == "last":
        seen = np.unique(np.concatenate(rows[0][:2]))
        net.standardise(torch.from_numpy(arrays.features[seen]))

    def calibrate() -> None:
        if net.head is None:
            _calibrate(net, arrays, rows[1])

    return fit_run(PairModule, net, arrays, rows, plan, machine, finish=calibrate)


def _pair_rows(arrays: PhotoArrays, pairs: pd.DataFrame) -> Pairs:
    return arrays.rows(pairs["left"]), arrays.rows(pairs["right"]), pairs["same"].to_numpy(bool, copy=True)


def _calibrate(net: SiameseNet, arrays: PhotoArrays, validation: Pairs) -> None:
    """Set the scale from distance to logit by the validation pairs.

    Distances that run against the validation pairs say nothing: every pair gets the share of same pairs.
    """
    left, right, same = validation
    embeddings = embed_photos(net, arrays)
    distance = net.distance(embeddings[left], embeddings[right])
    slope, intercept = platt_scale(-distance.numpy(), same)
    if slope <= 0:
        slope, intercept = 0.0, float(logit(np.mean(same)))
    net.platt.copy_(torch.tensor([-slope, intercept]))


def fit_schemes(
    start: Callable[[int], SiameseNet],
    arrays: PhotoArrays,
    pairs: pd.DataFrame,
    plan: Plan,
    *,
    seeds: int = 1,
    tracker_folder: Path | None = None,
    **settings: Any,
) -> Fits:
    """Return {scheme: its training runs}; run r of a scheme starts from the weights `start(plan.seed + r)`.

    pairs: left, right, same, split, naive_split. seeds: how many runs of the honest split (see `fit_each`).
    tracker_folder: each run has a folder of its own in it. settings: `tracker`, and the fields of `Machine`.
    """

    def fit(scheme: str, seed: int, **kept: Any) -> FitResult:
        train, validation = (pairs[pairs[SCHEMES[scheme]] == part] for part in ("train", "val"))
        return fit_pairs(start(seed), arrays, train, validation, **vars(plan) | {"seed": seed} | settings | kept)

    return fit_each(SCHEMES, range(plan.seed, plan.seed + seeds), fit, tracker_folder)


def predict_schemes(fits: Fits, arrays: PhotoArrays, pairs: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the predictions of every scheme's held-out pairs, a row a pair and training run.

    Columns: left, right, same, kind, scheme, split (val or test), model, run (from 0), probability of same in [0, 1],
    score (larger is more alike).
    """
    tables = []
    for scheme, runs in fits.items():
        held_out = pairs[pairs[SCHEMES[scheme]] != "train"]
        table = held_out[["left", "right", "same", "kind"]].assign(
            scheme=scheme, split=held_out[SCHEMES[scheme]], model=model
        )
        tables += [predict_pairs(fit.net, arrays, table.assign(run=run)) for run, fit in enumerate(runs)]
    return pd.concat(tables, ignore_index=True)


def predict_pairs(net: SiameseNet, arrays: PhotoArrays, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return `pairs` with `probability` (of same, in [0, 1]) and `score` (larger is more alike) added."""
    left, right = arrays.rows(pairs["left"]), arrays.rows(pairs["right"])
    rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    embeddings = embed_photos(net, arrays, rows)
    a, b = torch.from_numpy(places).view(2, -1)
    logit, similarity = compare_rows(net, embeddings[a], embeddings[b])
    columns = {"probability": torch.sigmoid(logit.double()), "score": similarity.double()}
    return pairs.assign(**{name: values.cpu().numpy() for name, values in columns.items()})


def score_block(net: SiameseNet, embeddings: np.ndarray, queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Return float32 (q, g): how alike the photos of rows `queries` and `gallery` are, larger is more alike.

    embeddings: float32 (n, d), as `embed_photos` gives.
    """
    vectors = torch.from_numpy(embeddings)
    left, right = torch.from_numpy(queries), torch.from_numpy(gallery)
    scores = np.empty(len(queries) * len(gallery), np.float32)
    for start in range(0, len(scores), PAIRS):
        number = torch.arange(start, min(start + PAIRS, len(scores)))
        a, b = vectors[left[number // len(gallery)]], vectors[right[number % len(gallery)]]
        scores[start : start + len(number)] = compare_rows(net, a, b)[1].numpy()
    return scores.reshape(len(queries), len(gallery))


def embed_runs(fits: Fits, arrays: PhotoArrays) -> np.ndarray:
    """Return float32 (runs, n, d): what each run of the honest network makes of every photo."""
    return np.stack([embed_photos(fit.net, arrays).cpu().numpy() for fit in fits["honest"]])


def save_heads(fits: Fits, folder: Path) -> None:
    """Write what each run of the honest network compares embeddings by to <folder>/<run>.pt: all but its backbone."""
    for run, fit in enumerate(fits["honest"]):
        save_weights(without_backbone(fit.net), folder / f"{run}.pt", {"run": run})


def save_fits(fits: Fits, folder: Path, **seen: Any) -> None:
    """Write the weights of each scheme's first run to <folder>/<scheme>.pt; the others are in what is kept of fits.

    seen: image_size, pose_size [px] and pose_frame.
    """
    for scheme, (fit, *_) in fits.items():
        meta = {"stream": fit.net.config.stream, "scheme": scheme, "best_epoch": fit.best_epoch, **seen}
        save_weights(fit.net, folder / f"{scheme}.pt", meta)
