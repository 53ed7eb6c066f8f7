"""Rows are judged one by one: every one found is valid, or refused with a reason."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.posts import table as module
from likeness.photos.posts.cells import dates
from likeness.photos.posts.counts import whole_number
from likeness.photos.posts.hashtags import signed_words
from likeness.photos.posts.table import POST_TYPES, REFUSALS, LostPosts, sort_posts, validate_posts

GOOD = {
    "post_id": "p",
    "user_id": "ada",
    "image": "images/p.jpg",
    "likes": "12",
    "followers": "340",
    "taken_at": "2017-03-01T10:00:00",
    "collected_at": "2017-05-01",
    "caption": "Sun ☀️ <script>alert(1)</script>",
    "hashtags": "#Me, #SUN",
    "mentions": "@Bob",
    "is_ad": "False",
    "is_video": "false",
    "place": "Rome",
}


def raw(*changes: dict) -> pd.DataFrame:
    """Return one good row per change, with ids of its own unless the change says otherwise."""
    rows = [GOOD | {"post_id": f"p{k}", "path": f"posts.csv, row {k + 2}"} | change for k, change in enumerate(changes)]
    return pd.DataFrame(rows, dtype=object)


def reasons(*changes: dict) -> dict[str, str]:
    return validate_posts(raw(*changes))[1].set_index("path")["reason"].to_dict()


def test_a_good_row_is_typed():
    posts, refused = validate_posts(raw({}))
    assert refused.empty
    assert refused.columns.tolist() == ["path", "post_id", "reason", "detail"]
    assert posts.dtypes.astype(str).to_dict() == POST_TYPES
    row = posts.iloc[0]
    assert (row["likes"], row["followers"], row["is_ad"], row["place"]) == (12, 340, False, "Rome")
    assert (row["hashtags"], row["mentions"]) == (["#me", "#sun"], ["@bob"])
    assert row["taken_at"] == pd.Timestamp("2017-03-01 10:00")
    assert row["caption"] == GOOD["caption"]  # kept as it is; who shows it must escape it


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"post_id": " "}, "no-id"),
        ({"post_id": None}, "no-id"),
        ({"post_id": ["a"]}, "no-id"),
        ({"user_id": ""}, "no-user"),
        ({"user_id": np.nan}, "no-user"),
        ({"likes": "many"}, "bad-number"),
        ({"likes": ""}, "bad-number"),
        ({"likes": None}, "bad-number"),
        ({"likes": 1.5}, "bad-number"),
        ({"likes": True}, "bad-number"),
        ({"followers": "inf"}, "bad-number"),
        ({"followers": {}}, "bad-number"),
        ({"likes": -1}, "negative-likes"),
        ({"followers": "0"}, "zero-followers"),
        ({"followers": -3}, "zero-followers"),
        ({"taken_at": "yesterday"}, "bad-date"),
        ({"taken_at": None}, "bad-date"),
        ({"taken_at": 1493424000}, "bad-date"),
        ({"taken_at": "2017-02-30"}, "bad-date"),
        ({"taken_at": "1490000000"}, "bad-date"),  # seconds since 1970
        ({"taken_at": "1490000000000"}, "bad-date"),
        ({"taken_at": "30.04.2017"}, "bad-date"),
        ({"taken_at": "03/04/2017"}, "bad-date"),  # March or April
        ({"taken_at": "2017"}, "bad-date"),
        ({"taken_at": "2017-04"}, "bad-date"),
        ({"likes": "1.000"}, "bad-number"),
        ({"likes": "1.2k"}, "short-number"),
        ({"followers": "3 Mio."}, "short-number"),
        ({"likes": "hidden"}, "hidden-likes"),
        ({"likes": "Hidden", "followers": None}, "hidden-likes"),
        ({"post_id": "1.47907E+18"}, "rounded-id"),
        ({"user_id": "1,5E+10"}, "rounded-id"),
        ({"post_id": 1.479e18}, "rounded-id"),
        ({"collected_at": ""}, "bad-date"),
        ({"taken_at": "2017-05-01T00:00:01"}, "future-date"),
        ({"caption": 5}, "bad-caption"),
        ({"caption": ["a"]}, "bad-caption"),
        ({"hashtags": [1, 2]}, "bad-list"),
        ({"mentions": {"a": 1}}, "bad-list"),
        ({"hashtags": 7}, "bad-list"),
        ({"is_ad": "perhaps"}, "bad-flag"),
        ({"is_video": 2}, "bad-flag"),
        ({"is_video": ["no"]}, "bad-flag"),
        ({"image": "/etc/x.jpg"}, "bad-image"),
        ({"image": "data/../../x.jpg"}, "bad-image"),
        ({"image": "a\0b.jpg"}, "bad-image"),
    ],
)
def test_every_fault_has_its_reason(change, reason):
    posts, refused = validate_posts(raw({}, change))
    assert posts["post_id"].tolist() == ["p0"]
    assert refused["path"].tolist() == ["posts.csv, row 3"]
    assert refused["reason"].tolist() == [reason]
    assert refused["detail"].tolist() == [REFUSALS[reason]]


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"likes": "0"}, "likes", 0),
        ({"likes": 7.0}, "likes", 7),
        ({"followers": np.int64(9)}, "followers", 9),
        ({"taken_at": "2017-05-01"}, "taken_at", pd.Timestamp("2017-05-01")),
        ({"taken_at": "2017-03-01T10:00:00+02:00"}, "taken_at", pd.Timestamp("2017-03-01 08:00")),
        ({"taken_at": "2017-03-01T10:00:00.250Z"}, "taken_at", pd.Timestamp("2017-03-01 10:00:00.250")),
        ({"taken_at": pd.Timestamp("2017-03-01 01:00", tz="Asia/Tokyo")}, "taken_at", pd.Timestamp("2017-02-28 16:00")),
        ({"taken_at": date(2017, 3, 1)}, "taken_at", pd.Timestamp("2017-03-01")),
        ({"caption": None}, "caption", ""),
        ({"caption": np.nan}, "caption", ""),
        ({"hashtags": None}, "hashtags", []),
        ({"hashtags": np.array(["#A", "b"])}, "hashtags", ["#a", "#b"]),
        ({"hashtags": "['#me', '#you']"}, "hashtags", ["#me", "#you"]),
        ({"hashtags": "#"}, "hashtags", []),
        ({"mentions": "@a,@B  c"}, "mentions", ["@a", "@b", "@c"]),
        ({"is_ad": "TRUE"}, "is_ad", True),
        ({"is_ad": "Ja"}, "is_ad", True),
        ({"is_ad": "FALSCH"}, "is_ad", False),
        ({"is_ad": "1.0"}, "is_ad", True),
        ({"is_ad": "0.0"}, "is_ad", False),
        ({"post_id": "0001"}, "post_id", "0001"),
        ({"user_id": "007"}, "user_id", "007"),
        ({"user_id": "Mu\u0308ller"}, "user_id", "M\u00fcller"),  # one account, however it is encoded
        ({"image": "Mu\u0308ller.jpg"}, "image", "Mu\u0308ller.jpg"),  # a file has its name as it is
        ({"taken_at": "2017-03-01 10:00:00 UTC"}, "taken_at", pd.Timestamp("2017-03-01 10:00")),
        ({"hashtags": "#me#you"}, "hashtags", ["#me", "#you"]),
        ({"is_video": 1}, "is_video", True),
        ({"is_video": None}, "is_video", False),
        ({"place": None}, "place", ""),
        ({"post_id": 2.0}, "post_id", "2"),
        ({"post_id": 2801234567890123456}, "post_id", "2801234567890123456"),
    ],
)
def test_what_a_source_may_write(change, column, value):
    posts, refused = validate_posts(raw(change))
    assert refused.empty
    assert posts[column].iloc[0] == value


def test_the_first_reason_wins_in_a_fixed_order():
    everything = {"user_id": "", "likes": -1, "followers": 0, "taken_at": "2018-01-01", "caption": 1, "hashtags": 3}
    assert reasons(everything) == {"posts.csv, row 2": "no-user"}
    del everything["user_id"]
    assert reasons(everything) == {"posts.csv, row 2": "negative-likes"}
    order = list(REFUSALS)
    assert order.index("no-user") < order.index("negative-likes") < order.index("future-date")


def test_of_a_post_id_twice_the_first_valid_row_is_kept():
    got = reasons({"post_id": "x", "likes": -1}, {"post_id": "x"}, {"post_id": "x"}, {"post_id": "X"})
    assert got == {"posts.csv, row 2": "negative-likes", "posts.csv, row 4": "duplicate-post"}


def test_nothing_found_gives_typed_empty_tables():
    posts, refused = validate_posts(raw({}).iloc[:0])
    assert posts.dtypes.astype(str).to_dict() == POST_TYPES
    assert (len(posts), len(refused)) == (0, 0)


def test_all_refused_and_any_index():
    table = raw({"likes": -1}, {"likes": None}).set_axis([7, 7])
    posts, refused = validate_posts(table)
    assert len(posts) == 0
    assert refused["reason"].tolist() == ["negative-likes", "bad-number"]


def test_none_that_can_be_used_is_one_line_with_an_example():
    none = validate_posts(raw({}).iloc[:0])[1]
    posts, refused = sort_posts(raw({}, {"likes": -1}), none)
    assert (len(posts), refused["reason"].tolist()) == (1, ["negative-likes"])
    with pytest.raises(LayoutError, match=r"^posts\.csv, row 3: bad-date: .*none of 3 .* 2 for this reason") as caught:
        sort_posts(raw({"likes": -1}, {"taken_at": "30.04.2017"}, {"taken_at": "1.5.2017"}), none)
    assert "\n" not in str(caught.value)


def test_a_lost_post_raises(monkeypatch):
    monkeypatch.setattr(module, "refusals", lambda path, post_id, reason: pd.DataFrame({"path": path[1:]}))
    with pytest.raises(LostPosts, match=r"2 posts found, but 1 valid \+ 0 refused"):
        validate_posts(raw({}, {"likes": -1}))


def test_random_cells_never_crash():
    cells = ["", " ", None, np.nan, pd.NaT, pd.NA, 0, -1, 3, 1.5, 1e400, True, "#a", "2017", "9999999-01-01", [], [None],
             {}, ("a",), np.array([1]), b"x", "\0", "💥", 10**30, date(1, 1, 1), float("-inf")]  # fmt: skip
    rng = np.random.default_rng(0)
    rows = [{name: cells[rng.integers(len(cells))] for name in GOOD} | {"path": f"row {k}"} for k in range(300)]
    rows += [GOOD | {"post_id": f"g{k}", "path": "x", name: cell} for name in GOOD for k, cell in enumerate(cells)]
    posts, refused = validate_posts(pd.DataFrame(rows, dtype=object))
    assert len(posts) + len(refused) == len(rows)
    assert set(refused["reason"]) <= set(REFUSALS)
    assert len(posts) > 30
    assert (posts["likes"] >= 0).all()
    assert (posts["followers"] >= 1).all()
    assert (posts["taken_at"] <= posts["collected_at"]).all()


def test_numbers_are_whole_or_nothing():
    assert [whole_number(value) for value in ("12", " 12 ", 12.0, "1e3")] == [12, 12, 12, 1000]
    assert np.isnan([whole_number(value) for value in ("1_000", "1,000", "", "0x10", 2**60, [1])]).all()


def test_dates_of_nothing_and_unset_clocks():
    assert dates(pd.Series([None, None], dtype=object)).isna().all()
    assert dates(pd.Series(["1970-01-01T00:00:00", "2010-10-06"])).isna().tolist() == [True, False]


def test_words_get_their_sign_once():
    assert signed_words(["##a", " B "], "#") == ["#a", "#b"]
    assert signed_words("", "@") == []
