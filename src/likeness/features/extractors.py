"""Networks by name, and the same one again from what was noted of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from likeness.features.backbones import Backbone, load_backbone
from likeness.features.dlib_face import NAME as DLIB
from likeness.features.dlib_face import load_dlib
from likeness.features.facenet import NAME as FACENET
from likeness.features.facenet import load_facenet
from likeness.features.onnx_face import ONNX, load_onnx


class RecipeError(ValueError):
    """Features cannot be made again as they were: other weights, or not all was noted; the message says what to run."""


def load_extractor(name: str, weights: str, *, seed: int = 0, image_size: int = 0, layer: str = "pool") -> Backbone:
    """Return the face network "facenet", "dlib" or "onnx", or else `load_backbone`'s `name`, in eval mode.

    weights: as `load_backbone`, `load_facenet`, `load_dlib` or `load_onnx`. image_size: px that it will be used at; 0:
    its own size, `.size`, which dlib and ONNX files always take. layer: as `load_backbone`.
    Raises ValueError for an unknown name or a size that the network does not take, MissingWeights for a checkpoint that
    is not here.
    """
    size = image_size or None
    if name == FACENET:
        return load_facenet(weights, seed, size)
    if name == DLIB:
        return load_dlib(weights, seed)
    if name in ONNX:
        return load_onnx(name, Path(weights))
    return load_backbone(name, weights, layer=layer, seed=seed, image_size=size)


def recipe_of(
    network: Backbone, weights: str, image_size: int, batch_size: int, seed: int, precision: str = "auto"
) -> dict[str, Any]:
    """Return what it takes to make the same features of other pictures, as JSON can hold it.

    weights, precision: as they were asked for. image_size: px, 0 for the network's own size, which dlib and ONNX files
    have in any case.
    """
    own_size = not image_size or network.name in (DLIB, *ONNX)
    return {
        "backbone": network.name,
        "weights": weights,
        "identity": network.weights,
        "layer": network.layer,
        "image_size": network.size if own_size else image_size,
        "batch_size": batch_size,
        "precision": precision,
        "seed": seed,
    }


def extractor_of(recipe: Mapping[str, Any], stage: str) -> Backbone:
    """Return the network that `recipe_of` noted. stage: which made the features, for the message.

    Raises RecipeError if the weights at hand are others, or the recipe lacks a key.
    """
    keys = ("backbone", "weights", "identity", "layer", "image_size", "batch_size", "precision", "seed")
    if missing := [key for key in keys if key not in recipe]:
        raise RecipeError(f"the recipe of the features does not say their {missing[0]}; `dvc repro -f {stage}`")
    settings = {"seed": recipe["seed"], "image_size": recipe["image_size"], "layer": recipe["layer"]}
    network = load_extractor(recipe["backbone"], recipe["weights"], **settings)
    if network.weights != recipe["identity"]:
        raise RecipeError(
            f"{network.name}: its weights are now {network.weights}, and the features were made with "
            f"{recipe['identity']}; `dvc repro {stage}`"
        )
    return network
