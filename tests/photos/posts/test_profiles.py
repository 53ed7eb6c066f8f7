"""Profiles as JSON: one row per post, files that cannot be read named."""

import json
from pathlib import Path

import pytest

from likeness.photos.posts.json_posts import profile_posts, read_profiles
from likeness.photos.posts.nodes import shortcode
from likeness.photos.walk import walk

POST = {
    "url": "https://www.instagram.com/p/BTbS2awFRMp/?taken-by=ada",
    "isVideo": True,
    "tags": ["#Me"],
    "mentions": ["@Bob"],
    "description": "hello 😎",
    "localization": None,
    "date": "2017-04-28T05:00:00.000Z",
    "numberLikes": 7607,
}


def put(folder: Path, name: str, **profile) -> None:
    content = {"alias": "ada", "username": "Ada L.", "numberFollowers": 900, "posts": [POST]} | profile
    (folder / name).write_text(json.dumps(content))


def test_a_post_is_read_with_its_account(tmp_path):
    put(tmp_path, "ada.json")
    rows, refused = read_profiles(tmp_path)
    assert refused == []
    assert rows == [
        {
            "post_id": "BTbS2awFRMp",
            "user_id": "ada",  # the unique alias, not the name on show
            "image": "",
            "likes": 7607,
            "followers": 900,
            "taken_at": "2017-04-28T05:00:00.000Z",
            "collected_at": None,
            "caption": "hello 😎",
            "hashtags": ["#Me"],
            "mentions": ["@Bob"],
            "is_ad": False,
            "is_video": True,
            "place": None,
            "path": f"{tmp_path}/ada.json, row 1",
        }
    ]


def test_profiles_without_posts_add_none(tmp_path):
    put(tmp_path, "a.json", posts=[])
    put(tmp_path, "b.json", posts=None)
    assert read_profiles(tmp_path) == ([], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_mark_of_the_encoding_is_no_damage(tmp_path, encoding):
    content = json.dumps({"alias": "ada", "numberFollowers": 900, "posts": [POST]}, ensure_ascii=False)
    (tmp_path / "ada.json").write_bytes(content.encode(encoding))
    rows, refused = read_profiles(tmp_path)
    assert (len(rows), refused) == (1, [])


def test_hidden_likes_of_a_post_or_of_the_whole_account(tmp_path):
    hidden = {"like_and_view_counts_disabled": True}
    put(tmp_path, "a.json", posts=[POST | hidden, POST])
    put(tmp_path, "b.json", **hidden)
    assert [row["likes"] for row in read_profiles(tmp_path)[0]] == ["hidden", 7607, "hidden"]


def test_profiles_are_counted_and_notes_of_other_programs_are_none(tmp_path):
    put(tmp_path, "a.json")
    put(tmp_path, "b.json", posts=[])
    (tmp_path / "1.jpg.json").write_text("{}")
    _, refused, said = profile_posts(tmp_path)
    assert refused == []
    assert said == "1 notes of other programs on a picture, 1 profiles with posts, 1 profiles without posts"


def test_incomplete_posts_are_left_to_the_checks(tmp_path):
    put(tmp_path, "a.json", posts=[{}, POST])
    rows, refused = read_profiles(tmp_path)
    assert refused == []
    assert [row["post_id"] for row in rows] == ["", "BTbS2awFRMp"]
    assert rows[0]["likes"] is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1]", "5", "null", '{"posts": []', '{"alias": "a"}', '{"posts": [{}]}', "[" * 100_000,
     '{"alias": "a", "numberFollowers": 1, "posts": [5]}', '{"alias": "a", "numberFollowers": 1, "posts": 5}'],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_as_a_file(tmp_path, content):
    put(tmp_path, "good.json")
    (tmp_path / "bad.json").write_text(content)
    rows, refused = read_profiles(tmp_path)
    assert refused == [(f"{tmp_path}/bad.json", "unreadable-file")]
    assert len(rows) == 1


def test_files_at_any_depth_sorted_once_links_followed(tmp_path):
    for name in ("b/2.json", "b/1.json", "a.json", ".git/x.json", ".x.json", "c.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    (tmp_path / "in/b/up").symlink_to(tmp_path)
    (tmp_path / "far").mkdir()
    (tmp_path / "far/c.json").touch()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    found = [path.relative_to(tmp_path).as_posix() for path in walk(tmp_path, (".json",)).files]
    assert found == ["far/c.json", "in/a.json", "in/b/1.json", "in/b/2.json"]  # each file once
    outside = [path.relative_to(tmp_path / "in").as_posix() for path in walk(tmp_path / "in", (".json",)).files]
    assert outside == ["a.json", "b/1.json", "b/2.json"]  # a folder that holds this one is none of it
    (tmp_path / "in/b/beside").symlink_to(tmp_path / "far")
    assert walk(tmp_path / "in", (".json",)).files[-1] == tmp_path / "in/b/beside/c.json"  # found by a link alone


@pytest.mark.parametrize(
    ("url", "code"),
    [("https://x/p/ab-_1/", "ab-_1"), ("https://x/p/ab?y=/p/c", "ab"), ("https://x/reel/ab/", ""), (None, ""), (5, "")],
)
def test_the_code_in_an_address(url, code):
    assert shortcode(url) == code
