import json

import imagehash
import numpy as np
import pytest
from corpora import contents
from PIL import Image
from sklearn.metrics import roc_auc_score

from likeness_demo.posts.corpus import POSTS, TRUTH, user_likes
from likeness_demo.posts.likes import EFFECTS
from likeness_demo.posts.plan import plan_posts
from likeness_demo.posts.planted import choose_plants, share_pictures


@pytest.fixture
def demo(corpora):
    return corpora("posts")


def test_every_picture_belongs_to_a_post_and_every_named_picture_is_there(demo):
    posts = demo.raw("posts")
    assert tuple(posts.columns) == POSTS
    assert len(posts) == 62
    named = set(posts["image"]) - {""}
    assert set(contents(demo.photos)) == named | {"posts.csv"}
    assert (posts["image"] == "").sum() == 2  # a post without a picture, and the row without an id


def test_pictures_have_their_sizes(demo):
    damaged = demo.table("planted").query("plant in ['truncated', 'disguised']")["image"]
    for name in set(demo.raw("posts")["image"]) - {"", *damaged}:
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
    posts = demo.raw("posts").drop_duplicates("post_id").set_index("post_id")
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
    truth, posts = demo.table("truth"), demo.raw("posts").drop_duplicates("post_id").set_index("post_id")
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
    liked = truth["log_ratio"] > truth["log_ratio"].median()
    scores = {name: truth[name] for name in ("metadata", "visual", "expected")}
    best = {name: roc_auc_score(liked, score) for name, score in scores.items()}
    assert 0.75 < best["expected"] < 0.84
    assert 0.66 < best["metadata"] < 0.76
    assert 0.62 < best["visual"] < 0.72
    assert roc_auc_score(liked, truth["expected"] + truth["user_effect"]) > 0.97
