"""Instaloader downloads, made as the tool writes them: Post.shortcode, date, likes, owner, caption, sidecars."""

import json
import lzma
import os
from pathlib import Path

import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.posts.hashtags import tags_of
from likeness.photos.posts.json_posts import instaloader_posts, read_instaloader
from likeness.photos.posts.table import validate_posts

DATE = 1490000000  # 2017-03-20 08:53:20 UTC


def post(code: str = "BRx1", **changes) -> dict:
    """Return the node of a post as the web API gave it for years."""
    node = {
        "__typename": "GraphImage",
        "id": "1479000000000000000",
        "shortcode": code,
        "taken_at_timestamp": DATE,
        "edge_media_to_caption": {"edges": [{"node": {"text": "Hello #Me#you @Bob.b. mail me@home.it"}}]},
        "edge_media_preview_like": {"count": 41, "edges": []},
        "edge_media_to_sponsor_user": {"edges": []},
        "is_video": False,
        "location": {"id": "7", "name": "Rome, Italy", "slug": "rome"},
        "owner": {"id": "99", "username": "ada"},
    }
    return node | changes


def put(folder: Path, name: str, node: object, kind: str = "Post") -> None:
    """Write a structure as Instaloader does: compressed, or pretty-printed."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"node": node, "instaloader": {"version": "4.15", "node_type": kind}}
    if name.endswith(".xz"):
        with lzma.open(folder / name, "wt", check=lzma.CHECK_NONE) as stream:
            json.dump(content, stream, separators=(",", ":"))
    else:
        (folder / name).write_text(json.dumps(content, indent=4, sort_keys=True))


@pytest.fixture
def download(tmp_path):
    """An account's folder: its profile, a post, a sidecar without a first picture, a video, and a post by iPhone."""
    folder = tmp_path / "ada"
    put(folder, "ada_99.json.xz", {"id": "99", "username": "ada", "edge_followed_by": {"count": 500}}, "Profile")
    put(folder, "2017-03-20_08-53-20_UTC.json.xz", post())
    (folder / "2017-03-20_08-53-20_UTC.jpg").touch()
    put(folder, "2017-03-21_08-00-00_UTC.json.xz", post("BRx2", __typename="GraphSidecar"))
    for number in (1, 2, 10):
        (folder / f"2017-03-21_08-00-00_UTC_{number}.{'mp4' if number == 1 else 'jpg'}").touch()
    put(folder, "2017-03-22_08-00-00_UTC.json", post("BRx3", is_video=True, location=None))
    (folder / "2017-03-22_08-00-00_UTC.mp4").touch()
    new = {"shortcode": "BRx4", "date": DATE, "is_video": False, "caption": None, "owner": {"id": 99}}
    new |= {"edge_media_preview_like": {"count": -1}, "iphone_struct": {"location": {"name": "Oslo"}}}
    new["iphone_struct"]["is_paid_partnership"] = True
    put(folder, "2017-03-23_08-00-00_UTC.json.xz", new)
    (folder / "2017-03-23_08-00-00_UTC_profile_pic.jpg").touch()
    return tmp_path


def read(folder: Path) -> dict[str, dict]:
    rows, refused = read_instaloader(folder)
    assert refused == []
    return {row["post_id"]: row for row in rows}


def test_a_post_is_read_as_instaloader_means_it(download):
    row = read(download)["BRx1"]
    assert row["likes"] == 41
    assert row["followers"] == 500
    assert row["user_id"] == "99"
    assert row["taken_at"] == "2017-03-20T08:53:20"
    assert row["caption"].startswith("Hello")
    assert row["hashtags"] == ["#me", "#you"]
    assert row["mentions"] == ["@bob.b"]
    assert (row["is_video"], row["is_ad"], row["place"]) == (False, False, "Rome, Italy")
    assert Path(row["image"]).name == "2017-03-20_08-53-20_UTC.jpg"
    assert Path(row["path"]).name == "2017-03-20_08-53-20_UTC.json.xz"
    assert row["collected_at"] is None


def test_the_first_picture_of_a_sidecar_stands_for_it(download):
    assert Path(read(download)["BRx2"]["image"]).name == "2017-03-21_08-00-00_UTC_2.jpg"


def test_videos_and_posts_without_a_picture(download):
    rows = read(download)
    assert rows["BRx3"]["is_video"] is True
    assert rows["BRx3"]["image"] == rows["BRx4"]["image"] == ""
    assert rows["BRx3"]["place"] is None


def test_newer_nodes_and_hidden_likes(download):
    row = read(download)["BRx4"]
    assert (row["likes"], row["followers"], row["user_id"]) == (-1, 500, "99")
    assert (row["caption"], row["is_ad"], row["place"]) == (None, True, "Oslo")


