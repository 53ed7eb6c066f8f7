import unicodedata

import numpy as np
import pytest

from likeness_demo.posts.captions import (
    HOSTILE_CAPTIONS,
    HOSTILE_USERS,
    OPENINGS,
    TAGS,
    pick_hashtags,
    pick_mentions,
    user_names,
    write_caption,
)

SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HIRAGANA", "HANGUL")


@pytest.mark.parametrize("kind", list(OPENINGS))
def test_captions_come_in_many_writing_systems(kind):
    rng = np.random.default_rng(1)
    text = "".join(write_caption(kind, voice, 1.0, rng) for voice in range(400))
    names = {unicodedata.name(letter, "") for letter in set(text)}
    assert all(any(name.startswith(script) for name in names) for script in SCRIPTS)
    assert "ZERO WIDTH JOINER" in names or kind == "scenery"


def test_hostile_captions_hold_markup_formulas_newlines_and_a_long_one():
    text = "\n".join(HOSTILE_CAPTIONS)
    for part in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$x$", "**Markdown**", "=HYPERLINK"):
        assert part in text
    assert any("\n" in caption for caption in HOSTILE_CAPTIONS)
    assert max(map(len, HOSTILE_CAPTIONS)) > 2000
    assert any(caption.startswith("=") for caption in HOSTILE_CAPTIONS)


def test_hashtags_differ_and_none_is_me():
    tags = pick_hashtags(27, 3, np.random.default_rng(2))
    assert len(set(tags)) == 27
    assert "#me" not in tags
    assert all(tag == tag.lower() and tag[0] == "#" and " " not in tag for tag in tags)
    assert len(set(TAGS)) == len(TAGS)


@pytest.mark.parametrize("users", [8, 150, 500])
def test_user_names_are_different_and_two_are_hostile(users):
    names = user_names(users, np.random.default_rng(3))
    assert len(names) == len(set(names)) == users
    assert set(HOSTILE_USERS) <= set(names)


def test_an_account_keeps_to_its_own_openings_sentences_and_hashtags():
    rng = np.random.default_rng(5)
    texts = [write_caption("portrait", 4, 0.0, rng) for _ in range(60)]
    assert set(texts) == set(OPENINGS["portrait"][4:7])
    assert np.mean([len(write_caption("meme", 0, 6.0, rng)) for _ in range(30)]) > 100
    own = {tag for _ in range(50) for tag in pick_hashtags(4, 10, rng)}
    assert own <= {f"#{tag}" for tag in TAGS[10:22]}


def test_mentions_are_words_that_a_list_joined_by_spaces_can_hold():
    rng = np.random.default_rng(4)
    names = user_names(150, rng)
    found = [mention for _ in range(300) for mention in pick_mentions(names, 0.5, rng)]
    assert found
    assert all(mention[0] == "@" and mention == mention.lower() and len(mention.split()) == 1 for mention in found)
