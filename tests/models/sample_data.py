"""A tiny study whose answer is known: photos of one colour per place, one bright square per pose."""

import hashlib

import numpy as np
import pandas as pd

from likeness.features.backbones import load_backbone
from likeness.models.pose.pair_data import PhotoArrays
from likeness.models.pose.siamese import SiameseConfig, make_siamese

SIDE = 32
SETTINGS = {"optimizer": "adamw", "lr": 3e-3, "batch_size": 12, "epochs": 3, "patience": 9, "seed": 1, "device": "cpu"}


def prepare(tune="last", stream="photo+skeleton", loss="bce"):
    """Return what `fit_pairs` takes: a new network, arrays, pairs to train on, pairs to validate on."""
    arrays = sample_arrays(tune, stream)
    backbone = load_backbone("shufflenet_v2_x0_5", "none") if tune == "full" else None
    config = SiameseConfig(stream, tune, loss, 8 if tune == "last" else 1024, 32, 16, dropout=0.2)
    return make_siamese(config, backbone), arrays, sample_pairs(arrays, seed=0), sample_pairs(arrays, seed=1, number=30)


def digest(net):
    """Return the sha256 of all weights."""
    state = sorted(net.state_dict().items())
    return hashlib.sha256(b"".join(value.numpy().tobytes() for _, value in state)).hexdigest()


def sample_arrays(tune: str, stream: str, places: int = 4, poses: int = 3, copies: int = 3) -> PhotoArrays:
    """Return photos in the order place, pose, copy; their features are noisy one-hot codes of the place."""
    rng = np.random.default_rng(0)
    ids, photos, features, pictures = [], [], [], []
    for place in range(places):
        for pose in range(poses):
            for copy in range(copies):
                ids.append(f"{place}-{pose}-{copy}")
                photo = rng.integers(0, 60, (3, SIDE, SIDE))
                photo[place % 3] += 60 * (1 + place // 3)
                photos.append(photo)
                features.append(np.eye(8)[place] + rng.normal(0, 0.1, 8))
                picture = np.zeros((3 if stream == "photo+skeleton" else 18, SIDE, SIDE))
                picture[:3, 8 : 8 + 8 * (1 + pose % 2), 4 + 8 * pose : 8 + 8 * pose] = 255
                pictures.append(picture)
    photos, pictures = np.array(photos, dtype=np.uint8), np.array(pictures, dtype=np.uint8)
    features = np.array(features, dtype=np.float32)
    posed, last = stream != "photo", tune == "last"
    return PhotoArrays(
        photo_ids=ids,
        photos=None if last else photos,
        pose=pictures if posed else None,
        pose_mirror=np.ascontiguousarray(pictures[..., ::-1]) if posed else None,
        features=features if last else None,
        features_mirror=features if last else None,
    )


def sample_pairs(arrays: PhotoArrays, seed: int = 0, number: int = 80) -> pd.DataFrame:
    """Return half positives (place and pose alike) and half negatives, drawn at random."""
    rng = np.random.default_rng(seed)
    arrangement = [photo_id.rsplit("-", 1)[0] for photo_id in arrays.photo_ids]
    rows = [(a, b) for a in range(len(arrangement)) for b in range(a + 1, len(arrangement))]
    alike = [pair for pair in rows if arrangement[pair[0]] == arrangement[pair[1]]]
    other = [pair for pair in rows if arrangement[pair[0]] != arrangement[pair[1]]]
    half = min(number // 2, len(alike))
    chosen = [kind[i] for kind in (alike, other) for i in sorted(rng.choice(len(kind), half, replace=False))]
    ids = arrays.photo_ids
    return pd.DataFrame(
        {
            "left": [ids[a] for a, _ in chosen],
            "right": [ids[b] for _, b in chosen],
            "same": [arrangement[a] == arrangement[b] for a, b in chosen],
        }
    )
