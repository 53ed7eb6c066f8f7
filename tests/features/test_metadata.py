import numpy as np
import pandas as pd
import pytest

from likeness.features.metadata import EMOJI, PAST, count_emoji, cyclic, metadata_features, user_features, user_past

COLUMNS = [
    "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "age_days", "caption_length", "caption_words", "emoji_count",
    "hashtag_count", "mention_count", "is_ad", "has_place",
]  # fmt: skip


@pytest.fixture
def posts():
    """Three posts: a Monday at 6 am, a Thursday at 6 pm, and one with nothing in it."""
    return pd.DataFrame(
        {
            "user_id": ["a", "a", "b"],
            "taken_at": pd.to_datetime(["2017-01-02 06:00", "2017-01-05 18:00", "2017-01-01 00:00"]).astype(
                "datetime64[us]"
            ),
            "collected_at": pd.to_datetime(["2017-02-01 06:00", "2017-02-01 06:00", "2017-01-01 12:00"]).astype(
                "datetime64[us]"
            ),
            "caption": ["Me at the sea 🌊🌊 #me", "今天天气真好，心情也好", ""],
            "hashtags": [["#me", "#sea"], [], []],
            "mentions": [["@b"], [], []],
            "is_ad": [True, False, False],
            "place": ["京都", "", ""],
            "followers": [100, 100, 1],
            "likes": [9, 99, 0],
        },
        index=[5, 3, 8],
    )


def test_a_posts_columns_by_hand(posts):
    found = metadata_features(posts)
    assert list(found.columns) == [*COLUMNS, "log10_followers"]
    assert set(found.dtypes) == {np.dtype(float)}
    assert list(found.index) == [5, 3, 8]
    assert found.loc[5].to_list() == pytest.approx([1, 0, 0, 1, 30, 20, 6, 2, 2, 1, 1, 1, 2], abs=1e-12)
    angle = 2 * np.pi * 3 / 7  # Thursday
    expected = [-1, 0, np.sin(angle), np.cos(angle), 26.5, 11, 1, 0, 0, 0, 0, 0, 2]
    assert found.loc[3].to_list() == pytest.approx(expected, abs=1e-12)
    angle = 2 * np.pi * 6 / 7  # Sunday
    assert found.loc[8].to_list() == pytest.approx([0, 1, np.sin(angle), np.cos(angle), 0.5] + 8 * [0], abs=1e-12)


def test_the_last_hour_lies_beside_the_first():
    around = cyclic(pd.Series([23.5, 0.5, 12.0]), 24, "hour").to_numpy()
    assert np.linalg.norm(around[0] - around[1]) == pytest.approx(2 * np.sin(np.pi / 24))
    assert np.linalg.norm(around[0] - around[2]) > 1.9


@pytest.mark.parametrize(
    ("times", "known"),
    [
        (["2017-01-02 06:00", "2017-07-03 05:00"], False),  # midnight, in winter and in summer
        (["2017-01-02 06:00", "2017-07-03 05:01"], True),
        (["2017-01-02 06:00", "2017-07-03 05:00", "2017-07-03 08:00"], True),
    ],
)
def test_the_hour_is_unknown_where_a_source_gives_days_only(posts, times, known):
    many = posts.iloc[[0] * 30].assign(taken_at=pd.to_datetime((times * 30)[:30]).astype("datetime64[us]"))
    hours = metadata_features(many)[["hour_sin", "hour_cos"]]
    assert ((hours**2).sum(axis=1) > 0.5).all() == known
    assert (hours == 0).all(axis=None) == (not known)
    few = metadata_features(many[:10])[["hour_sin", "hour_cos"]]
    assert ((few**2).sum(axis=1) > 0.5).all()  # too few posts to tell


def test_likes_and_other_posts_do_not_matter(posts):
    together = metadata_features(posts)
    pd.testing.assert_frame_equal(metadata_features(posts.assign(likes=7)), together)
    pd.testing.assert_frame_equal(metadata_features(posts.iloc[[1]]), together.iloc[[1]])


def test_what_is_known_of_the_user_is_added(posts):
    assert user_features(posts)["log10_followers"].to_list() == [2, 2, 0]
    assert list(metadata_features(posts).columns) == [*COLUMNS, "log10_followers"]
    with pytest.raises(ValueError, match="row 8: followers 0"):
        user_features(posts.assign(followers=[1, 1, 0]))


def test_a_missing_column_is_named(posts):
    with pytest.raises(ValueError, match="lack the column 'mentions'"):
        metadata_features(posts.drop(columns="mentions"))


