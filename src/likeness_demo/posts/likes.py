"""How many likes a post of the demo gets: a written-down model, so that the best possible model is known.

    log(likes / followers) = base + user + metadata + visual + noise

    user      normal with mean 0 and SD `user_sd`, the same for all posts of a user
    metadata  evening * cos(2 pi (hour - 20) / 24)                  most likes for what is posted at 20 h
              + weekend                                             on Saturdays and Sundays
              + hashtags * (1 - ((n - 11) / 10)^2), not below -1    n hashtags; eleven are best (see `hashtag_term`)
              + ad                                                  on advertisements
              + caption * log(1 + characters / 40)
              + followers * log10(followers / 600)                  the more followers, the smaller a share likes
    visual    close_up on portraits that a face fills, scenic on landmarks, meme on quote memes; 0 on all others
    noise     normal with mean 0 and SD `noise_sd`

Likes are rounded, and at least 1. "Expected" is all but user and noise: what a model can know of a new user's post.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

MEDIAN_FOLLOWERS, LOG_FOLLOWERS_SD = 600, 0.7
CELEBRITIES, SD_OVER_MEAN = 3, 5.0
BEST_HOUR, BEST_HASHTAGS, HASHTAG_SPREAD = 20, 11, 10
METADATA = {"evening": 0.45, "weekend": 0.38, "hashtags": 0.45, "ad": -0.90, "caption": 0.10, "followers": -0.30}
VISUAL = {"close_up": 1.35, "scenic": 1.30, "meme": -0.45}
EFFECTS = {"base": -3.2, "user_sd": 1.35, "noise_sd": 0.20, **METADATA, **VISUAL}  # on log(likes / followers)


def hashtag_term(count: np.ndarray) -> np.ndarray:
    """Return 1 at the best number of hashtags, falling as a parabola to -1 and staying there."""
    return np.maximum(1 - ((np.asarray(count) - BEST_HASHTAGS) / HASHTAG_SPREAD) ** 2, -1.0)


def terms(posts: pd.DataFrame) -> pd.DataFrame:
    """Return what each effect adds to the log ratio of every post, one column per name in METADATA and VISUAL.

    posts: taken_at datetime64, caption str, hashtags (list of str or their number), is_ad, followers, kind, close_up,
    scenic.
    """
    taken = posts["taken_at"].dt
    hour = taken.hour + taken.minute / 60
    tags = posts["hashtags"].map(lambda value: value if isinstance(value, int) else len(value))
    raw = {
        "evening": np.cos(2 * np.pi * (hour - BEST_HOUR) / 24),
        "weekend": taken.day_of_week >= 5,
        "hashtags": hashtag_term(tags.to_numpy()),
        "ad": posts["is_ad"],
        "caption": np.log1p(posts["caption"].str.len() / 40),
        "followers": np.log10(posts["followers"] / MEDIAN_FOLLOWERS),
        "close_up": posts["close_up"],
        "scenic": posts["scenic"],
        "meme": posts["kind"] == "meme",
    }
    table = pd.DataFrame({name: np.asarray(value, np.float64) for name, value in raw.items()}, index=posts.index)
    return table * pd.Series(METADATA | VISUAL)


def draw_likes(posts: pd.DataFrame, user_effects: Mapping[str, float], rng: np.random.Generator) -> pd.DataFrame:
    """Return metadata, visual, user_effect, expected, log_ratio (of the rounded likes) and likes of every post.

    posts: as `terms` takes them, and user_id. user_effects: of every user_id.
    """
    parts, out = terms(posts), pd.DataFrame(index=posts.index)
    out["metadata"] = parts[list(METADATA)].sum(axis=1)
    out["visual"] = parts[list(VISUAL)].sum(axis=1)
    out["user_effect"] = posts["user_id"].map(user_effects).astype(float)
    out["expected"] = EFFECTS["base"] + out["metadata"] + out["visual"]
    noise = rng.normal(0, EFFECTS["noise_sd"], len(posts))
    wanted = posts["followers"] * np.exp(out["expected"] + out["user_effect"] + noise)
    out["likes"] = np.maximum(np.rint(wanted), 1).astype("int64")
    out["log_ratio"] = np.log(out["likes"] / posts["followers"])
    return out


def pick_followers(users: int, rng: np.random.Generator) -> np.ndarray:
    """Return every user's followers (users,) int64: log-normal around MEDIAN_FOLLOWERS, and a few celebrities.

    The celebrities, at most one in ten users, relate like 1 : 1/3 : 1/6; their level is found so that the SD of all
    followers is SD_OVER_MEAN times the mean, or as near as so few users allow.
    """
    plain = np.exp(np.log(MEDIAN_FOLLOWERS) + LOG_FOLLOWERS_SD * rng.standard_normal(users))
    count = max(1, min(CELEBRITIES, users // 10))
    who, share = rng.permutation(users)[:count], 1 / np.array([1, *3.0 * np.arange(1, count)])
    low, high = 10.0 * MEDIAN_FOLLOWERS, 2000.0 * MEDIAN_FOLLOWERS
    for _ in range(60):  # the ratio grows with the level
        middle = (low + high) / 2
        values = np.concatenate([np.delete(plain, who), middle * share])
        low, high = (low, middle) if values.std() > SD_OVER_MEAN * values.mean() else (middle, high)
    plain[who] = high * share
    return np.maximum(np.rint(plain), 30).astype("int64")
