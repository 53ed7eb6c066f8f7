"""Filters keep what they say, a user counts once, and no post is lost on the way."""

import numpy as np
import pandas as pd
import pytest

from likeness.errors import UserError
from likeness.photos.posts.filters import (
    apply_filters,
    bounds_by_rule,
    comparable,
    follower_bounds,
    has_followers_within,
    has_hashtag,
    is_old_enough,
    is_square,
    user_followers,
)

POSTS = pd.DataFrame(
    {
        "post_id": list("abcdef"),
        "user_id": ["u", "u", "u", "v", "w", "x"],
        "followers": [10, 10, 14, 12, 8, 1000],
        "hashtags": [["#me"], ["#menu"], [], ["#sun", "#me"], ["#me"], ["#été"]],
        "is_video": [False, True, False, False, False, False],
        "taken_at": [pd.Timestamp("2017-01-01")] * 5 + [pd.Timestamp("2017-01-31 00:00:01")],
        "collected_at": pd.to_datetime(["2017-01-30", "2017-01-31", "2017-02-01", *["2017-03-02"] * 3]),
    },
    index=[5, 3, 9, 1, 7, 2],
)


@pytest.mark.parametrize("tag", ["#me", "me", " #ME "])
def test_a_hashtag_is_a_whole_word_in_any_case(tag):
    mask = has_hashtag(POSTS, tag)
    assert POSTS["post_id"][mask].tolist() == ["a", "d", "e"]
    assert mask.dtype == bool


def test_no_hashtag_keeps_all():
    assert has_hashtag(POSTS, "").all()
    assert POSTS["post_id"][has_hashtag(POSTS, "#ÉTÉ")].tolist() == ["f"]
    assert has_hashtag(POSTS.iloc[:0], "#me").dtype == bool


def test_age_counts_to_when_likes_were_counted():
    assert POSTS["post_id"][is_old_enough(POSTS, 30)].tolist() == ["b", "c", "d", "e"]  # f is a second too young
    assert is_old_enough(POSTS, 0).all()


def test_what_makes_posts_comparable():
    posts = POSTS.assign(photo_id=["p1", "p2", "", "p4", "p5", "p6"])
    photos = pd.DataFrame({"photo_id": ["p5", "p4"], "width": [100, 100], "height": [100, 50]})
    masks = comparable(posts, photos, hashtag="me", min_age_days=30, square_only=True)
    passed = {name: "".join(posts["post_id"][mask]) for name, mask in masks.items()}
    assert passed == {"carries #me": "ade", "is no video": "acdef", "at least 30 days old": "bcde",
                      "has a usable picture": "abdef", "is square": "e"}  # fmt: skip
    assert apply_filters(posts, masks)[0]["post_id"].tolist() == ["e"]
    bare = comparable(posts, photos[:0], hashtag="", min_age_days=30, square_only=False)
    assert list(bare) == ["any hashtag", "is no video", "at least 30 days old"]  # no pictures at all: none is asked for


def test_a_hashtag_that_no_post_carries_is_one_line_with_those_that_are_there():
    posts = POSTS.assign(photo_id="")
    with pytest.raises(UserError, match=r"none of 6 posts carries 'mee'.*most frequent are #me, ") as caught:
        comparable(posts, posts[:0], hashtag="mee", min_age_days=0, square_only=False)
    assert "\n" not in str(caught.value)
    assert len(comparable(posts[:0], posts[:0], hashtag="mee", min_age_days=0, square_only=False)) == 3


def test_square_up_to_a_tolerance():
    width = pd.Series([100, 100, 98, 97, np.nan, 100])
    height = pd.Series([100, 102, 100, 100, 100, np.nan])
    assert is_square(width, height).tolist() == [True, True, True, False, False, False]


def test_a_user_counts_once_with_his_median():
    assert user_followers(POSTS).to_dict() == {"u": 10, "v": 12, "w": 8, "x": 1000}


def bounds(posts, scale="linear", rule="mad"):
    return follower_bounds(user_followers(posts), factor=3, scale=scale, rule=rule)


