"""Which addresses may be fetched, and connections that go only where the check looked.

A name is resolved once, every address it resolves to is checked, and the connection is made to a checked address: a
name server that answers differently the second time (DNS rebinding) gains nothing. TLS still verifies the name.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore
import httpx

from likeness_collect.errors import Permanent, Unreachable

MAX_REDIRECTS = 5
MOST_ADDRESSES = 4  # of one name, tried in turn
# Metadata services at addresses that no rule for private ranges covers.
METADATA = frozenset({"169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"})
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Awaitable[list[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str | httpx.URL) -> httpx.URL:
    """Return the parsed address. Raises Permanent unless it is http(s), names a host and holds no password."""
    try:
        parsed = httpx.URL(url)
        port = parsed.port
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Permanent("is no web address") from error
    if parsed.scheme not in ("http", "https"):
        raise Permanent(f"only http and https are fetched, not {parsed.scheme[:20] or 'an address without a scheme'}")
    if not parsed.host:
        raise Permanent("the address names no host")
    if parsed.userinfo:
        raise Permanent("the address holds a user name or password")
    if port is not None and not 0 < port < 65536:
        raise Permanent("the address has no usable port")
    return parsed


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet.

    Loopback, private, shared, link-local, multicast, reserved and unspecified addresses and those of cloud metadata
    services are not, also where they are wrapped into IPv6 (mapped, compatible, 6to4, Teredo, NAT64).
    """
    bare = address.partition("%")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return False
    found: list[Address | None] = [parsed]
    if isinstance(parsed, ipaddress.IPv6Address):  # and the IPv4 addresses that it leads to
        found += [parsed.ipv4_mapped, parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in NAT64 or int(parsed) >> 32 == 0:
            found.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    return bare not in METADATA and all(_is_global(one) for one in found if one is not None)


def _is_global(address: Address) -> bool:
    special = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    return address.is_global and not special and not address.is_unspecified and str(address) not in METADATA


async def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to addresses that were checked a moment before, and to no other."""

    def __init__(self, allow_private: bool = False, resolver: Resolve = resolve) -> None:
        self._allow_private = allow_private
        self._resolver = resolver
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                          socket_options: Iterable[Any] | None = None) -> httpcore.AsyncNetworkStream:  # fmt: skip
        """Resolve, check, connect. Raises Permanent for an address that is not public, Unreachable for none."""
        failure: Exception = Unreachable(f"no address is known for {host}")
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolver(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise failure from error
        if not self._allow_private and (inner := [one for one in addresses if not is_public(one)]):
            raise Permanent(f"{host} is {inner[0]}, which is no public address")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Pause, as the interface wants it."""
        await asyncio.sleep(seconds)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx over one connection at a time that goes only to checked addresses; proxies are not used."""

    def __init__(self, context: ssl.SSLContext, backend: CheckedBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx has no argument for the network backend, and its pool costs time quadratic in its connections:
        # so one small pool a lane, many lanes (fetch.py).
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=1,
            max_keepalive_connections=1,
            keepalive_expiry=30.0,
            network_backend=backend,
        )
