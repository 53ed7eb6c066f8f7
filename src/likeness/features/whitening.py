"""PCA-whitening of features: fitted on training pictures, then applied to all."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.decomposition import PCA

from likeness.features.face_features import ids_by_view, view_of
from likeness.paths import write_npy

LEAST = 1e-10  # of the first component's variance: below it a component is rounding, and whitening would blow it up


class Whitening(NamedTuple):
    """matrix: (1 + components, dim) float64, the mean, then the directions over their standard deviation.

    ratio: (components,) the share of the variance of the rows fitted on that each component holds, descending.
    """

    matrix: NDArray[np.float64]
    ratio: NDArray[np.float64]


def fit_whitening(rows: ArrayLike, components: int, seed: int = 0) -> Whitening:
    """Return the whitening that training pictures ask for (scikit-learn's PCA).

    rows: (n, dim) features of training pictures. Whitened, they have mean 0, variance 1 in every component and no
    correlation. The sign of a direction is settled: its largest entry is positive.
    seed: of solvers that draw; the exact one that is used here does not.
    Raises ValueError where the rows do not vary in so many directions.
    """
    rows = np.asarray(rows, dtype=np.float64)
    most = min(len(rows) - 1, rows.shape[1])
    if not 1 <= components <= most:
        raise ValueError(
            f"whiten {components}: {len(rows)} training rows of {rows.shape[1]} numbers allow 1 to {max(most, 0)} "
            f"components; choose fewer, or 0 for none"
        )
    with np.errstate(invalid="ignore"):  # rows that are all the same are answered below
        fitted = PCA(components, whiten=True, svd_solver="full", random_state=seed).fit(rows)
    variance = fitted.explained_variance_
    if not variance[-1] > LEAST * variance[0]:
        varying = int((variance > LEAST * variance[0]).sum())
        raise ValueError(f"whiten {components}: the training rows vary in {varying} directions only; choose fewer")
    matrix = np.concatenate([fitted.mean_[None], fitted.components_ / np.sqrt(variance)[:, None]])
    return Whitening(matrix, fitted.explained_variance_ratio_)


def whiten(rows: ArrayLike, matrix: NDArray) -> NDArray[np.float32]:
    """Return rows (n, dim) whitened: float32 (n, components). matrix: of a Whitening."""
    rows = np.asarray(rows, dtype=np.float64)
    if rows.shape[1] != matrix.shape[1]:
        raise ValueError(f"rows of {rows.shape[1]} numbers, but the whitening is of {matrix.shape[1]}")
    return ((rows - matrix[0]) @ matrix[1:].T).astype(np.float32)


def whiten_all(
    arrays: Mapping[str, NDArray], photos: pd.DataFrame, crops: pd.DataFrame, components: int, seed: int = 0
) -> tuple[dict[str, NDArray], dict[str, Whitening]]:
    """Return (arrays, whitenings): every array whitened by what its rows of training pictures say.

    arrays: {"<network>-<view>": (rows, dim)}, as face_features.picture_features gives. photos: split. components: 0
    leaves the arrays as they are, and there are no whitenings. Raises ValueError naming the array with too few rows.
    """
    if not components:
        return dict(arrays), {}
    split, ids = photos.set_index("photo_id")["split"], ids_by_view(photos, crops)
    fitted = {}
    for name, array in arrays.items():
        training = (split.loc[ids[view_of(name)]["photo_id"]] == "train").to_numpy()
        try:
            fitted[name] = fit_whitening(array[training], components, seed)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return {name: whiten(array, fitted[name].matrix) for name, array in arrays.items()}, fitted


def variance_kept(whitenings: Mapping[str, Whitening]) -> dict[str, NDArray[np.float64]]:
    """Return {"<network> <view>": share of the variance of each component}, for the figure and what is said of it."""
    return {" ".join(name.rsplit("-", 1)): whitening.ratio for name, whitening in whitenings.items()}


def write_whitenings(folder: Path, whitenings: Mapping[str, Whitening]) -> None:
    """Write each matrix as <network>-<view>-whitening.npy, so that a later picture can be whitened too."""
    for name, whitening in whitenings.items():
        write_npy(whitening.matrix, folder / f"{name}-whitening.npy")


def read_whitening(folder: Path, name: str) -> NDArray[np.float64]:
    """Return the matrix of the whitening of "<network>-<view>"; FileNotFoundError where there is none."""
    return np.load(folder / f"{name}-whitening.npy")
