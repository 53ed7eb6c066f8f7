"""The same network trained twice: on the honest split of the pairs and on the naive one."""

import shutil
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import pandas as pd

from likeness.features.backbones import Backbone
from likeness.models.pose.pair_data import PhotoArrays
from likeness.models.pose.scoring import predict_pairs
from likeness.models.pose.siamese import SiameseConfig, make_siamese
from likeness.models.training.fit import FitResult, fit_pairs

SCHEMES = {"honest": "split", "naive": "naive_split"}  # scheme -> the column of the pairs that holds its split


def fit_each(schemes: Iterable[str], fit: Callable[[str], FitResult]) -> dict[str, FitResult]:
    """Return {scheme: fit(scheme)}. fit: keeps the finished run's state.

    A finished scheme's state stays until all are finished, so that a kill during the second does not cost the first.
    """
    fits = {scheme: fit(scheme) for scheme in schemes}
    for kept in {result.kept for result in fits.values()} - {None}:
        shutil.rmtree(kept)
    return fits


def fit_schemes(
    config: SiameseConfig,
    backbone: Backbone | None,
    arrays: PhotoArrays,
    pairs: pd.DataFrame,
    *,
    seed: int,
    **settings: Any,
) -> dict[str, FitResult]:
    """Return {scheme: fit}, each from the same initial weights.

    backbone: trained along where config.tune is "full" (a copy for each scheme), else None.
    pairs: left, right, same, split, naive_split. settings: passed to `fit_pairs`; a `tracker_folder` gets
    one subfolder per scheme.
    """
    tracked = settings.pop("tracker_folder", None)

    def fit(scheme: str) -> FitResult:
        train, validation = (pairs[pairs[SCHEMES[scheme]] == part] for part in ("train", "val"))
        folder = None if tracked is None else tracked / scheme
        net = make_siamese(config, deepcopy(backbone), seed=seed)
        return fit_pairs(net, arrays, train, validation, keep=True, seed=seed, tracker_folder=folder, **settings)

    return fit_each(SCHEMES, fit)


def histories(fits: dict[str, FitResult]) -> pd.DataFrame:
    """Return the epochs of all schemes: scheme, epoch, train_loss, val_loss, val_accuracy, best (bool)."""
    tables = [
        fit.history.assign(scheme=scheme, best=fit.history["epoch"] == fit.best_epoch) for scheme, fit in fits.items()
    ]
    return pd.concat(tables, ignore_index=True)


def predict_schemes(fits: dict[str, FitResult], arrays: PhotoArrays, pairs: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the predictions of every scheme's held-out pairs.

    Columns: left, right, same, kind, scheme, split (val or test), model, probability of same in [0, 1],
    score (larger is more alike).
    """
    tables = []
    for scheme, fit in fits.items():
        held_out = pairs[pairs[SCHEMES[scheme]] != "train"]
        table = held_out[["left", "right", "same", "kind"]].assign(
            scheme=scheme, split=held_out[SCHEMES[scheme]], model=model
        )
        tables.append(predict_pairs(fit.net, arrays, table))
    return pd.concat(tables, ignore_index=True)
