"""One GET against a server that does everything wrong."""

import asyncio
import gzip
import io
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from loopback import in_turn

from likeness_collect.answers import seconds_to_wait
from likeness_collect.errors import Permanent, Transient, Unreachable
from likeness_collect.fetch import Answer, Fetcher, Limits

QUICK = Limits(deadline=5, read=2, max_bytes=100_000, attempts=4, backoff=0.01)


def get(url: str, limits: Limits = QUICK, *, allow_private: bool = True, **more) -> Answer:
    async def ask() -> Answer:
        async with Fetcher(workers=2, limits=limits, allow_private=allow_private) as fetcher:
            return await fetcher.get(url, **more)

    return asyncio.run(ask())


def get_many(server, count: int, **options) -> None:
    async def ask() -> None:
        async with Fetcher(limits=QUICK, allow_private=True, **options) as fetcher:
            await asyncio.gather(*(fetcher.get(f"{server.url}/{number}") for number in range(count)))

    asyncio.run(ask())


def text(body: str = "well", **more) -> web.Response:
    return web.Response(text=body, **more)


def test_a_plain_answer(server):
    server.routes["/a"] = lambda request: text("hello")
    answer = get(f"{server.url}/a?b=c")
    assert (answer.status, answer.body, answer.size) == (200, b"hello", 5)
    _, asked, headers = server.log[0]
    assert asked == "/a?b=c"
    assert headers["User-Agent"].startswith("likeness/")
    assert "research" in headers["User-Agent"]


def test_the_contact_is_named_where_it_is_set(server, monkeypatch):
    monkeypatch.setenv("LIKENESS_CONTACT", "ada@example.org\nX-Evil: 1")
    server.routes["/"] = lambda request: text()
    get(server.url)
    headers = server.log[0][2]
    assert "ada@example.org X-Evil: 1" in headers["User-Agent"]
    assert "X-Evil" not in headers


@pytest.mark.parametrize("status", [429, 500, 502, 503, 408])
def test_passing_failures_are_tried_again(server, status):
    server.routes["/"] = in_turn(lambda: text(status=status), lambda: text(status=status), text)
    assert get(server.url).body == b"well"
    assert len(server.log) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_lasting_failures_are_not(server, status):
    server.routes["/"] = lambda request: text(status=status)
    with pytest.raises(Permanent, match=f"the server answers {status}"):
        get(server.url)
    assert len(server.log) == 1


def test_it_gives_up_after_the_last_attempt(server):
    server.routes["/"] = lambda request: text(status=500)
    with pytest.raises(Transient, match="the server answers 500"):
        get(server.url)
    assert len(server.log) == 4


def test_retry_after_is_heeded_and_capped(server):
    server.routes["/"] = in_turn(lambda: text(status=429, headers={"Retry-After": "0.4"}), text)
    begun = time.monotonic()
    get(server.url)
    assert time.monotonic() - begun >= 0.4
    server.routes["/"] = in_turn(lambda: text(status=503, headers={"Retry-After": "9999"}), text)
    begun = time.monotonic()
    get(server.url, Limits(**{**QUICK.__dict__, "retry_after": 0.2}))
    assert 0.2 <= time.monotonic() - begun < 5


def test_retry_after_is_read_in_both_forms():
    assert seconds_to_wait("120") == 120
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert seconds_to_wait(later) == pytest.approx(90, abs=2)
    for nonsense in ("Thu, 01 Jan 2026 00:01:30 GMT", "", None, "-3", "nan", "inf", "soon", "Thu, 99 Foo", "\ud800"):
        assert seconds_to_wait(nonsense) == 0


def test_a_body_that_is_cut_off_is_fetched_again(server):
    async def cut(request: web.Request) -> web.StreamResponse:
        if len(server.log) > 1:
            return text("x" * 1000)
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 300)
        request.transport.close()
        return response

    server.routes["/"] = cut
    assert get(server.url).size == 1000
    assert len(server.log) == 2


