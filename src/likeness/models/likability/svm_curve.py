"""A linear support vector machine on features of many columns, and its score against C.

The loss is the squared hinge. With up to twice as many rows as columns libsvm minimises it in the dual problem, which
sees the rows by their inner products alone: that of the squared hinge is that of a hard margin with 1 / (2 C) added to
each row's product with itself (Cristianini and Shawe-Taylor 2000, section 6.1). Up to there a plane parts even labels
drawn at random (Cover 1965). More rows, and those that libsvm does not finish, are left to liblinear, which minimises
the same loss in the primal problem by Newton's method, slowly where a plane parts the rows: on 8,000 photos of
`benchmarks/svm.py` one core took more than 9,004 s with liblinear alone, and takes 244 s (benchmarks/results/svm.md).
Of more than MANY rows the same loss as liblinear's is minimised by L-BFGS in single precision, each C from the plane of
the one before it (Nocedal 1980; Yuan, Ho and Lin 2012 on warm starts): average precision agrees within 0.5 %.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import SVC, LinearSVC

CS = tuple(10.0**exponent for exponent in range(-6, 6))
MANY = 20_000  # rows from which single precision, and L-BFGS, are enough
STEPS = 50_000  # of the primal solver, at most
UNBOUNDED = 1e10  # of the dual solver's coefficients: no error is forgiven for more than its square costs
DESCENT = {"maxiter": 300, "maxcor": 20, "gtol": 1e-5, "ftol": 1e-9}  # of L-BFGS, of the mean loss
PASSES = 3_000  # of libsvm over the rows, at most; copies of a photo with other labels took 2,000, for C of 1e4


class Plane(NamedTuple):
    """weights (d,), offset: rows @ weights + offset is 0 on the boundary, and -1 and 1 on the margins."""

    weights: NDArray[np.float64]
    offset: float

    def score(self, rows: NDArray) -> NDArray[np.float64]:
        """Return the signed distances (m,) of rows (m, d) from the boundary, in units of half the margin."""
        return rows @ self.weights + self.offset


class Fold(NamedTuple):
    """rows (n, d), liked (n,): what is trained on, mirror images included. judged (m, d), truth (m,): the rest."""

    rows: NDArray
    liked: NDArray[np.bool_]
    judged: NDArray
    truth: NDArray[np.bool_]


def standardiser(x: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (mean, scale) of each column of x (n, d), float; a column that does not vary has scale 1."""
    if len(x) <= MANY:
        mean, scale = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
    else:  # the copies that numpy makes would be larger than x
        parts = [x[start : start + MANY] for start in range(0, len(x), MANY)]
        mean = sum(part.sum(axis=0, dtype=np.float64) for part in parts) / len(x)
        scale = np.sqrt(sum(np.square(part - mean).sum(axis=0) for part in parts) / len(x))
    return mean, np.where(scale > 1e-12 * np.maximum(np.abs(mean), 1), scale, 1.0)


def standardised(x: NDArray, mean: NDArray, scale: NDArray) -> NDArray:
    """Return (x - mean) / scale: float64, or of more than MANY rows float32, made in place where x is float32."""
    if len(x) <= MANY:
        return (x - mean) / scale
    x = np.asarray(x, dtype=np.float32, copy=None if x.dtype != np.float32 else False)
    x -= mean.astype(np.float32)
    x /= scale.astype(np.float32)
    return x


def turn(x: NDArray) -> tuple[NDArray, NDArray | None]:
    """Return (z, basis) with z = x @ basis and the inner products of x (n, d) kept; (x, None) unless n < d."""
    if len(x) >= x.shape[1]:
        return x, None
    basis, upper = qr(x.T, mode="economic")
    return upper.T, basis


def fit_svm(z: NDArray, liked: NDArray[np.bool_], cs: Sequence[float]) -> Iterator[Plane]:
    """Yield the linear SVM of each of cs on standardised rows z (n, d), in the order given.

    liked: (n,) bool. cs: weights of the squared errors, larger is less regularised.
    """
    if len(z) > MANY:
        yield from _descended(z, liked, cs)
        return
    gram = z @ z.T if by_products(z) else None
    for c in cs:
        model = None if gram is None else _dual(gram, liked, c)
        if model is None:
            model = LinearSVC(C=c, dual=False, max_iter=STEPS).fit(z, liked)
            yield Plane(model.coef_[0], float(model.intercept_[0]))
        else:
            yield Plane(model.dual_coef_[0] @ z[model.support_], float(model.intercept_[0]))


def _descended(z: NDArray, liked: NDArray[np.bool_], cs: Sequence[float]) -> Iterator[Plane]:
    """Yield the planes that minimise |w|^2 / 2 + offset^2 / 2 + C sum of squared hinges, as liblinear's do."""
    sign, weights = np.where(liked, 1, -1).astype(z.dtype), np.zeros(z.shape[1] + 1)
    for c in cs:

        def loss(w: NDArray, c: float = c) -> tuple[float, NDArray]:
            slack = np.maximum(1 - sign * (z @ w[:-1].astype(z.dtype) + z.dtype.type(w[-1])), 0)
            pull = -2 * c * slack * sign
            slope = np.append(pull @ z, pull.sum(dtype=np.float64)) + w
            value = w @ w / 2 + c * float(slack.astype(np.float64) @ slack)
            return value / (c * len(z)), slope / (c * len(z))

        weights = minimize(loss, weights, jac=True, method="L-BFGS-B", options=DESCENT).x
        yield Plane(weights[:-1], float(weights[-1]))


def by_products(z: NDArray) -> bool:
    """Tell whether z (n, d) has so few rows, at most 2 d, that `fit_svm` makes the matrix of their inner products."""
    return len(z) <= 2 * z.shape[1]


def _dual(gram: NDArray, liked: NDArray[np.bool_], c: float) -> SVC | None:
    """Return the SVM on rows of inner products gram (n, n), left as it was; None where libsvm does not finish."""
    own = gram.diagonal().copy()
    np.fill_diagonal(gram, own + 1 / (2 * c))
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        model = SVC(kernel="precomputed", C=UNBOUNDED, max_iter=PASSES * len(gram)).fit(gram, liked)
    np.fill_diagonal(gram, own)
    return None if model.fit_status_ else model


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
        judged = standardised(fold.judged, mean, scale)
        planes = fit_svm(standardised(fold.rows, mean, scale), fold.liked, cs)
        found[name] = [float(average_precision_score(fold.truth, plane.score(judged))) for plane in planes]
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
    rows = np.empty((2 * len(train), x.shape[1]), np.result_type(x, mirror))
    for part, side in zip(np.split(rows, 2), (x, mirror), strict=True):
        part[:] = side[train]
    return rows, np.tile(liked[train], 2)


def over_folds(settings: Mapping[str, Sequence[float]], found: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return one row a setting: the settings, mean and std of its scores over the folds, and the score in each."""
    scores = pd.DataFrame(found)
    summary = pd.DataFrame({**settings, "mean": scores.mean(axis=1), "std": scores.std(axis=1)})
    return pd.concat([summary, scores], axis=1)


def best_c(curve: pd.DataFrame) -> float:
    """Return the C with the largest mean average precision; of equals (to a millionth) the smallest.

    Not the one-standard-error rule: the error over five folds is mostly that the folds differ, which is common to all
    C, so that rule would take the smallest C of nearly every curve.

    >>> best_c(pd.DataFrame({"c": [0.01, 1.0, 100.0], "mean": [0.6, 0.7, 0.7]}))
    1.0
    """
    at_best = curve["mean"] >= curve["mean"].max() - 1e-6
    return float(curve.loc[at_best, "c"].min())
