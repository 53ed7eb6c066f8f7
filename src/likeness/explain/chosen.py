"""Which pairs to explain, and what the network saw of them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn.functional import interpolate

from likeness.explain.sides import SIDES, Pairs, SideName
from likeness.models.pose.pair_data import build_arrays, photo_inputs

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
    """Return what a fully tuned network sees of the chosen pairs.

    meta: of the network's weights: stream, image_size and pose_size [px], pose_frame.
    """
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


def as_arrays(maps: Mapping[str, Mapping[SideName, torch.Tensor]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the maps of a scorecard as {method: (left (n, h, w), right (n, h, w))} for the report's grids."""
    return {method: (sides["left"].numpy(), sides["right"].numpy()) for method, sides in maps.items()}
