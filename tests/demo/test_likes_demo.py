import numpy as np
import pandas as pd
import pytest

from likeness_demo.posts.likes import EFFECTS, draw_likes, hashtag_term, pick_followers, terms


def posts(**changes):
    row = {
        "user_id": "anna",
        "taken_at": pd.Timestamp("2017-01-04 20:00"),  # a Wednesday
        "caption": "",
        "hashtags": ["#me"] * 11,
        "is_ad": False,
        "followers": 600,
        "kind": "portrait",
        "close_up": False,
        "scenic": False,
    }
    return pd.DataFrame([{**row, **changes}])


def test_the_plain_post_has_base_evening_and_hashtags():
    found = terms(posts()).iloc[0]
    assert found["evening"] == pytest.approx(EFFECTS["evening"])
    assert found["hashtags"] == pytest.approx(EFFECTS["hashtags"])
    assert found.drop(["evening", "hashtags"]).eq(0).all()


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"taken_at": pd.Timestamp("2017-01-04 08:00")}, "evening", -EFFECTS["evening"]),
        ({"taken_at": pd.Timestamp("2017-01-04 02:00")}, "evening", 0.0),
        ({"taken_at": pd.Timestamp("2017-01-07 20:00")}, "weekend", EFFECTS["weekend"]),
        ({"hashtags": ["#me"]}, "hashtags", 0.0),
        ({"hashtags": ["#a"] * 16}, "hashtags", 0.75 * EFFECTS["hashtags"]),
        ({"is_ad": True}, "ad", EFFECTS["ad"]),
        ({"caption": "x" * 40}, "caption", EFFECTS["caption"] * np.log(2)),
        ({"followers": 60_000}, "followers", 2 * EFFECTS["followers"]),
        ({"close_up": True}, "close_up", EFFECTS["close_up"]),
        ({"scenic": True, "kind": "scenery"}, "scenic", EFFECTS["scenic"]),
        ({"kind": "meme"}, "meme", EFFECTS["meme"]),
    ],
)
def test_every_effect_alone(changes, name, value):
    assert terms(posts(**changes)).iloc[0][name] == pytest.approx(value, abs=1e-9)


def test_hashtags_beyond_the_parabola_lose_no_more():
    assert hashtag_term(np.array([11, 1, 21, 27, 40])) == pytest.approx([1, 0, 0, -1, -1], abs=1e-9)


def test_likes_are_rounded_and_at_least_one():
    found = draw_likes(posts(followers=30), {"anna": -9.0}, np.random.default_rng(1)).iloc[0]
    assert found["likes"] == 1
    assert found["log_ratio"] == pytest.approx(np.log(1 / 30))
    assert found["expected"] == pytest.approx(EFFECTS["base"] + found["metadata"] + found["visual"])


def test_noise_and_user_make_the_rest_of_the_log_ratio():
    many = pd.concat([posts(followers=10**8)] * 4000, ignore_index=True)
    found = draw_likes(many, {"anna": 0.5}, np.random.default_rng(2))
    rest = found["log_ratio"] - found["expected"]
    assert rest.mean() == pytest.approx(0.5, abs=0.03)
    assert rest.std() == pytest.approx(EFFECTS["noise_sd"], rel=0.05)


@pytest.mark.parametrize("seed", range(6))
def test_followers_have_an_sd_of_about_five_means(seed):
    followers = pick_followers(150, np.random.default_rng(seed))
    assert 4 < followers.std() / followers.mean() < 6
    assert followers.min() >= 30
    assert 400 < np.median(followers) < 900


def test_few_users_have_as_long_a_tail_as_they_can():
    followers = pick_followers(12, np.random.default_rng(1))
    assert 3 < followers.std() / followers.mean() <= np.sqrt(11)
