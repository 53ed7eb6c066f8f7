"""Sentences that read the posts: the numbers in them are those of tables of a few rows."""

import re
from html import unescape

import numpy as np
import pandas as pd

from likeness.report.likability import reading_posts as reading


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note)).replace("\u00a0", " ")


def test_every_post_is_accounted_for():
    refused = pd.DataFrame({"reason": ["no-followers", "negative-likes", "no-followers"]})
    kept = pd.DataFrame({"post_id": ["a"]})
    assert said(reading.of_refused(kept, refused)) == (
        "4 posts found: 1 valid, 3 refused. The most frequent reasons: 2 no-followers, 1 negative-likes; each refused "
        "post is listed with what was wrong."
    )
    assert said(reading.of_refused(kept, refused[:0])) == (
        "1 post found: 1 valid, 0 refused. Nothing had to be refused."
    )


def test_the_dearest_filter_is_named(hostile):
    funnel = pd.DataFrame({"step": ["read", "#me", hostile], "posts": [1000, 900, 200], "users": [10, 9, 1]})
    html = reading.of_funnel(funnel)
    assert said(html).startswith("Of 1,000 posts by 10 users, 200 by 1 are left. The step that cost the most is “")
    assert said(html).endswith(": 700 posts.")
    assert "<script" not in html
    assert (
        said(reading.of_funnel(funnel.head(1)))
        == "Of 1,000 posts by 10 users, 1,000 by 10 are left. No filter took any."
    )


def test_followers_by_two_rules():
    before = pd.Series([1.0, 1, 1, 997])  # mean 250, standard deviation 498
    words = said(reading.of_followers(before, before[:3], (0, 10), (-1000, 1500)))
    assert words == (
        "The standard deviation of the followers is 2.0 times their mean. A rule by mean and SD, up to 1,500 followers, "
        "keeps 4 of 4 users; one by median and MAD, up to 10, keeps 3. The bound of the first is stretched by the very "
        "accounts that it should leave out. 3 users stay in the study."
    )
    even = pd.Series([10.0, 10])
    words = said(reading.of_followers(even, even[:1], (10, 10), (10, 10)))
    assert "is 0.0 times their mean" in words
    assert "stretched" not in words
    assert words.endswith("1 user stays in the study.")


def test_how_much_hangs_on_the_confidence():
    sweep = pd.DataFrame({"threshold": [0.8, 0.9, 1.0], "kept": [100, 100, 60]})
    assert said(reading.of_sweep(sweep, 0.9)) == (
        "At the chosen confidence of 0.9 a face is found in 100 photos. Between 0.85 and 0.95 the number changes by "
        "20.0 %: its exact value matters."
    )
    assert "little hangs on its exact value" in said(reading.of_sweep(sweep, 0.8))
    assert "in 0 photos" in said(reading.of_sweep(sweep.assign(kept=0), 0.9))


def posts() -> pd.DataFrame:
    users = ["a"] * 5 + ["b"] * 5 + ["c"]
    liked = [True] * 5 + [True, False, True, False, False] + [True]
    return pd.DataFrame(
        {
            "post_id": [f"p{n}" for n in range(11)],
            "user_id": users,
            "group": users,
            "liked": liked,
            "ratio": np.where(liked, 0.2, 0.1),
            "split": ["train"] * 5 + ["test"] * 5 + ["val"],
            "taken_at": pd.Timestamp("2017-03-01"),
        }
    )


def test_the_target_and_what_the_user_settles():
    words = said(reading.of_target(posts()))
    assert words.startswith("73 % of 11 posts count as liked; the median is 0.2 likes per follower, four fifths lie")
    assert "right in 73 %. Of 2 users with 5 posts or more, 50 % have the same answer" in words
    assert said(reading.of_target(posts().tail(1))).endswith("is right in 100 %.")


def test_the_split_cuts_no_user_or_says_so():
    table = posts()
    assert said(reading.of_splits_posts(table)) == (
        "No user is cut: train 5 posts of 1 user (100 % liked); val 1 post of 1 user (100 % liked); test 5 posts of 1 "
        "user (40 % liked)."
    )
    table.loc[0, "split"] = "test"
    assert said(reading.of_splits_posts(table)).startswith("1 group of users cut by the split, which must not be: ")


def test_leaks_of_each_split():
    audit = pd.DataFrame(
        [
            ("honest", "users", "train-test", 0, 5, 0.0),
            ("temporal", "users", "train-test", 3, 4, 0.75),
            ("naive", "users", "train-val", 1, 5, 0.2),
            ("naive", "users", "train-test", 5, 5, 1.0),
        ],
        columns=["scheme", "shared", "between", "count", "of", "share"],
    )
    assert said(reading.of_post_leaks(audit)) == (
        "With posts split at random, 5 of 5 users judged (100 %) were seen in training too. With posts split by time, "
        "3 of 4 users judged (75 %) were seen in training too. The honest split shares nothing."
    )
    audit.loc[0, "count"] = 2
    assert said(reading.of_post_leaks(audit)).endswith("The honest split shares 2 users (train-test).")


def test_features_and_measures():
    photos = pd.DataFrame({"photo_id": list("abc")})
    layers = {"fc6": np.zeros((3, 8)), "fc7": np.zeros((3, 4))}
    assert said(reading.of_layers(layers, photos)) == (
        "3 photos as 2 views with so many numbers each: fc6 (8), fc7 (4)."
    )
    assert "image models are skipped" in said(reading.of_layers({}, photos[:0]))
    measures = pd.DataFrame({"bright": [1.0, 1, 0, 0], "flat": [1.0] * 4})
    liked = pd.Series([True, True, False, False])
    words = said(reading.of_measures(measures, liked, "no checkpoint"))
    assert words.startswith("Of 2 measures liked photos differ the most in bright: +2.00 standard deviations, clearly.")
    assert words.endswith("Objects are left out: no checkpoint.")
    assert "no liked and other photos" in said(reading.of_measures(measures, liked | True))
    assert "no liked and other photos" in said(reading.of_measures(measures[:0], liked[:0]))
    assert said(reading.of_metadata(measures, posts())) == (
        "2 numbers describe each of 11 posts, made from 01 March 2017 to 01 March 2017."
    )