@pytest.mark.parametrize(
    "changes",
    [
        {"like_and_view_counts_disabled": True},
        {"iphone_struct": {"like_count": 3, "like_and_view_counts_disabled": True}},
        {"iphone_struct": {"like_and_view_counts_disabled": 1}},
        {"is_like_and_view_counts_disabled": "true"},
        {"likeAndViewCountsDisabled": True},
    ],
)
def test_hidden_counts_are_refused_whatever_number_is_shown(tmp_path, changes):
    put(tmp_path, "a_UTC.json.xz", post("a", edge_media_preview_like={"count": 3}, **changes))
    put(tmp_path, "b_UTC.json.xz", post("b", edge_media_preview_like={"count": 3}, like_and_view_counts_disabled=False))
    put(tmp_path, "c_UTC.json.xz", post("c", edge_media_preview_like={"count": -1}, like_and_view_counts_disabled=None))
    put(tmp_path, "p.json", {"id": "99", "edge_followed_by": {"count": 5}}, "Profile")
    rows, _ = read_instaloader(tmp_path)
    posts, refused = validate_posts(pd.DataFrame(rows, dtype=object).assign(collected_at="2018-01-01"))
    assert posts[["post_id", "likes"]].to_numpy().tolist() == [["b", 3]]
    assert refused[["post_id", "reason"]].to_numpy().tolist() == [["a", "hidden-likes"], ["c", "negative-likes"]]


def test_pictures_of_other_kinds_are_the_posts(tmp_path):
    for name, suffix in (("a", "heic"), ("b", "avif"), ("c", "tif")):
        put(tmp_path, f"{name}_UTC.json.xz", post(name))
        (tmp_path / f"{name}_UTC.{suffix}").touch()
    assert [Path(row["image"]).suffix for row in read(tmp_path).values()] == [".heic", ".avif", ".tif"]


def test_what_lies_beside_the_posts_is_counted_in_one_line(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post())
    put(tmp_path, "story_UTC.json.xz", {"id": "1"}, "StoryItem")
    put(tmp_path, "p.json", {"id": "99"}, "Profile")
    for name in ("a_UTC.jpg", "a_UTC.xmp", "a_UTC.aae", "x.jpg", "a_UTC.txt", "iterator_cut.json.xz"):
        (tmp_path / name).touch()
    (tmp_path / "a_UTC_comments.json").write_text("[]")
    (tmp_path / "a_UTC.jpg.json").write_text('{"title": "a_UTC.jpg"}')
    rows, refused, said = instaloader_posts(tmp_path)
    assert (len(rows), refused) == (1, [])
    for words in ("1 of 1 posts have a picture", "1 StoryItem", "1 Profile", "1 files of comments", "1 .aae", "1 .xmp",
                  "1 pictures of no post", "1 notes of other programs", "1 marks of interrupted"):  # fmt: skip
        assert words in said
    assert "\n" not in said


