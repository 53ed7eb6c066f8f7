"""Taste: how likely a photo is to be liked, where a model for that was fitted to real posts; else nothing is said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness import paths
from likeness.album.curator import load_curator
from likeness.album.wishes import CurateError
from likeness.cache import Cache

RECIPE = (
    "backbone", "weights", "identity", "layer", "image_size", "batch_size", "precision", "seed", "colours", "posts",
)  # fmt: skip
DEMO = "demo-"  # what the folders of drawn corpora begin with


def scores(photos: pd.DataFrame, album: Path, taste: str, cache: Cache | None) -> pd.DataFrame:
    """Return score, score_low, score_high of each photo: chance of being liked and its middle 90 %; NaN for "none".

    taste: "none", "study" (the model that the likability study fitted) or the path of such a model. Raises CurateError
    for a model that was fitted to drawn posts, unless the album is drawn too, CuratorMissing where there is none.
    """
    names = ["score", "score_low", "score_high"]
    if taste == "none":
        return pd.DataFrame(np.nan, index=photos.index, columns=names)
    file = paths.models("likability") / "curator" / "curator.npz" if taste == "study" else Path(taste)
    curator = load_curator(file)
    refuse_demo(file, curator.recipe, album)
    try:
        told = curator.score(album_features(photos, album, curator.recipe, cache=cache))
    except ValueError as error:
        raise CurateError(f"{file}: {error}") from error
    return told.set_axis(names, axis=1).set_index(photos.index)


def refuse_demo(file: Path, recipe: Mapping[str, Any], album: Path) -> None:
    """Raise CurateError where a model's posts were drawn and the album's photos were not."""
    if missing := [name for name in RECIPE if name not in recipe]:
        raise CurateError(f"{file}: does not say its {missing[0]}; `dvc repro -f likability-classify`")
    drawn = any(part.startswith(DEMO) for part in Path(recipe["posts"]).parts)
    if drawn and not any(part.startswith(DEMO) for part in Path(album).absolute().parts):
        raise CurateError(
            f"{file}: was fitted to the demo's drawn posts, which say nothing of real photos; run the likability study "
            "on real posts, or leave --taste at none"
        )


def in_words(taste: str) -> str:
    """Say what the choice rests on besides what can be measured."""
    if taste == "none":
        return "No model of taste was asked: nothing here says which photo is beautiful or dear to anybody."
    return (
        "Half of a photo's own worth is a model's guess of its chance to be liked, with the middle 90 % of an "
        "ensemble; it learned from the posts of other people."
    )


def album_features(
    photos: pd.DataFrame, root: Path, recipe: Mapping[str, Any], *, cache: Cache | None
) -> dict[str, np.ndarray]:
    """Return {layer: float32 (photos, d), "colour": float32 (photos, c)}, made as the curator's were.

    recipe: the keys of RECIPE. Raises CurateError where the weights or the measures are no longer those.
    """
    from likeness.features.backbones import load_backbone
    from likeness.features.colour import colour_features
    from likeness.features.extract import extract

    layer, size = recipe["layer"], recipe["image_size"]
    network = load_backbone(recipe["backbone"], recipe["weights"], layer=layer, seed=recipe["seed"], image_size=size)
    if network.weights != recipe["identity"]:
        raise CurateError(
            f"{recipe['backbone']}: its weights are now {network.weights}, and the curator was fitted on those of "
            f"{recipe['identity']}; `dvc repro likability-classify`"
        )
    settings = {name: recipe[name] for name in ("batch_size", "precision")}
    deep, _ = extract(photos, network, root=root, cache=cache, image_size=size, **settings)
    colours, names = colour_features(photos, root, cache=cache)
    if list(names) != list(recipe["colours"]):
        raise CurateError("colours were measured otherwise for the curator's model; `dvc repro likability-classify`")
    return {layer: deep, "colour": colours}
