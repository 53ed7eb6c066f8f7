"""The features of the likability study: a network's layers of photo and mirror image, faces, objects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from likeness.errors import MissingWeights
from likeness.features.backbones import load_backbone
from likeness.features.extract import Extraction, extract
from likeness.features.layers import layers_of, mirror_of
from likeness.features.views import MIRROR, PHOTO

FACES = ("faces", "face_share")


def layer_features(
    photos: pd.DataFrame,
    backbone: str,
    weights: str,
    *,
    seed: int,
    image_size: int,
    extract: Callable[..., tuple[np.ndarray, Extraction]] = extract,
    **settings: Any,
) -> tuple[dict[str, np.ndarray], str]:
    """Return ({layer: float32 (photos, dim), "<layer>-mirror": of the mirror images}, identity of the weights).

    Without photos there are no layers, and the identity is "". backbone, weights, seed, image_size: as `load_backbone`.
    extract: what computes features, called as `features.extract.extract`. settings: passed to it. Raises MissingWeights
    for a checkpoint that is not here.
    """
    found, identity = {}, ""
    for layer in layers_of(backbone) if len(photos) else ():
        network = load_backbone(backbone, weights, layer=layer, seed=seed, image_size=image_size)
        identity = network.weights
        for name, view in ((layer, PHOTO), (mirror_of(layer), MIRROR)):
            found[name] = extract(photos, network, view=view, image_size=image_size, **settings)[0]
    return found, identity


def face_features(posts: pd.DataFrame, photos: pd.DataFrame) -> np.ndarray | None:
    """Return FACES of every photo, float32 (photos, 2), as the prepare stage found them.

    None where nobody looked, or there are no photos.

    posts: photo_id, faces (-1: nobody looked), face_share.
    """
    first = posts.drop_duplicates("photo_id").set_index("photo_id").reindex(photos["photo_id"])
    found = first[list(FACES)].to_numpy(np.float32)
    return None if photos.empty or (found[:, 0] < 0).any() else found


def liked_photos(posts: pd.DataFrame, photos: pd.DataFrame) -> pd.Series:
    """Return for every photo whether its first post was liked: bool, in the order of `photos`."""
    first = posts.drop_duplicates("photo_id").set_index("photo_id")["liked"]
    return first.reindex(photos["photo_id"]).astype(bool).reset_index(drop=True)


def object_groups(photos: pd.DataFrame, root: Path, classifier: str, **settings: Any) -> tuple[np.ndarray | None, str]:
    """Return (float32 (photos, groups) or None, why not): what an ImageNet classifier sees, in groups of objects.

    classifier: a torchvision network whose ImageNet checkpoint is at hand, or "none". settings: passed to
    `objects.object_features`. Without photos, without a classifier or without its checkpoint there is no array, and
    the second value says which.
    """
    from likeness.features.objects import object_features

    if photos.empty or classifier == "none":
        return None, "the posts have no pictures" if photos.empty else "no classifier is named (objects: none)"
    try:
        return object_features(photos, root, backbone=classifier, **settings)[0], ""
    except MissingWeights as error:
        return None, str(error)
