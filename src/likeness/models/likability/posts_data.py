"""What the networks see of posts, and the batches that they are trained on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from likeness.models.training.batches import EpochBatches, colour_factors, scale_colours
from likeness.photos.posts_photos import rows_of_photos


@dataclass(frozen=True)
class PostArrays:
    """What is seen of n posts. photos: uint8 (n, 3, s, s). metadata: float32 (n, m) or None. liked: bool (n,)."""

    photos: np.ndarray
    metadata: np.ndarray | None
    liked: np.ndarray

    def given(self) -> list[np.ndarray]:
        """Return every array there is."""
        return [array for array in (self.photos, self.metadata, self.liked) if array is not None]


@dataclass(frozen=True)
class PostBatch:
    """photo: float (b, 3, s, s) in [0, 1]. metadata: float (b, m) or None. liked: bool (b,).

    Of a ranker's batch the first half of the rows are winners, the second half their losers.
    Where processes share the batch, photo and metadata hold the rows that this one takes, liked is whole.
    """

    photo: Tensor
    metadata: Tensor | None
    liked: Tensor

    def to(self, device: torch.device) -> "PostBatch":
        """Return the batch on `device`."""
        return replace(self, **{name: value.to(device) for name, value in vars(self).items() if value is not None})


def post_arrays(
    posts: pd.DataFrame, photos: pd.DataFrame, root: Path, image_size: int, metadata: np.ndarray | None = None
) -> PostArrays:
    """Return the arrays of posts, in their order; each photo is decoded once, squashed to `image_size` px.

    posts: photo_id, liked. photos: photo_id, path, relative to root. metadata: (posts, m) finite numbers.
    Raises ValueError naming a post without a photo, or one with a number that is missing.
    """
    from likeness.features.extract import load_images
    from likeness.features.renderings import PHOTO

    rows = rows_of_photos(posts, photos).to_numpy()
    if (rows < 0).any():
        raise ValueError(f"post {posts['post_id'].iloc[int((rows < 0).argmax())]} has no photo; leave it out")
    used, place = np.unique(rows, return_inverse=True)
    images = np.stack(list(load_images((photos.iloc[row] for row in used), root, PHOTO, image_size)))
    seen = np.ascontiguousarray(images.transpose(0, 3, 1, 2))[place]
    known = None if metadata is None else np.ascontiguousarray(metadata, dtype=np.float32)
    if known is not None and not np.isfinite(known).all():
        row, column = np.argwhere(~np.isfinite(known))[0]
        raise ValueError(f"post {posts['post_id'].iloc[row]}: number {column} of its metadata is {known[row, column]}; "
                         f"fill it in or leave it out")  # fmt: skip
    return PostArrays(seen, known, posts["liked"].to_numpy(bool, copy=True))


def batch_of(arrays: PostArrays, rows: np.ndarray, mirrored: np.ndarray | None = None) -> PostBatch:
    """Return posts `rows` (b,) as a batch, those in `mirrored` (b,) bool as mirror images."""
    photo = torch.from_numpy(arrays.photos[rows]).float() / 255
    if mirrored is not None:
        photo = torch.where(torch.from_numpy(mirrored)[:, None, None, None], photo.flip(3), photo)
    metadata = None if arrays.metadata is None else torch.from_numpy(arrays.metadata[rows])
    return PostBatch(photo, metadata, torch.from_numpy(arrays.liked[rows]))


class PostBatches(EpochBatches):
    """The batches of one epoch.

    examples: (m, k) int, rows of `arrays`: k = 1 for posts, k = 2 for (winner, loser). With augment photos are mirrored
    and get another colour. settings: batch_size, seed, epoch, augment, share, as of `EpochBatches`; share is what is
    taken of a batch's photos.
    """

    def __init__(self, arrays: PostArrays, examples: np.ndarray, **settings: Any):
        self.arrays, self.examples = arrays, examples
        rng = np.random.default_rng([settings["seed"], settings["epoch"]])
        super().__init__(rng.permutation(len(examples)), **settings)

    def make_batch(self, examples: np.ndarray, rng: np.random.Generator) -> PostBatch:
        """Return a batch of posts, or of winners and their losers."""
        rows = self.examples[examples].T.ravel()  # winners first, then their losers
        turned, mine = self.augment & (rng.random(len(rows)) < 0.5), self.share.taken(len(rows))
        batch = batch_of(self.arrays, rows[mine], turned[mine])
        if self.augment:
            batch = replace(batch, photo=scale_colours(batch.photo, colour_factors(len(rows), rng)[:, mine]))
        return replace(batch, liked=torch.from_numpy(self.arrays.liked[rows]))


def within_user_pairs(
    posts: pd.DataFrame, *, days: float, factor: float, most_per_user: int, seed: int
) -> pd.DataFrame:
    """Return pairs of posts of one user, close in time, one with clearly more likes: winner, loser, user_id.

    posts: post_id, user_id, taken_at, likes. days: at most so far apart. factor: the winner has at least so many times
    the loser's likes. Of each user at most `most_per_user` pairs are drawn. (Ding, Ma and Wang, 2019.)
    Copies of one photo are no pair: near-duplicates (duplicate_group) look alike, whatever they got.
    """
    rng, found = np.random.default_rng(seed), []
    for user, part in posts.sort_values("post_id").groupby("user_id", sort=True):
        likes, when = part["likes"].to_numpy(float), part["taken_at"].to_numpy("datetime64[s]").astype(float)
        copies = part["duplicate_group"].to_numpy()
        near = np.abs(when[:, None] - when[None]) <= days * 86_400
        clear = likes[:, None] >= factor * np.maximum(likes[None], 1)
        winners, losers = np.nonzero(near & clear & (copies[:, None] != copies[None]))
        chosen = np.sort(rng.permutation(len(winners))[:most_per_user])
        ids = part["post_id"].to_numpy()
        found += [(ids[winners[k]], ids[losers[k]], user) for k in chosen]
    return pd.DataFrame(found, columns=["winner", "loser", "user_id"])
