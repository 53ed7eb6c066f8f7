"""A quick server in a process of its own: accounts in the Graph API's words, small pictures, and a log of it all.

`python load_server.py` says its port on stdout; on SIGTERM it writes what it was asked into an .npz file.
"""

import argparse
import asyncio
import io
import json
import random
import re
import signal
import subprocess
import sys
import time
from array import array
from contextlib import suppress
from pathlib import Path

import numpy as np
from aiohttp import web
from PIL import Image

ASKED = re.compile(r"business_discovery\.username\(user(\d+)\)\{.*?media(?:\.after\(c(\d)\))?\.limit")
PAGE = 2  # posts
TROUBLES = ("500", "503", "429", "no JSON", "cut off", "reset", "stalled")
TROUBLE_WEIGHTS = (30, 10, 25, 15, 10, 9.5, 0.5)


def posts_of(account: int) -> int:
    """Return how many posts an account has: 1, but 3 (two pages) for every tenth and none for every tenth."""
    return {0: 3, 5: 0}.get(account % 10, 1)


def post_id(account: int, number: int) -> str:
    """Return the id of an account's post."""
    return f"179{account:07d}{number}"


def likes_of(account: int, number: int) -> int:
    """Return how often a post is liked."""
    return (account * 31 + number * 7) % 9973


def followers_of(account: int) -> int:
    """Return how many follow an account."""
    return account * 7919 % 1_000_003


def page(account: int, begin: int) -> bytes:
    """Return an account's answer with its posts from `begin`, newest first."""
    last = posts_of(account)
    posts = [
        {
            "id": post_id(account, number),
            "caption": f"Number {number} of {account} #me with @user{account + 1}",
            "media_type": "IMAGE",
            "media_url": f"https://cdn.test/{account}/{number}.jpg",
            "permalink": f"https://www.instagram.com/p/C{account:07d}x{number}/",
            "timestamp": f"2026-01-{28 - number:02d}T10:00:00+0000",
            "like_count": likes_of(account, number),
        }
        for number in range(begin, min(begin + PAGE, last))
    ]
    media: dict[str, object] = {"data": posts}
    if begin + PAGE < last:
        media["paging"] = {"cursors": {"after": f"c{begin + PAGE}"}}
    found = {"username": f"user{account}", "followers_count": followers_of(account), "media_count": last, "id": "17"}
    return json.dumps({"business_discovery": found | {"media": media}, "id": "1"}).encode()


def picture(number: int) -> bytes:
    """Return a small JPEG, unlike every other."""
    stream = io.BytesIO()
    colour = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", (48, 32), colour).save(stream, "JPEG", comment=f"picture {number}".encode())
    return stream.getvalue()


class Server:
    """Answers after `wait` seconds; a share `failing` of the answers is wrong in a way that passes."""

    def __init__(self, pictures: int, wait: float, failing: float) -> None:
        self.pictures = [picture(number) for number in range(pictures)]
        self.wait, self.failing, self.lots = wait, failing, random.Random(7)
        self.at, self.token, self.what, self.outcome = array("d"), array("h"), array("q"), array("b")
        self.tokens: dict[str, int] = {}

    async def account(self, request: web.Request) -> web.StreamResponse:
        """Answer a question about an account."""
        token = self.tokens.setdefault(request.headers.get("Authorization", ""), len(self.tokens))
        number, after = ASKED.search(request.query["fields"]).groups()
        account, begin = int(number), int(after or 0)
        return await self.answer(request, token, 10 * account + begin, page(account, begin), "application/json")

    async def one_picture(self, request: web.Request) -> web.StreamResponse:
        """Answer with a picture."""
        number = int(request.match_info["number"])
        return await self.answer(request, -1, number, self.pictures[number % len(self.pictures)], "image/jpeg")

    async def answer(
        self, request: web.Request, token: int, what: int, body: bytes, content_type: str
    ) -> web.StreamResponse:
        """Log a request when it comes, wait, and answer, or not."""
        trouble = ""
        if self.lots.random() < self.failing:
            trouble = self.lots.choices(TROUBLES, TROUBLE_WEIGHTS)[0]
        for column, value in zip(
            (self.at, self.token, self.what, self.outcome), (time.time(), token, what, bool(trouble)), strict=True
        ):
            column.append(value)
        await asyncio.sleep(self.wait)
        if not trouble:
            return web.Response(body=body, content_type=content_type)
        with suppress(ConnectionError):  # whoever asked was killed
            return await self.wrong(request, trouble, body)
        return web.Response()

    async def wrong(self, request: web.Request, trouble: str, body: bytes) -> web.StreamResponse:
        """Return an answer that is of no use."""
        if trouble in ("500", "503"):
            return web.Response(status=int(trouble), text="sorry")
        if trouble == "429":
            return web.Response(status=429, headers={"Retry-After": "0.05"})
        if trouble == "no JSON":  # of a picture: its first half, as if that were all
            return web.Response(body=body[: len(body) // 2], content_type="image/jpeg")
        if trouble == "reset":
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        response = web.StreamResponse(headers={"Content-Length": str(len(body)), "Content-Type": "image/jpeg"})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if trouble == "stalled":
            await asyncio.sleep(3600)
        if request.transport is not None:
            request.transport.close()
        return response

    async def run(self, log: Path) -> None:
        """Serve until SIGTERM, then write the log."""
        app = web.Application()
        app.router.add_get("/picture/{number}", self.one_picture)
        app.router.add_get("/{tail:.*}", self.account)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        print(site._server.sockets[0].getsockname()[1], flush=True)
        done = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
        await done.wait()
        columns = {name: np.asarray(getattr(self, name)) for name in ("at", "token", "what", "outcome")}
        np.savez(log, **columns)


class LoadServer:
    """The server as a process. Use as `with`; afterwards `log` is {"at", "token", "what", "outcome"}: arrays (n,).

    at: [s] when a request came. token: which, -1 for pictures. what: 10 * account + first post, or picture.
    outcome: 0 for a good answer.
    """

    def __init__(self, log: Path, *, pictures: int = 1, wait: float = 0.01, failing: float = 0.0) -> None:
        self._file = log
        options = {"pictures": pictures, "wait": wait, "failing": failing}
        self._words = [sys.executable, __file__, str(log), *(f"--{name}={value}" for name, value in options.items())]
        self.log: dict[str, np.ndarray] = {}

    def __enter__(self) -> "LoadServer":
        self._process = subprocess.Popen(self._words, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)
        with np.load(self._file) as log:
            self.log = {name: log[name] for name in log.files}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--pictures", type=int)
    parser.add_argument("--wait", type=float)
    parser.add_argument("--failing", type=float)
    given = parser.parse_args()
    asyncio.run(Server(given.pictures, given.wait, given.failing).run(given.log))
