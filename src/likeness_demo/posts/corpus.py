"""The demo corpus of the likability study: posts with pictures, and the truth about what makes them liked."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from likeness.paths import write_csv, write_json
from likeness_demo.drawing.files import processes, replaced, write_jpeg
from likeness_demo.people.face_shape import pick_looks
from likeness_demo.posts import likes, planted
from likeness_demo.posts.accounts import filtered
from likeness_demo.posts.memes import draw_meme
from likeness_demo.posts.plan import plan_posts
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
    plants = planted.choose_plants(table, seed)
    table = planted.share_pictures(table, plants)
    table = table.join(user_likes(table, users, seed))
    with replaced(photos_folder, truth_folder) as (photo_root, truth_root), processes(workers) as run:
        skip = {*plants.missing, *plants.copies, *plants.reposts}
        jobs = [(row, post) for row, post in enumerate(table.to_dict("records")) if row not in skip]
        run(partial(draw_and_write, folder=photo_root, seed=seed), jobs, "demo posts")
        rows = planted.plant_files(photo_root, table, plants)
        text, bad = planted.spoil_rows(as_text(table), table, plants)
        rows += [*bad, *planted.filtered_rows(table, plants)]
        write_csv(text, photo_root / "posts.csv")
        sound = table.drop(index=list(plants.bad))
        write_csv(sound[list(TRUTH)], truth_root / "truth.csv")
        factors = likes.terms(sound) / pd.Series(likes.METADATA | likes.VISUAL)
        write_csv(pd.concat([sound[["post_id"]], factors.round(6)], axis=1), truth_root / "factors.csv")
        constants = ("best_hour", "best_hashtags", "hashtag_spread", "median_followers")
        effects = likes.EFFECTS | {name: getattr(likes, name.upper()) for name in constants}
        write_json(effects, truth_root / "effects.json")
        write_csv(pd.DataFrame(rows, columns=list(planted.COLUMNS)), truth_root / "planted.csv")


def user_likes(table: pd.DataFrame, users: int, seed: int) -> pd.DataFrame:
    """Return likes and the parts of their model for every post of the plan, rounded to 6 decimals."""
    rng = np.random.default_rng([seed, 25])
    effects = rng.normal(0, likes.EFFECTS["user_sd"], users)
    of_user = dict(zip(table["user_id"], effects[table["user"]], strict=True))
    return likes.draw_likes(table, of_user, rng).round(6)


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return the POSTS columns as text: lists joined by spaces, dates ISO 8601, truth values True and False."""
    text = table[list(POSTS)].copy()
    for name in ("hashtags", "mentions"):
        text[name] = text[name].map(" ".join)
    for name in ("taken_at", "collected_at"):
        text[name] = text[name].map(lambda date: date.isoformat())
    return text.astype(str)


def draw_and_write(job: tuple[int, dict[str, Any]], folder: Path, seed: int) -> None:
    """Draw and write one picture; job: the row in the plan, and its post. A user has one face on all portraits."""
    row, post = job
    size, own_seed = (post["height"], post["width"]), [seed, 23, row]
    if post["kind"] == "portrait":
        looks = pick_looks(np.random.default_rng([seed, 22, post["user"]]))
        photo = draw_portrait(looks, post["close_up"], post["account"].backdrop, size, own_seed)
    elif post["kind"] == "meme":
        photo = draw_meme(size, own_seed)
    else:
        photo = draw_scenery(post["subject"], size, own_seed)
    photo = filtered(photo, post["account"])
    write_jpeg(Image.fromarray(photo), folder / post["image"], post["taken_at"])
