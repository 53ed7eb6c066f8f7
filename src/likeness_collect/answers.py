"""What a server's answer means (all well, try again and when, or give up), and its body: counted as it arrives."""

import math
import zlib
from collections.abc import AsyncIterable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from likeness_collect.errors import Permanent, Transient, Unreachable

TRY_AGAIN = frozenset({408, 425, 429})
PIECE = 64 * 1024  # bytes that are unpacked at once
IDENTITY, GZIP = ("", "identity"), ("gzip", "x-gzip")


@dataclass(frozen=True)
class Answer:
    """status, headers and the unpacked body (b"" where it went into a file) of `size` bytes."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    size: int


def trouble(error: httpx.TransportError, host: str) -> Transient:
    """Return what a failed connection means, in one line without the address."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable(f"no connection to {host}: {' '.join(str(error).split()) or 'no answer in time'}")
    if isinstance(error, httpx.TimeoutException):
        return Transient("no bytes came in time")
    return Transient("the answer was cut off")


def require_ok(answer: Answer) -> None:
    """Raise Transient or Permanent unless the status is 2xx."""
    if 200 <= answer.status < 300:
        return
    if answer.status >= 500 or answer.status in TRY_AGAIN:
        raise Transient(f"the server answers {answer.status}", seconds_to_wait(answer.headers.get("Retry-After")))
    raise Permanent(f"the server answers {answer.status}")


def seconds_to_wait(value: str | None) -> float:
    """Return a Retry-After header, seconds or an HTTP date, as seconds from now; 0 for none or nonsense."""
    if not value:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            return 0.0
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


async def copy_body(raw: AsyncIterable[bytes], write: Callable[[bytes], object], encoding: str, limit: int) -> int:
    """Write an answer's body, unpacked, and return its size [bytes].

    encoding: the Content-Encoding; gzip and none are known, as nothing else was asked for.
    limit: most bytes, of the unpacked body. Raises Permanent above it and for another encoding, Transient for a body
    that is damaged or ends too early.
    """
    name = encoding.strip().lower()
    if name not in (*IDENTITY, *GZIP):
        raise Permanent(f"is packed as {name[:20]!r}, which was not asked for")
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16) if name in GZIP else None
    size, has_begun = 0, False
    async for chunk in raw:
        has_begun = has_begun or bool(chunk)
        for piece in (chunk,) if packed is None else unpacked(chunk, packed):
            size += len(piece)
            if size > limit:
                raise Permanent(f"is larger than {limit} bytes")
            write(piece)
    if packed is not None and has_begun and not packed.eof:  # of a body that is not packed, HTTP itself says so
        raise Transient("the answer was cut off")
    return size


def unpacked(chunk: bytes, packed: "zlib._Decompress") -> Iterator[bytes]:
    """Yield what a chunk unpacks to, at most PIECE bytes at once, so that a bomb is noticed in time."""
    while chunk and not packed.eof:
        try:
            piece = packed.decompress(chunk, PIECE)
        except zlib.error as error:
            raise Transient("the answer is damaged: it cannot be unpacked") from error
        chunk = packed.unconsumed_tail
        if piece:
            yield piece
