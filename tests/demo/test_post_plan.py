from datetime import timedelta

import numpy as np
import pytest

from likeness_demo.posts.captions import HOSTILE_PLACE, HOSTILE_USERS
from likeness_demo.posts.plan import plan_posts

PLAN = plan_posts(150, 900, 7)


def test_users_have_three_to_twelve_posts_and_one_number_of_followers():
    counts = PLAN["user_id"].value_counts()
    assert len(counts) == 150
    assert counts.min() >= 3
    assert counts.max() <= 12
    assert (PLAN.groupby("user_id")["followers"].nunique() == 1).all()


def test_kinds_have_their_shares():
    shares = PLAN["kind"].value_counts(normalize=True)
    assert shares.to_dict() == pytest.approx({"portrait": 0.62, "scenery": 0.23, "meme": 0.15}, abs=0.002)
    assert PLAN["close_up"].mean() == pytest.approx(0.31, abs=0.002)
    assert PLAN["scenic"].mean() == pytest.approx(0.13, abs=0.002)
    assert not (PLAN["close_up"] & (PLAN["kind"] != "portrait")).any()


def test_hashtag_age_and_videos_have_their_shares():
    tagged = PLAN["hashtags"].map(lambda tags: "#me" in tags)
    assert (~tagged).mean() == pytest.approx(0.06)
    assert (PLAN["caption"].str.split().map(lambda words: "#me" in words) == tagged).all()
    age = PLAN["collected_at"] - PLAN["taken_at"]
    assert age.min() > timedelta(0)
    assert (age < timedelta(days=30)).mean() == pytest.approx(0.05)
    assert PLAN["is_video"].mean() == pytest.approx(0.02)


def test_ids_and_file_names_are_different_whatever_the_case():
    assert PLAN["post_id"].str.lower().nunique() == 900
    assert (PLAN["image"] == "images/" + PLAN["post_id"] + ".jpg").all()


def test_captions_hold_their_hashtags_and_some_are_hostile():
    assert all(set(row.hashtags) <= set(row.caption.split()) for row in PLAN.itertuples())
    assert PLAN["caption"].str.contains("<script>", regex=False).any()
    assert HOSTILE_PLACE in set(PLAN["place"])
    assert set(HOSTILE_USERS) <= set(PLAN["user_id"])


@pytest.mark.parametrize(
    ("users", "posts", "fault"),
    [
        (7, 60, "users 7, posts 60"),
        (10, 39, "at least 8 users and 40 posts"),
        (20, 59, "give 60 to 240"),
        (10, 121, "give 30 to 120"),
    ],
)
def test_impossible_sizes_are_refused(users, posts, fault):
    with pytest.raises(ValueError, match=fault):
        plan_posts(users, posts, 1)


def test_the_same_seed_gives_the_same_plan():
    again, other = plan_posts(12, 60, 1), plan_posts(12, 60, 2)
    assert again.equals(plan_posts(12, 60, 1))
    assert not np.array_equal(again["post_id"], other["post_id"])
