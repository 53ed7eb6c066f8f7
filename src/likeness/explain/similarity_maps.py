"""Which part of a picture, and which of its match, makes a network call the two alike? Maps, and their scorecard."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from likeness.compare.face_queries import Answers
from likeness.explain.posts_maps import face_masks
from likeness.explain.scorecard import Scorecard, described_pointing, score_maps
from likeness.explain.sides import BATCH, SIDES, Pairs, Sighted
from likeness.features.backbones import Backbone
from likeness.features.extract import load_images
from likeness.features.renderings import PHOTO

RANDOM_PAIRS = 4  # of the randomisation test, which makes every map again
REFERENCE = 64  # pictures whose pairs say how alike two pictures are by chance
SAME, OTHER, UNKNOWN = "same identity", "another identity", "identity unknown"
CARD = ["method", "test", "value", "low", "high", "n", "chance", "gain", "gain_low", "gain_high", "passed"]
COLUMNS = ["left", "right", "value", "same", "outcome", "cluster", "face_id"]


class SimilarPictures(Sighted):
    """A network's similarity as a PairModel: (cosine of the two features - centre) / scale; photos in [0, 1].

    With centre and scale those of random pairs, 0 is how alike two random pictures are, and 1 a standard deviation
    more.
    """

    def __init__(self, backbone: Backbone, centre: float, scale: float, size: int) -> None:
        super().__init__()
        self.backbone, self.centre, self.scale, self.size = backbone, centre, scale, size

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return features of length 1 (n, d); there is no pose."""
        return nn.functional.normalize(self.backbone(self.backbone.normalise(photo)), dim=1)

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return (n,) similarities in standard deviations of random pairs."""
        return ((left * right).sum(dim=1) - self.centre) / self.scale

    @property
    def sight(self) -> nn.Module:
        """The network that is asked."""
        return self.backbone


def matches_to_explain(
    queries: pd.DataFrame,
    matches: tuple[NDArray[np.intp], NDArray[np.float64]],
    answers: Answers,
    photos: pd.DataFrame,
    pairs: int,
    seed: int,
) -> pd.DataFrame:
    """Return up to `pairs` queries with their nearest pictures, outcomes taken in turn, no two pictures paired twice.

    queries: as `face_queries` gives. matches: (q,) rows of the nearest pictures and (q,) their similarities, NaN where
    undefined. answers: of the queries.
    Columns: left (the query's photo_id), right (its match's), value (similarity), same (is the match right? None where
    that is not known, as for a query without identity), outcome ("same identity", "another identity", "identity
    unknown"), cluster (the query's identity, or its picture), face_id. Queries are drawn in an order that `seed` gives.
    """
    if not len(queries) or not len(photos):
        return pd.DataFrame(columns=COLUMNS)
    index, value = matches
    queries = queries.reset_index(drop=True)
    asked = np.arange(len(queries))
    right, known = answers.right[asked, index], answers.known[asked, index] & (queries["identity"] != "")
    table = pd.DataFrame({"left": queries["photo_id"], "right": photos["photo_id"].to_numpy()[index], "value": value})
    table["same"] = pd.Series(right, dtype=object).where(known, None)
    table["outcome"] = np.where(known, np.where(right, SAME, OTHER), UNKNOWN)
    table["cluster"] = queries["identity"].where(queries["identity"] != "", queries["photo_id"])
    table["face_id"] = queries["face_id"]
    table = table.iloc[np.random.default_rng(seed).permutation(len(table))].dropna(subset=["value"])
    both = [" ".join(sorted(pair)) for pair in zip(table["left"], table["right"], strict=True)]
    table = table[~pd.Series(both, index=table.index, dtype=object).duplicated()]
    turn = table.groupby("outcome").cumcount()
    order = pd.DataFrame({"turn": turn, "outcome": table["outcome"].map({SAME: 0, OTHER: 1, UNKNOWN: 2})})
    return table.loc[order.sort_values(["turn", "outcome"], kind="stable").index].head(pairs).reset_index(drop=True)


def random_similarity(backbone: Backbone, pictures: Tensor) -> tuple[float, float]:
    """Return mean and standard deviation of the cosine over all pairs of pictures (n, 3, h, w) in [0, 1].

    Raises ValueError for fewer than three pictures, or pictures that the network finds all equally alike.
    """
    if len(pictures) < 3:
        raise ValueError(f"{len(pictures)} pictures are too few to say how alike two of them are by chance: bring 3")
    model = SimilarPictures(backbone, 0.0, 1.0, pictures.shape[-1]).eval()
    with torch.no_grad():
        features = torch.cat([model.encode(part) for part in pictures.split(BATCH)]).double()
    cosines = (features @ features.T)[tuple(torch.triu_indices(len(features), len(features), 1))]
    if cosines.std() < 1e-6:
        raise ValueError(f"{backbone.name} finds all {len(pictures)} pictures equally alike: choose other weights")
    return float(cosines.mean()), float(cosines.std())


def similar_pictures(
    backbone: Backbone, photos: pd.DataFrame, root: Path, image_size: int, seed: int
) -> SimilarPictures:
    """Return the network's similarity of whole pictures, measured by how alike two pictures are by chance.

    photos: photo_id, path (relative to `root`); up to REFERENCE of them, drawn with `seed`, are the measure.
    image_size: side [px] of the squares that the network is given. Raises ValueError as `random_similarity`.
    """
    drawn = np.random.default_rng(seed).permutation(len(photos))[:REFERENCE]
    reference = load_pictures(photos, photos["photo_id"].iloc[np.sort(drawn)], root, image_size)
    return SimilarPictures(backbone, *random_similarity(backbone, reference), image_size).eval()


def similarity_scorecard(
    model: SimilarPictures, photos: pd.DataFrame, pairs: pd.DataFrame, boxes: pd.DataFrame, root: Path, **effort: int
) -> Scorecard:
    """Return the maps of what makes the whole pictures of each pair alike, and their tests; both sides are explained.

    model: as `similar_pictures` gives. photos: photo_id, path (relative to `root`), width, height [px]. pairs: left,
    right (photo ids), cluster, as `matches_to_explain` gives; without any the table is empty. boxes: photo_id, x0, y0,
    x1, y1 [px], where the faces are. effort: as `score_maps`.
    Nobody knows that pictures must be alike by their faces: pointing at one is described, see `described_pointing`.
    """
    if not len(pairs):
        return Scorecard(pd.DataFrame(columns=CARD), {}, {}, 0)
    left, right = (load_pictures(photos, pairs[side], root, model.size) for side in SIDES)
    masks = {side: face_masks(pairs[side], photos, boxes, model.size) for side in SIDES}
    tested = {"masks": masks, "clusters": pairs["cluster"], "random_pairs": RANDOM_PAIRS}
    return described_pointing(score_maps(model, Pairs(left, right), model.size, **tested, **effort))


def load_pictures(photos: pd.DataFrame, photo_ids: Sequence[str] | pd.Series, root: Path, size: int) -> Tensor:
    """Return pictures (n, 3, size, size) float32 in [0, 1], squashed to squares, in the order of `photo_ids`."""
    rows = photos.set_index("photo_id", drop=False).loc[list(photo_ids)]
    images = np.stack([*load_images((row for _, row in rows.iterrows()), Path(root), PHOTO, size)])
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().float() / 255
