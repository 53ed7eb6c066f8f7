"""A server on loopback for the tests, in a thread of its own: routes are plain functions, every request is logged."""

import asyncio
import threading
import time
from collections.abc import Callable

from aiohttp import web


class Loopback:
    """Use as `with Loopback() as server`; `server.routes[path]` is a function (or coroutine) of the request."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[web.Request], web.StreamResponse]] = {}
        self.default: Callable[[web.Request], web.StreamResponse] = lambda request: web.Response(status=404)
        self.log: list[tuple[float, str, dict[str, str]]] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.log.append((time.time(), request.path_qs, dict(request.headers)))
        answer = self.routes.get(request.path, self.default)(request)
        return await answer if asyncio.iscoroutine(answer) else answer

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ready.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._loop.run_forever()

    def __enter__(self) -> "Loopback":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.partition("?")[0] == path for _, asked, _ in self.log)


def in_turn(*answers: Callable[[], web.StreamResponse]) -> Callable[[web.Request], web.StreamResponse]:
    """Return a route that gives these answers one after the other, and the last for ever."""
    left = list(answers)

    def route(request: web.Request) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])()

    return route
