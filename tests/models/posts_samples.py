"""Forty posts whose answer is known: bright photos are liked, dark ones are not."""

import numpy as np
import pandas as pd

from likeness.models.likability.posts_fit import Source
from likeness.models.likability.posts_module import PostArrays
from likeness.models.likability.posts_net import PostConfig

SIDE = 64
NUMBERS = 3  # metadata a post
SETTINGS = {"optimizer": "adamw", "lr": 3e-3, "batch_size": 8, "epochs": 2, "patience": 9, "seed": 1, "device": "cpu"}
PAIRS = {"days": 5.0, "factor": 2.0, "most_per_user": 4}


def sample_posts(users: int = 10, each: int = 4) -> pd.DataFrame:
    """Return posts one day apart, of each user half liked; the first users train, the last ones are held out."""
    count = users * each
    user = np.repeat(np.arange(users), each)
    liked = np.arange(count) % 2 == 0
    part = np.array(["train"] * (users - 4) + ["val"] * 2 + ["test"] * 2)
    return pd.DataFrame(
        {
            "post_id": [f"p{row:02d}" for row in range(count)],
            "user_id": [f"u{number}" for number in user],
            "taken_at": pd.Timestamp("2017-01-01") + pd.to_timedelta(np.arange(count), unit="D"),
            "likes": np.where(liked, 50, 10) + np.arange(count) % 3,
            "liked": liked,
            "duplicate_group": [f"d{row:02d}" for row in range(count)],
            "split": part[user],
            "naive_split": np.array(["train"] * 6 + ["val"] * 2 + ["test"] * 2)[np.arange(count) // 2 % 10],
        }
    )


def sample_arrays(posts: pd.DataFrame, side: int = SIDE, metadata: bool = False) -> PostArrays:
    """Return noisy photos of the brightness that tells, and metadata of which the first number does."""
    rng = np.random.default_rng(0)
    liked = posts["liked"].to_numpy()
    photos = rng.integers(0, 100, (len(posts), 3, side, side)) + 120 * liked[:, None, None, None]
    numbers = rng.normal(5, 2, (len(posts), NUMBERS)) + 4 * liked[:, None] * (np.arange(NUMBERS) == 0)
    return PostArrays(photos.astype(np.uint8), numbers.astype(np.float32) if metadata else None, liked.copy())


def sample_source(network: str, side: int = SIDE, **changes) -> Source:
    """Return the start of a network of posts."""
    config = PostConfig(network, side, metadata=NUMBERS if network == "fusion" else 0, **changes)
    return Source(config, "shufflenet_v2_x0_5" if network == "backbone" else "")
