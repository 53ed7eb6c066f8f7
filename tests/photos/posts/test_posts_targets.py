"""The line between liked and not, by hand."""

import pandas as pd
import pytest

from likeness.photos.posts.targets import can_be_ranked, like_ratio, liked

POSTS = pd.DataFrame(
    {
        "user_id": ["u", "u", "u", "v", "v", "w", "w"],
        "likes": [10, 20, 30, 400, 100, 0, 90],
        "followers": [100, 100, 100, 1000, 1000, 100, 100],
    }
)
TRAIN = POSTS["user_id"].isin(["u", "v"])


def test_the_ratio_is_likes_per_follower():
    assert like_ratio(POSTS).tolist() == [0.1, 0.2, 0.3, 0.4, 0.1, 0.0, 0.9]


def test_the_median_of_the_training_posts_draws_the_line():
    answer, line = liked(POSTS, "median", train=TRAIN)  # 0.1, 0.1, 0.2, 0.3, 0.4
    assert line == 0.2
    assert answer.tolist() == [False, False, True, True, False, False, True]
    assert (answer.dtype, answer.name) == (bool, "liked")


def test_no_test_post_helps_to_draw_the_line():
    changed = POSTS.assign(likes=POSTS["likes"].where(TRAIN, 99))
    assert liked(changed, "median", train=TRAIN)[1] == 0.2
    assert liked(changed, "median")[1] != 0.2
    assert liked(POSTS, "median")[1] == 0.2  # of all: 0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.9


def test_a_fixed_ratio():
    answer, line = liked(POSTS, "ratio")
    assert line == 0.35
    assert answer.tolist() == [False] * 3 + [True, False, False, True]
    assert liked(POSTS, "ratio", fixed=0.25)[0].sum() == 3


def test_rank_is_above_ones_own_median():
    answer, line = liked(POSTS, "rank")
    assert line is None
    assert answer.tolist() == [False, False, True, True, False, False, True]
    poor = POSTS.assign(likes=POSTS["likes"].where(POSTS["user_id"] != "w", [0] * 5 + [0, 1]))
    assert liked(poor, "rank")[0].tolist() == answer.tolist()  # how much others have does not matter


def test_who_cannot_be_ranked():
    posts = pd.DataFrame({"user_id": list("abbcccdd"), "likes": [5, 3, 3, 1, 2, 2, 1, 2], "followers": 10})
    can = can_be_ranked(posts)
    assert can.tolist() == [False] * 6 + [True] * 2  # one post; equal posts; a median that is the top; fine
    with pytest.raises(ValueError, match="target rank: 6 posts of 3 users, such as a, have nothing above their median"):
        liked(posts, "rank")
    assert liked(posts[can], "rank")[0].tolist() == [False, True]


def test_what_draws_no_line():
    with pytest.raises(ValueError, match="target 'mean': use one of median, ratio, rank"):
        liked(POSTS, "mean")
    with pytest.raises(ValueError, match="no training post"):
        liked(POSTS, "median", train=pd.Series(False, index=POSTS.index))
    with pytest.raises(ValueError, match="no post of 7 is above 2 likes per follower; choose another target or ratio"):
        liked(POSTS, "ratio", fixed=2)
    with pytest.raises(ValueError, match=r"every post of 2 is above 0\.05"):
        liked(POSTS[:2], "ratio", fixed=0.05)