def test_bounds_by_hand():
    """10, 12, 8, 1000: median 11, deviations 1, 1, 3, 989, their median 2."""
    assert bounds(POSTS) == (5, 17)
    mean, sd = 257.5, np.sqrt((247.5**2 + 245.5**2 + 249.5**2 + 742.5**2) / 4)
    assert bounds(POSTS, rule="sd") == pytest.approx((mean - 3 * sd, mean + 3 * sd))
    assert bounds(POSTS, "log10", "none") == (0, np.inf)
    every = bounds_by_rule(user_followers(POSTS), factor=3, scale="linear")
    assert every == {rule: bounds(POSTS, rule=rule) for rule in ("mad", "sd", "none")}


def test_bounds_on_the_logarithm():
    """1, 10, 100, 1000, 100000: logarithms 0, 1, 2, 3, 5; median 2, deviations 2, 1, 0, 1, 3, their median 1."""
    followers = pd.Series([1, 10, 100, 1000, 100_000])
    assert follower_bounds(followers, factor=1.5, scale="log10", rule="mad") == pytest.approx((10**0.5, 10**3.5))


def test_users_near_the_median_are_kept_with_all_their_posts():
    assert POSTS["post_id"][has_followers_within(POSTS, bounds(POSTS))].tolist() == list("abcde")
    assert has_followers_within(POSTS, bounds(POSTS, rule="sd")).all()  # the outlier widens its own rule
    exact = has_followers_within(POSTS, (8, 10))  # both ends belong to the interval
    assert POSTS["post_id"][exact].tolist() == list("abce")


def test_one_posting_much_does_not_move_the_median():
    noisy = pd.concat([POSTS] + [POSTS[POSTS["user_id"] == "x"]] * 50)
    assert bounds(noisy) == (5, 17)


def test_unknown_rules_and_scales():
    with pytest.raises(ValueError, match="rule 'iqr': use one of mad, sd, none"):
        bounds(POSTS, rule="iqr")
    with pytest.raises(ValueError, match="scale 'log2': use one of linear, log10"):
        bounds(POSTS, scale="log2")


def test_kept_and_dropped_make_up_what_was_found():
    masks = {
        "carries #me": has_hashtag(POSTS, "#me"),
        "is a photo": ~POSTS["is_video"],
        "old": is_old_enough(POSTS, 30),
    }
    kept, dropped, funnel = apply_filters(POSTS, masks)
    assert kept["post_id"].tolist() == ["d", "e"]
    assert dict(zip(dropped["post_id"], dropped["why"], strict=True)) == {
        **dict.fromkeys("bcf", "carries #me"),  # b is a video too: the first filter takes it
        "a": "old",
    }
    assert funnel.to_numpy().tolist() == [
        ["valid posts", 6, 4],
        ["carries #me", 3, 3],
        ["is a photo", 3, 3],
        ["old", 2, 2],
    ]
    assert kept.index.tolist() == [0, 1]


def test_a_funnel_goes_on():
    kept, _, funnel = apply_filters(POSTS, {"is a photo": ~POSTS["is_video"]})
    left, gone, longer = apply_filters(kept, {"nobody": pd.Series(False, index=kept.index)}, funnel)
    assert longer["step"].tolist() == ["valid posts", "is a photo", "nobody"]
    assert longer["posts"].tolist() == [6, 5, 0]
    assert (len(left), len(gone)) == (0, 5)
    assert apply_filters(POSTS, {})[1].columns.tolist() == [*POSTS.columns, "why"]


@pytest.mark.parametrize(
    "mask",
    [pd.Series([1.0] * 6, index=POSTS.index), pd.Series([True] * 6), pd.Series([True, None] * 3, index=POSTS.index)],
)
def test_a_mask_must_be_one_truth_value_per_post(mask):
    with pytest.raises(ValueError, match="filter 'odd': is no truth value for each of the 6 posts"):
        apply_filters(POSTS, {"odd": mask})
