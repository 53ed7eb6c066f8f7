"""What is said of the posts: the numbers are those of tables of a few rows."""

import numpy as np
import pandas as pd
from shown import cells, said, says

from likeness.report.likability import reading_posts as reading


def test_every_post_is_accounted_for():
    refused, kept = (
        pd.DataFrame({"reason": ["no-followers", "negative-likes", "no-followers"]}),
        pd.DataFrame(index=[0]),
    )
    says(
        reading.describe_refused(kept, refused), "4 posts found: 1 valid, 3 refused", "2 no-followers, 1 negative-likes"
    )
    says(reading.describe_refused(kept, refused[:0]), "1 post found: 1 valid, 0 refused. Nothing")


def test_how_the_source_was_read_is_said(hostile):
    kept, refused = pd.DataFrame(index=[0]), pd.DataFrame({"reason": []})
    says(reading.describe_refused(kept, refused, said="';' between cells, UTF-16"), "read: ';' between cells")
    assert hostile not in reading.describe_refused(kept, refused, said=hostile)
    passed = {"left by devices and programs": {"@eaDir": 2}, hostile: {hostile: 1}}
    says(reading.describe_refused(kept, refused, passed=passed), "2 left by devices and programs (2 @eaDir)")
    assert hostile not in reading.describe_refused(kept, refused, passed=passed)
    assert reading.describe_refused(kept, refused, said="") == reading.describe_refused(kept, refused)


def test_refused_posts_are_escaped_and_counted(hostile, monkeypatch):
    rows = [("b", "negative-likes", "x"), (hostile, "bad-caption", hostile)]
    refused = pd.DataFrame(rows, columns=["path", "reason", "detail"])
    html = reading.refused_table(refused)
    assert "<script" not in html
    assert [row[1] for row in cells(html)[1:]] == ["bad-caption", "negative-likes"]
    says(html, "2 posts refused")
    says(reading.refused_table(refused[:0]), "No post was refused.")
    monkeypatch.setattr(reading, "MOST", 1)
    says(reading.refused_table(refused), "2 posts refused, the first 1 listed")


def test_a_table_of_numbers_in_six():
    html = reading.describe_table(
        pd.DataFrame({"hour": [0.0, 1, 2, np.nan], "is_ad": [True, True, False, False]}), "4 rows"
    )
    assert cells(html)[1:] == [
        ["hour", "1.00", "0.82", "0.00", "1.00", "2.00", "1"], ["is_ad", "0.50", "0.50", "0.00", "0.50", "1.00", "0"],
    ]  # fmt: skip
    says(html, "4 rows")


def test_the_filter_that_cost_the_most_is_named(hostile):
    funnel = pd.DataFrame({"step": ["read", "#me", hostile], "posts": [1000, 900, 200], "users": [10, 9, 1]})
    html = reading.describe_funnel(funnel)
    says(html, "Of 1,000 posts by 10 users, 200 by 1 are left", hostile, ": 700 posts.")
    assert "<script" not in html
    says(reading.describe_funnel(funnel.head(1)), "1,000 by 10 are left. No filter took any.")


def test_followers_by_two_rules():
    before = pd.Series([1.0, 1, 1, 997])  # mean 250, standard deviation 498
    says(reading.describe_followers(before, before[:3], {"mad": (0, 10), "sd": (-1000, 1500)}), "is 2.0 times their mean",
         "up to 1,500 followers, keeps 4 of 4 users", "up to 10, keeps 3", "is stretched", "3 users stay in")  # fmt: skip
    even = pd.Series([10.0, 10])
    html = reading.describe_followers(even, even[:1], {"mad": (10, 10), "sd": (10, 10)})
    says(html, "is 0.0 times their mean", "1 user stays in")
    assert "stretched" not in html


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
    says(reading.describe_target(posts()), "73 % of 11 posts count as liked; the median is 0.2", "is right in 73 %.",
         "Of 2 users with 5 posts or more, 50 %")  # fmt: skip
    assert said(reading.describe_target(posts().tail(1))).endswith("is right in 100 %.")


def test_the_split_cuts_no_user_or_says_so():
    table = posts()
    says(reading.describe_post_splits(table), "No user is cut: train 5 posts of 1 user (100 % liked); val 1 post of 1 user",
         "test 5 posts of 1 user (40 % liked)")  # fmt: skip
    table.loc[0, "split"] = "test"
    says(reading.describe_post_splits(table), "1 group of users cut by the split, which must not be")


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
    says(reading.describe_post_leaks(audit), "at random, 5 of 5 users judged (100 %)", "by time, 3 of 4 users judged (75 %)",
         "The honest split shares nothing.")  # fmt: skip
    audit.loc[0, "count"] = 2
    says(reading.describe_post_leaks(audit), "The honest split shares 2 users (train-test).")


def test_rankings_by_account():
    table = pd.DataFrame({"post_id": list("abcd"), "user_id": ["u", "u", "v", "w"], "ratio": [4, 3, 2, 1]})
    says(reading.describe_rankings(table, 3), "The first 3 posts come from 2 of 3 users", "is 2. Much of what looks")
    assert said(reading.describe_rankings(table[1:], 5)).endswith("among them is 1.")


def test_features_and_measures():
    layers, measures = (
        {"fc6": np.zeros((3, 8)), "fc7": np.zeros((3, 4))},
        pd.DataFrame({"bright": [1.0, 1, 0, 0], "flat": 1.0}),
    )
    says(reading.describe_layers(layers, measures.head(3)), "3 photos as 2 views", "fc6 (8), fc7 (4).")
    says(reading.describe_layers({}, pd.DataFrame()), "image models are skipped")
    liked = pd.Series([True, True, False, False])
    says(reading.describe_measures(measures, liked, "no checkpoint"), "Of 2 measures", "in bright: +2.00 standard deviations, clearly",
         "Objects are left out: no checkpoint.")  # fmt: skip
    for table, answer in ((measures, liked | True), (measures[:0], liked[:0])):
        says(reading.describe_measures(table, answer, ""), "no liked and other photos")
    says(
        reading.describe_metadata(measures, posts()),
        "2 numbers describe each of 11 posts",
        "01 March 2017 to 01 March 2017",
    )
