"""Who appears in an album, by number and never by name: clusters of face vectors. Nothing leaves the machine."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from likeness.album.faces import find_faces
from likeness.album.measure import load
from likeness.cache import Cache, compute_missing, key
from likeness.progress import track

NETWORK, WEIGHTS, SIZE = "facenet", "vggface2", 160
SAME = 0.6  # cosine to a person's mean from which a face is that person's; on LFW, FaceNet's pairs part near there
OFTEN = 3  # photos in which somebody must be to count as one of the album's people
MARGIN = 0.2  # of a face's width around its crop


def people_in(photos: pd.DataFrame, album: Path, cache: Cache | None) -> list[list[int]]:
    """Return for each photo the numbers of the people in it who are in OFTEN photos or more, 1 is seen most often.

    Raises MissingWeights where no network that knows faces is on this machine.
    """
    from likeness.features.facenet import load_facenet

    network = load_facenet(WEIGHTS)
    names = [key(__name__, {"weights": network.weights}, sha, "photo") for sha in photos["sha256"]]

    def compute(missing: dict[str, str]):
        for name, path in track(missing.items(), "faces", total=len(missing)):
            yield name, face_vectors(load(album / path), network)

    found = compute_missing(cache, dict(zip(names, photos["path"], strict=True)), compute)
    vectors = [found[name] for name in names]
    label = iter(leaders(np.concatenate(vectors) if vectors else np.zeros((0, 1), np.float32)).tolist())
    each = [sorted({next(label) for _ in range(len(rows))}) for rows in vectors]
    times = pd.Series([p for who in each for p in who], dtype=int).value_counts(sort=True)
    number = {who: k for k, who in enumerate(times.index[times >= OFTEN], 1)}
    return [sorted(number[p] for p in who if p in number) for who in each]


def face_vectors(rgb: np.ndarray, network) -> NDArray[np.float32]:
    """Return (faces, 512) float32 of length 1 of a picture uint8 (h, w, 3); network: FaceNet as a Backbone."""
    import torch

    image, crops = Image.fromarray(rgb), []
    for face in find_faces(rgb):
        x0, y0, x1, y1 = face.box
        margin = MARGIN * (x1 - x0)
        crop = image.crop((int(x0 - margin), int(y0 - margin), int(x1 + margin), int(y1 + margin)))
        crops.append(np.asarray(crop.resize((SIZE, SIZE), Image.Resampling.BILINEAR)))
    if not crops:
        return np.zeros((0, network.dim), np.float32)
    with torch.no_grad():
        batch = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 255
        return network(network.normalise(batch)).numpy()


def leaders(vectors: NDArray[np.float32], same: float = SAME) -> NDArray[np.int64]:
    """Return (n,) the cluster of each vector (n, d) of length 1: the nearest mean if its cosine is `same` or more.

    Hartigan's leader algorithm (1975) with moving means: one pass, so that it takes n times the number of clusters.
    """
    sums: list[np.ndarray] = []
    means = np.zeros((0, vectors.shape[1]), np.float32)
    label = np.zeros(len(vectors), int)
    for k, vector in enumerate(vectors):
        near = means @ vector if len(sums) else np.zeros(0)
        best = int(np.argmax(near)) if len(near) and near.max() >= same else len(sums)
        if best == len(sums):
            sums.append(np.zeros_like(vector))
            means = np.vstack([means, vector[None]])
        sums[best] = sums[best] + vector
        means[best] = sums[best] / max(float(np.linalg.norm(sums[best])), 1e-9)
        label[k] = best
    return label
