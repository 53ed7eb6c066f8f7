"""Which classifiers the likability study fits, on which features: the original's, and what they are held against."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.features.layers import is_beside, mirror_of
from likeness.features.metadata import PAST
from likeness.models.likability.classifiers import Recipe
from likeness.models.likability.svm_curve import best_c, c_curve
from likeness.recall import recall
from likeness.studies.likability import LOOKS, LikabilityStudy

LAYERS = ("fc6", "fc7", "pool")  # in order of depth
ORIGINAL_LAYERS = ("fc6", "fc7")  # asked for, and listed as skipped, where the posts have no pictures
KIND_NAMES = {"svm": "SVM", "forest": "forest", "sgd": "SVM by SGD", "boosting": "boosting", "large": "large boosting"}
PLAIN = ("svm", "forest")  # beside boosting, on features of few columns
ON_LAYERS = ("svm", "forest", "sgd")


def feature_sets(study: LikabilityStudy) -> dict[str, np.ndarray]:
    """Return {name: (posts, dim)}: metadata and user, and where there are pictures colour, objects and layers."""
    tables = {name: table.to_numpy(float) for name, table in study.tables.items()}
    return tables | {name: study.spread_to_posts(name) for name in study.features}


def account_free_sets(study: LikabilityStudy) -> dict[str, np.ndarray]:
    """Return `feature_sets` without what a user's earlier posts got, which would tell of an account that is judged."""
    bare = {name: table.drop(columns=list(PAST), errors="ignore") for name, table in study.tables.items()}
    return feature_sets(study) | {name: table.to_numpy(float) for name, table in bare.items()}


def layers_in(features: Sequence[str]) -> list[str]:
    """Return the layers of a network among these features, the first ones first; the original's where there is none.

    >>> layers_in(["colour", "fc7", "fc6"])
    ['fc6', 'fc7']
    """
    return [name for name in LAYERS if name in features] or list(ORIGINAL_LAYERS)


def layers_beside(features: Sequence[str]) -> list[str]:
    """Return the layers of the networks that are held beside the study's own, without their mirror images.

    >>> layers_beside(["fc7", "fc7-mirror", "pool of x@none", "pool of x@none-mirror"])
    ['pool of x@none']
    """
    return [name for name in features if is_beside(name) and mirror_of(name) in features]


def study_recipes(features: Sequence[str], curves: Mapping[str, pd.DataFrame], mirror: bool) -> list[Recipe]:
    """Return every classifier of the study, whether or not its features are at hand.

    features: the names that there are. curves: {layer: as `c_curve` gives}, which choose C; 1 for others. mirror:
    train on mirror images too; then each classifier on a layer is fitted once more without them ("unmirrored").
    """
    looks = tuple(name for name in LOOKS if name in features or name == LOOKS[0])
    recipes = [recipe("boosting", "user", name="user only")]
    recipes += [recipe(kind, "metadata") for kind in ("boosting", "large", *PLAIN)]
    recipes += [recipe(kind, *looks, name="colour") for kind in ("boosting", *PLAIN)]
    recipes += [recipe("boosting", name) for name in ("objects",) if name in features]
    layers = layers_in(features)
    for layer in layers:
        c = best_c(curves[layer]) if layer in curves else 1.0
        recipes += [recipe(kind, layer, c=c, mirror=mirror) for kind in ON_LAYERS]
        if mirror:
            recipes += [recipe(kind, layer, c=c, ending=", unmirrored") for kind in ON_LAYERS]
        recipes.append(recipe("boosting", layer, "metadata", mirror=mirror))
    for layer in layers_beside(features):
        c = best_c(curves[layer]) if layer in curves else 1.0
        recipes.append(recipe("svm", layer, c=c, mirror=mirror))
    recipes.append(recipe("boosting", *looks, "metadata", name="colour + metadata"))
    deep = (layers[-1], *looks)
    recipes.append(recipe("boosting", *deep, mirror=mirror, name=f"{layers[-1]} + colour"))
    return [*recipes, recipe("boosting", *deep, "metadata", mirror=mirror, name=f"{layers[-1]} + colour + metadata")]


def recipe(kind: str, *features: str, c: float = 1.0, mirror: bool = False, name: str = "", ending: str = "") -> Recipe:
    """Return one recipe, named like "fc7, SVM" or "fc7 + metadata, boosting"."""
    title = f"{name or ' + '.join(features)}, {KIND_NAMES[kind]}{ending}"
    return Recipe(title, kind, features, c, mirror)


def c_curves(
    study: LikabilityStudy,
    layers: Sequence[str],
    cs: Sequence[float],
    *,
    folds: int,
    mirror: bool,
    seed: int,
    cache: Path | None,
) -> dict[str, pd.DataFrame]:
    """Return {layer: average precision of a linear SVM on it against C}, on honest training posts; see `c_curve`.

    cs: values of C. mirror: train on mirror images too. cache: the folder that keeps the curves.
    """
    rows = {layer: training_layer(study, layer, mirror) for layer in layers}
    return {layer: recall(cache, c_curve, **rows[layer], cs=list(cs), folds=folds, seed=seed) for layer in layers}


def training_layer(study: LikabilityStudy, layer: str, mirror: bool) -> dict[str, np.ndarray | None]:
    """Return {"x", "liked", "groups", "mirror"} of the honest training posts, as `svm_curve.c_curve` takes them.

    mirror: train on mirror images too.
    """
    train = (study.posts["split"] == "train").to_numpy()
    posts = study.posts[train]
    mirrored = study.spread_to_posts(mirror_of(layer))[train] if mirror else None
    arrays = {"x": study.spread_to_posts(layer)[train], "mirror": mirrored}
    return arrays | {"liked": posts["liked"].to_numpy(), "groups": posts["group"].to_numpy()}
