"""A linear support vector machine on features of many columns, and its score against C.

With fewer rows than columns libsvm solves the dual problem of the hinge loss, which sees the rows by their inner
products alone: one matrix of them serves every value of C. With more rows than columns it does not finish for large C;
there liblinear solves the primal problem of the squared hinge, by Newton's method.
Of the squared hinge on 788 rows (394 photos and their mirror images) of 4,096 columns, the dual solver stops unfinished
from C = 0.1 on (1,000 sweeps) and the primal one takes up to 5 s, because mirror images are so nearly alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import qr
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import SVC, LinearSVC

CS = tuple(10.0**exponent for exponent in range(-6, 6))
STEPS = 50_000  # of the primal solver, at most


class Fold(NamedTuple):
    """rows (n, d), liked (n,): what is trained on, mirror images included. judged (m, d), truth (m,): the rest."""

    rows: NDArray
    liked: NDArray[np.bool_]
    judged: NDArray
    truth: NDArray[np.bool_]


def standardiser(x: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (mean, scale) of each column of x (n, d), float; a column that does not vary has scale 1."""
    mean, scale = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
    return mean, np.where(scale > 1e-12 * np.maximum(np.abs(mean), 1), scale, 1.0)


def turn(x: NDArray) -> tuple[NDArray, NDArray | None]:
    """Return (z, basis) with z = x @ basis and the inner products of x (n, d) kept; (x, None) unless n < d."""
    if len(x) >= x.shape[1]:
        return x, None
    basis, upper = qr(x.T, mode="economic")
    return upper.T, basis


def fit_svm(
    z: NDArray, liked: NDArray[np.bool_], cs: Sequence[float]
) -> Callable[[NDArray], list[NDArray[np.float64]]]:
    """Fit a linear SVM for each of cs on standardised rows z (n, d); return what scores other rows, a score for each C.

    liked: (n,) bool. cs: weights of the errors, larger is less regularised. The scores (m,) of rows (m, d) are signed
    distances from the boundary in units of half the margin.
    """
    if len(z) > z.shape[1]:
        flat = [LinearSVC(C=c, dual=False, max_iter=STEPS).fit(z, liked) for c in cs]
        return lambda rows: [model.decision_function(rows) for model in flat]
    gram = z @ z.T
    models = [SVC(kernel="precomputed", C=c).fit(gram, liked) for c in cs]

    def scores(rows: NDArray) -> list[NDArray[np.float64]]:
        products = rows @ z.T
        return [model.decision_function(products) for model in models]

    return scores


def c_curve(
    x: NDArray,
    liked: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[str] | NDArray,
    *,
    cs: Sequence[float] = CS,
    folds: int = 5,
    seed: int = 0,
    mirror: NDArray | None = None,
) -> pd.DataFrame:
    """Return the average precision of a linear SVM against C, cross-validated by user.

    x: (n, d) of training posts alone. liked: (n,) bool. groups: (n,) what a fold may not cut. mirror: (n, d) of the
    mirror images, added where a fold trains, never where it judges. Rows are standardised by what a fold trains on.
    Columns: c, mean, std (over the folds), "fold 1" ...; one row a value of C, in the order given.
    Raises ValueError for fewer groups than folds, or a fold whose posts are all of one kind.
    """
    found = {}
    for name, fold in folds_by_user(x, liked, groups, folds=folds, seed=seed, mirror=mirror):
        mean, scale = standardiser(fold.rows)
        scores = fit_svm((fold.rows - mean) / scale, fold.liked, cs)((fold.judged - mean) / scale)
        found[name] = [float(average_precision_score(fold.truth, score)) for score in scores]
    return over_folds({"c": list(cs)}, found)


def folds_by_user(
    x: NDArray,
    liked: Sequence[bool] | NDArray[np.bool_],
    groups: Sequence[str] | NDArray,
    *,
    folds: int,
    seed: int,
    mirror: NDArray | None = None,
) -> Iterator[tuple[str, Fold]]:
    """Yield ("fold 1", its rows) ...: parts of about as many liked posts, none of which cuts a user. As `c_curve`."""
    x, liked, groups = np.asarray(x), np.asarray(liked, dtype=bool), np.asarray(groups)
    if not len(x) == len(liked) == len(groups) or (mirror is not None and np.shape(mirror) != x.shape):
        raise ValueError(f"{len(x)} rows, {len(liked)} labels, {len(groups)} groups: give one each, and mirror alike")
    if (users := len(np.unique(groups))) < folds:
        raise ValueError(f"{users} users cannot be parted into {folds} folds; set folds to {users} or fewer")
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for number, (train, judge) in enumerate(splitter.split(x, liked, groups), 1):
        if min(len(set(liked[train])), len(set(liked[judge]))) < 2:
            raise ValueError(f"fold {number} of {folds}: its posts are all of one kind; set fewer folds")
        yield f"fold {number}", Fold(*with_mirror(x, mirror, liked, train), x[judge], liked[judge])


def with_mirror(x: NDArray, mirror: NDArray | None, liked: NDArray, train: NDArray) -> tuple[NDArray, NDArray]:
    """Return (rows, labels) to train on: those of the places `train`, once more as their mirror images."""
    if mirror is None:
        return x[train], liked[train]
    return np.concatenate([x[train], np.asarray(mirror)[train]]), np.tile(liked[train], 2)


def over_folds(settings: Mapping[str, Sequence[float]], found: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return one row a setting: the settings, mean and std of its scores over the folds, and the score in each."""
    scores = pd.DataFrame(found)
    summary = pd.DataFrame({**settings, "mean": scores.mean(axis=1), "std": scores.std(axis=1)})
    return pd.concat([summary, scores], axis=1)


def best_c(curve: pd.DataFrame) -> float:
    """Return the C with the largest mean average precision; of equals (to a millionth) the smallest.

    Not the one-standard-error rule: the error over five folds is mostly that the folds differ, which is common to all
    C, so that rule would take the smallest C of nearly every curve.
    """
    at_best = curve["mean"] >= curve["mean"].max() - 1e-6
    return float(curve.loc[at_best, "c"].min())
