"""Which addresses are refused, and that the connection goes where the check looked."""

import asyncio

import pytest

from likeness_collect.addresses import CheckedBackend, CheckedTransport, check_url, is_public
from likeness_collect.errors import Permanent, Unreachable
from likeness_collect.fetch import Fetcher, Limits, ssl_context

INNER = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.1.1",
    "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::",
    "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:0:7f00:1::", "2001:db8::1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.1.1", "2606:4700::1111"])
def test_public_addresses_are_not(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/a", "only http and https are fetched, not ftp"),
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("javascript:alert(1)", "only http and https"),
        ("//example.org/a", "an address without a scheme"),
        ("images/a.jpg", "an address without a scheme"),
        ("http:///a", "names no host"),
        ("http://ada:secret@example.org/", "holds a user name or password"),
        ("http://example.org:99999/", "no usable port"),
        ("http://exa mple.org\x00/", "is no web address"),
    ],
)
def test_other_addresses_are_no_web_addresses(url, why):
    with pytest.raises(Permanent, match=why) as caught:
        check_url(url)
    assert "secret" not in str(caught.value)


def connect(backend: CheckedBackend, host: str, port: int = 80) -> object:
    return asyncio.run(backend.connect_tcp(host, port, timeout=5))


def resolver(*answers: list[str]):
    """Return a name server that gives these answers in turn, and the list of what it was asked."""
    left, asked = list(answers), []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_name_with_an_inner_address_is_refused(addresses):
    resolve, _ = resolver(addresses)
    with pytest.raises(Permanent, match=r"rebind\.test is .*, which is no public address"):
        connect(CheckedBackend(resolver=resolve), "rebind.test")


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]"])
def test_odd_spellings_of_this_machine_are_refused(host, server):
    async def ask() -> None:
        async with Fetcher(workers=1, limits=Limits(attempts=1)) as fetcher:
            await fetcher.get(f"http://{host}:{server.port}/")

    with pytest.raises((Permanent, Unreachable)):
        asyncio.run(ask())
    assert server.log == []


def test_a_name_that_resolves_otherwise_the_second_time_gains_nothing(server):
    """Rebinding: the check and the connection are one look-up."""
    resolve, asked = resolver(["93.184.215.14"], ["127.0.0.1"])
    tried = []

    class Watched(CheckedBackend):
        def __init__(self) -> None:
            super().__init__(resolver=resolve)
            self._backend = self

        async def connect_tcp(self, host, port, *rest, **more):
            if host == "rebind.test":
                return await super().connect_tcp(host, port, *rest, **more)
            tried.append(host)
            raise Unreachable("watched")

    with pytest.raises(Unreachable):
        connect(Watched(), "rebind.test", server.port)
    assert (asked, tried) == (["rebind.test"], ["93.184.215.14"])
    assert server.log == []


def test_host_and_path_stay_those_of_the_address(server):
    resolve, _ = resolver(["127.0.0.1"])
    from aiohttp import web

    server.routes["/a"] = lambda request: web.Response(text=request.host)

    async def ask() -> bytes:
        fetcher = Fetcher(workers=1, limits=Limits(attempts=1), allow_private=True)
        fetcher._backend = CheckedBackend(allow_private=True, resolver=resolve)
        async with fetcher:
            return (await fetcher.get(f"http://museum.test:{server.port}/a")).body

    assert asyncio.run(ask()) == f"museum.test:{server.port}".encode()


def test_the_transport_uses_our_backend_and_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    backend = CheckedBackend()
    transport = CheckedTransport(ssl_context(), backend)
    assert transport._pool._network_backend is backend
    assert type(transport._pool).__name__ == "AsyncConnectionPool"


def test_an_unknown_name_is_unreachable():
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(Unreachable, match=r"no address is known for nowhere\.test"):
        connect(CheckedBackend(resolver=resolve), "nowhere.test")
