"""What a server's answer means: all well, try again (and when), or give up."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from likeness_collect.errors import Permanent, Transient, Unreachable

TRY_AGAIN = frozenset({408, 425, 429})


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


def seconds_to_wait(value: str | None, now: datetime | None = None) -> float:
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
        seconds = (when - (now or datetime.now(UTC))).total_seconds()
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
