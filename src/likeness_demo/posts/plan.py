"""The plan of the likability demo's posts: who posts what, when, with which words; before anything is drawn."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from likeness_demo.landmarks.sites import BY_NAME, PLACES
from likeness_demo.posts import captions
from likeness_demo.posts.likes import pick_followers
from likeness_demo.posts.scenery import DULL

FEWEST, MOST = 3, 12  # posts of a user
LEAST_USERS, LEAST_POSTS = 8, 40
KINDS = {"close-up": 0.31, "half-length": 0.31, "scenic": 0.13, "dull": 0.10, "meme": 0.15}
HASHTAG = "#me"
WITHOUT_HASHTAG, YOUNG, VIDEOS, ADS = 0.06, 0.05, 0.02, 0.11  # shares of the posts
COLLECTED = datetime(2017, 5, 1, 12)
OLDEST = 700  # days before the collection
HOURS = np.array([1, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 5, 6, 6, 5, 5, 6, 7, 8, 8, 8, 7, 5, 3], float)  # odds of each hour
SIZES = ((288, 288), (360, 288))  # (height, width) px: square, or 4:5
UPRIGHT = 0.15
LETTERS = np.array(list("0123456789abcdefghijklmnopqrstuvwxyz"))


def plan_posts(users: int, posts: int, seed: int) -> pd.DataFrame:
    """Return `posts` sound posts in random order: the POSTS columns without likes, and what the picture shows.

    Besides those columns: kind (portrait | scenery | meme), close_up, scenic, subject (the place, "" for others), user
    (row number of the user), height and width [px].
    Raises ValueError where there are too few users, or where `posts` does not give each of them 3 to 12 posts.
    """
    if users < LEAST_USERS or posts < LEAST_POSTS:
        raise ValueError(f"users {users}, posts {posts}: give at least {LEAST_USERS} users and {LEAST_POSTS} posts")
    if not FEWEST * users <= posts <= MOST * users:
        raise ValueError(f"posts {posts}: give {FEWEST * users} to {MOST * users}, {FEWEST} to {MOST} for each user")
    rng = np.random.default_rng([seed, 21])
    names, followers = captions.user_names(users, rng), pick_followers(users, rng)
    later = rng.integers(0, (10, 600), (users, 2))
    collected = [COLLECTED + timedelta(days=int(day), minutes=int(minute)) for day, minute in later]
    owner = rng.permutation(np.repeat(np.arange(users), share_posts(users, posts, rng)))
    table = pd.DataFrame({"post_id": short_codes(posts, rng), "user": owner})
    table["user_id"] = [names[k] for k in owner]
    table["followers"] = followers[owner]
    table["collected_at"] = pd.Series([collected[k] for k in owner], dtype="datetime64[us]")
    table = table.join(pick_subjects(posts, rng))
    table["image"] = "images/" + table["post_id"] + ".jpg"
    tagged = ~chosen(posts, WITHOUT_HASHTAG, rng)
    words = [write_post(kind, with_tag, names, rng) for kind, with_tag in zip(table["kind"], tagged, strict=True)]
    table = table.join(pd.DataFrame(words))
    young = chosen(posts, YOUNG, rng)
    days = np.where(young, rng.uniform(0.5, 28, posts), rng.uniform(32, OLDEST, posts))
    table["taken_at"] = [pick_date(at, day, rng) for at, day in zip(table["collected_at"], days, strict=True)]
    table["taken_at"] = table["taken_at"].astype("datetime64[us]")
    table["is_video"] = chosen(posts, VIDEOS, rng)
    return make_hostile(table, rng)


def share_posts(users: int, posts: int, rng: np.random.Generator) -> np.ndarray:
    """Return how many posts every user has, (users,), 3 to 12 that add up to `posts`; most have few."""
    counts = np.full(users, FEWEST)
    eager = rng.exponential(1, users) + 0.4
    while counts.sum() < posts:
        open_ = counts < MOST
        counts[rng.choice(users, p=eager * open_ / (eager * open_).sum())] += 1
    return counts


def chosen(posts: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return a mask (posts,) with a share of the rows, at least one."""
    mask = np.zeros(posts, bool)
    mask[rng.permutation(posts)[: max(1, round(share * posts))]] = True
    return mask


def short_codes(count: int, rng: np.random.Generator) -> list[str]:
    """Return different ids like b7k2m90xqt: lower case, so that file names differ everywhere."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes["b" + "".join(rng.choice(LETTERS, 9))] = None
    return list(codes)


def pick_subjects(posts: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return what the pictures show: KINDS in their shares, in random order."""
    bounds = np.round(np.cumsum(list(KINDS.values())) * posts).astype(int)
    names = np.repeat(list(KINDS), np.diff([0, *bounds]))[rng.permutation(posts)]
    kinds = {"close-up": "portrait", "half-length": "portrait", "scenic": "scenery", "dull": "scenery", "meme": "meme"}
    places = {"scenic": PLACES, "dull": tuple(DULL)}
    shown = {"kind": [kinds[name] for name in names], "close_up": names == "close-up", "scenic": names == "scenic"}
    shown["subject"] = [places[name][rng.integers(len(places[name]))] if name in places else "" for name in names]
    shown["height"], shown["width"] = zip(*(SIZES[int(rng.random() < UPRIGHT)] for _ in names), strict=True)
    return pd.DataFrame(shown)


def write_post(kind: str, tagged: bool, names: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """Return caption, hashtags (among them #me where `tagged`), mentions, is_ad and place of one post."""
    count = int(np.clip(rng.gamma(1.6, 6.0), 0, 27))
    tags = captions.pick_hashtags(count, rng)
    if tagged:
        tags.insert(int(rng.integers(len(tags) + 1)), HASHTAG)
    mentions, is_ad = captions.pick_mentions(names, rng), bool(rng.random() < ADS)
    words = [captions.write_caption(kind, rng), *(["Paid partnership."] if is_ad else []), *mentions, *tags]
    place = "" if rng.random() < 0.45 else captions.PLACES[rng.integers(len(captions.PLACES))]
    return {"caption": " ".join(words), "hashtags": tags, "mentions": mentions, "is_ad": is_ad, "place": place}


def pick_date(collected: datetime, days: float, rng: np.random.Generator) -> datetime:
    """Return a moment about `days` before the collection, at an hour when people post."""
    day = (collected - timedelta(days=float(days))).replace(hour=0, minute=0, second=0, microsecond=0)
    hour = int(rng.choice(24, p=HOURS / HOURS.sum()))
    taken = day + timedelta(hours=hour, minutes=int(rng.integers(60)), seconds=int(rng.integers(60)))
    return taken if taken < collected else taken - timedelta(days=1)


def make_hostile(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Put the hostile captions and place into posts of their own; landmarks are named where they were seen."""
    rows = rng.permutation(len(table))
    for caption, row in zip(captions.HOSTILE_CAPTIONS, rows, strict=False):
        table.loc[row, "caption"] = f"{caption} {' '.join(table.loc[row, 'hashtags'])}"
    for row in np.flatnonzero(table["scenic"] & (rng.random(len(table)) < 0.6)):
        table.loc[row, "place"] = BY_NAME[table.loc[row, "subject"]].title
    table.loc[rows[-1], "place"] = captions.HOSTILE_PLACE
    return table
