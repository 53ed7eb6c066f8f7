"""The API's shapes and troubles, from the command to the tables."""

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from aiohttp import web
from collected import invoke, names_of, send, table, tree
from graph_server import GraphServer, error, post

from likeness.photos.posts.readers import read_posts
from likeness.photos.posts.table import validate_posts
from likeness_collect.answers import Answer
from likeness_collect.graph import TokenTired, read, regained
from likeness_collect.tokens import Redactor

FIRST, SECOND = "EAAfirst+token/1=", "EAAsecond-token-2"


@pytest.fixture
def api(server):
    server.default = GraphServer(
        users={"ada": [post(5), post(4), post(3), post(2), post(1)], "bob": [post(9, like_count=None)], "carl": []},
        hashtags={"me": [post(5), post(7), post(8)]},
    )
    return server.default


@pytest.fixture
def run(server, tmp_path, monkeypatch):
    def command(
        *words: str, tokens: str = f"17841:{FIRST}", out: str = "me", users: str = "ada\nbob\n", status: int = 0
    ):
        monkeypatch.setenv("LIKENESS_INSTAGRAM_TOKENS", tokens)
        monkeypatch.setenv("LIKENESS_GRAPH_URL", server.url)
        monkeypatch.setenv("LIKENESS_COLLECTED_AT", "2026-02-01T00:00:00")
        (tmp_path / "users.txt").write_text(users)
        more = ["--users", str(tmp_path / "users.txt")] if users else []
        fixed = ("collect", "instagram", *more, "--out", tmp_path / out, "--allow-private")
        result = invoke(*fixed, *words, status=status)
        assert_secret(tmp_path, result.output)
        return result

    return command


def assert_secret(folder: Path, said: str) -> None:
    """No token in any file, name or line, also percent-encoded."""
    forms = [form for one in (FIRST, SECOND, "EAAinNextPage") for form in (one, quote(one), quote(one, safe=""))]
    for form in forms:
        assert form not in said
        for file in folder.rglob("*"):
            assert form not in str(file)
            if file.is_file():
                assert form.encode() not in file.read_bytes(), file


def account(*posts: object, **changes: object) -> dict:
    found = {"followers_count": 1, "media_count": 1, "media": {"data": list(posts)}}
    return {"business_discovery": found | changes}


def test_accounts_with_their_posts(api, run, tmp_path):
    result = run("--keep-names")
    assert "6 posts and 2 accounts" in result.output
    assert "nothing failed" in result.output
    assert "not given by the API: who posted under a hashtag" in result.output
    rows = table(tmp_path / "me/posts.csv")
    assert [row["post_id"] for row in rows] == [f"1790{number:06d}" for number in (1, 2, 3, 4, 5, 9)]
    first, last = rows[0], rows[-1]
    assert (first["user_id"], first["likes"], first["followers"]) == ("ada", "1", "103")
    assert (first["taken_at"], first["collected_at"]) == ("2026-01-02T10:00:00", "2026-02-01T00:00:00")
    assert (first["hashtags"], first["mentions"], first["is_video"]) == ("#me", "@bob.b", "False")
    assert first["permalink"] == "https://www.instagram.com/p/Code0001/"
    assert (last["user_id"], last["likes"]) == ("bob", "")  # hidden likes stay unknown
    users = table(tmp_path / "me/users.csv")
    counts = [(row["user_id"], row["followers"], row["media_count"]) for row in users]
    assert counts == [("ada", "103", "5"), ("bob", "103", "1")]
    assert table(tmp_path / "me/failed.csv") == []


def test_the_study_reads_the_folder(api, run, tmp_path):
    run()
    raw, unread = read_posts(tmp_path / "me", "table", root=tmp_path)
    posts, refused = validate_posts(raw)
    assert (len(posts), len(unread)) == (5, 0)
    assert refused["reason"].tolist() == ["bad-number"]  # bob hides his likes
    assert posts["hashtags"].tolist() == [["#me"]] * 5


