"""Which posts to explain, the saliency maps of a network that judges them, and the maps' scorecard."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from likeness.explain.scorecard import Scorecard, described_pointing, score_maps
from likeness.explain.sides import Pairs, SideName, Sighted
from likeness.models.likability.posts_module import post_arrays
from likeness.models.likability.posts_net import load_post_net
from likeness.models.likability.posts_variants import fusion_table
from likeness.studies.likability import LikabilityStudy

RANDOM_POSTS = 8  # of the randomisation test, which makes every map again
MOST, LEAST = "most liked", "least liked"
LEFT: tuple[SideName, ...] = ("left",)


class OnePhoto(Sighted):
    """A network forward(photo, metadata) -> (n,) logits as a PairModel whose pairs have a left photo only.

    The maps explain the photo (n, 3, h, w), in [0, 1]; metadata (n, m), or None, are held fixed. Explain sides=LEFT.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return the logits (n,). pose: in this place the metadata (n, m), or None."""
        return self.net(photo, pose)

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the left photo's logits (n,): there is no other photo."""
        return left

    @property
    def sight(self) -> nn.Module:
        """The trunk, which sees the photo."""
        return self.net.trunk


def one_photo_pairs(photos: Tensor, metadata: Tensor | None = None) -> Pairs:
    """Return photos (n, 3, h, w) as Pairs, each its own other, metadata (n, m) as poses; ValueError if not alike."""
    if metadata is not None and len(metadata) != len(photos):
        raise ValueError(f"{len(metadata)} rows of metadata for {len(photos)} photos: give one each")
    return Pairs(photos, photos, metadata, metadata)


def posts_to_explain(predictions: pd.DataFrame, posts: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the posts with the most, then those with the fewest likes per follower: half of `most` each.

    predictions: honest test posts of one network, with left (post ids), probability and the threshold that validation
    posts chose, as `scores.with_threshold` gives them. posts: post_id, photo_id ("" = no picture: left out), user_id,
    ratio, liked. Columns: those of `posts`, probability, threshold, and outcome ("most liked" or "least liked"). With
    fewer posts than `most` the middle one, if any, is among the most liked.
    """
    judged = predictions.set_index("left")[["probability", "threshold"]]
    seen = posts[(posts["photo_id"] != "") & posts["post_id"].isin(judged.index)]
    order = seen.sort_values(["ratio", "post_id"], ascending=[False, True]).reset_index(drop=True)
    shown = min(most, len(order))
    top = (shown + 1) // 2
    chosen = pd.concat([order.head(top), order.tail(shown - top)], ignore_index=True)
    outcome = [MOST] * top + [LEAST] * (shown - top)
    return chosen.join(judged, on="post_id").assign(outcome=outcome)


def explain_network(
    network: str, study: LikabilityStudy, predictions: pd.DataFrame, root: Path, *, posts: int, **effort: int
) -> tuple[pd.DataFrame, Scorecard]:
    """Return (the posts that are explained, the scorecard of the maps) of one of the study's networks.

    predictions, posts: as `posts_to_explain`. root: what the photos' paths are relative to. effort: as `score_maps`.
    """
    explained = posts_to_explain(predictions, study.posts, posts)
    net, meta = load_post_net(study.weights(network))
    told = fusion_table(study).set_axis(study.posts["post_id"]).loc[explained["post_id"], meta["told"]]
    known = told.to_numpy(float) if meta["told"] else None
    arrays = post_arrays(explained, study.photos, root, net.config.image_size, known)
    masks = face_masks(explained["photo_id"], study.photos, study.faces, net.config.image_size)
    return explained, posts_scorecard(net, arrays.photos, arrays.metadata, masks, explained["group"], **effort)


def face_masks(photo_ids: pd.Series, photos: pd.DataFrame, faces: pd.DataFrame, size: int) -> NDArray[np.bool_]:
    """Return (n, size, size) bool: where faces were found in photos that were squashed to `size` px.

    photos: photo_id, width, height [px]. faces: photo_id, x0, y0, x1, y1 [px of the upright photo]. A pixel belongs to
    a face if its middle does; a photo without a face has an empty mask.
    """
    middles = np.arange(size) + 0.5
    sides = photos.set_index("photo_id")[["width", "height"]].astype(float)
    boxes = dict(iter(faces.groupby("photo_id")))
    masks = np.zeros((len(photo_ids), size, size), dtype=bool)
    for mask, photo_id in zip(masks, photo_ids, strict=True):
        width, height = sides.loc[photo_id]
        x, y = middles * width / size, middles * height / size
        for face in boxes.get(photo_id, faces.head(0)).itertuples():
            mask |= ((y >= face.y0) & (y < face.y1))[:, None] & ((x >= face.x0) & (x < face.x1))[None]
    return masks


def posts_scorecard(
    net: nn.Module,
    photos: NDArray[np.uint8],
    metadata: NDArray[np.float32] | None,
    masks: NDArray[np.bool_] | None,
    clusters: ArrayLike,
    **effort: int,
) -> Scorecard:
    """Return the maps, and their tests, of what speaks for the network's own answer in each photo.

    net: forward(photo in [0, 1], metadata) -> (n,) logits of liked, its `trunk` as `Sighted` needs it. photos:
    (n, 3, s, s) uint8. metadata: (n, m), or None for a network without any; held fixed. masks: (n, s, s), where faces
    were found, or None. clusters: (n,) users. effort: as `score_maps`.
    Nobody knows that a face is what gets a photo liked: pointing at one is described, see `described_pointing`.
    """
    held = None if metadata is None else torch.as_tensor(np.asarray(metadata), dtype=torch.float32)
    pairs = one_photo_pairs(torch.from_numpy(np.ascontiguousarray(photos)).float() / 255, held)
    known = None if masks is None else {"left": masks}
    tested = {"sides": LEFT, "masks": known, "clusters": clusters, "random_pairs": RANDOM_POSTS}
    return described_pointing(score_maps(OnePhoto(net), pairs, photos.shape[-1], **tested, **effort))
