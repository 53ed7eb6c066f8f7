"""The saliency maps of one of the study's networks, and their scorecard."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from torch import Tensor, nn

from likeness.explain.attributions import map_methods
from likeness.explain.chosen import as_arrays, choose_pairs, masks_of, pairs_to_explain
from likeness.explain.scorecard import Scorecard, scorecard
from likeness.explain.sides import layer_name
from likeness.models.pose.siamese import SiameseNet, load_siamese
from likeness.stats.scores import with_threshold
from likeness.studies.pose import Study

ESTIMATED = {"pointing": "pointing, estimated people", "mass inside": "mass inside, estimated people"}
RANDOM_PAIRS = 4  # of the randomisation test, which makes every map again


class SiamesePair(nn.Module):
    """A fully tuned SiameseNet as a PairModel: encode(photo, pose) -> embedding, compare(left, right) -> logit.

    Photos are (n, 3, h, w) in [0, 1]; the pose picture belongs to what is held fixed.
    """

    def __init__(self, net: SiameseNet) -> None:
        super().__init__()
        self.net = net

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return embeddings (n, d)."""
        return self.net.embed(photo, pose)

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return one logit (n,) per pair of embeddings."""
        return self.net.compare(left, right)

    def grad_cam_layer(self, size: int) -> str:
        """Return the dotted name of the layer for Grad-CAM: the backbone's last maps of photos of `size` px."""
        return layer_name(self, self.net.backbone.target_layer(size))


class Explained(NamedTuple):
    """What a network looked at. pairs: as `choose_pairs` gives. maps: {method: (left (n, h, w), right (n, h, w))}.

    table, warning: of the maps' scorecard; see `scorecard`.
    """

    pairs: pd.DataFrame
    maps: dict[str, tuple[np.ndarray, np.ndarray]]
    table: pd.DataFrame
    warning: str | None


def explain_best(
    study: Study,
    predictions: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    root: Path,
    pairs: int,
    steps: int,
    seeds: int,
    n_boot: int,
    seed: int,
) -> Explained | None:
    """Return maps of `pairs` test pairs, and their tests, of the best fully tuned network; None where none was tuned.

    predictions: of honest test pairs, of any models. scores: as `score_models` gives. The rest: see `study_scorecard`.
    """
    best = study.best_variant(scores, tune="full")
    if best is None:
        return None
    judged = with_threshold(predictions[predictions["model"] == best], scores)
    chosen = choose_pairs(judged, study.clusters, pairs)
    card = study_scorecard(study, best, chosen, root=root, steps=steps, seeds=seeds, n_boot=n_boot, seed=seed)
    return Explained(chosen, as_arrays(card.maps), card.table, card.warning)


def study_scorecard(
    study: Study, variant: str, explained: pd.DataFrame, *, root: Path, steps: int, seeds: int, n_boot: int, seed: int
) -> Scorecard:
    """Return the maps, and their tests, of what `variant` sees of the pairs in `explained`.

    variant: a fully tuned one, such as full-photo. explained: as `choose_pairs` gives. root: of the photos' paths.
    The pointing game is called by another name where people's masks were drawn from estimated joints, not annotated.
    Grad-CAM is left out, and the warning says so, where the network keeps no map of the photo.
    steps: of Integrated Gradients. seeds: random networks of the randomisation test. n_boot, seed: of the intervals.
    """
    network, meta = load_siamese(study.weights(variant))
    model, size = SiamesePair(network), meta["image_size"]
    pairs = pairs_to_explain(explained, study.photos, study.keypoints, root=root, meta=meta)
    masks = masks_of(explained, study.photos["photo_id"], study.masks, size)
    methods, missing = map_methods(model, size, steps)
    effort = {"seeds": seeds, "random_pairs": RANDOM_PAIRS, "n_boot": n_boot, "seed": seed}
    card = scorecard(model, pairs, methods, masks=masks, clusters=explained["cluster"], **effort)
    table = card.table if _annotated(study.photos, explained) else card.table.replace({"test": ESTIMATED})
    return replace(card, table=table, warnings=card.warnings | missing)


def _annotated(photos: pd.DataFrame, explained: pd.DataFrame) -> bool:
    """Say whether every mask of people in the explained photos was annotated: none is drawn from estimated joints."""
    shown = photos["photo_id"].isin([*explained["left"], *explained["right"]])
    return not (photos.loc[shown, "mask"] == "keypoints").any()