def test_people_are_pseudonyms_by_default(api, run, tmp_path):
    run("--hashtag", "me")
    names = names_of(tmp_path / "me")
    rows = table(tmp_path / "me/posts.csv")
    assert {row["user_id"] for row in rows} == {names.pseudonym("ada"), names.pseudonym("bob"), ""}
    assert {row["mentions"] for row in rows} == {f"@{names.pseudonym('bob.b')}"}
    assert "permalink" not in rows[0]
    for file in (tmp_path / "me").rglob("*"):
        text = file.read_text()
        assert not re.search(r"\b(ada|bob|bob\.b)\b|instagram\.com", text)


def test_hashtags_give_posts_without_their_people(api, run, tmp_path):
    run("--hashtag", "#Me", users="")
    rows = table(tmp_path / "me/posts.csv")
    assert [(row["post_id"][-1], row["user_id"], row["followers"]) for row in rows] == [(n, "", "") for n in "578"]
    assert sum("ig_hashtag_search" in asked for _, asked in api.asked) <= 2


def test_a_post_found_twice_is_one_row_with_its_person(api, run, tmp_path):
    run("--hashtag", "me", "--keep-names")
    rows = table(tmp_path / "me/posts.csv")
    assert [row["post_id"][-1] for row in rows] == ["1", "2", "3", "4", "5", "7", "8", "9"]
    assert {row["post_id"][-1]: row["user_id"] for row in rows}["5"] == "ada"


def test_since_leaves_out_older_posts_and_their_pages(api, run, tmp_path):
    run("--since", "2026-01-05", users="ada")
    assert [row["post_id"][-1] for row in table(tmp_path / "me/posts.csv")] == ["4", "5"]
    assert len(api.asked) == 2  # the third page is not asked for
    assert "was begun with another --since" in run("--since", "2026-01-01", users="ada", status=1).output


def test_a_second_run_asks_nothing_and_writes_the_same(api, run, tmp_path):
    run("--hashtag", "me")
    before = tree(tmp_path / "me")
    asked = len(api.asked)
    run("--hashtag", "me")
    assert len(api.asked) == asked
    assert tree(tmp_path / "me") == before
    api.users["bob"] = [post(9, like_count=77)]
    run("--hashtag", "me", "--again")
    assert table(tmp_path / "me/posts.csv")[-1]["likes"] == "77"


def test_who_is_not_there_is_listed(api, run, tmp_path):
    result = run("--hashtag", "nothing", users="ada\nghost\nno name!\n@ADA\n", tokens=f"17841:{FIRST}")
    assert "4 failed, listed in" in result.output
    names = names_of(tmp_path / "me")
    rows = {row["key"]: row["why"] for row in table(tmp_path / "me/failed.csv")}
    assert rows[names.pseudonym("ghost")] == "110: Invalid user id"
    assert rows[names.pseudonym("no name!")] == "is no Instagram user name"
    assert rows["nothing/recent_media"] == "24: No"


def test_an_expired_token_is_set_aside_and_the_others_go_on(api, run):
    api.before = lambda request, token: error(190, message=f"Error validating {token}") if token == FIRST else None
    result = run(tokens=f"17841:{FIRST},17841:{SECOND}")
    assert "a token is set aside: 190: Error validating (token); 1 left" in result.output
    assert "6 posts" in result.output


def test_when_all_tokens_have_expired_it_is_one_line(api, run, tmp_path):
    api.before = lambda request, token: error(190, message=f"Malformed access token {quote(token, safe='')}")
    result = run(status=1)
    assert "no access token can be used: 190: Malformed access token (token);" in result.output.splitlines()[-1]
    assert not (tmp_path / "me/posts.csv").exists()
    api.before = lambda request, token: None
    assert "6 posts" in run(tokens=f"17841:{SECOND}").output


