"""A download is copied into a posts table and stays as it is."""

import json
import lzma
from pathlib import Path

import pytest
from collected import invoke, names_of, table, tree

from likeness.photos.posts.readers import read_posts
from likeness.photos.posts.table import validate_posts


def put(folder: Path, name: str, node: dict, kind: str = "Post") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with lzma.open(folder / name, "wt") as stream:
        json.dump({"node": node, "instaloader": {"node_type": kind}}, stream)


def node(code: str, likes: int, owner: str, number: str) -> dict:
    caption = {"edges": [{"node": {"text": f"#me by @{owner}"}}]}
    return {
        "shortcode": code,
        "date": 1490000000,
        "edge_media_preview_like": {"count": likes},
        "edge_media_to_caption": caption,
        "is_video": False,
        "owner": {"id": number, "username": owner},
    }


@pytest.fixture
def download(tmp_path, picture):
    folder = tmp_path / "download"
    for owner, number in (("ada", "99"), ("bob", "98")):
        put(
            folder / owner,
            f"{owner}_{number}.json.xz",
            {"id": number, "username": owner, "edge_followed_by": {"count": 500}},
            "Profile",
        )
        for day in (1, 2):
            name = f"2017-03-2{day}_UTC"
            put(folder / owner, f"{name}.json.xz", node(f"{owner}{day}", day, owner, number))
            (folder / owner / f"{name}.jpg").write_bytes(picture(day))  # bob's pictures are ada's
    (folder / "ada" / "2017-03-25_UTC.json.xz").write_bytes(b"damaged")
    return folder


def run(*words: object, status: int = 0):
    return invoke("collect", "instaloader", *words, status=status)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def test_a_download_becomes_a_table(download, tmp_path):
    before = snapshot(download)
    result = run(download, "--out", tmp_path / "mine", "--collected-at", "2017-05-01")
    assert result.output.startswith("4 posts and 2 pictures in")
    assert "1 failed" in result.output
    assert snapshot(download) == before
    raw, unread = read_posts(tmp_path / "mine", "table", root=tmp_path)
    posts, refused = validate_posts(raw)
    assert (len(posts), len(refused), len(unread)) == (4, 0, 0)
    assert sorted(posts["likes"]) == [1, 1, 2, 2]
    assert posts["followers"].tolist() == [500] * 4
    assert posts["user_id"].nunique() == 2
    assert all((tmp_path / image).is_file() for image in posts["image"])


def test_people_are_pseudonyms_by_default(download, tmp_path):
    run(download, "--out", tmp_path / "mine")
    names = names_of(tmp_path / "mine")
    rows = table(tmp_path / "mine/posts.csv")
    assert {row["user_id"] for row in rows} == {names.pseudonym("99"), names.pseudonym("98")}
    assert {row["mentions"] for row in rows} == {f"@{names.pseudonym('ada')}", f"@{names.pseudonym('bob')}"}
    for word in ("ada1", "ada2", "/ada", "@ada", "bob"):
        assert word not in (tmp_path / "mine/posts.csv").read_text() + (tmp_path / "mine/failed.csv").read_text()


def test_names_are_kept_on_request(download, tmp_path):
    run(download, "--out", tmp_path / "mine", "--keep-names")
    rows = table(tmp_path / "mine/posts.csv")
    assert [(row["post_id"], row["user_id"], row["mentions"]) for row in rows][:2] == [
        ("ada1", "99", "@ada"),
        ("ada2", "99", "@ada"),
    ]
    assert table(tmp_path / "mine/failed.csv")[0]["file"] == "ada/2017-03-25_UTC.json.xz"


def test_the_same_download_gives_the_same_bytes(download, tmp_path):
    run(download, "--out", tmp_path / "mine")
    first = tree(tmp_path / "mine")
    run(download, "--out", tmp_path / "mine")
    assert tree(tmp_path / "mine") == first


def test_folders_that_do_not_fit(download, tmp_path):
    assert "no such folder" in run(tmp_path / "none", "--out", tmp_path / "mine", status=1).output
    (tmp_path / "empty").mkdir()
    assert "no post in it" in run(tmp_path / "empty", "--out", tmp_path / "mine", status=1).output
    assert "never changed" in run(download, "--out", download / "inside", status=1).output
    assert "never changed" in run(download, "--out", tmp_path, status=1).output
    assert "is no date" in run(download, "--out", tmp_path / "mine", "--collected-at", "May", status=1).output
    assert not (tmp_path / "mine/posts.csv").exists()


def test_likes_that_are_hidden_are_hidden_in_the_table_too(download, tmp_path):
    put(download / "ada", "2017-03-29_UTC.json.xz", node("h", 3, "ada", "99") | {"like_and_view_counts_disabled": True})
    run(download, "--out", tmp_path / "mine", "--collected-at", "2017-05-01")
    posts, refused = validate_posts(read_posts(tmp_path / "mine", "table", root=tmp_path)[0])
    assert (len(posts), refused["reason"].tolist()) == (4, ["hidden-likes"])