def test_pictures_under_other_names_are_no_download_without_pictures(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post())
    assert read(tmp_path)["BRx1"]["image"] == ""
    (tmp_path / "IMG_1.jpg").touch()
    with pytest.raises(LayoutError, match=r"IMG_1\.jpg beside a_UTC\.json\.xz"):
        read_instaloader(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_is_no_damage(tmp_path, encoding):
    text = json.dumps({"node": post(), "instaloader": {"node_type": "Post"}}, ensure_ascii=False)
    (tmp_path / "a_UTC.json").write_bytes(text.encode(encoding))
    (tmp_path / "b_UTC.json.xz").write_bytes(lzma.compress(text.replace("BRx1", "BRx2").encode(encoding)))
    assert list(read(tmp_path)) == ["BRx1", "BRx2"]


def test_a_name_that_is_not_utf8_costs_one_line(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post())
    put(tmp_path / os.fsdecode(b"caf\xe9"), "b_UTC.json", post("b"))
    rows, refused = read_instaloader(tmp_path)
    assert [row["post_id"] for row in rows] == ["BRx1"]
    assert refused == [(f"{tmp_path}/caf\\xe9", "bad-name")]


def test_older_nodes(tmp_path):
    old = {"code": "Bold", "date": DATE, "caption": "old #times", "likes": {"count": 3}, "is_video": False}
    put(tmp_path, "2016_UTC.json", old | {"owner": {"id": "5", "followed_by": {"count": 20}}})
    row = read(tmp_path)["Bold"]
    assert (row["likes"], row["followers"], row["hashtags"], row["user_id"]) == (3, 20, ["#times"], "5")


def test_sponsored_posts_are_ads(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post(edge_media_to_sponsor_user={"edges": [{"node": {"sponsor": {}}}]}))
    assert read(tmp_path)["BRx1"]["is_ad"] is True


def test_one_account_under_its_number_and_its_name_is_one_user(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post("a"))
    put(tmp_path, "b_UTC.json.xz", post("b", owner={"username": "Ada"}))
    put(tmp_path, "c_UTC.json.xz", post("c", owner={"id": 99}))
    put(tmp_path, "d_UTC.json.xz", post("d", owner={"username": "eve"}))
    put(tmp_path, "e_UTC.json.xz", post("e", owner=None))
    users = {code: row["user_id"] for code, row in read(tmp_path).items()}
    assert users == {"a": "99", "b": "99", "c": "99", "d": "eve", "e": None}


def test_unknown_followers_stay_unknown(tmp_path):
    put(tmp_path / "#sun", "a_UTC.json.xz", post())
    assert read(tmp_path)["BRx1"]["followers"] is None


def test_what_is_no_post_is_passed_over(tmp_path):
    put(tmp_path, "a_UTC.json.xz", post())
    put(tmp_path, "story_UTC.json.xz", {"id": "1"}, "StoryItem")
    put(tmp_path, "iterator_x.json.xz", {"query_hash": "1"}, "FrozenNodeIterator")
    put(tmp_path, "#sun.json.xz", {"name": "sun"}, "Hashtag")
    (tmp_path / "a_UTC_comments.json").write_text("[]")
    (tmp_path / ".hidden.json").write_text("broken")
    assert list(read(tmp_path)) == ["BRx1"]


def test_what_cannot_be_read_is_refused_not_lost(tmp_path):
    put(tmp_path, "good_UTC.json.xz", post())
    whole = (tmp_path / "good_UTC.json.xz").read_bytes()
    (tmp_path / "cut_UTC.json.xz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped_UTC.json.xz").write_bytes(whole[:40] + b"\xff" * 40 + whole[80:])
    (tmp_path / "empty_UTC.json.xz").touch()
    (tmp_path / "text_UTC.json").write_text("{not json")
    (tmp_path / "latin_UTC.json").write_bytes(b'{"a": "\xff"}')
    (tmp_path / "deep_UTC.json").write_text("[" * 100_000)
    (tmp_path / "other.json").write_text('{"what": "ever"}')
    (tmp_path / "list.json").write_text("[1, 2]")
    put(tmp_path, "node.json", "no object")
    put(tmp_path, "kind.json", {}, ["Post"])  # type: ignore[arg-type]
    (tmp_path / "gone.json").symlink_to("nowhere")
    rows, refused = read_instaloader(tmp_path)
    assert [row["post_id"] for row in rows] == ["BRx1"]
    assert {Path(path).name for path, _ in refused} == {
        *("cut_UTC.json.xz", "flipped_UTC.json.xz", "empty_UTC.json.xz", "text_UTC.json", "latin_UTC.json"),
        *("deep_UTC.json", "other.json", "list.json", "node.json", "kind.json", "gone.json"),
    }
    assert {reason for _, reason in refused} == {"unreadable-file"}


def test_a_small_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("likeness.photos.posts.json_posts.MAX_BYTES", 1000)
    put(tmp_path, "bomb_UTC.json.xz", post(caption="a" * 2000))
    assert read_instaloader(tmp_path)[1] == [(str(tmp_path / "bomb_UTC.json.xz"), "unreadable-file")]


@pytest.mark.parametrize("odd", [None, 5, "x", [], ["a"], {}, {"count": "many"}, True])
def test_odd_values_are_left_to_the_checks(tmp_path, odd):
    names = (
        "owner",
        "location",
        "edge_media_to_caption",
        "caption",
        "edge_media_preview_like",
        "shortcode",
        "is_video",
    )
    for name in (*names, "taken_at_timestamp", "iphone_struct"):
        put(tmp_path, f"{name}_UTC.json", post(name, **{name: odd}))
    put(tmp_path, "p.json", {"id": odd, "username": odd, "edge_followed_by": odd}, "Profile")
    rows, refused = read_instaloader(tmp_path)
    assert (len(rows), refused) == (9, [])
    raw = pd.DataFrame(rows, dtype=object).assign(collected_at="2018-01-01")
    posts, bad = validate_posts(raw)
    assert len(posts) + len(bad) == 9


def test_words_in_captions():
    assert tags_of("#Été #日本 #a_b#c #1 no#yes # #x.y", "#") == ["#été", "#日本", "#a_b", "#c", "#1", "#yes", "#x"]
    assert tags_of("@a @B_c. x@y.com (@d.e) @f..g é@h", "@") == ["@a", "@b_c", "@d.e", "@f", "@h"]
    assert tags_of("e\u0301 #cafe\u0301", "#") == ["#caf\u00e9"]
    assert tags_of(None, "#") == tags_of(5, "@") == []
