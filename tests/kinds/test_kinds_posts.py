"""The kinds of fault that users' folders hold, over all readers of posts: tables, Instaloader downloads, profiles."""

import json
import os
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from likeness.errors import UserError
from likeness.photos.posts.readers import read_posts
from likeness.photos.posts.table import validate_posts

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "posts"
LAYOUTS = {"csv": "table", "parquet": "table", "instaloader": "instaloader", "profiles": "profiles"}
LONG = 1_490_000_000  # 20 March 2017
POST = {"post_id": "a", "user_id": "ada", "image": "", "likes": 12, "followers": 340, "caption": "Hi #me"}


def write(folder: Path, kind: str, *posts: dict) -> Path:
    """Write posts as one of the sources does, each POST with changes, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [POST | {"post_id": f"p{number}"} | post for number, post in enumerate(posts, 1)]
    if kind in ("csv", "parquet"):
        table = pd.DataFrame(rows).assign(taken_at="2017-03-20")
        table.to_csv(folder / "posts.csv", index=False) if kind == "csv" else table.to_parquet(folder / "posts.parquet")
        return folder
    for row in rows:
        extra = {key: value for key, value in row.items() if key not in POST}
        if kind == "profiles":
            post = {"url": f"https://x/p/{row['post_id']}/", "description": row["caption"], "date": "2017-03-20"}
            post |= {"numberLikes": row["likes"], "isVideo": False} | extra
            content = {"alias": row["user_id"], "numberFollowers": row["followers"], "posts": [post]}
        else:
            owner = {"username": row["user_id"], "edge_followed_by": {"count": row["followers"]}}
            node = {"shortcode": row["post_id"], "date": LONG, "caption": row["caption"], "is_video": False}
            node |= {"edge_media_preview_like": {"count": row["likes"]}, "owner": owner} | extra
            content = {"node": node, "instaloader": {"node_type": "Post"}}
        (folder / f"{row['post_id']}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def read(folder: Path, kind: str, **keys: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return valid posts and all that is refused; what stops is one line with the place."""
    raw, unread = read_posts(folder, LAYOUTS[kind], root=folder.parent, collected_at="2018-01-01", **keys)
    posts, refused = validate_posts(raw)
    return posts, pd.concat([unread, refused], ignore_index=True)


def one_line(folder: Path, kind: str, **keys: str) -> str:
    """Return the error that reading and sorting ends with, which has to be the user's, in one line."""
    from likeness.photos.posts.table import sort_posts

    with pytest.raises(UserError) as caught:
        sort_posts(*read_posts(folder, LAYOUTS[kind], root=folder.parent, collected_at="2018-01-01", **keys))
    assert "\n" not in str(caught.value)
    assert folder.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", LAYOUTS)
def test_kind_1_a_source_that_gives_no_post_is_an_error(tmp_path, kind):
    write(tmp_path / "posts", kind, {"likes": -1}, {"likes": -1}, {"followers": 0})
    said = one_line(tmp_path / "posts", kind)
    assert "negative-likes" in said
    assert "none of 3" in said


def test_kind_1_pictures_that_are_named_and_not_there_are_an_error(tmp_path):
    from likeness.photos.posts.image_files import picture_files, require_found

    folder = write(tmp_path / "posts", "csv", {"image": "images/1.png"}, {"image": "images/2.png"})
    (folder / "other").mkdir()
    (folder / "other/x.jpg").touch()
    with pytest.raises(UserError, match=r"2 pictures, 0 of them .*images/1\.png is not, other/x\.jpg is there"):
        require_found(picture_files(read(folder, "csv")[0]), tmp_path, folder)
    folder = write(tmp_path / "loaded", "instaloader", {}, {})
    (folder / "IMG_1.jpg").touch()
    assert "IMG_1.jpg" in one_line(folder, "instaloader")


@pytest.mark.parametrize("kind", LAYOUTS)
def test_kind_2_hidden_likes_are_not_three_likes(tmp_path, kind):
    folder = write(
        tmp_path / "posts", kind, {"likes": 3, "like_and_view_counts_disabled": True},
        {"likes": 3, "like_and_view_counts_disabled": False},
    )  # fmt: skip
    posts, refused = read(folder, kind)
    assert posts["post_id"].tolist() == ["p2"]
    assert refused["reason"].tolist() == ["hidden-likes"]


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("cell", ["1.000", "1,000"])
def test_kind_2_a_number_of_two_readings_is_none(tmp_path, kind, cell):
    folder = write(tmp_path / "posts", kind, {"likes": "7"}, {"likes": cell})
    assert "likability.prepare.thousands" in one_line(folder, kind)
    posts, _ = read(folder, kind, thousands=cell[1])
    assert posts["likes"].tolist() == [7, 1000]


@pytest.mark.parametrize("kind", LAYOUTS)
def test_kind_3_what_is_found_is_written_or_refused(tmp_path, kind):
    captions = ('a "quoted", word', "two\nlines, 3", "; | \t", "'", '"', "#สวัสดี", "", "a,b,c,d,e,f,g,h")
    folder = write(tmp_path / "posts", kind, *({"caption": caption} for caption in captions), {"likes": -1})
    posts, refused = read(folder, kind)
    assert posts["caption"].tolist() == list(captions)
    assert refused["reason"].tolist() == ["negative-likes"]


