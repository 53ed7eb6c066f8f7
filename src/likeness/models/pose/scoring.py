"""From a trained network to probabilities and similarities of pairs."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from likeness.models.pose.pair_data import PhotoArrays, photo_inputs
from likeness.models.pose.siamese import SiameseNet

CHUNK = 64  # photos at a time
PAIR_CHUNK = 8192  # pairs at a time, of embeddings


@torch.no_grad()
def embed_photos(net: SiameseNet, arrays: PhotoArrays, rows: np.ndarray | None = None, *, half: bool = False) -> Tensor:
    """Return the embeddings (len(rows), d) float of photos `rows` (default: all), on the network's device.

    The network is evaluated, whatever mode it is in, and keeps its mode. half: on a GPU it computes in bf16, as the
    run that it belongs to does; on the CPU it never does.
    """
    rows = np.arange(len(arrays.photo_ids)) if rows is None else rows
    device = next(net.parameters()).device
    precision = torch.autocast("cuda", torch.bfloat16) if half and device.type == "cuda" else nullcontext()
    training = net.training
    net.eval()
    parts = []
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        photo, pose = photo_inputs(arrays, some, np.zeros(len(some), dtype=bool))
        with precision:
            parts.append(net.embed(photo.to(device), None if pose is None else pose.to(device)).float())
    net.train(training)
    return torch.cat(parts)


@torch.no_grad()
def compare_rows(net: SiameseNet, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Return logits and similarities, each (n,), of row pairs of embeddings, without dropout."""
    training = net.training
    net.eval()
    logit, similarity = net.compare(left, right), net.similarity(left, right)
    net.train(training)
    return logit, similarity


def predict_pairs(net: SiameseNet, arrays: PhotoArrays, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return `pairs` with `probability` (of same, in [0, 1]) and `score` (larger is more alike) added."""
    left, right = arrays.rows(pairs["left"]), arrays.rows(pairs["right"])
    rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    embeddings = embed_photos(net, arrays, rows)
    a, b = torch.from_numpy(places).view(2, -1)
    logit, similarity = compare_rows(net, embeddings[a], embeddings[b])
    columns = {"probability": torch.sigmoid(logit.double()), "score": similarity.double()}
    return pairs.assign(**{name: values.cpu().numpy() for name, values in columns.items()})


def score_matrix(net: SiameseNet, arrays: PhotoArrays, photo_ids: list[str]) -> np.ndarray:
    """Return float32 (n, n): how alike each two of `photo_ids` are, larger is more alike; symmetric."""
    embeddings = embed_photos(net, arrays, arrays.rows(pd.Series(photo_ids, dtype=object)))
    left, right = torch.triu_indices(len(photo_ids), len(photo_ids))
    scores = [
        compare_rows(net, embeddings[a], embeddings[b])[1].cpu()
        for a, b in zip(left.split(PAIR_CHUNK), right.split(PAIR_CHUNK), strict=True)
    ]
    matrix = np.zeros((len(photo_ids), len(photo_ids)), np.float32)
    matrix[left, right] = matrix[right, left] = torch.cat(scores).numpy()
    return matrix
