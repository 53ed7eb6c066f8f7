"""Every layout ends in the same table, and says where each row comes from."""

import json
import lzma
from pathlib import Path

import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.posts.readers import read_posts
from likeness.photos.posts.table import POST_TYPES, validate_posts

HEADER = "post_id,user_id,image,likes,followers,taken_at,collected_at,caption,hashtags,mentions,is_ad,is_video,place"
ROW = 'a,ada,images/a.jpg,3,40,2017-03-01T10:00:00,2017-05-01,"Hi, all",#me #sun,@bob,False,True,Rome'


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "data/raw/x").mkdir(parents=True)
    return tmp_path / "data/raw/x"


def table(folder: Path, *lines: str, name: str = "posts.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def read(folder: Path, layout: str = "table", **settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_posts(folder, layout, root=folder.parents[2], **settings)


def test_a_full_table(folder):
    raw, unread = read(table(folder, HEADER, ROW))
    assert raw.columns.tolist() == list(POST_TYPES)
    assert len(unread) == 0
    posts, refused = validate_posts(raw)
    assert len(refused) == 0
    row = posts.iloc[0]
    assert row["image"] == "data/raw/x/images/a.jpg"
    assert row["path"] == "data/raw/x/posts.csv, row 2"
    assert (row["caption"], row["hashtags"], row["mentions"]) == ("Hi, all", ["#me", "#sun"], ["@bob"])
    assert (row["likes"], row["is_ad"], row["is_video"], row["place"]) == (3, False, True, "Rome")


def test_a_file_itself_may_be_given(folder):
    table(folder, HEADER, ROW, name="mine.csv")
    raw, _ = read_posts(folder / "mine.csv", "table", root=folder)
    assert raw["path"].tolist() == ["mine.csv, row 2"]
    (folder / "mine.txt").touch()
    with pytest.raises(LayoutError, match=r"mine\.txt: not a \.csv or \.parquet table"):
        read_posts(folder / "mine.txt", "table", root=folder)


def test_their_columns_are_mapped_and_missing_ones_filled(folder):
    table(folder, "shortcode,who,like_count,fans,when,text,path", "a,ada,3,40,2017-03-01,Sun #Me @Bob,1.jpg")
    columns = (
        "post_id=shortcode, user_id = who,likes=like_count, followers=fans, taken_at=when, caption=text, image=path"
    )
    raw, _ = read(folder, columns=columns, collected_at="2017-05-01")
    posts, refused = validate_posts(raw)
    assert len(refused) == 0
    row = posts.iloc[0]
    assert (row["hashtags"], row["mentions"]) == (["#me"], ["@bob"])  # read from the caption
    assert row["collected_at"] == pd.Timestamp("2017-05-01")
    assert (row["is_ad"], row["is_video"], row["place"], row["image"]) == (False, False, "", "data/raw/x/1.jpg")
    assert row["path"] == "data/raw/x/posts.csv, row 2"


def test_a_mapped_column_goes_before_one_of_our_name(folder):
    table(folder, f"{HEADER},like_count", f"{ROW},77")
    assert read(folder, columns="likes=like_count, place=user_id")[0][["likes", "place", "user_id"]].iloc[
        0
    ].tolist() == ["77", "ada", "ada"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            "likes=hearts",
            r"columns 'likes=hearts': .*posts\.csv has no column 'hearts'; it has post_id, user_id, image",
        ),
        ("hearts=likes", r"columns 'hearts=likes': write ours=theirs, each of ours once: post_id, user_id"),
        ("likes", r"columns 'likes': write ours=theirs"),
        ("likes=likes, likes=followers", r"columns 'likes=followers': write ours=theirs, each of ours once"),
        ("path=image", r"columns 'path=image': write ours=theirs"),
    ],
)
def test_a_mapping_that_does_not_fit(folder, columns, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(table(folder, HEADER, ROW), columns=columns)
    assert "\n" not in str(caught.value)


def test_a_needed_column_is_named(folder):
    with pytest.raises(ValueError, match=r"no column 'likes'; set columns to likes=theirs; it has post_id, hearts"):
        read(table(folder, "post_id,hearts,user_id,followers,taken_at", "a,1,u,2,2017-01-01"))


def test_rows_that_do_not_fit_the_header_are_refused_and_numbers_hold(folder):
    broken = ROW.replace('"Hi, all"', "Hi, all")
    lines = ROW.replace("a,ada", "b,ada").replace("Hi, all", "two\nlines")
    raw, unread = read(table(folder, HEADER, broken, "", ROW, "x,y", lines, ROW.replace("a,ada", "c,ada")))
    assert raw["path"].str.split(", row ").str[1].tolist() == ["4", "6", "7"]
    assert unread["path"].tolist() == ["data/raw/x/posts.csv, row 2", "data/raw/x/posts.csv, row 5"]
    assert unread["reason"].tolist() == ["bad-row"] * 2
    assert unread["detail"].str.contains("put quotes").all()
    assert unread.columns.tolist() == ["path", "post_id", "reason", "detail"]


def test_a_table_as_excel_writes_it(folder):
    (folder / "posts.csv").write_bytes(("\ufeff" + HEADER + "\r\n" + ROW + "\r\n").encode())
    assert read(folder)[0]["post_id"].tolist() == ["a"]


def test_a_separator_that_excel_names_is_no_row(folder):
    raw, _ = read(table(folder, "sep=,", HEADER, ROW))
    assert (raw["post_id"].tolist(), raw.attrs["said"]) == (["a"], "")


def test_nothing_is_read_as_missing_or_as_a_number(folder):
    raw, _ = read(table(folder, HEADER, ROW.replace("a,ada", "007,NA").replace("Rome", "null")))
    assert raw[["post_id", "user_id", "place"]].iloc[0].tolist() == ["007", "NA", "null"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_spreadsheets_own_way_is_read_and_said(folder, separator, encoding):
    lines = (f"{HEADER},like", f"{ROW.replace('Hi, all', 'Hi; all')},", f"{ROW.replace('a,ada', '0001,b')},")
    text = "\r\n".join(lines).replace("Hi; all", "Hi all").replace(",", separator)
    (folder / "posts.csv").write_bytes(text.encode(encoding))
    raw, unread = read(folder)
    assert raw["post_id"].tolist() == ["a", "0001"]
    assert len(unread) == 0
    assert (repr(separator) in raw.attrs["said"]) == (separator != ",")
    assert ("UTF-16" in raw.attrs["said"]) == (encoding == "utf-16")


OPEN = ROW.replace('"Hi, all"', '"open')


@pytest.mark.parametrize(
    "lines",
    [
        (OPEN, *[ROW.replace('"Hi, all"', "x")] * 9),  # to the end of the file
        (OPEN, ROW, ROW),  # to the next quote
        (OPEN, ROW.replace('"Hi, all"', '5"'), ROW),  # closed one row later: a single post would be gone
        (ROW.replace("a,ada", 'a,"ada'), ROW.replace('"Hi, all"', '5"'), ROW),  # and the row has too few cells
    ],
)
def test_a_quote_that_stays_open_is_an_error_naming_the_row(folder, lines):
    with pytest.raises(LayoutError, match=r"posts\.csv, row 3: a quote") as caught:
        read(table(folder, HEADER, ROW, *lines))
    assert "\n" not in str(caught.value)


def test_a_caption_of_several_lines_is_none_of_them(folder):
    lines = "Hi, 3, 40, 2017-03-01\nsea, sun, 3, 40, sand, 2017\n1, 2, 3, 4, 5"
    raw, unread = read(table(folder, HEADER, ROW.replace("Hi, all", lines), ROW))
    assert (len(raw), len(unread)) == (2, 0)
    assert "2 rows in 5 lines" in raw.attrs["said"]
    assert [table.attrs for table in validate_posts(raw)] == [{}, {}]  # nor in any table made of it


def test_counts_of_two_readings_stop_until_a_key_tells(folder):
    lines = "post_id;user_id;likes;followers;taken_at", "a;u;1.000;12.000;2017-04-30", "b;u;7;1.200.000;2017-04-30"
    table(folder, *lines)
    with pytest.raises(LayoutError, match=r"posts\.csv, row 2: likes '1\.000' .*likability\.prepare\.thousands"):
        read(folder, collected_at="2017-06-01")
    for keys in ({"thousands": "."}, {"decimal": ","}):
        posts, _ = validate_posts(read(folder, collected_at="2017-06-01", **keys)[0])
        assert posts[["likes", "followers"]].to_numpy().tolist() == [[1000, 12000], [7, 1200000]]


@pytest.mark.parametrize("name", ["like_and_view_counts_disabled", "iphone_struct.like_and_view_counts_disabled",
                                  "likeAndViewCountsDisabled", "likes_hidden"])  # fmt: skip
def test_a_column_that_tells_of_hidden_likes_is_heeded(folder, name):
    table(folder, f"{HEADER},{name}", *(f"{ROW.replace('a,ada', f'{k},ada')},{cell}" for k, cell in enumerate(
        ("True", "1", "perhaps", "False", "", "no"))))  # fmt: skip
    posts, refused = validate_posts(read(folder)[0])
    assert refused["reason"].tolist() == ["hidden-likes"] * 3
    assert posts["post_id"].tolist() == ["3", "4", "5"]


def test_a_picture_is_found_by_its_name_in_other_letters_and_as_a_number(folder):
    (folder / "images").mkdir()
    for name in ("Mu\u0308ller.jpg", "0001.jpg"):
        (folder / "images" / name).touch()
    named = ROW.replace("images/a.jpg", "images/M\u00fcller.jpg"), ROW.replace("images/a.jpg", "0001")
    raw, _ = read(table(folder, HEADER, *named))
    assert raw["image"].tolist() == ["data/raw/x/images/Mu\u0308ller.jpg", "data/raw/x/images/0001.jpg"]
    frame = pd.DataFrame({"post_id": ["0001"], "user_id": [7], "likes": [1], "followers": [2], "taken_at": ["2017"]})
    frame.assign(image=[1]).to_parquet(folder / "p.parquet")
    (folder / "1.jpg").touch()
    raw, _ = read_posts(folder / "p.parquet", "table", root=folder, collected_at="2018-01-01")
    assert raw[["post_id", "image"]].iloc[0].tolist() == ["0001", "1.jpg"]


def test_an_image_outside_the_repository_is_a_bad_row_not_a_crash(folder):
    rows = [
        ROW.replace("a,ada,images/a.jpg", cells) for cells in ("a,ada,../../../../x.jpg", "b,ada,/etc/x.jpg", "c,d,")
    ]
    posts, refused = validate_posts(read(table(folder, HEADER, *rows))[0])
    assert refused["reason"].tolist() == ["bad-image"] * 2
    assert posts["image"].tolist() == [""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "no column 'post_id'"),
        (HEADER.encode(), "no post in it; check the layout"),
        (b"PK\x03\x04" + bytes(100), "is a workbook"),
        (b"post_id,likes,likes\n", "2 columns 'likes'"),
        (HEADER.encode() + b"\n\xff\xfe", "is not UTF-8"),
    ],
)
def test_tables_that_cannot_be_used(folder, content, message):
    (folder / "posts.csv").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_parquet_keeps_types_lists_and_whole_numbers(folder):
    frame = pd.DataFrame(
        {
            "post_id": pd.array([2801234567890123457, None], dtype="Int64"),
            "user_id": [1, 2],
            "likes": pd.array([5, None], dtype="Int64"),
            "followers": [10.0, 20.0],
            "taken_at": pd.to_datetime(["2017-03-01", "2017-03-02"], utc=True),
            "collected_at": pd.to_datetime(["2017-05-01", None]),
            "hashtags": [["#Me"], []],
            "is_ad": [True, False],
        }
    )
    frame.to_parquet(folder / "posts.parquet")
    posts, refused = validate_posts(read(folder, collected_at="2017-05-02")[0])
    row = posts.iloc[0]
    assert (row["post_id"], row["user_id"], row["likes"]) == ("2801234567890123457", "1", 5)
    assert (row["followers"], row["hashtags"], row["is_ad"], row["caption"]) == (10, ["#me"], True, "")
    assert refused[["path", "reason"]].to_numpy().tolist() == [["data/raw/x/posts.parquet, row 3", "no-id"]]
    (folder / "posts.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(LayoutError, match=r"posts\.parquet: cannot be read as a table"):
        read(folder)


def test_csv_and_parquet_side_by_side_are_not_guessed_between(folder):
    with pytest.raises(LayoutError, match=r"holds 0 of posts\.csv and posts\.parquet; there must be exactly one"):
        read(folder)
    table(folder, HEADER, ROW)
    (folder / "posts.parquet").touch()
    with pytest.raises(LayoutError, match="holds 2 of"):
        read(folder)


@pytest.mark.parametrize("collected", ["", None])
def test_the_date_of_collection_must_be_known(folder, collected):
    table(folder, HEADER.replace("collected_at", "x") if collected is None else HEADER, ROW.replace("2017-05-01", ""))
    with pytest.raises(ValueError, match="1 posts do not say when their likes were counted; set collected_at"):
        read(folder)
    assert read(folder, collected_at="2017-06-01")[0]["collected_at"].tolist() == ["2017-06-01"]
    with pytest.raises(ValueError, match="collected_at 'May': is no ISO date"):
        read(folder, collected_at="May")


def test_the_sources_own_date_goes_before_ours(folder):
    raw, _ = read(table(folder, HEADER, ROW), collected_at="2020-01-01")
    assert raw["collected_at"].tolist() == ["2017-05-01"]


def test_an_instaloader_download(folder):
    node = {"shortcode": "B1", "date": 1490000000, "is_video": False, "caption": "#Me", "owner": {"id": "9"}}
    node["edge_media_preview_like"] = {"count": 4}
    owner = {"id": "9", "username": "ada", "edge_followed_by": {"count": 80}}
    for name, kind, content in (("2017_UTC", "Post", node), ("ada_9", "Profile", owner)):
        with lzma.open(folder / f"{name}.json.xz", "wt") as stream:
            json.dump({"node": content, "instaloader": {"node_type": kind}}, stream)
    (folder / "2017_UTC.jpg").touch()
    (folder / "bad_UTC.json.xz").write_bytes(b"\xfd7zXZ")
    raw, unread = read(folder, "instaloader", collected_at="2017-06-01")
    posts, refused = validate_posts(raw)
    assert len(refused) == 0
    assert posts[["post_id", "likes", "followers", "image"]].iloc[0].tolist() == [
        "B1",
        4,
        80,
        "data/raw/x/2017_UTC.jpg",
    ]
    assert unread[["path", "reason"]].to_numpy().tolist() == [["data/raw/x/bad_UTC.json.xz", "unreadable-file"]]


def test_profiles(folder):
    post = {"url": "https://x/p/B1/", "numberLikes": 4, "date": "2017-04-28T05:00:00.000Z", "isVideo": False}
    (folder / "ada.json").write_text(json.dumps({"alias": "ada", "numberFollowers": 80, "posts": [post]}))
    posts, _ = validate_posts(read(folder, "profiles", collected_at="2017-06-01")[0])
    assert posts[["post_id", "user_id", "likes", "followers", "image", "caption"]].iloc[0].tolist() == [
        *("B1", "ada", 4, 80, "", "")
    ]
    assert posts["path"].tolist() == ["data/raw/x/ada.json, row 1"]


@pytest.mark.parametrize("layout", ["instaloader", "profiles"])
def test_folders_with_nothing_readable(folder, layout):
    with pytest.raises(LayoutError, match=f"no post in it; check the layout \\({layout}\\)"):
        read(folder, layout, collected_at="2017-06-01")
    (folder / "x.json").write_text("{")
    raw, unread = read(folder, layout)
    assert (len(raw), len(unread)) == (0, 1)
    assert [len(part) for part in validate_posts(raw)] == [0, 0]


def test_wrong_calls(folder):
    with pytest.raises(ValueError, match="unknown layout 'xml'; choose one of table, instaloader, profiles"):
        read(folder, "xml")
    with pytest.raises(LayoutError, match="no such folder or file"):
        read(folder / "gone")
    with pytest.raises(ValueError, match="only the layout table has columns to map"):
        read(folder, "profiles", columns="likes=x")
