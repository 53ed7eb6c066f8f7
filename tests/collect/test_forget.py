"""Forgetting: everything of one person goes, everything of the others stays, and the person stays forgotten."""

import csv
from pathlib import Path

import pytest
from aiohttp import web
from collected import invoke, names_of, send, table
from graph_server import GraphServer, post
from test_instaloader_folder import download  # noqa: F401 - a fixture

from likeness_collect.forget import drop_rows, forget_user
from likeness_collect.store import Store


@pytest.fixture
def collected(server, tmp_path, picture, monkeypatch):
    """Ada (2 posts, one picture of her own, one that Bob shows too) and Bob; Carl does not exist."""
    for name, red in (("own", 1), ("shared", 2), ("bob", 3)):
        server.routes[f"/{name}.jpg"] = send(picture(red))
    server.routes["/copy.jpg"] = server.routes["/shared.jpg"]
    url = server.url
    ada = [post(2, media_url=f"{url}/own.jpg"), post(1, media_url=f"{url}/shared.jpg")]
    bob = [post(4, media_url=f"{url}/copy.jpg"), post(3, media_url=f"{url}/bob.jpg")]
    server.default = GraphServer(users={"ada": ada, "bob": bob})
    monkeypatch.setenv("LIKENESS_INSTAGRAM_TOKENS", "17841:EAA-some-token")
    monkeypatch.setenv("LIKENESS_GRAPH_URL", url)
    monkeypatch.setenv("LIKENESS_COLLECTED_AT", "2026-02-01T00:00:00")

    def collect(*words: str):
        (tmp_path / "users.txt").write_text("ada\nbob\ncarl\n")
        more = ("--users", tmp_path / "users.txt", "--out", tmp_path / "me", "--allow-private")
        return invoke("collect", "instagram", *more, *words)

    collect("--images")
    collect.folder = tmp_path / "me"
    collect.names = names_of(tmp_path / "me")
    return collect


def images(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in (folder / "images").rglob("*") if file.is_file()}


def in_files(folder: Path, word: str) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and word.encode() in file.read_bytes()]


@pytest.mark.parametrize("called", ["ada", "@Ada", "pseudonym"])
def test_one_person_goes_the_others_stay(collected, called):
    folder, names = collected.folder, collected.names
    before = {row["post_id"]: row for row in table(folder / "posts.csv")}
    user = names.pseudonym("ada") if called == "pseudonym" else called
    result = invoke("forget", user, "--in", folder)
    assert "removed: rows 2 of posts.csv, 1 of users.csv; 1 pictures;" in result.output
    assert "`dvc repro`" in result.output
    left = table(folder / "posts.csv")
    assert {row["user_id"] for row in left} == {names.pseudonym("bob")}
    assert left == [before[row["post_id"]] for row in left]
    assert images(folder) == {row["image"] for row in left}
    assert [row["user_id"] for row in table(folder / "users.csv")] == [names.pseudonym("bob")]
    assert in_files(folder, names.pseudonym("ada")) == []
    state = folder.with_name("me.state")
    for word in ("own.jpg", "Number 2 ", "Code0002"):
        assert in_files(state, word) == []


def test_the_next_run_does_not_bring_the_person_back(collected, server):
    invoke("forget", "ada", "--in", collected.folder)
    asked = len(server.default.asked)
    collected("--again", "--images")
    assert not any("(ada)" in address for _, address in server.default.asked[asked:])
    assert len(table(collected.folder / "posts.csv")) == 2
    assert len(images(collected.folder)) == 2


def test_forgetting_twice_removes_nothing_more(collected):
    invoke("forget", "ada", "--in", collected.folder)
    result = invoke("forget", "ada", "--in", collected.folder)
    assert "removed: rows none; 0 pictures; 0 entries" in result.output


def test_a_failure_of_a_person_goes_too(collected):
    assert len(table(collected.folder / "failed.csv")) == 1
    assert forget_user("carl", collected.folder).rows == {"failed.csv": 1}
    assert table(collected.folder / "failed.csv") == []


