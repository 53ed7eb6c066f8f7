"""One safe GET: deadlines, a byte limit, checked redirects, retries that heed Retry-After, bounded connections."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import BinaryIO

import httpx
from aiolimiter import AsyncLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from likeness_collect.addresses import MAX_REDIRECTS, CheckedBackend, CheckedTransport, check_url
from likeness_collect.answers import Answer, copy_body, require_ok, trouble
from likeness_collect.errors import Permanent, Transient, Unreachable

CONTACT = "LIKENESS_CONTACT"  # a mail address or page by which a service can reach whoever collects
ERROR_BYTES = 64 * 1024  # of an answer that reports an error
FIRST_TRIES = 3  # while no server has answered yet: without a network, say so soon
LONGEST_PAUSE = 60.0  # [s] between attempts, unless the server asks for more
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Limits:
    """deadline, read: most seconds of one attempt, and of one wait for bytes. max_bytes: of an unpacked body.
    attempts: at most. backoff: [s] the first pause is random below twice it, later ones double.
    retry_after: the longest pause [s] that a server may ask for."""

    deadline: float = 60.0
    read: float = 20.0
    max_bytes: int = 20_000_000
    attempts: int = 8
    backoff: float = 0.5
    retry_after: float = 300.0


Check = Callable[[Answer], Awaitable[object]]


def user_agent() -> str:
    """Return who asks: the package, its purpose, and LIKENESS_CONTACT where it is set."""
    contact = " ".join(os.environ.get(CONTACT, "").split())
    return f"likeness/{version('likeness')} (research on photographs{'; ' + contact if contact else ''})"


class Fetcher:
    """A bounded number of connections; each lane keeps one alive. Use as `async with`."""

    def __init__(
        self, *, workers: int = 96, limits: Limits | None = None, allow_private: bool = False, rate: float = 0.0
    ) -> None:
        """workers: most connections open at once. rate: most requests per second, 0 for no limit."""
        self.limits = limits or Limits()
        self.reached = False  # whether any server has answered
        self._context = ssl_context()
        self._backend = CheckedBackend(allow_private)
        self._free = asyncio.Semaphore(workers)
        self._lanes: list[CheckedTransport] = []
        self._headers = {"User-Agent": user_agent(), "Accept-Encoding": "gzip", "Accept": "*/*"}
        # One at a time, evenly: a bucket that holds a second's worth would let a burst through.
        self._pace = AsyncLimiter(1, 1 / rate) if rate else None

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(self, *_: object) -> None:
        for lane in self._lanes:
            await lane.aclose()
        self._lanes.clear()

    async def get(self, url: str, *, into: BinaryIO | None = None, check: Check | None = None) -> Answer:
        """Fetch with retries; only answers with status 2xx are returned.

        into: an empty file that takes the body instead of `Answer.body`; emptied again before every attempt.
        check: judges the answer within the retries; may raise Transient or Permanent.
        Raises FetchError.
        """
        async for attempt in self.retrying():
            with attempt:
                answer = await self.once(url, into=into)
                require_ok(answer)
                if check is not None:
                    await check(answer)
                return answer
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def once(
        self,
        url: str,
        *,
        into: BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: int = MAX_REDIRECTS,
    ) -> Answer:
        """Send one request (and follow `redirects` at most) and return its answer, whatever its status.

        Raises Permanent for an address that may not be fetched, a body that is too large or too many redirects;
        Transient for everything that may go better next time.
        """
        target = check_url(url)
        if self._pace is not None:
            await self._pace.acquire()
        async with self._lane() as lane:
            try:
                async with asyncio.timeout(self.limits.deadline):
                    for _ in range(redirects + 1):
                        answer, location = await self._exchange(lane, target, headers or {}, into)
                        self.reached = True
                        if location is None or not redirects:
                            return answer
                        target = check_url(target.join(location))
            except TimeoutError as error:
                raise Transient(f"no complete answer within {self.limits.deadline:g} s") from error
            except httpx.InvalidURL as error:
                raise Permanent("is redirected to what is no web address") from error
            except httpx.TransportError as error:
                raise trouble(error, target.host) from error
        raise Permanent(f"is redirected more than {redirects} times")

    async def _exchange(
        self, lane: CheckedTransport, target: httpx.URL, headers: Mapping[str, str], into: BinaryIO | None
    ) -> tuple[Answer, str | None]:
        """Return the answer of one server and where it redirects to, if it does."""
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self.limits.read)
        request = httpx.Request("GET", target, headers={**self._headers, **headers}, extensions={"timeout": timeout})
        response = await lane.handle_async_request(request)
        try:
            keep = into is not None and 200 <= response.status_code < 300
            parts: list[bytes] = []
            if keep:
                into.seek(0)
                into.truncate()
            is_error = response.status_code >= 300
            limit = min(ERROR_BYTES, self.limits.max_bytes) if is_error else self.limits.max_bytes
            encoding = response.headers.get("Content-Encoding", "")
            declared = response.headers.get("Content-Length", "")
            if declared.isdecimal() and int(declared) > limit and not is_error:
                raise Permanent(f"is larger than {limit} bytes")
            size = await copy_body(response.stream, into.write if keep else parts.append, encoding, limit)
        finally:
            await response.aclose()
        location = response.headers.get("Location") if response.status_code in REDIRECTS else None
        return Answer(response.status_code, response.headers, b"".join(parts), size), location

    @asynccontextmanager
    async def _lane(self) -> AsyncIterator[CheckedTransport]:
        """Lend a connection; one on which anything went wrong is closed, not lent again."""
        async with self._free:
            lane = self._lanes.pop() if self._lanes else CheckedTransport(self._context, self._backend)
            try:
                yield lane
            except BaseException:
                await asyncio.shield(lane.aclose())
                raise
            self._lanes.append(lane)

    def retrying(self) -> AsyncRetrying:
        """Return tenacity's loop: jittered exponential pauses, or longer ones where the server asks for them."""
        return AsyncRetrying(
            stop=self._enough, wait=self._pause, retry=retry_if_exception_type(Transient), reraise=True
        )

    def _enough(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        is_cut_off = isinstance(error, Unreachable) and not self.reached and state.attempt_number >= FIRST_TRIES
        return is_cut_off or stop_after_attempt(self.limits.attempts)(state)

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, Transient) else 0.0
        jitter = wait_random_exponential(multiplier=self.limits.backoff, max=LONGEST_PAUSE)(state)
        return max(jitter, min(asked, self.limits.retry_after))


def ssl_context() -> ssl.SSLContext:
    """Return httpx's default: certificates are verified; made once, because that takes time."""
    return httpx.create_ssl_context(trust_env=False)
