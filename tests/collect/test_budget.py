"""The budget: counted by hand, across restarts, threads and processes, and seen from the service's side."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from likeness_collect.budget import MARGIN, Budget, budget_file
from likeness_collect.errors import BudgetSpent, CollectError
from likeness_collect.tokens import Token, TokenPool


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(tmp_path, clock):
    def budget(per_hour: int = 3, **more) -> Budget:
        return Budget(tmp_path / "b.sqlite", **{"per_hour": per_hour, "deadline": 60.0, "clock": clock, **more})

    return budget


def test_a_token_gets_its_budget_and_no_more(make):
    budget = make()
    assert budget.charge(["a"], 2) == ["a", "a"]
    assert budget.charge(["a"], 2) == ["a"]
    assert budget.charge(["a"], 2) == []


def test_tokens_have_budgets_of_their_own(make):
    budget = make()
    assert sorted(budget.charge(["a", "b"], 5)) == ["a", "a", "a", "b", "b"]
    assert budget.charge(["a", "b"], 5) == ["b"]


def test_the_window_slides(make, clock):
    budget = make()
    kept = 3600 + 60 + MARGIN
    budget.charge(["a"], 1)
    clock.now += 100
    budget.charge(["a"], 2)
    clock.now += kept - 100 - 1
    assert budget.charge(["a"], 3) == []
    clock.now += 2  # the first charge is out of the window, the other two are not
    assert budget.charge(["a"], 3) == ["a"]


def test_a_restart_forgets_nothing(make):
    make().charge(["a"], 2)
    assert make().charge(["a"], 2) == ["a"]


def test_a_clock_that_goes_back_gives_nothing_away(make, clock):
    budget = make()
    budget.charge(["a"], 3)
    clock.now -= 10_000
    assert budget.charge(["a"], 1) == []


def test_a_token_rests_also_after_a_restart(make, clock):
    make().rest("a", 50)
    budget = make()
    assert budget.charge(["a", "b"], 1) == ["b"]
    assert budget.seconds_until_free(["a"]) == 50
    clock.now += 51
    assert budget.charge(["a"], 1) == ["a"]


def test_how_long_it_takes(make, clock):
    budget = make()
    assert budget.seconds_until_free(["a"]) == 0
    budget.charge(["a"], 3)
    clock.now += 65
    assert budget.seconds_until_free(["a"]) == 3600 + 60 + MARGIN - 65
    assert budget.seconds_until_free(["a", "b"]) == 0


def test_a_token_is_charged_under_a_keyed_hash(make, tmp_path):
    name = make().name("EAAsecretsecret")
    make().charge([name], 1)
    assert make().name("EAAsecretsecret") == name
    assert make().name("EAAsecretsecreT") != name
    for file in tmp_path.iterdir():
        if file.is_file():
            assert b"EAAsecret" not in file.read_bytes()
    assert (tmp_path / "b.key").stat().st_mode & 0o077 == 0


PROCESS = """
import sys, time
from pathlib import Path
from likeness_collect.budget import Budget
budget = Budget(Path(sys.argv[1]), per_hour=100)
print(sum(len(budget.charge(["a"], 1)) for _ in range(90)))
"""


def test_two_processes_share_one_budget(tmp_path):
    both = [
        subprocess.Popen([sys.executable, "-c", PROCESS, tmp_path / "b.sqlite"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    got = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(got) == 100


def pool_of(budget: Budget, *secrets: str, **more) -> TokenPool:
    return TokenPool(budget, [Token(secret) for secret in secrets], **more)


def test_many_ask_at_once_and_all_get_what_there_is(make):
    async def ask() -> list[object]:
        async with pool_of(make(10), "first-token", "second-token", wait=False) as pool:
            return await asyncio.gather(*(pool.take() for _ in range(25)), return_exceptions=True)

    got = asyncio.run(ask())
    tokens = [one for one in got if isinstance(one, Token)]
    assert len(tokens) == 20
    assert {token.secret: tokens.count(token) for token in tokens} == {"first-token": 10, "second-token": 10}
    assert all(isinstance(one, BudgetSpent) for one in got if not isinstance(one, Token))


def test_whoever_waits_is_served_in_the_next_hour(tmp_path):
    budget = Budget(tmp_path / "b.sqlite", per_hour=2, window=0.3, deadline=-MARGIN + 0.1)
    times = []

    async def ask() -> None:
        async with pool_of(budget, "first-token") as pool:
            for _ in range(5):
                await pool.take()
                times.append(time.time())

    asyncio.run(ask())
    assert all(later - earlier > 0.3 for earlier, later in zip(times, times[2:], strict=False))


def test_a_token_that_is_set_aside_is_not_handed_out(make):
    said = []

    async def ask() -> None:
        async with pool_of(make(5), "first-token", "second-token", say=said.append) as pool:
            first = await pool.take()
            pool.set_aside(first, "190: expired")
            assert all([(await pool.take()) is not first for _ in range(5)])
            with pytest.raises(CollectError, match="no access token can be used: 10: no permission; 190: expired"):
                pool.set_aside(await take_other(pool, first), "10: no permission")

    async def take_other(pool: TokenPool, first: Token) -> Token:
        return next(token for token in pool._live.values() if token is not first)

    asyncio.run(ask())
    assert said[0] == "a token is set aside: 190: expired; 1 left"


def test_where_budgets_are_kept(monkeypatch, tmp_path):
    monkeypatch.delenv("LIKENESS_BUDGET")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert budget_file() == tmp_path / "likeness/budget.sqlite"
    monkeypatch.setenv("LIKENESS_BUDGET", "/else/where.sqlite")
    assert str(budget_file()) == "/else/where.sqlite"


def test_the_file_is_closed_after_a_charge_that_is_on_its_way(tmp_path):
    """A cancelled run closes its budget while a thread may still charge; SQLite would crash the process."""
    inside, go_on = threading.Event(), threading.Event()

    def clock() -> float:
        inside.set()
        assert go_on.wait(10)
        return 0.0

    budget, granted = Budget(tmp_path / "b.sqlite", clock=clock), []
    charging = threading.Thread(target=lambda: granted.extend(budget.charge(["a"], 2)))
    charging.start()
    assert inside.wait(10)
    closing = threading.Thread(target=budget.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()
    go_on.set()
    charging.join(10)
    closing.join(10)
    assert granted == ["a", "a"]