def test_a_kill_in_between_is_made_good_by_the_same_command(collected, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("likeness_collect.forget.drop_rows", killed)
    invoke("forget", "ada", "--in", collected.folder, status=130)
    assert len(table(collected.folder / "posts.csv")) == 4  # pictures are gone, rows still say whose they were
    monkeypatch.setattr("likeness_collect.forget.drop_rows", drop_rows)
    invoke("forget", "ada", "--in", collected.folder)
    assert len(table(collected.folder / "posts.csv")) == 2
    assert len(images(collected.folder)) == 2


def test_by_the_name_of_an_account_known_by_number(download, tmp_path):  # noqa: F811
    out = tmp_path / "mine"
    invoke("collect", "instaloader", download, "--out", out)
    removed = forget_user("ada", out)
    assert removed.rows == {"posts.csv": 2}
    assert removed.pictures == 0  # bob shows the same pictures
    names = names_of(out)
    assert {row["user_id"] for row in table(out / "posts.csv")} == {names.pseudonym("98")}
    invoke("collect", "instaloader", download, "--out", out)  # the download still has ada
    assert len(table(out / "posts.csv")) == 2
    with Store(out) as store:  # nor does it say what she was called
        assert store.db.execute("SELECT name, user FROM aliases").fetchall() == [("bob", "98")]
    assert forget_user("bob", out).pictures == 2
    assert images(out) == set()


def test_by_a_name_whose_number_was_not_known_yet(download, tmp_path):  # noqa: F811
    out = tmp_path / "mine"
    with Store(out):
        pass
    forget_user("ada", out)
    invoke("collect", "instaloader", download, "--out", out)
    assert len(table(out / "posts.csv")) == 2
    with Store(out) as store:
        assert store.db.execute("SELECT name, user FROM aliases").fetchall() == [("bob", "98")]


def move(server, picture, name: str, red: int) -> None:
    """Give the post of /<name>.jpg a new address, as the API does; the old one expires."""
    server.routes[f"/{name}-new.jpg"] = send(picture(red))
    server.routes[f"/{name}.jpg"] = lambda request: web.Response(status=403)
    for posts in server.default.users.values():
        for one in posts:
            one["media_url"] = one["media_url"].replace(f"/{name}.jpg", f"/{name}-new.jpg")


def without_links(folder: Path) -> None:
    """Make the state that of a version which knew only the newest address of a post's picture."""
    with Store(folder) as store:
        store.db.execute("DROP TABLE IF EXISTS post_images")


@pytest.mark.parametrize("state", ["new", "old"])
def test_a_picture_whose_address_changed_goes_too(collected, server, picture, state):
    folder, before = collected.folder, images(collected.folder)
    if state == "old":
        without_links(folder)
    move(server, picture, "own", 9)
    collected("--again")
    rows = table(folder / "posts.csv")
    assert {row["image"] for row in rows} == before  # each post still has its picture
    assert sum(row["image_url"].endswith("own-new.jpg") for row in rows) == 1
    assert forget_user("ada", folder).pictures == 1
    assert images(folder) == {row["image"] for row in table(folder / "posts.csv")}
    for word in ("own.jpg", "own-new.jpg", "/shared.jpg", "Code0002"):
        assert in_files(folder.with_name("me.state"), word) == []
    with Store(folder) as store:
        assert store.db.execute("SELECT count(*) FROM pictures").fetchone()[0] == 2


@pytest.mark.parametrize("red", [1, 9])  # the same bytes at the new address, and others
@pytest.mark.parametrize("tables", [True, False])
def test_every_picture_that_a_post_had_goes(collected, server, picture, red, tables):
    folder, before = collected.folder, images(collected.folder)
    move(server, picture, "own", red)
    collected("--again", "--images")
    assert len(images(folder) - before) == (red == 9)
    if not tables:
        (folder / "posts.csv").unlink()
    assert forget_user("ada", folder).pictures == (2 if red == 9 else 1)
    assert len(images(folder)) == 2
    assert in_files(folder.with_name("me.state"), "own") == []


def test_a_state_of_an_older_version_can_be_forgotten_from(collected):
    without_links(collected.folder)
    assert forget_user("ada", collected.folder).pictures == 1
    assert in_files(collected.folder.with_name("me.state"), "own.jpg") == []


def test_a_failed_picture_goes_from_the_failures(collected, server, picture):
    move(server, picture, "own", 9)
    server.routes["/own-new.jpg"] = lambda request: web.Response(status=403)
    collected("--again", "--images")
    assert {row["kind"] for row in table(collected.folder / "failed.csv")} == {"user", "image"}
    forget_user("ada", collected.folder)
    assert in_files(collected.folder, "own-new.jpg") == []


def test_a_table_of_names_without_a_state(tmp_path):
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        (folder / "images" / name).touch()
    (tmp_path / "outside.jpg").touch()
    rows = [["1", "Ada", "images/a.jpg"], ["2", "bob", "images/b.jpg"], ["3", "ada", "../outside.jpg"]]
    with (folder / "posts.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["post_id", "user_id", "image"], *rows])
    (folder / "quarantine.csv").write_text("path,reason,detail\nimages/a.jpg,truncated,x\nimages/b.jpg,truncated,x\n")
    removed = forget_user("ada", folder)
    assert removed.rows == {"posts.csv": 2, "quarantine.csv": 1}
    assert removed.pictures == 1
    assert (tmp_path / "outside.jpg").exists()
    assert [row["post_id"] for row in table(folder / "posts.csv")] == ["2"]


def test_pictures_of_a_run_without_its_tables_yet(collected):
    for name in ("posts.csv", "users.csv", "failed.csv"):
        (collected.folder / name).unlink()
    assert forget_user("ada", collected.folder).pictures == 1
    with Store(collected.folder) as store:
        assert store.db.execute("SELECT DISTINCT user FROM posts").fetchall() == [("bob",)]


def test_folders_that_hold_nothing(tmp_path):
    assert "no collected tables in it" in invoke("forget", "ada", "--in", tmp_path / "none", status=1).output
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "a.csv").write_text("user_id\nada\n")
    assert "USER is empty" in invoke("forget", " ", "--in", tmp_path / "t", status=1).output