def test_a_token_without_the_permission_is_set_aside_too(api, run):
    api.before = lambda request, token: error(10, message="No permission") if token == FIRST else None
    assert "10: No permission; 1 left" in run(tokens=f"17841:{FIRST},17841:{SECOND}").output


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80002])
def test_a_limited_token_rests_and_the_question_is_asked_again(api, run, code):
    limited = [error(code, headers={"Retry-After": "0.2"})]
    api.before = lambda request, token: limited.pop() if limited else None
    assert "6 posts" in run().output


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: web.Response(status=500, text="oops"),
        lambda: web.Response(status=429, text="", headers={"Retry-After": "0"}),
        lambda: web.Response(text="<html>", content_type="text/html"),
        lambda: web.Response(text='{"business_discovery": {"follow'),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(status=302, headers={"Location": "http://169.254.169.254/"}),
        lambda: error(2, status=503, is_transient=True),
        lambda: error(1),
    ],
)
def test_passing_troubles_are_asked_again(api, run, trouble):
    left = [trouble, trouble]
    api.before = lambda request, token: left.pop()() if left else None
    assert "6 posts" in run().output


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "17841"},
        [],
        {"business_discovery": []},
        {"business_discovery": {"media_count": 1, "media": {"data": []}}},
        account(followers_count="many"),
        account(followers_count=True),
        account(media=[]),
        account({"caption": "x"}),
        account(post(1, timestamp="soon")),
        account(post(1, like_count="9")),
        account(post(1, caption={})),
        {"error": {"code": 100, "message": "Tried accessing nonexisting field (like_count)"}},
    ],
)
def test_a_changed_schema_is_one_line(api, run, tmp_path, answer):
    api.before = lambda request, token: web.json_response(answer)
    result = run(status=1)
    assert result.output.count("\n") == 1
    assert "the API" in result.output
    assert not (tmp_path / "me/posts.csv").exists()


def test_strange_texts_are_kept_whole(api, run, tmp_path):
    caption = 'a "quoted", line\nbreak 🌞 =1+1 \x00 \ud83d'
    api.users["bob"] = [post(9, caption=caption), post(8, caption=None)]
    run(users="bob")
    rows = table(tmp_path / "me/posts.csv")
    assert rows[1]["caption"] == 'a "quoted", line\nbreak 🌞 =1+1 \ufffd ?'
    assert rows[0]["caption"] == ""


def test_the_budget_stops_a_run_that_does_not_wait_and_the_next_hour_goes_on(api, run, tmp_path, monkeypatch):
    users = "\n".join(f"user{number}" for number in range(10))
    api.users = {name: [post(number)] for number, name in enumerate(users.split())}
    result = run("--budget", "4", "--no-wait", users=users, status=3)
    assert "the budget of 1 tokens is used up; the same command continues in 62 min" in result.output
    assert len(api.asked) == 4
    assert len(table(tmp_path / "me/users.csv")) == 4
    run("--budget", "4", "--no-wait", users=users, status=3)
    assert len(api.asked) == 4
    run("--budget", "10", "--no-wait", users=users)
    assert len(api.asked) == 10
    assert len(table(tmp_path / "me/users.csv")) == 10


def test_every_attempt_is_charged(api, run):
    left = [500] * 3
    api.before = lambda request, token: web.Response(status=left.pop()) if left else None
    run("--budget", "4", "--no-wait", users="bob")
    assert len(api.asked) == 4
    run("--budget", "4", "--no-wait", users="bob\ncarl", status=3)
    assert len(api.asked) == 4


def test_an_account_is_looked_up_for_tokens_without_one(api, run):
    run(tokens=FIRST, users="ada\nbob")
    accounts = [asked for _, asked in api.asked if asked.startswith("/me/accounts")]
    assert len(accounts) >= 1
    assert any(asked.startswith("/17841?") for _, asked in api.asked)


def test_pages_that_never_end_do_end(api, run, tmp_path):
    api.part = lambda posts, after, size: {"data": posts[:1], "paging": {"cursors": {"after": "same"}}}
    run(users="ada")
    assert len(api.asked) == 2
    fresh = iter(range(10**6))
    api.part = lambda posts, after, size: {"data": [post(next(fresh))], "paging": {"cursors": {"after": "more"}}}
    run("--max-pages", "5", users="bob", out="other")
    assert len(table(tmp_path / "other/posts.csv")) == 5
    assert table(tmp_path / "other/failed.csv")[0]["why"] == "has more than 5 pages; those are kept"