def endless(content: bytes, pause: float = 0.0, status: int = 200):
    async def route(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        while True:
            await response.write(content)
            await asyncio.sleep(pause)

    return route


def test_an_endless_body_ends_at_the_limit(server):
    server.routes["/"] = endless(b"x" * 10_000)
    with pytest.raises(Permanent, match="is larger than 100000 bytes"):
        get(server.url)
    assert len(server.log) == 1


def test_a_declared_size_above_the_limit_is_not_read(server):
    server.routes["/"] = lambda request: web.Response(body=b"x" * 100_001)
    with pytest.raises(Permanent, match="is larger than 100000 bytes"):
        get(server.url)


def test_an_endless_error_page_ends_too(server):
    server.routes["/"] = endless(b"x" * 10_000, status=404)
    with pytest.raises(Permanent, match="larger than 65536"):
        get(server.url)


def test_a_dripping_body_meets_the_deadline(server):
    server.routes["/"] = endless(b"x", pause=0.05)
    begun = time.monotonic()
    with pytest.raises(Transient, match=r"no complete answer within 0\.5 s"):
        get(server.url, Limits(deadline=0.5, read=0.3, attempts=2, backoff=0.01))
    assert time.monotonic() - begun < 3


def test_a_silent_server_meets_the_read_deadline(server):
    async def route(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(5)
        return text()

    server.routes["/"] = route
    with pytest.raises(Transient, match="no bytes came in time"):
        get(server.url, Limits(deadline=3, read=0.2, attempts=1))


def packed(content: bytes) -> web.Response:
    return web.Response(body=gzip.compress(content), headers={"Content-Encoding": "gzip"})


def test_a_packed_body_is_unpacked(server):
    server.routes["/"] = lambda request: packed(b"y" * 50_000)
    assert get(server.url).body == b"y" * 50_000


def test_a_bomb_is_stopped_by_its_unpacked_size(server):
    server.routes["/"] = lambda request: packed(bytes(200_000_000))
    with pytest.raises(Permanent, match="is larger than 100000 bytes"):
        get(server.url)


def test_a_packed_body_that_is_cut_off_is_fetched_again(server):
    whole = gzip.compress(bytes(range(256)) * 20)
    half = web.Response
    server.routes["/"] = in_turn(
        lambda: half(body=whole[:-9], headers={"Content-Encoding": "gzip"}),
        lambda: half(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        lambda: half(body=whole, headers={"Content-Encoding": "gzip"}),
    )
    assert get(server.url).size == 5120
    assert len(server.log) == 3


def test_a_packing_that_was_not_asked_for_is_refused(server):
    server.routes["/"] = lambda request: web.Response(body=b"x", headers={"Content-Encoding": "br"})
    with pytest.raises(Permanent, match="packed as 'br'"):
        get(server.url)


def test_redirects_are_followed_five_times(server):
    for step in range(7):
        server.routes[f"/{step}"] = lambda request, step=step: text(status=302, headers={"Location": f"/{step + 1}"})
    server.routes["/7"] = lambda request: text("there")
    assert get(f"{server.url}/2").body == b"there"
    with pytest.raises(Permanent, match="redirected more than 5 times"):
        get(f"{server.url}/1")


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("http://u:p@example.org/", "user name or password"),
        ("http://[::1", "no web address"),
    ],
)
def test_redirects_to_other_schemes_are_refused(server, location, why):
    server.routes["/"] = lambda request: text(status=302, headers={"Location": location})
    with pytest.raises(Permanent, match=why):
        get(server.url)


@pytest.mark.parametrize(
    "inner", ["http://127.0.0.1:{port}/x", "http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/"]
)
def test_redirects_to_inner_addresses_are_refused(server, inner, monkeypatch):
    """The first host is let through by the test, the second is checked as all are."""
    from likeness_collect import addresses

    asked = []

    def once_public(address: str) -> bool:
        asked.append(address)
        return len(asked) == 1

    monkeypatch.setattr(addresses, "is_public", once_public)
    server.routes["/"] = lambda request: text(status=302, headers={"Location": inner.format(port=server.port)})
    server.routes["/x"] = lambda request: text("secret")

    with pytest.raises(Permanent, match="which is no public address"):
        get(f"http://localhost:{server.port}/", allow_private=False)
    assert server.count("/x") == 0


def test_no_connection_is_unreachable_and_soon_said():
    with pytest.raises(Unreachable, match=r"no connection to 127\.0\.0\.1"):
        get("http://127.0.0.1:9/", Limits(attempts=50, backoff=0.01))


def test_a_file_takes_only_the_last_attempt(server):
    server.routes["/"] = in_turn(lambda: text("first, and wrong"), lambda: text("second"))
    seen = []

    async def check(answer: Answer) -> None:
        seen.append(answer.size)
        if len(seen) == 1:
            raise Transient("not good enough")

    body = io.BytesIO()
    assert get(server.url, into=body, check=check).body == b""
    assert body.getvalue() == b"second"


def test_never_more_connections_than_workers(server):
    busy, most = 0, 0

    async def route(request: web.Request) -> web.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.02)
        busy -= 1
        return text()

    server.default = route
    get_many(server, 20, workers=3)
    assert (most, len(server.log)) == (3, 20)


def test_the_rate_is_kept(server):
    server.default = lambda request: text()
    get_many(server, 7, workers=5, rate=20)
    times = sorted(moment for moment, _, _ in server.log)
    assert times[-1] - times[0] >= 6 / 20 * 0.9
