"""The curator's model: how likely a photo is to be liked, by its looks alone, with an interval from an ensemble.

Each member is a ridge logistic regression on a resample of the users (Breiman's bagging, 1996, whole users drawn so
that the spread of the members tells how much depends on who happened to be in the data). The file holds the arrays and
a header that names the features, so that they can be made again for any album.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

from likeness.errors import LayoutError
from likeness.models.likability.svm_curve import standardiser, turn
from likeness.paths import atomic, write_text

VERSION = 1  # of the file
CS = tuple(10.0**exponent for exponent in range(-3, 4))
FOLDS = 5
LOW, HIGH = 0.05, 0.95  # the interval: the middle 90 % of the members
MOST = 1000  # resamples tried for one of both kinds


class CuratorMissing(FileNotFoundError):
    """There is no model; the message says which stage makes it."""


@dataclass(frozen=True)
class Curator:
    """mean, scale: (d,). coef: (members, d). intercept: (members,). sets: {name: its columns}, in order, d together.

    recipe: how to make the features (backbone, weights, layer ...), whatever JSON can hold.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]
    sets: dict[str, int]
    recipe: dict[str, Any]

    def standardise(self, features: Mapping[str, NDArray]) -> NDArray[np.float64]:
        """Return (n, d): the sets of features side by side, standardised, each set with the same weight.

        Raises ValueError naming a set that is missing or has another number of columns than the model was fitted on.
        """
        found = {name: features[name].shape[1] for name in self.sets if name in features}
        if found != self.sets:
            raise ValueError(f"the curator was fitted on {self.sets} columns of features; given are {found}")
        return (_side_by_side(features, self.sets) - self.mean) / self.scale

    def score(self, features: Mapping[str, NDArray]) -> pd.DataFrame:
        """Return a row per photo: score (the members' median of P(liked)), low and high (their 5 % and 95 %)."""
        chance = expit(self.standardise(features) @ self.coef.T + self.intercept)
        low, score, high = np.quantile(chance, [LOW, 0.5, HIGH], axis=1)
        return pd.DataFrame({"score": score, "low": low, "high": high})

    def save(self, path: Path) -> Path:
        """Write the model as one .npz, whole or not at all; the same model gives the same bytes."""
        header = json.dumps({"version": VERSION, "sets": self.sets, "recipe": self.recipe}, ensure_ascii=True)
        arrays = {name: getattr(self, name) for name in ("mean", "scale", "coef", "intercept")}
        with atomic(path) as temporary, temporary.open("wb") as stream:
            np.savez(stream, header=np.frombuffer(header.encode(), np.uint8), **arrays)
        return Path(path)


def write_curator(model: Curator | None, folder: Path, reason: str) -> Path:
    """Write the model as curator.npz, or, where there is none, none.txt with the reason."""
    if model is None:
        return write_text(f"{reason}\n", folder / "none.txt")
    return model.save(folder / "curator.npz")


def load_curator(path: Path) -> Curator:
    """Read what `save` wrote. Raises CuratorMissing, or LayoutError for a file that is no curator of this version."""
    if not Path(path).is_file():
        raise CuratorMissing(f"{path} is missing; `dvc repro likability-classify` makes it")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("mean", "scale", "coef", "intercept")}
            header = json.loads(stored["header"].tobytes())
        if header.get("version") != VERSION:
            raise LayoutError(
                f"{path}: version {header.get('version')}, not {VERSION}; `dvc repro -f likability-classify`"
            )
        return Curator(**arrays, sets=header["sets"], recipe=header["recipe"])
    except LayoutError:
        raise
    except Exception as error:  # the bytes of a damaged archive raise nearly anything
        raise LayoutError(f"{path}: not a curator's model; `dvc repro -f likability-classify` makes it anew") from error


def _side_by_side(features: Mapping[str, NDArray], names: Iterable[str]) -> NDArray[np.float64]:
    """Return the sets of features (n, d) in the order of `names`, as float64."""
    return np.concatenate([np.asarray(features[name], dtype=np.float64) for name in names], axis=1)


