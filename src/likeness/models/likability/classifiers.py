"""Classifiers on fixed features: is a post liked?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

from likeness.features.layers import mirror_of
from likeness.models.likability.predictions import COLUMNS, split_rows, tell_posts
from likeness.models.likability.svm_curve import MANY, fit_svm, standardised, standardiser, turn
from likeness.studies.likability import SCHEMES

WIDE, COMPONENTS = 64, 32  # boosting sees a set of more columns than WIDE through its first principal components

Blocks = Sequence[NDArray]  # one array (n, d) a set of features, rows aligned
Scorer = Callable[[Blocks], NDArray[np.float64]]


class Recipe(NamedTuple):
    """One model: its name in the tables, a kind of KINDS, the sets of features it sees, its C, mirror images or not."""

    name: str
    kind: str
    features: tuple[str, ...]
    c: float = 1.0
    mirror: bool = False


# Waiting OpenMP threads spin: beside any other job, boosting on a few hundred rows took 300 times as long with two.
one_thread = threadpool_limits.wrap(limits=1, user_api="openmp")


def boosting(seed: int) -> HistGradientBoostingClassifier:
    """Return the gradient boosting of trees that all models of this kind use; it takes missing values as they are."""
    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=150, max_leaf_nodes=8, min_samples_leaf=10, early_stopping=False, random_state=seed
    )


def classify(
    feature_sets: Mapping[str, NDArray | pd.DataFrame],
    recipes: Sequence[Recipe],
    posts: pd.DataFrame,
    *,
    seed: int,
    trees: int = 500,
    tree_rows: int = MANY,
) -> pd.DataFrame:
    """Return the predictions of every recipe under every scheme: the columns of COLUMNS.

    feature_sets: {name: (posts, d)}, rows aligned with posts; a row of NaN: no picture, such posts are left out of the
    models that see this set. "<name>-mirror" holds the mirror images' features.
    posts: post_id, liked, and the schemes' columns of "train", "val", "test".
    trees, tree_rows: of a forest, and how many rows each tree is grown on, at most.
    Raises ValueError naming a set that is not there or does not fit the posts; `runnable` sorts recipes beforehand.
    """
    arrays = {name: np.asarray(table) for name, table in feature_sets.items()}
    tables = []
    for recipe in recipes:
        _check(recipe, arrays, len(posts))
        blocks = [arrays[name] for name in recipe.features]
        mirrors = [arrays.get(mirror_of(name), arrays[name]) for name in recipe.features]
        is_mirrored = recipe.mirror and any(mirror_of(name) in arrays for name in recipe.features)
        for scheme, column in SCHEMES.items():
            table = fit_predict(
                recipe.kind, blocks, posts, column=column, seed=seed, mirrors=mirrors if is_mirrored else None,
                c=recipe.c, trees=trees, tree_rows=tree_rows,
            )  # fmt: skip
            tables.append(table.assign(scheme=scheme, model=recipe.name, run=0))
    return pd.concat(tables, ignore_index=True)[COLUMNS] if tables else pd.DataFrame(columns=COLUMNS)


def runnable(
    recipes: Sequence[Recipe], feature_sets: Mapping[str, object], reason: str
) -> tuple[list[Recipe], dict[str, str]]:
    """Return (the recipes whose features are all there, {name: reason} of the others)."""
    fit = [recipe for recipe in recipes if set(recipe.features) <= set(feature_sets)]
    return fit, {recipe.name: reason for recipe in recipes if recipe not in fit}


def _check(recipe: Recipe, arrays: Mapping[str, NDArray], n: int) -> None:
    if recipe.kind not in KINDS:
        raise ValueError(f"{recipe.name}: unknown kind {recipe.kind!r}; choose one of {', '.join(KINDS)}")
    for name in recipe.features:
        if name not in arrays:
            raise ValueError(f"{recipe.name}: no features {name!r}; there are {', '.join(sorted(arrays)) or 'none'}")
        if arrays[name].ndim != 2 or len(arrays[name]) != n:
            raise ValueError(f"features {name!r} have shape {arrays[name].shape}; give one row for each of {n} posts")


@one_thread
def fit_predict(
    kind: str,
    blocks: Blocks,
    posts: pd.DataFrame,
    *,
    column: str,
    seed: int,
    mirrors: Blocks | None = None,
    c: float = 1.0,
    trees: int = 500,
    tree_rows: int = MANY,
) -> pd.DataFrame:
    """Train on the "train" posts of a split; return post by post what is said of its "val" and "test" posts.

    kind: svm (linear, see svm_curve), forest (random forest of `trees` trees, each on at most `tree_rows` rows), sgd (a
    linear SVM by stochastic gradient descent, hinge loss), boosting (histogram gradient boosting; takes missing values)
    or large (the same with larger trees). c: of svm and sgd.
    blocks: sets of features, each (posts, d); mirrors: the same of the mirror images, added to the training rows.
    Returns what `tell_posts` does. Raises ValueError where training or validation posts are missing or all of one kind.
    """
    blocks = [np.asarray(block) for block in blocks]
    known = ~np.any([np.isnan(block).all(axis=1) for block in blocks], axis=0)
    train, held_out = split_rows(posts, column, known)
    rows, labels = [block[train] for block in blocks], posts["liked"].to_numpy(dtype=bool)[train]
    if mirrors is not None:
        rows = [np.concatenate([a, np.asarray(b)[train]]) for a, b in zip(rows, mirrors, strict=True)]
        labels = np.tile(labels, 2)
    score = KINDS[kind](rows, labels, seed=seed, c=c, trees=trees, tree_rows=tree_rows)
    return tell_posts(posts, column, held_out, score([block[held_out] for block in blocks]))


def _linear(fit: Callable[[NDArray, NDArray[np.bool_], float, int], Callable[[NDArray], NDArray]]) -> Callable:
    """Make a kind of a linear model's fit: columns standardised, sets of features of equal weight.

    fit: takes rows (n, d), labels, C and a seed, returns what scores other rows.
    """

    def kind(rows: Blocks, liked: NDArray[np.bool_], *, seed: int, c: float, **_: int) -> Scorer:
        if any(np.isnan(block).any() for block in rows):
            raise ValueError("a feature is missing (NaN) in some posts; only boosting takes missing values")
        scaled = equal_weights(rows)
        score = fit(scaled(rows), liked, c, seed)
        return lambda blocks: score(scaled(blocks))

    return kind


def equal_weights(rows: Blocks) -> Callable[[Blocks], NDArray]:
    """Return what joins sets of features (n, d) to rows (n, sum of d): standardised by `rows`, sets of equal weight."""
    scalers = [standardiser(block) for block in rows]
    total = sum(block.shape[1] for block in rows)
    weights = [np.sqrt(total / (len(rows) * block.shape[1])) for block in rows]  # 4,096 columns drown ten

    def scaled(blocks: Blocks) -> NDArray:
        parts = list(zip(blocks, scalers, weights, strict=True))
        if len(blocks[0]) <= MANY:
            return np.concatenate([(block - mean) / scale * weight for block, (mean, scale), weight in parts], axis=1)
        rows = np.concatenate([np.asarray(block, np.float32) for block in blocks], axis=1)
        return standardised(rows, *(np.concatenate(each) for each in zip(*_weighted(parts), strict=True)))

    return scaled


def _weighted(parts: Sequence[tuple[NDArray, tuple[NDArray, NDArray], float]]) -> Iterator[tuple[NDArray, NDArray]]:
    """Yield (mean, scale) of each set of features, by which its columns are also weighed."""
    for _, (mean, scale), weight in parts:
        yield mean, scale / weight


def _svm(x: NDArray, liked: NDArray[np.bool_], c: float, seed: int) -> Callable[[NDArray], NDArray[np.float64]]:
    (plane,) = fit_svm(x, liked, [c])
    return plane.score


def _sgd(x: NDArray, liked: NDArray[np.bool_], c: float, seed: int) -> Callable[[NDArray], NDArray[np.float64]]:
    z, basis = turn(x)
    model = SGDClassifier(loss="hinge", alpha=1 / (c * len(z)), average=True, max_iter=1000, random_state=seed)
    model.fit(z, liked)
    return lambda rows: model.decision_function(rows if basis is None else rows @ basis)


def _forest(rows: Blocks, liked: NDArray[np.bool_], *, seed: int, trees: int, tree_rows: int, **_: float) -> Scorer:
    x = _joined(rows)
    drawn = tree_rows if len(x) > tree_rows else None  # None: as many as there are, with replacement
    model = RandomForestClassifier(trees, max_samples=drawn, n_jobs=-1, random_state=seed).fit(x, liked)
    model.set_params(n_jobs=1)  # threads would add the trees' votes in any order, and the last bits with it
    return lambda blocks: model.predict_proba(_joined(blocks))[:, 1]


def _joined(blocks: Blocks) -> NDArray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1)


def _boosting(rows: Blocks, liked: NDArray[np.bool_], *, seed: int, **_: float) -> Scorer:
    views = [narrow(block, seed) for block in rows]

    def seen(blocks: Blocks) -> NDArray:
        return np.concatenate([view(block) for view, block in zip(views, blocks, strict=True)], axis=1)

    model = boosting(seed).fit(seen(rows), liked)
    return lambda blocks: model.decision_function(seen(blocks))


def _large(rows: Blocks, liked: NDArray[np.bool_], *, seed: int, **_: float) -> Scorer:
    """Boosting as scikit-learn has it by default: trees of 31 leaves, large enough to know single accounts again."""
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
    model.fit(np.concatenate(rows, axis=1), liked)
    return lambda blocks: model.decision_function(np.concatenate(blocks, axis=1))


def narrow(block: NDArray, seed: int) -> Callable[[NDArray], NDArray]:
    """Return what turns a wide set of features into its first principal components, a narrow one into itself."""
    if block.shape[1] <= WIDE:
        return lambda rows: rows
    if len(block) > MANY:
        block = block[np.random.default_rng(seed).choice(len(block), MANY, replace=False)]
    mean, scale = standardiser(block)
    pca = PCA(min(COMPONENTS, len(block)), svd_solver="randomized", random_state=seed).fit((block - mean) / scale)

    def view(rows: NDArray) -> NDArray:
        starts = range(0, len(rows), MANY)
        return np.concatenate([pca.transform((rows[start : start + MANY] - mean) / scale) for start in starts])

    return view


KINDS: dict[str, Callable[..., Scorer]] = {
    "svm": _linear(_svm),
    "forest": _forest,
    "sgd": _linear(_sgd),
    "boosting": _boosting,
    "large": _large,
}