def test_with_pictures(api, run, server, tmp_path, picture):
    server.routes["/5.jpg"] = send(picture(5))
    server.routes["/4.jpg"] = server.routes["/5.jpg"]
    server.routes["/3.jpg"] = lambda request: web.Response(status=403)
    posts = [post(n, media_url=f"{server.url}/{n}.jpg") for n in (5, 4, 3)]
    api.users = {"ada": [*posts, post(2, media_type="VIDEO", media_url=f"{server.url}/2.mp4"), post(1, media_url=None)]}
    run("--images", users="ada")
    rows = table(tmp_path / "me/posts.csv")
    images = [row["image"] for row in rows]
    assert images[:3] == ["", "", ""]
    assert images[3] == images[4] != ""
    assert (tmp_path / "me" / images[3]).read_bytes() == picture(5)
    assert [row["is_video"] for row in rows] == ["False", "True", "False", "False", "False"]
    failures = [(row["kind"], row["why"]) for row in table(tmp_path / "me/failed.csv")]
    assert failures == [("image", "the server answers 403")]
    assert server.count("/2.mp4") == 0
    raw, _ = read_posts(tmp_path / "me", "table", root=tmp_path)
    assert raw["image"].tolist()[4] == f"me/{images[4]}"


def test_a_picture_whose_file_is_gone_is_fetched_again(api, run, server, tmp_path, picture):
    for name in ("5", "4", "4-new"):
        server.routes[f"/{name}.jpg"] = send(picture(int(name[0])))
    api.users = {"ada": [post(n, media_url=f"{server.url}/{n}.jpg") for n in (5, 4)]}
    run("--images", users="ada")
    rows = table(tmp_path / "me/posts.csv")
    shutil.rmtree(tmp_path / "me/images")
    run("--images", users="ada")
    assert table(tmp_path / "me/posts.csv") == rows
    assert all((tmp_path / "me" / row["image"]).is_file() for row in rows)
    shutil.rmtree(tmp_path / "me/images")
    server.routes["/5.jpg"] = lambda request: web.Response(status=403)
    api.users["ada"][1]["media_url"] = f"{server.url}/4-new.jpg"
    run("--images", "--again", users="ada")
    assert [row["image"] for row in table(tmp_path / "me/posts.csv")] == [rows[0]["image"], ""]
    assert (tmp_path / "me" / rows[0]["image"]).is_file()
    assert [row["why"] for row in table(tmp_path / "me/failed.csv")] == ["the server answers 403"]
    assert server.count("/4.jpg") == 2  # not at the address that the post no longer has


def test_nothing_asked_or_no_token_is_one_line(run, tmp_path):
    assert "give --hashtag or --users" in run(users="", status=2).output
    assert "holds no access token" in run(tokens="", status=1).output
    assert "hashtag 'a b': is none" in run("--hashtag", "a b", status=1).output
    assert "--since soon: is no date" in run("--since", "soon", status=1).output
    result = run("--users", str(tmp_path / "none.txt"), status=1)
    assert result.output.strip().endswith("none.txt: No such file or directory")


def test_the_service_address_is_only_for_tests(run, monkeypatch):
    from likeness_collect.cli import for_tests

    monkeypatch.setenv("LIKENESS_GRAPH_URL", "http://127.0.0.1:1")
    assert for_tests("LIKENESS_GRAPH_URL", False) == ""
    assert for_tests("LIKENESS_GRAPH_URL", True) == "http://127.0.0.1:1"


def answer(usage: str, body: bytes = b"") -> Answer:
    return Answer(400, httpx.Headers({"X-Business-Use-Case-Usage": usage}), body, len(body))


def test_the_end_of_a_rest_is_read_from_the_usage_header():
    three_minutes = answer('{"178": [{"estimated_time_to_regain_access": 3}]}', b'{"error": {"code": 4}}')
    assert regained(three_minutes) == 180
    with pytest.raises(TokenTired) as caught:
        read(three_minutes, Redactor([]))
    assert caught.value.seconds == 180
    for nonsense in ("", "[]", "3", '{"a": 3}', '{"a": [{"estimated_time_to_regain_access": "x"}]}'):
        assert regained(answer(nonsense)) == 0
