"""What a model says of held-out posts: one table of predictions for all models and splits.

A post is a pair of itself in that table (left = right = post_id, same = liked), so that what compares pairs compares
posts.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from likeness.stats.calibration import platt_scale

COLUMNS = ["left", "right", "same", "kind", "scheme", "split", "model", "run", "probability", "score"]


def split_rows(posts: pd.DataFrame, column: str, known: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Return which posts are trained on, and which are held out ("val", "test"): bool (posts,) each.

    posts: liked, and the split's column. known: the posts that the model can see; others are in neither.
    Raises ValueError where training or validation posts are missing or all of one kind.
    """
    liked, split = posts["liked"].to_numpy(dtype=bool), posts[column].to_numpy(dtype=object)
    for part in ("train", "val"):
        rows = known & (split == part)
        if len(set(liked[rows])) < 2:
            raise ValueError(f"{column}: the {rows.sum()} posts of {part!r} are not of both kinds, liked and not liked")
    return known & (split == "train"), known & np.isin(split, ["val", "test"])


def tell_posts(posts: pd.DataFrame, column: str, rows: NDArray, score: NDArray[np.float64]) -> pd.DataFrame:
    """Return what is said of some posts: COLUMNS without scheme, model and run.

    posts: post_id, liked, and the split's column. rows: which of them, bool (posts,) or their places (m,). score: (m,),
    larger is more likely liked; the probability is Platt's scaling of it, fitted on the validation posts.
    """
    told = posts.iloc[rows][["post_id"]].rename(columns={"post_id": "left"}).reset_index(drop=True)
    liked, split = posts["liked"].to_numpy(dtype=bool)[rows], posts[column].to_numpy(dtype=object)[rows]
    told = told.assign(right=told["left"], same=liked, kind="post", split=split)
    return told.assign(probability=as_probability(score, told), score=score)


def as_probability(score: NDArray[np.float64], told: pd.DataFrame) -> NDArray[np.float64]:
    """Return P(liked) of each score (n,): Platt's scaling, fitted on the rows of told that are validation posts.

    told: same (liked), split. The scores are first brought to unit spread, whatever scale the model gives them. A score
    that runs against the validation labels says nothing: all get the share of liked posts.
    """
    at = (told["split"] == "val").to_numpy()
    same = told["same"].to_numpy(dtype=bool)[at]
    centre, spread = score[at].mean(), score[at].std() or 1.0
    z = (score - centre) / spread
    slope, intercept = platt_scale(z[at], same)
    if slope <= 0:
        return np.full(len(score), same.mean())
    return expit(slope * z + intercept)
