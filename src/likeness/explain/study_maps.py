"""Which pairs of the study to explain, and the saliency maps of one of its networks, with their scorecard."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from likeness.explain.scorecard import Scorecard, score_maps
from likeness.explain.sides import SIDES, Pairs, Sighted
from likeness.models.pose.pair_data import build_arrays, photo_inputs
from likeness.models.pose.siamese import SiameseNet, load_siamese
from likeness.stats.scores import with_threshold
from likeness.studies.pose import Study

ESTIMATED = {"pointing": "pointing, estimated people", "mass inside": "mass inside, estimated people"}
RANDOM_PAIRS = 4  # of the randomisation test, which makes every map again


class SiamesePair(Sighted):
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

    @property
    def sight(self) -> nn.Module:
        """The backbone, which sees the photo."""
        return self.net.backbone


class Explained(NamedTuple):
    """What a network looked at: pairs as `choose_pairs` gives; maps, table and warning as those of a Scorecard."""

    pairs: pd.DataFrame
    maps: dict[str, tuple[np.ndarray, np.ndarray]]
    table: pd.DataFrame
    warning: str | None


def explain_best(
    study: Study, predictions: pd.DataFrame, scores: pd.DataFrame, *, root: Path, pairs: int, **effort: int
) -> Explained | None:
    """Return maps of `pairs` test pairs, and their tests, of the best fully tuned network; None where none was tuned.

    Of its first training run, whose weights are saved. predictions: of honest test pairs, of any models. scores: as
    `score_models` gives. The rest: see `study_scorecard`.
    """
    best = study.best_variant(scores, tune="full")
    if best is None:
        return None
    judged = with_threshold(predictions[predictions["model"] == best], scores)
    chosen = choose_pairs(judged, study.clusters, pairs)
    card = study_scorecard(study, best, chosen, root=root, **effort)
    return Explained(chosen, card.arrays, card.table, card.warning)


def study_scorecard(study: Study, variant: str, explained: pd.DataFrame, *, root: Path, **effort: int) -> Scorecard:
    """Return the maps, and their tests, of what `variant` sees of the pairs in `explained`.

    variant: a fully tuned one, such as full-photo. explained: as `choose_pairs` gives. root: of the photos' paths.
    effort: as `score_maps`.
    The pointing game is called by another name where people's masks were drawn from estimated joints, not annotated.
    """
    network, meta = load_siamese(study.weights(variant))
    pairs = pairs_to_explain(explained, study.photos, study.keypoints, root=root, meta=meta)
    masks = masks_of(explained, study.photos["photo_id"], study.masks, meta["image_size"])
    tested = {"masks": masks, "clusters": explained["cluster"], "random_pairs": RANDOM_PAIRS}
    card = score_maps(SiamesePair(network), pairs, meta["image_size"], **tested, **effort)
    shown = study.photos["photo_id"].isin([*explained["left"], *explained["right"]])
    estimated = (study.photos.loc[shown, "mask"] == "keypoints").any()
    return replace(card, table=card.table.replace({"test": ESTIMATED})) if estimated else card


OUTCOMES = {
    (True, True): "same, found",
    (True, False): "same, missed",
    (False, False): "different, told apart",
    (False, True): "different, confused",
}  # (is the same, called the same)


def choose_pairs(predictions: pd.DataFrame, clusters: pd.Series, most: int) -> pd.DataFrame:
    """Return up to `most` pairs, in equal shares of the four outcomes, the surest of each first.

    predictions: honest test pairs of one model, with left, right, same, probability, and the threshold that
    validation pairs chose, as `scores.with_threshold` gives them. clusters: by photo id.
    Columns added: outcome ("same, found", "same, missed", "different, told apart", "different, confused"), and
    cluster, of the left photo: the pairs of one arrangement are resampled together.

    >>> pairs = {"left": ["a", "a"], "right": ["b", "c"], "same": [True, False], "probability": [0.9, 0.8]}
    >>> clusters = pd.Series({"a": "arch/wave", "b": "arch/wave", "c": "arch/jump"})
    >>> choose_pairs(pd.DataFrame(pairs).assign(threshold=0.5), clusters, most=2)["outcome"].tolist()
    ['same, found', 'different, confused']
    """
    margin = predictions["probability"] - predictions["threshold"]
    called = margin >= 0
    outcome = pd.Series(list(zip(predictions["same"], called, strict=True)), index=predictions.index).map(OUTCOMES)
    table = predictions.assign(outcome=outcome, cluster=predictions["left"].map(clusters), sure=margin.abs())
    table = table.sort_values(["sure", "left", "right"], ascending=[False, True, True])
    table["turn"] = table.groupby("outcome").cumcount()
    table["place"] = table["outcome"].map({name: place for place, name in enumerate(OUTCOMES.values())})
    chosen = table.sort_values(["turn", "place"]).head(most)
    return chosen.drop(columns=["sure", "turn", "place"]).reset_index(drop=True)


def pairs_to_explain(
    chosen: pd.DataFrame, photos: pd.DataFrame, keypoints: pd.DataFrame, *, root: Path, meta: dict[str, object]
) -> Pairs:
    """Return what a fully tuned network sees of chosen pairs. meta: stream, image_size, pose_size [px], pose_frame."""
    shown = photos[photos["photo_id"].isin([*chosen["left"], *chosen["right"]])]
    trained = {key: meta[key] for key in ("stream", "image_size", "pose_size", "pose_frame")}
    arrays = build_arrays(shown, keypoints, root=root, **trained)
    plain = np.zeros(len(chosen), dtype=bool)
    left, right = (photo_inputs(arrays, arrays.rows(chosen[side]), plain) for side in SIDES)
    return Pairs(left[0], right[0], left[1], right[1])


def masks_of(chosen: pd.DataFrame, photo_ids: pd.Series, masks: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """Return {"left": (n, size, size) bool, "right": ...}: where the people of the chosen pairs are.

    masks: bool (photos, s, s), aligned with `photo_ids`; a cell of the small mask counts if half of it is covered.
    """
    rows = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    result = {}
    for side in SIDES:
        found = torch.from_numpy(masks[[rows[photo_id] for photo_id in chosen[side]]]).float()
        result[side] = (interpolate(found[:, None], size=(size, size), mode="area")[:, 0] >= 0.5).numpy()
    return result
