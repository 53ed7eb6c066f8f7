"""Whole hashtags in every script, and lists however they were written."""

import numpy as np
import pandas as pd
import pytest

from likeness.photos.posts.filters import has_hashtag
from likeness.photos.posts.hashtags import folded, has_tag, lowered, signed_words, tags_of


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("#สวัสดี ครับ", ["#สวัสดี"]),
        ("#नमस्ते!", ["#नमस्ते"]),
        ("#தமிழ்.", ["#தமிழ்"]),
        ("#مَرحبًا", ["#مَرحبًا"]),
        ("#ქართული #한국어 #日本の夏", ["#ქართული", "#한국어", "#日本の夏"]),
        ("#می\u200cخواهم", ["#می\u200cخواهم"]),
        ("#ක්\u200dෂය", ["#ක්\u200dෂය"]),
        ("#me\u200d 😀", ["#me"]),  # a joiner that joins nothing
        ("#Straße", ["#straße"]),
        ("#cafe\u0301s", ["#caf\u00e9s"]),
        ("#me❤️ #a👍🏽b", ["#me", "#a"]),  # emoji end a tag
        ("#️⃣me # #\u0301x ##y", ["#y"]),  # a keycap, no letter, a mark alone
        ("#a#b", ["#a", "#b"]),
        ("#2_x", ["#2_x"]),
        ("#" + "a" * 200, ["#" + "a" * 150]),
    ],
)
def test_a_hashtag_is_a_whole_word_of_any_script(caption, tags):
    assert tags_of(caption, "#") == tags


def test_case_does_not_matter_in_any_script():
    assert tags_of("#İSTANBUL #ΣΊΣΥΦΟΣ", "#") == [f"#{'İSTANBUL'.casefold()}", "#σίσυφος"]
    for one, other in (("CAFE\u0301", "caf\u00e9"), ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("İzmir", "IZMIR")):
        assert has_tag([lowered(one)], other)
        assert folded(one) == folded(other)
    posts = pd.DataFrame(
        {"hashtags": [tags_of(caption, "#") for caption in ("#İstanbul", "#สวัสดี", "#ISTANBUL", "#me")]}
    )
    assert has_hashtag(posts, "istanbul").tolist() == [True, False, True, False]
    assert has_hashtag(posts, "#İSTANBUL").tolist() == [True, False, True, False]
    assert has_hashtag(posts, "สวัสดี").tolist() == [False, True, False, False]
    assert not has_tag(["#menu"], "#me")


@pytest.mark.parametrize(
    "value",
    ["#Me#you", "me;you", "me|you", "me, you", "me\tyou", "['me', 'you']", '["me", "you"]', "['me' 'you']", "[me you]",
     '["m\\u0065", "#you"]', ["me", "you"], ["#me#you"], ("Me", " you "), np.array(["me", "#YOU"]), "＃me、＃you",
     "('me', 'you')", "{'me', 'you'}", "#me,#you,"],
)  # fmt: skip
def test_a_list_of_hashtags_however_it_is_written(value):
    assert signed_words(value, "#") == ["#me", "#you"]


@pytest.mark.parametrize("value", ["", "nan", "None", "NULL", "<NA>", "[]", "{}", None, np.nan, pd.NA, pd.NaT, [], "#"])
def test_no_hashtags_are_none(value):
    assert signed_words(value, "#") == []


def test_a_tag_that_looks_like_nothing_and_what_is_no_list():
    assert signed_words("#nan", "#") == ["#nan"]
    assert signed_words("nan, none", "#") == ["#nan", "#none"]
    assert signed_words('[{"name": "me"}]', "#") is None
    assert signed_words("@a@b; c.d", "@") == ["@a", "@b", "@c.d"]
