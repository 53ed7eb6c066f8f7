"""A small Graph API: hashtags and accounts with posts in pages, and the errors of the real one."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

ASKED = re.compile(r"business_discovery\.username\(([^)]+)\)\{.*?media(?:\.after\((\w+)\))?\.limit\((\d+)\)")


def post(number: int, **changes) -> dict:
    """A post as the API describes it; number tells its day, its likes and its code."""
    return {
        "id": f"1790{number:06d}",
        "caption": f"Number {number} #me with @bob.b",
        "media_type": "IMAGE",
        "media_url": f"https://cdn.test/{number}.jpg",
        "permalink": f"https://www.instagram.com/p/Code{number:04d}/",
        "timestamp": f"2026-01-{number % 28 + 1:02d}T10:00:00+0000",
        "like_count": number,
    } | changes


def error(code: int, status: int = 400, message: str = "No", headers: dict | None = None, **more) -> web.Response:
    """An error of the API."""
    body = {"error": {"message": message, "type": "OAuthException", "code": code, **more}}
    return web.json_response(body, status=status, headers=headers)


class GraphServer:
    """Give it to `server.default`. users: {name: [posts]}, newest first. hashtags: {tag: [posts]}."""

    def __init__(
        self, users: dict[str, list[dict]] | None = None, hashtags: dict[str, list[dict]] | None = None
    ) -> None:
        self.users, self.hashtags = users or {}, hashtags or {}
        self.page = 2
        self.before = lambda request, token: None  # a test's troubles: an answer instead of the right one
        self.asked: list[tuple[str, str]] = []  # token, address

    def __call__(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked.append((token, request.path_qs))
        if (trouble := self.before(request, token)) is not None:
            return trouble
        query = {key: values[0] for key, values in parse_qs(urlsplit(request.path_qs).query).items()}
        if request.path == "/me/accounts":
            return web.json_response({"data": [{"id": "1", "instagram_business_account": {"id": "17841"}}]})
        if request.path == "/ig_hashtag_search":
            found = (
                {"data": [{"id": f"555{list(self.hashtags).index(query['q'])}"}]}
                if query["q"] in self.hashtags
                else None
            )
            return web.json_response(found) if found else error(24, error_subcode=2207024)
        if request.path.startswith("/555"):
            posts = list(self.hashtags.values())[int(request.path[4])]
            posts = posts if request.path.endswith("recent_media") else posts[:1]
            return web.json_response(self.part(posts, query.get("after", ""), 2))
        return self.account(query["fields"])

    def account(self, fields: str) -> web.Response:
        name, after, _ = ASKED.search(fields).groups()
        if name not in self.users:
            return error(110, error_subcode=2207013, message="Invalid user id")
        found = {
            "username": name,
            "followers_count": 100 + len(name),
            "media_count": len(self.users[name]),
            "id": "178",
        }
        found["media"] = self.part(self.users[name], after or "", self.page)
        return web.json_response({"business_discovery": found, "id": "17841"})

    def part(self, posts: list[dict], after: str, size: int) -> dict:
        begin = int(after[1:]) if after else 0
        page: dict = {"data": posts[begin : begin + size]}
        if begin + size < len(posts):
            secret = "https://graph.test/next?access_token=EAAinNextPage"
            page["paging"] = {"cursors": {"after": f"c{begin + size}"}, "next": secret}
        return json.loads(json.dumps(page))
