"""The original study's two measures: how alike, pixel by pixel, are a picture and its nearest neighbours?

Both compare whole pictures squashed to 200 x 200 px, values in [0, 1], place by place. SSIM (Wang et al., 2004) looks
at means, variances and covariances in windows of 7 x 7 px, here of each colour channel, averaged, as the original's
code did; larger is more alike. RMSE is the root of the mean squared difference over pixels and channels; smaller is
more alike. Neither knows what a face is: moved by a few pixels, or painted in other colours, it counts as different.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from likeness.compare.face_queries import candidates
from likeness.compare.face_scores import TESTED, model_name, views_of, weight_of
from likeness.compare.face_views import FaceVectors, picture_similarity
from likeness.features.extract import load_images
from likeness.features.renderings import PHOTO
from likeness.stats.comparisons import holm_table, mean_rows, model_pairs, paired_rows
from likeness.stats.paired import check_resolution
from likeness.stats.retrieval import nearest
from likeness.stats.scores import SCORE_COLUMNS

SIZE = 200  # px, a side
RANDOM_PICTURES = "random pictures"
LARGER_IS_BETTER = {"SSIM": True, "RMSE": False}
# The original study's figures: 30 of 155 paintings asked, top 5; its face crop is the box around all faces.
ORIGINAL = {
    "SSIM": {"resnet50, faces": 0.174, "resnet50, general": 0.170, "vgg16, faces": 0.171, "vgg16, general": 0.174},
    "RMSE": {"resnet50, faces": 0.277, "resnet50, general": 0.278, "vgg16, faces": 0.261, "vgg16, general": 0.260},
}


class PictureLikeness(NamedTuple):
    """scores: a row per model and metric. comparisons: each model against random pictures, and views of a network."""

    scores: pd.DataFrame
    comparisons: pd.DataFrame


def query_set(photos: pd.DataFrame, share: float, most: int, seed: int) -> NDArray[np.intp]:
    """Return (m,) sorted rows of the pictures that ask: a share of all pictures, at least one, seeded.

    photos: faces (their number). share in (0, 1]. most: no more than so many. They are drawn among the pictures with a
    face, so that every view answers the same ones; among all where none has any.

    >>> query_set(pd.DataFrame({"faces": [1, 0, 2, 0]}), share=0.5, most=9, seed=7).tolist()
    [0, 2]
    """
    if not 0 < share <= 1:
        raise ValueError(f"share {share:g} of the pictures that ask must be above 0 and at most 1")
    there = np.flatnonzero(photos["faces"].to_numpy() > 0)
    there = there if len(there) else np.arange(len(photos))
    wanted = min(len(there), most, max(1, round(share * len(photos))))
    return np.sort(np.random.default_rng(seed).permutation(there)[:wanted])


def small_pictures(photos: pd.DataFrame, root: Path) -> NDArray[np.uint8]:
    """Return pictures (n, SIZE, SIZE, 3), upright RGB, squashed to squares, each decoded once. root: of the paths."""
    found = load_images((row for _, row in photos.iterrows()), Path(root), PHOTO, SIZE)
    return np.stack([*found]) if len(photos) else np.zeros((0, SIZE, SIZE, 3), np.uint8)


def pixel_likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """Return (SSIM in [-1, 1], RMSE in [0, 1]) of two pictures (h, w, 3), h and w at least 7.

    >>> white = np.full((8, 8, 3), 255, np.uint8)
    >>> pixel_likeness(white, white)
    (1.0, 0.0)
    """
    one, other = one.astype(np.float64) / 255, other.astype(np.float64) / 255
    ssim = structural_similarity(one, other, channel_axis=-1, data_range=1.0)
    return float(ssim), float(np.sqrt(((one - other) ** 2).mean()))


def picture_likeness(
    vectors: Mapping[str, FaceVectors],
    photos: pd.DataFrame,
    queries: NDArray[np.intp],
    top: int,
    *,
    root: Path,
    face_weight: float | Mapping[str, float],
    n_boot: int = 1000,
    n_boot_tests: int = 10_000,
    seed: int = 0,
) -> PictureLikeness:
    """Return mean SSIM and RMSE between each query picture and its `top` neighbours, of every network and view.

    queries: (m,) rows of `photos`, as `query_set` gives. photos: photo_id, path (relative to `root`), duplicate_group;
    near-duplicates of the query are no neighbours. "random pictures" are as many drawn at random for each query.
    Intervals resample queries (whole groups of near-duplicates). n: query pictures with a neighbour; undefined: those
    without. Only the pictures that are looked at are decoded.
    """
    origin = {model_name(network, view): (network, view) for network, own in vectors.items() for view in views_of(own)}
    wanted = [(model, RANDOM_PICTURES) for model in origin]
    for network in vectors:
        wanted += model_pairs([model for model, place in origin.items() if place[0] == network], None)
    check_resolution(n_boot_tests, len(wanted))
    found = {RANDOM_PICTURES: random_neighbours(queries, photos, top, seed)}
    for model, (network, view) in origin.items():
        weight = weight_of(face_weight, network)
        found[model] = _neighbours(vectors[network], photos, queries, view, weight, top)
    measured = _measured(found, queries, photos, root)
    groups = photos["duplicate_group"].to_numpy(dtype=object)[queries]
    rows, tests, place = [], [], {"scheme": "honest", "split": "query set"}
    for metric, larger in LARGER_IS_BETTER.items():
        values = {model: each[metric] for model, each in measured.items()}
        for row in mean_rows(values, groups, n_boot, seed):
            network, view = origin.get(row["model"], ("", ""))
            row |= {"metric": metric, "undefined": len(queries) - row["n"], "network": network, "view": view}
            rows.append(place | row)
        tested = paired_rows(values, wanted, groups, n_boot_tests, seed, larger_is_better=larger)
        if tested:
            tests.append(holm_table(tested, larger_is_better=larger).assign(**place, metric=metric)[TESTED])
    scores = pd.DataFrame(rows, columns=[*SCORE_COLUMNS, "network", "view"]).astype({"low": float, "high": float})
    return PictureLikeness(scores, pd.concat(tests, ignore_index=True) if tests else pd.DataFrame(columns=TESTED))


def _neighbours(
    vectors: FaceVectors, photos: pd.DataFrame, queries: NDArray[np.intp], view: str, face_weight: float, top: int
) -> NDArray[np.intp]:
    """Return (m, top) rows of the nearest pictures, -1 where none is left."""
    groups = photos["duplicate_group"]
    similarity = picture_similarity(vectors, queries, view, face_weight=face_weight, exclude=groups)
    index, value = nearest(similarity, top)
    return np.where(np.isnan(value), -1, index)


def random_neighbours(queries: NDArray[np.intp], photos: pd.DataFrame, top: int, seed: int) -> NDArray[np.intp]:
    """Return (m, top) rows of pictures drawn at random for each query, none a copy of it, -1 where none is left."""
    rng, asked = np.random.default_rng(seed), pd.DataFrame({"picture": queries})
    drawn = np.full((len(queries), top), -1)
    for row, allowed in zip(drawn, candidates(asked, len(photos), photos["duplicate_group"]), strict=True):
        others = rng.permutation(np.flatnonzero(allowed))[:top]
        row[: len(others)] = others
    return drawn


def _measured(
    neighbours: Mapping[str, NDArray[np.intp]], queries: NDArray[np.intp], photos: pd.DataFrame, root: Path
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return {model: {metric: (m,) mean over the query's neighbours, NaN without any}}; each pair is measured once."""
    pairs = {
        (query, int(other))
        for each in neighbours.values()
        for query, row in zip(map(int, queries), each, strict=True)
        for other in row
        if other >= 0
    }
    shown = sorted({picture for pair in pairs for picture in pair})
    place = {picture: row for row, picture in enumerate(shown)}
    pictures = small_pictures(photos.iloc[shown], root)
    known = {(a, b): pixel_likeness(pictures[place[a]], pictures[place[b]]) for a, b in sorted(pairs)}
    measured = {}
    for model, each in neighbours.items():
        means = np.full((len(queries), 2), np.nan)
        for mean, query, row in zip(means, map(int, queries), each, strict=True):
            if (row >= 0).any():
                mean[:] = np.mean([known[query, int(other)] for other in row if other >= 0], axis=0)
        measured[model] = dict(zip(LARGER_IS_BETTER, means.T, strict=True))
    return measured
