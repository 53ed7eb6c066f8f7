"""The features of the likability study: a network's layers of photo and mirror image, faces, objects."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from likeness.cache import Cache
from likeness.errors import MissingWeights
from likeness.features.backbones import load_backbone
from likeness.features.colour import colour_features
from likeness.features.extract import Extraction
from likeness.features.layers import layer_of, layers_of, mirror_of
from likeness.features.objects import GROUPS, object_features
from likeness.features.renderings import MIRROR, PHOTO
from likeness.features.sight import Sight

FACES = ("faces", "face_share")


class Looks(NamedTuple):
    """arrays: {"colour", "faces", "objects": float32 (photos, numbers)}, of what could be measured; {} without photos.

    names: {array: its columns}, of all three. no_objects: why there are none, "" where there are.
    """

    arrays: dict[str, np.ndarray]
    names: dict[str, list[str]]
    no_objects: str

    @property
    def table(self) -> pd.DataFrame:
        """Colour and faces, a named column each, a row per photo."""
        known = [name for name in ("colour", "faces") if name in self.arrays]
        parts = [pd.DataFrame(self.arrays[name], columns=self.names[name]) for name in known]
        return pd.concat(parts, axis=1) if parts else pd.DataFrame(columns=self.names["colour"])


def layer_features(
    photos: pd.DataFrame,
    extract: Callable[..., tuple[np.ndarray, Extraction]],
    sights: Sequence[Sight],
    image_size: int,
    *,
    batch_size: int,
    seed: int,
) -> tuple[dict[str, np.ndarray], dict[str, object]]:
    """Return ({layer: float32 (photos, dim), "<layer>-mirror": of the mirror images}, how they were made).

    sights: the study's network, whose layers are named plainly, then those that are held beside it, as `layer_of`
    names them. Without photos there are no layers, and the identity of the weights is "". extract: what computes
    features, as `spark.engine.extractor` gives it. seed, image_size: as `load_backbone`. Raises MissingWeights for a
    checkpoint that is not here.
    """
    found, identity = {}, ""
    for sight in sights if len(photos) else ():
        for layer in layers_of(sight.backbone):
            network = load_backbone(sight.backbone, sight.weights, layer=layer, seed=seed, image_size=image_size)
            identity = identity or network.weights
            plain = layer if sight == sights[0] else layer_of(layer, sight.name)
            for name, rendering in ((plain, PHOTO), (mirror_of(plain), MIRROR)):
                sizes = {"image_size": image_size, "batch_size": batch_size}
                found[name] = extract(photos, network, rendering=rendering, **sizes)[0]
    made = {"backbone": sights[0].backbone, "weights": sights[0].weights, "identity": identity}
    beside = ", ".join("@".join(sight) for sight in sights[1:])
    made |= {"sights": [sight.name for sight in sights], "beside": beside}
    return found, {**made, "image_size": image_size, "batch_size": batch_size}


def look_features(
    posts: pd.DataFrame, photos: pd.DataFrame, root: Path, objects: str, *, cache: Cache | None, **settings: Any
) -> Looks:
    """Measure the photos' colours, and add the faces that the prepare stage found and the objects that are seen.

    posts: photo_id, faces, face_share. photos, root, cache: as `extract`. objects: a classifier, see `object_groups`.
    settings: batch_size and device, for the classifier.
    """
    colours, names = colour_features(photos, root, cache=cache)
    seen, why = object_groups(photos, root, objects, cache=cache, **settings)
    found = {"colour": colours if len(photos) else None, "faces": face_features(posts, photos), "objects": seen}
    arrays = {name: array for name, array in found.items() if array is not None}
    return Looks(arrays, {"colour": names, "faces": list(FACES), "objects": list(GROUPS)}, why)


def face_features(posts: pd.DataFrame, photos: pd.DataFrame) -> np.ndarray | None:
    """Return FACES of every photo, float32 (photos, 2), as the prepare stage found them.

    None where nobody looked, or there are no photos. posts: photo_id, faces (-1: nobody looked), face_share.
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
    if photos.empty or classifier == "none":
        return None, "the posts have no pictures" if photos.empty else "no classifier is named (objects: none)"
    try:
        return object_features(photos, root, backbone=classifier, **settings)[0], ""
    except MissingWeights as error:
        return None, str(error)