def test_no_posts_give_the_same_columns(posts):
    found = metadata_features(posts[:0], user_past=user_past(posts[:0], np.zeros(0, bool)))
    assert list(found.columns) == [*COLUMNS, "log10_followers", *PAST]
    assert set(found.dtypes) == {np.dtype(float)}
    assert len(found) == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("plain text, 123 #4 * →", 0),
        ("Größe, Привет, مرحبا, 日本語, 한국어, नमस्ते", 0),
        ("🙂", 1),
        ("🙂🙂 and 🙂", 3),
        ("👨‍👩‍👧‍👦", 1),  # four people joined
        ("🏳️‍🌈👩🏽‍🚀", 2),  # a flag joined with a rainbow, an astronaut of a skin tone
        ("👍🏽👍", 2),
        ("🇳🇴", 1),
        ("🇩🇪🇫🇷", 2),  # four letters, two flags
        ("1️⃣2️⃣", 2),
        ("☀️ ❤ ❤️", 3),  # with and without the selector
        ("☺\ufe0e", 0),  # asked for as text
        ("© ™", 0),
        ("©️", 1),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),  # Scotland, spelled in tags
        ("🀄🆗🈁", 3),
    ],
)
def test_emoji_are_counted_as_a_reader_sees_them(text, count):
    assert count_emoji(text) == count


def test_no_letter_of_any_alphabet_is_an_emoji():
    import unicodedata

    letters = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] in "LMNZ")
    assert [letter for letter in letters if EMOJI.search(letter)] == []


@pytest.fixture
def history():
    """User a: three training posts and a test post between the last two; user b: a test post and nothing else."""
    return pd.DataFrame(
        {
            "user_id": ["a", "b", "a", "a", "a"],
            "taken_at": pd.to_datetime(["2017-01-03", "2017-01-09", "2017-01-01", "2017-01-05", "2017-01-04"]),
            "likes": [99, 5, 9, 9999, 42],
            "followers": [100, 10, 100, 100, 100],
        },
        index=[10, 11, 12, 13, 14],
    )


TRAIN = np.array([True, False, True, True, False])


def test_a_users_past_by_hand(history):
    past = user_past(history, TRAIN)
    assert past["past_posts"].to_list() == [1, 0, 0, 2, 2]
    # log10((likes + 1) / followers): -1 on the 1st, 0 on the 3rd, 2 on the 5th, which is after all others
    # where there is no past, the mean of the three training posts: all get a number
    assert past["past_log_ratio"].to_list() == pytest.approx([-1, 1 / 3, 1 / 3, -0.5, -0.5])
    assert user_past(history, np.zeros(5, bool))["past_log_ratio"].eq(0).all()
    assert set(past.dtypes) == {np.dtype(float)}
    assert list(past.index) == list(history.index)


def test_the_likes_of_held_out_posts_change_nothing(history):
    changed = history.assign(likes=history["likes"].where(TRAIN, 10**6))
    pd.testing.assert_frame_equal(user_past(changed, TRAIN), user_past(history, TRAIN))
    other = history.assign(likes=history["likes"].where(history.index != 12, 10**6))
    assert not user_past(other, TRAIN).equals(user_past(history, TRAIN))


def test_a_post_knows_neither_itself_nor_its_hour(history):
    own = history.assign(likes=history["likes"].where(history.index != 10, 10**6))
    assert user_past(own, TRAIN).loc[10].equals(user_past(history, TRAIN).loc[10])
    same_time = history.assign(taken_at=pd.Timestamp("2017-01-01"))
    assert user_past(same_time, TRAIN)["past_posts"].sum() == 0


def test_the_past_equals_a_slow_loop():
    rng = np.random.default_rng(0)
    posts = pd.DataFrame(
        {
            "user_id": rng.choice(["a", "b", "c"], 60),
            "taken_at": pd.Timestamp("2017-01-01") + pd.to_timedelta(rng.integers(0, 40, 60), unit="D"),
            "likes": rng.integers(0, 500, 60),
            "followers": rng.integers(1, 1000, 60),
        }
    )
    train = rng.random(60) < 0.6
    found = user_past(posts, train)
    among = np.log10((posts["likes"] + 1) / posts["followers"])[train]
    for row, post in posts.iterrows():
        earlier = posts[train & (posts["user_id"] == post["user_id"]) & (posts["taken_at"] < post["taken_at"])]
        ratios = np.log10((earlier["likes"] + 1) / earlier["followers"])
        assert found.loc[row, "past_posts"] == len(earlier)
        assert found.loc[row, "past_log_ratio"] == pytest.approx(ratios.mean() if len(ratios) else among.mean())


def test_the_past_joins_the_features_of_the_same_posts_only(posts):
    past = user_past(posts, np.ones(3, bool))
    found = metadata_features(posts, user_past=past)
    assert list(found.columns) == [*COLUMNS, "log10_followers", *PAST]
    assert found["past_posts"].to_list() == [0, 1, 0]
    with pytest.raises(ValueError, match="3 rows of other posts than the 2"):
        metadata_features(posts[:2], user_past=past)


@pytest.mark.parametrize("train", [np.ones(4, bool), np.ones(5), ["train"] * 5])
def test_a_mask_that_does_not_fit_is_refused(history, train):
    with pytest.raises(ValueError, match="train is"):
        user_past(history, train)