def fit_curator(
    features: Mapping[str, NDArray],
    liked: NDArray[np.bool_],
    users: NDArray[np.object_],
    *,
    members: int,
    seed: int,
    recipe: Mapping[str, Any],
) -> Curator:
    """Fit the ensemble on training posts with a picture.

    features: {name: (n, d)}; every set weighs the same, however many columns it has. liked: (n,) bool. users: (n,).
    recipe: how the features were made; kept beside how the model was: "fit" with ridge, members, seed, posts, users.
    The ridge is the one whose log loss is least in a cross-validation by user; ties to the stronger one. Rows are first
    turned into at most n coordinates, which changes no member: the penalty and the products stay as they were.
    Raises ValueError for fewer than two users, posts of one kind, or a feature that is not finite.
    """
    liked, users = np.asarray(liked, dtype=bool), np.asarray(users).astype(str)
    sets = {name: int(np.shape(table)[1]) for name, table in features.items()}
    x = _side_by_side(features, sets)
    if not len(x) == len(liked) == len(users):
        raise ValueError(f"{len(x)} rows of features, {len(liked)} labels, {len(users)} users: give one each")
    if not np.isfinite(x).all():
        raise ValueError(f"row {int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])}: a feature is not finite")
    names, of_user = np.unique(users, return_inverse=True)
    if len(names) < 2 or len(set(liked)) < 2:
        raise ValueError(f"{len(x)} posts of {len(names)} users: two users are needed, and posts liked and not liked")
    mean, scale = standardiser(x)
    scale = scale * np.repeat([np.sqrt(width) for width in sets.values()], list(sets.values()))  # each set: variance 1
    z, basis = turn((x - mean) / scale)
    c = choose_ridge(z, liked, of_user)
    rng = np.random.default_rng(seed)
    models = [_fit(z, liked, c, _resample(liked, of_user, rng)) for _ in range(members)]
    coef = np.stack([model.coef_[0] for model in models])
    intercept = np.array([model.intercept_[0] for model in models])
    fitted = {"ridge": c, "members": members, "seed": seed, "posts": len(x), "users": len(names)}
    coef = coef if basis is None else coef @ basis.T
    return Curator(mean, scale, coef, intercept, sets, {**recipe, "fit": fitted})


def fit_on_posts(
    features: Mapping[str, NDArray], posts: pd.DataFrame, recipe: Mapping[str, Any], *, members: int, seed: int
) -> tuple[Curator, pd.DataFrame]:
    """Fit the ensemble on the honest training posts, and let it judge all other posts, of users that it hasn't seen.

    features: {name: (posts, d)}, rows aligned with posts: split, liked, group. recipe: as `fit_curator`.
    Returns (model, table of the other posts: score, low, high, liked, group).
    """
    train = (posts["split"] == "train").to_numpy()
    liked, users = posts["liked"].to_numpy(bool), posts["group"].to_numpy(object)
    seen = {name: rows[train] for name, rows in features.items()}
    model = fit_curator(seen, liked[train], users[train], members=members, seed=seed, recipe=recipe)
    told = model.score({name: rows[~train] for name, rows in features.items()})
    return model, told.assign(liked=liked[~train], group=users[~train])


def choose_ridge(z: NDArray[np.float64], liked: NDArray[np.bool_], of_user: NDArray[np.int64]) -> float:
    """Return the C of CS with the least log loss on users left out; the strongest ridge where none can be left out."""
    splitter = GroupKFold(min(FOLDS, len(set(of_user))))
    folds = [(train, judge) for train, judge in splitter.split(z, liked, of_user) if len(set(liked[train])) == 2]
    if not folds:
        return CS[0]
    losses = []
    for c in CS:
        told = [_fit(z[train], liked[train], c).predict_proba(z[judge])[:, 1] for train, judge in folds]
        truth = [liked[judge] for _, judge in folds]
        losses.append(log_loss(np.concatenate(truth), np.concatenate(told), labels=[False, True]))
    return CS[int(np.argmin(losses))]


def _fit(z: NDArray, liked: NDArray[np.bool_], c: float, weight: NDArray | None = None) -> LogisticRegression:
    return LogisticRegression(C=c, tol=1e-6, max_iter=5000).fit(z, liked, sample_weight=weight)


def _resample(liked: NDArray[np.bool_], of_user: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each post is in a resample of the users that holds posts of both kinds."""
    users = of_user.max() + 1
    for _ in range(MOST):
        weight = np.bincount(rng.integers(0, users, users), minlength=users)[of_user].astype(float)
        if len(set(liked[weight > 0])) == 2:
            return weight
    raise ValueError(f"{users} users: hardly a resample of them has posts of both kinds; more users are needed")
