"""Networks by name, and the same one again from what was noted of it."""

from collections.abc import Mapping
from typing import Any

from likeness.features.backbones import Backbone, load_backbone
from likeness.features.facenet import NAME as FACENET
from likeness.features.facenet import load_facenet


class RecipeError(ValueError):
    """Features cannot be made again as they were: other weights, or not all was noted; the message says what to run."""


def load_extractor(name: str, weights: str, *, seed: int = 0, image_size: int = 0, layer: str = "pool") -> Backbone:
    """Return "facenet" or the network `name` of torchvision or timm, without its class layer, in eval mode.

    weights: as `load_backbone` or `load_facenet`. image_size: px that it will be used at; 0: its own size, `.size`.
    layer: as `load_backbone`.
    Raises ValueError for an unknown name or a size that the network does not take, MissingWeights for a checkpoint that
    is not here.
    """
    size = image_size or None
    if name == FACENET:
        return load_facenet(weights, seed, size)
    return load_backbone(name, weights, layer=layer, seed=seed, image_size=size)


def recipe_of(
    network: Backbone, weights: str, image_size: int, batch_size: int, seed: int, precision: str = "auto"
) -> dict[str, Any]:
    """Return what it takes to make the same features of other pictures, as JSON can hold it.

    weights, precision: as they were asked for. image_size: px, 0 for the network's own size.
    """
    return {
        "backbone": network.name,
        "weights": weights,
        "identity": network.weights,
        "layer": network.layer,
        "image_size": image_size or network.size,
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
