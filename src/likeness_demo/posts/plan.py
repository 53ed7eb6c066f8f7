"""The plan of the likability demo's posts: who posts what, when, with which words; before anything is drawn."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from likeness_demo.landmarks.sites import BY_NAME, PLACES
from likeness_demo.posts import captions
from likeness_demo.posts.accounts import KINDS, Account, pick_account, pick_hour
from likeness_demo.posts.likes import pick_followers
from likeness_demo.posts.scenery import DULL

FEWEST, MOST = 3, 12  # posts of a user
LEAST_USERS, LEAST_POSTS = 8, 40
HASHTAG = "#me"
WITHOUT_HASHTAG, YOUNG, VIDEOS = 0.06, 0.05, 0.02  # shares of the posts
COLLECTED = datetime(2017, 5, 1, 12)
OLDEST, ACTIVE = 700, 90  # days before the collection; SD of an account's days round its own time
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
    accounts = [pick_account(rng) for _ in range(users)]
    later = rng.integers(0, (10, 600), (users, 2))
    collected = [COLLECTED + timedelta(days=int(day), minutes=int(minute)) for day, minute in later]
    owner = rng.permutation(np.repeat(np.arange(users), share_posts(users, posts, rng)))
    table = pd.DataFrame({"post_id": short_codes(posts, rng), "user": owner})
    table["user_id"] = [names[k] for k in owner]
    table["followers"] = followers[owner]
    table["collected_at"] = pd.Series([collected[k] for k in owner], dtype="datetime64[us]")
    table["account"] = [accounts[k] for k in owner]
    table = table.join(pick_subjects(table["account"].tolist(), rng))
    table["image"] = "images/" + table["post_id"] + ".jpg"
    tagged = ~chosen(posts, WITHOUT_HASHTAG, rng)
    kinds = zip(table["kind"], tagged, table["account"], strict=True)
    words = [write_post(kind, with_tag, names, account, rng) for kind, with_tag, account in kinds]
    table = table.join(pd.DataFrame(words))
    young = chosen(posts, YOUNG, rng)
    active = [rng.normal(account.since * OLDEST, ACTIVE) for account in table["account"]]
    days = np.where(young, rng.uniform(0.5, 28, posts), 32 + np.abs(np.array(active) - 32) % (OLDEST - 32))
    moments = zip(table["collected_at"], days, table["account"], strict=True)
    table["taken_at"] = [pick_date(at, day, account, rng) for at, day, account in moments]
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


def pick_subjects(accounts: list[Account], rng: np.random.Generator) -> pd.DataFrame:
    """Return what the posts' pictures show: KINDS in their shares, dealt as their accounts like them."""
    posts = len(accounts)
    counts = np.diff([0, *np.round(np.cumsum(list(KINDS.values())) * posts).astype(int)])
    names, free = np.empty(posts, object), np.arange(posts)
    for name, count in zip(KINDS, counts, strict=True):
        wish = np.log([accounts[k].taste[name] for k in free]) + rng.gumbel(size=len(free))
        chosen_ = np.argsort(-wish, kind="stable")[:count]
        names[free[chosen_]] = name
        free = np.delete(free, chosen_)
    kinds = {"close-up": "portrait", "half-length": "portrait", "scenic": "scenery", "dull": "scenery", "meme": "meme"}
    places = {"scenic": PLACES, "dull": tuple(DULL)}
    shown = {"kind": [kinds[name] for name in names], "close_up": names == "close-up", "scenic": names == "scenic"}
    shown["subject"] = [places[name][rng.integers(len(places[name]))] if name in places else "" for name in names]
    shown["height"], shown["width"] = zip(*(SIZES[int(rng.random() < UPRIGHT)] for _ in names), strict=True)
    return pd.DataFrame(shown)


def write_post(kind: str, tagged: bool, names: list[str], account: Account, rng: np.random.Generator) -> dict[str, Any]:
    """Return caption, hashtags (among them #me where `tagged`), mentions, is_ad and place of one post."""
    count = int(np.clip(rng.normal(account.tags, 1 + 0.12 * account.tags), 0, 27))
    tags = captions.pick_hashtags(count, account.voice, rng)
    if tagged:
        tags.insert(int(rng.integers(len(tags) + 1)), HASHTAG)
    mentions, is_ad = captions.pick_mentions(names, account.mentions, rng), bool(rng.random() < account.ads)
    caption = captions.write_caption(kind, account.voice, account.talk, rng)
    words = [caption, *(["Paid partnership."] if is_ad else []), *mentions, *tags]
    place = captions.PLACES[rng.integers(len(captions.PLACES))] if rng.random() < account.placed else ""
    return {"caption": " ".join(words), "hashtags": tags, "mentions": mentions, "is_ad": is_ad, "place": place}


def pick_date(collected: datetime, days: float, account: Account, rng: np.random.Generator) -> datetime:
    """Return a moment about `days` before the collection, at an hour, and often on the day, when the account posts."""
    day = (collected - timedelta(days=float(days))).replace(hour=0, minute=0, second=0, microsecond=0)
    if days > 45 and rng.random() < 0.4:
        day += timedelta(days=(account.weekday - day.weekday()) % 7)
    taken = day + timedelta(hours=pick_hour(account, rng), minutes=int(rng.integers(60)), seconds=int(rng.integers(60)))
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
