import json
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness_demo.posts.corpus import POSTS, TRUTH, make_likability_demo, user_likes
from likeness_demo.posts.likes import EFFECTS, best_possible
from likeness_demo.posts.plan import plan_posts
from likeness_demo.posts.planted import choose_plants, share_pictures

SMALL = {"users": 12, "posts": 60}


@dataclass(frozen=True)
class Demo:
    photos: Path
    truth: Path

    def posts(self) -> pd.DataFrame:
        return pd.read_csv(self.photos / "posts.csv", dtype=str, keep_default_na=False)

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.truth / f"{name}.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    root = tmp_path_factory.mktemp("likability")
    made = Demo(root / "p", root / "t")
    make_likability_demo(made.photos, made.truth, **SMALL, seed=5)
    return made


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_seed_same_bytes_whatever_the_workers(demo, tmp_path):
    make_likability_demo(tmp_path / "p", tmp_path / "t", **SMALL, seed=5, workers=1)
    assert files(tmp_path / "p") == files(demo.photos)
    assert files(tmp_path / "t") == files(demo.truth)


def test_every_picture_belongs_to_a_post_and_every_named_picture_is_there(demo):
    posts = demo.posts()
    assert tuple(posts.columns) == POSTS
    assert len(posts) == 62
    named = set(posts["image"]) - {""}
    assert set(files(demo.photos)) == named | {"posts.csv"}
    assert (posts["image"] == "").sum() == 2  # a post without a picture, and the row without an id


def test_pictures_have_their_sizes(demo):
    damaged = demo.table("planted").query("plant in ['truncated', 'disguised']")["image"]
    for name in set(demo.posts()["image"]) - {"", *damaged}:
        with Image.open(demo.photos / name) as image:
            image.load()
            assert image.size in {(288, 288), (288, 360), (216, 216), (216, 270)}
    for name in damaged:
        with pytest.raises(OSError), Image.open(demo.photos / name) as image:  # noqa: PT011
            image.load()


def test_copies_are_copies_and_other_photos_are_not(demo):
    planted = demo.table("planted")
    copies = planted[planted["plant"].isin(["exact-duplicate", "re-post"])]
    damaged = set(planted.loc[planted["plant"].isin(["truncated", "disguised"]), "image"])
    posts = demo.posts().drop_duplicates("post_id").set_index("post_id")
    hashes = {}
    for post_id, name in posts["image"].items():
        if name and name not in damaged:
            with Image.open(demo.photos / name) as image:
                hashes[post_id] = imagehash.phash(image, 16)
    for row in copies.itertuples():
        same = (demo.photos / row.image).read_bytes() == (demo.photos / posts.loc[row.of, "image"]).read_bytes()
        assert same == (row.plant == "exact-duplicate")
        assert hashes[row.post_id] - hashes[row.of] <= 20
        assert (posts.loc[row.post_id, "user_id"] == posts.loc[row.of, "user_id"]) == same
    rest = [value for post_id, value in hashes.items() if post_id not in set(copies["post_id"])]
    assert min(a - b for k, a in enumerate(rest) for b in rest[:k]) > 20


def test_truth_says_what_the_table_shows(demo):
    truth, posts = demo.table("truth"), demo.posts().drop_duplicates("post_id").set_index("post_id")
    assert tuple(truth.columns) == TRUTH
    rows = posts.loc[truth["post_id"]]
    ratio = np.log(rows["likes"].astype(int).to_numpy() / rows["followers"].astype(int).to_numpy())
    assert ratio == pytest.approx(truth["log_ratio"].to_numpy(), abs=1e-5)
    assert (rows["likes"].astype(int) >= 1).all()
    assert set(truth["kind"]) == {"portrait", "scenery", "meme"}
    assert len(truth) == 60 - 7  # the bad rows have no truth


def test_effects_name_every_coefficient(demo):
    effects = json.loads((demo.truth / "effects.json").read_text())
    assert set(EFFECTS) < set(effects)
    assert effects["noise_sd"] == EFFECTS["noise_sd"]


def test_the_best_possible_auc_of_the_full_corpus():
    table = plan_posts(150, 900, 7)
    table = share_pictures(table, choose_plants(table, 7))
    truth = user_likes(table, 150, 7)
    best = best_possible(truth, truth["log_ratio"] > truth["log_ratio"].median())
    assert 0.88 < best["expected"] < 0.92
    assert 0.70 < best["metadata"] < 0.78
    assert 0.70 < best["visual"] < 0.78
    assert best["with_user"] > best["expected"] + 0.02


def test_a_second_call_replaces_only_what_the_demo_made(demo, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="mine: not empty"):
        make_likability_demo(tmp_path / "mine", tmp_path / "new", **SMALL, seed=1)
    assert (tmp_path / "mine" / "holiday.jpg").read_bytes() == b"mine"
    make_likability_demo(tmp_path / "p", tmp_path / "t", users=8, posts=40, seed=1, workers=1)
    before = files(tmp_path / "p")
    make_likability_demo(tmp_path / "p", tmp_path / "t", users=8, posts=40, seed=2, workers=1)
    assert set(files(tmp_path / "p")) != set(before)
