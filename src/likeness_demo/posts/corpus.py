"""The demo corpus of the likability study: posts with pictures, and the truth about what makes them liked."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from likeness.paths import write_csv, write_json
from likeness_demo.drawing.files import write_jpeg
from likeness_demo.drawing.jobs import processes, replaced
from likeness_demo.people.face_shape import pick_looks
from likeness_demo.posts.likes import (
    BEST_HASHTAGS,
    BEST_HOUR,
    EFFECTS,
    HASHTAG_SPREAD,
    MEDIAN_FOLLOWERS,
    draw_likes,
    terms,
)
from likeness_demo.posts.memes import draw_meme
from likeness_demo.posts.plan import plan_posts
from likeness_demo.posts.planted import (
    COLUMNS,
    Plants,
    choose_plants,
    filtered_rows,
    plant_files,
    share_pictures,
    spoil_rows,
)
from likeness_demo.posts.portraits import draw_portrait
from likeness_demo.posts.scenery import draw_scenery

POSTS = ("post_id", "user_id", "image", "likes", "followers", "taken_at", "collected_at", "caption", "hashtags",
         "mentions", "is_ad", "is_video", "place")  # fmt: skip
TRUTH = ("post_id", "kind", "close_up", "scenic", "user_effect", "metadata", "visual", "expected", "log_ratio")


def make_likability_demo(
    photos_folder: Path, truth_folder: Path, *, users: int, posts: int, seed: int, workers: int = 2
) -> None:
    """Draw a corpus of `posts` posts of `users` users, with planted troubles among them.

    Writes <photos_folder>/posts.csv (the posts table as text, lists joined by spaces, and two more bad rows at its
    end) and images/<post_id>.jpg; and into truth_folder truth.csv (sound posts: kind, close_up, scenic and the parts
    of the log ratio of likes to followers, see `likes`), factors.csv (what each effect acts on), effects.json (every
    planted coefficient) and planted.csv.
    The same seed gives the same bytes, however many `workers`. Folders that an earlier call made are replaced; others
    raise FileExistsError. Raises ValueError where the numbers of users and posts do not fit.
    """
    table = plan_posts(users, posts, seed)
    plants = choose_plants(table, seed)
    table = share_pictures(table, plants)
    table = table.join(user_likes(table, users, seed))
    with replaced(photos_folder, truth_folder) as (photo_root, truth_root):
        draw_all(table, plants, photo_root, seed, workers)
        rows = plant_files(photo_root, table, plants)
        text, bad = spoil_rows(as_text(table), table, plants)
        rows += [*bad, *filtered_rows(table, plants)]
        write_csv(text, photo_root / "posts.csv")
        write_csv(table.drop(index=list(plants.bad))[list(TRUTH)], truth_root / "truth.csv")
        write_csv(factor_table(table.drop(index=list(plants.bad))), truth_root / "factors.csv")
        write_json(planted_effects(), truth_root / "effects.json")
        write_csv(pd.DataFrame(rows, columns=list(COLUMNS)), truth_root / "planted.csv")


def user_likes(table: pd.DataFrame, users: int, seed: int) -> pd.DataFrame:
    """Return likes and the parts of their model for every post of the plan, rounded to 6 decimals."""
    rng = np.random.default_rng([seed, 25])
    effects = rng.normal(0, EFFECTS["user_sd"], users)
    of_user = dict(zip(table["user_id"], effects[table["user"]], strict=True))
    return draw_likes(table, of_user, rng).round(6)


def planted_effects() -> dict[str, float]:
    """Return every coefficient of the likes model by name."""
    return {
        **EFFECTS,
        "best_hour": BEST_HOUR,
        "best_hashtags": BEST_HASHTAGS,
        "hashtag_spread": HASHTAG_SPREAD,
        "median_followers": MEDIAN_FOLLOWERS,
    }


def factor_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return post_id and what each effect acts on: a column per effect of `likes`, before its coefficient."""
    parts = terms(table)
    factors = (parts / pd.Series({name: EFFECTS[name] for name in parts})).round(6)
    return pd.concat([table[["post_id"]], factors], axis=1)


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return the POSTS columns as text: lists joined by spaces, dates ISO 8601, truth values True and False."""
    text = table[list(POSTS)].copy()
    for name in ("hashtags", "mentions"):
        text[name] = text[name].map(" ".join)
    for name in ("taken_at", "collected_at"):
        text[name] = text[name].map(lambda date: date.isoformat())
    return text.astype(str)


def draw_all(table: pd.DataFrame, plants: Plants, folder: Path, seed: int, workers: int) -> None:
    """Draw and write the picture of every post that has one of its own."""
    skip = {*plants.missing, *plants.copies, *plants.reposts}
    jobs = [(row, post) for row, post in enumerate(table.to_dict("records")) if row not in skip]
    with processes(workers) as run:
        run(partial(draw_and_write, folder=folder, seed=seed), jobs, "demo posts")


def draw_and_write(job: tuple[int, dict[str, Any]], folder: Path, seed: int) -> None:
    """Draw and write one picture; job: the row in the plan, and its post."""
    row, post = job
    photo = draw_picture(post, seed, [seed, 23, row])
    write_jpeg(Image.fromarray(photo), folder / post["image"], post["taken_at"])


def draw_picture(post: dict[str, Any], seed: int, own_seed: list[int]) -> np.ndarray:
    """Draw the picture (height, width, 3) uint8 of one post of the plan; a user has one face on all portraits."""
    size = (post["height"], post["width"])
    if post["kind"] == "portrait":
        looks = pick_looks(np.random.default_rng([seed, 22, post["user"]]))
        return draw_portrait(looks, post["close_up"], size, own_seed)
    if post["kind"] == "meme":
        return draw_meme(size, own_seed)
    return draw_scenery(post["subject"], size, own_seed)