@pytest.mark.parametrize("rows", [1, 2, 5, 50])
@pytest.mark.parametrize("close", ["", '"'])
def test_kind_3_a_quote_that_stays_open_names_its_row(tmp_path, rows, close):
    folder = write(tmp_path / "posts", "csv", *({"caption": f"row {row}"} for row in range(rows + 2)))
    text = (folder / "posts.csv").read_text().replace("row 0", '"open').replace(f"row {rows}", f"row{close}")
    (folder / "posts.csv").write_text(text)
    assert "row 2" in one_line(folder, "csv")


@pytest.mark.parametrize("kind", LAYOUTS)
def test_kind_5_a_hashtag_is_whole_and_found_in_any_case(tmp_path, kind):
    from likeness.photos.posts.filters import has_hashtag

    words = ("สวัสดี", "नमस्ते", "தமிழ்", "مَرحبًا", "İzmir", "STRASSE", "cafe\u0301")
    posts, _ = read(write(tmp_path / "posts", kind, *({"caption": f"x #{word}#y"} for word in words)), kind)
    if kind == "profiles":  # its hashtags are a list of their own
        posts = posts.assign(hashtags=[[f"#{word.casefold()}"] for word in words])
    for number, wanted in enumerate(("สวัสดี", "नमस्ते", "தமிழ்", "مَرحبًا", "izmir", "straße", "CAF\u00c9")):
        found = has_hashtag(posts, wanted)
        assert found.tolist() == [place == number for place in range(len(words))] or wanted == "CAF\u00c9"
        assert found[number] or kind == "profiles"


def test_kind_5_pictures_are_found_by_their_letters(tmp_path):
    for kind in ("csv", "parquet"):
        folder = write(tmp_path / kind, kind, {"image": "Müller.jpg"}, {"image": "a/Zoë.png"}, {"image": "0001"})
        (folder / "images/a").mkdir(parents=True)
        for name in ("Müller.jpg", "a/Zoë.png", "0001.jpg"):
            (folder / "images" / unicodedata.normalize("NFD", name)).touch()
        assert all((tmp_path / image).is_file() for image in read(folder, kind)[0]["image"])


@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["instaloader", "profiles"])
def test_kind_6_folders_are_entered_once_and_bad_names_cost_one_line(tmp_path, kind):
    folder = write(tmp_path / "posts", kind, {})
    for name in "abcdefgh":
        (folder / name).mkdir()
        (folder / name / "up").symlink_to(folder)
    (folder / "gone.json").symlink_to("nowhere")
    write(folder / "@eaDir", kind, {"post_id": "thumb"})
    write(folder / os.fsdecode(b"caf\xe9"), kind, {"post_id": "b"})
    posts, refused = read(folder, kind)
    assert posts["post_id"].tolist() == ["p1"]
    assert refused["reason"].tolist() == ["bad-name", "unreadable-file"]


def test_kind_7_a_post_keeps_its_picture_of_any_kind(tmp_path):
    suffixes = (".heic", ".heif", ".avif", ".tiff", ".JPG")
    folder = write(tmp_path / "posts", "instaloader", *({"post_id": suffix[1:]} for suffix in suffixes))
    for suffix in suffixes:
        (folder / f"{suffix[1:]}{suffix}").touch()
    posts, _ = read(folder, "instaloader")
    assert {Path(image).suffix for image in posts["image"]} == {*suffixes}


FAULTY = (b"", b"\0" * 64, b"{", b"[1]", b"null", b"<html>", b"PK\x03\x04" + bytes(60), bytes(range(256)), b"[" * 100_000,
          "näme;x\n1;2".encode("latin-1"), b'a,"b\n1,2', b"\xff\xfe", b"PAR1PAR1", b"nan")  # fmt: skip


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("content", FAULTY, ids=map(str, range(len(FAULTY))))
def test_kind_8_a_faulty_file_is_one_line(tmp_path, kind, content):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / {"csv": "posts.csv", "parquet": "posts.parquet"}.get(kind, "x.json")).write_bytes(content)
    one_line(tmp_path / "posts", kind)


@pytest.mark.parametrize(
    ("case", "layout", "valid", "reasons"),
    [
        ("semicolon", "table", 1, []),
        ("utf16", "table", 1, []),
        ("trailing_comma", "table", 2, []),
        ("hashtag_lists", "table", 6, []),
        ("hidden_likes", "instaloader", 1, ["hidden-likes", "hidden-likes", "negative-likes"]),
        ("heic_posts", "instaloader", 2, []),
    ],
)
def test_the_cases_that_were_found(case, layout, valid, reasons):
    if not CASES.is_dir():
        pytest.skip("no cases: ../shared/cases is not beside the repository")
    raw, unread = read_posts(CASES / case, layout, root=CASES, collected_at="2024-01-01")
    posts, refused = validate_posts(raw)
    assert (len(posts), len(unread), refused["reason"].tolist()) == (valid, 0, reasons)
    if case == "heic_posts":
        assert posts["image"].str.endswith(".heic").all()


@pytest.mark.parametrize(("case", "words"), [("stray_quote_mid", "row 701"), ("eu_numbers.csv", "thousands")])
def test_the_cases_that_must_stop(case, words):
    if not CASES.is_dir():
        pytest.skip("no cases: ../shared/cases is not beside the repository")
    with pytest.raises(UserError, match=words):
        read_posts(CASES / case, "table", root=CASES, collected_at="2024-01-01")
