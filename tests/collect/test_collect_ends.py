"""However a run ends, nothing is lost and the same command goes on (test_collect_load.py kills runs)."""

import asyncio
import random
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import load_run
import pytest
from aiohttp import web
from collected import tree
from graph_server import GraphServer, error, post

from likeness_collect.store import Store


def flaky(route, share: float = 0.1):
    """Let a share of the answers fail, in all the ways that pass, as a function of how often was asked."""
    lots = random.Random(7)

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.005)
        lot = lots.random() / share
        if lot < 0.4:
            return web.Response(status=500)
        if lot < 0.7:
            return web.Response(status=429, headers={"Retry-After": "0"})
        if lot < 1:
            response = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "application/json"})
            await response.prepare(request)
            await response.write(b"{")
            request.transport.close()
            return response
        return route(request)

    return answer


start = partial(load_run.start, errors=subprocess.PIPE)


def run(words: list[object], environment: dict[str, str]) -> str:
    process = start(words, environment)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    return said


def begun(out: Path, jobs: int) -> None:
    """Wait until a run has committed so many jobs."""
    for _ in range(1000):
        if load_run.done(out) >= jobs:
            return
        time.sleep(0.02)
    raise AssertionError("the run did not get so far")


@pytest.fixture
def pictures(server, tmp_path, picture):
    """400 addresses of 200 pictures, and how to collect them into a folder."""
    bodies = [picture(number % 200, size=(20 + number % 7, 20)) for number in range(200)]

    def route(request: web.Request) -> web.Response:
        return web.Response(body=bodies[int(request.path[1:]) % 200], content_type="image/jpeg")

    server.default = flaky(route)
    (tmp_path / "t.csv").write_text("url\n" + "".join(f"{server.url}/{number}\n" for number in range(400)))

    def words(out: str) -> list[object]:
        return ["images", tmp_path / "t.csv", "--url-column", "url", "--out", tmp_path / out,
                "--allow-private", "--workers", "8", "--attempts", "12"]  # fmt: skip

    return words


@pytest.mark.slow
def test_pictures_after_kills_are_those_of_a_quiet_run(pictures, tmp_path, server):
    """Several addresses show one picture."""
    run(pictures("quiet"), {})
    assert len(server.log) > 400
    for done in (1, 60, 150):
        process = start(pictures("killed"), {})
        begun(tmp_path / "killed", done)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert "400 pictures of 400 rows" in run(pictures("killed"), {})
    assert tree(tmp_path / "killed") == tree(tmp_path / "quiet")
    assert len(tree(tmp_path / "quiet")) == 202


@pytest.mark.slow
def test_accounts_after_kills_are_those_of_a_quiet_run(server, tmp_path):
    users = {f"user{number}": [post(10 * number + k) for k in range(number % 5)] for number in range(300)}
    server.default = flaky(GraphServer(users=users))
    (tmp_path / "users.txt").write_text("\n".join(users))
    environment = {
        "LIKENESS_INSTAGRAM_TOKENS": "1:EAA-token-one,2:EAA-token-two",
        "LIKENESS_GRAPH_URL": server.url,
        "LIKENESS_COLLECTED_AT": "2026-02-01",
    }

    def words(out: str) -> list[object]:
        return ["instagram", "--users", tmp_path / "users.txt", "--out", tmp_path / out, "--keep-names",
                "--allow-private", "--workers", "8", "--attempts", "12", "--budget", 10_000]  # fmt: skip

    run(words("quiet"), environment)
    for done in (1, 80, 160):
        process = start(words("killed"), environment)
        begun(tmp_path / "killed", done)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert f"{sum(map(len, users.values()))} posts and 300 accounts" in run(words("killed"), environment)
    assert tree(tmp_path / "killed") == tree(tmp_path / "quiet")


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_cleanly(pictures, tmp_path, signal_):
    process = start(pictures("out"), {})
    begun(tmp_path / "out", 20)
    process.send_signal(signal_)
    said, wrong = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")
    assert wrong == "likeness: interrupted; what was collected is kept, and the same command continues\n"
    assert not (tmp_path / "out/images.csv").exists()
    with Store(tmp_path / "out") as store:
        count = store.count(["image"])
    assert count["done"] >= 20
    assert count["failed"] == 0


def test_a_second_run_into_the_same_folder_is_refused(pictures, tmp_path):
    with Store(tmp_path / "out"):
        second = start(pictures("out"), {})
        assert "another run is collecting into it" in second.communicate(timeout=30)[1]
    assert second.returncode == 1


def test_the_service_never_sees_more_than_the_budget(server, tmp_path):
    """By the server's own log: in no window more requests of a token than its budget, over kills and two folders."""
    users = {f"user{number}": [post(number)] for number in range(40)}
    server.default = flaky(GraphServer(users=users), share=0.2)
    (tmp_path / "users.txt").write_text("\n".join(users))
    window, budget = 1.0, 15
    environment = {
        "LIKENESS_INSTAGRAM_TOKENS": "1:EAA-token-one,2:EAA-token-two",
        "LIKENESS_GRAPH_URL": server.url,
        "LIKENESS_WINDOW_SECONDS": str(window - 4.5),  # the margin for requests under way adds 5 s and the deadline
    }

    def words(out: str) -> list[object]:
        return ["instagram", "--users", tmp_path / "users.txt", "--out", tmp_path / out, "--allow-private",
                "--workers", "8", "--attempts", "12", "--budget", budget, "--deadline", "0.5"]  # fmt: skip

    killed = start(words("first"), environment)
    begun(tmp_path / "first", 5)
    killed.kill()
    killed.wait()
    both = [start(words(out), environment) for out in ("first", "second")]
    assert [one.wait(timeout=100) for one in both] == [0, 0]
    for token in ("EAA-token-one", "EAA-token-two"):
        times = sorted(moment for moment, _, headers in server.log if headers["Authorization"] == f"Bearer {token}")
        assert len(times) > 2 * budget
        most = max(sum(begin <= moment < begin + window for moment in times) for begin in times)
        assert most <= budget


def test_an_expired_token_in_the_middle_loses_nothing(server, tmp_path):
    users = {f"user{number}": [post(number)] for number in range(100)}
    api = GraphServer(users=users)
    api.before = lambda request, token: error(190) if token == "EAA-token-one" and len(api.asked) > 40 else None
    server.default = api
    (tmp_path / "users.txt").write_text("\n".join(users))
    environment = {"LIKENESS_INSTAGRAM_TOKENS": "1:EAA-token-one,2:EAA-token-two", "LIKENESS_GRAPH_URL": server.url}
    words = ["instagram", "--users", tmp_path / "users.txt", "--out", tmp_path / "me", "--allow-private"]
    assert "100 posts and 100 accounts" in run(words, environment)
