"""Meta's Graph API: one question at a time, with a charged token, and what its errors mean.

Error codes: "Handling Errors" and "Rate Limits" in Meta's Graph API documentation. The token goes into a header, never
into an address, so that no log, exception or redirect can carry it away; addresses of next pages, which hold it, are
not used: pages are asked for by cursor.
"""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from likeness_collect.answers import Answer, seconds_to_wait
from likeness_collect.errors import CollectError, FetchError, Permanent, Transient
from likeness_collect.fetch import Fetcher
from likeness_collect.tokens import Redactor, Token, TokenPool

BASE = "https://graph.facebook.com/v25.0"
REFUSED = frozenset({3, 10, 102, 190, 463, 467, *range(200, 300)})  # of the token: expired, revoked, or not allowed
LIMITED = frozenset({4, 17, 32, 341, 613, 80002})  # too many requests
PASSING = frozenset({1, 2, 368})
NOT_THERE = frozenset({24, 110})  # no such hashtag, no such professional account
OBJECT_MISSING = 33  # subcode of 100
SHORTEST_REST = 0.1  # [s]
LONGEST_REST = 3600.0
USUAL_REST = 60.0
MOST_RESTS = 50  # for one question; a service that only ever says "later" must not hold the run for ever


class TokenRefused(FetchError):
    """This token is of no use (any more); another may be."""


class TokenTired(FetchError):
    """This token has asked too much and rests for `seconds`."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


class SchemaChanged(CollectError):
    """The API no longer speaks as it did when this was written."""


class Graph:
    """Asks the API. `pool` hands out charged tokens; `redact` cleans what the API says."""

    def __init__(self, fetcher: Fetcher, pool: TokenPool, redact: Redactor, base_url: str = BASE) -> None:
        self._fetcher, self._pool, self._redact = fetcher, pool, redact
        self._base = base_url.rstrip("/")
        self._accounts: dict[str, asyncio.Lock] = {}

    async def ask(self, path: str, **parameters: str) -> dict[str, Any]:
        """Return the answer to GET /path; "{me}" in path and parameters becomes the account that asks.

        Every attempt is charged. Raises Permanent or Transient for this question, CollectError for the run.
        """
        async for attempt in self._fetcher.retrying():
            with attempt:
                return await self._with_some_token(path, parameters)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _with_some_token(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        why = ""
        for _ in range(MOST_RESTS):
            token = await self._pool.take()
            try:
                if token.account or "{me}" not in path + "".join(parameters.values()):
                    return await self._send(token, path, parameters)
                await self._find_account(token)  # spends the charge; the question itself takes another
            except TokenRefused as error:
                self._pool.set_aside(token, error.why)
            except TokenTired as error:
                self._pool.rest(token, error.seconds)
                why = error.why
        raise Transient(f"asked {MOST_RESTS} times: {why}")

    async def _send(self, token: Token, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        filled = {key: value.replace("{me}", token.account) for key, value in parameters.items()}
        url = f"{self._base}/{path.replace('{me}', token.account)}?{urlencode(filled)}"
        headers = {"Authorization": f"Bearer {token.secret}", "Accept": "application/json"}
        return read(await self._fetcher.once(url, headers=headers, redirects=0), self._redact)

    async def _find_account(self, token: Token) -> None:
        """Find out which Instagram account a token may ask for."""
        async with self._accounts.setdefault(token.name, asyncio.Lock()):
            if token.account:
                return
            answer = await self._send(token, "me/accounts", {"fields": "instagram_business_account"})
            pages = answer.get("data")
            linked = [page.get("instagram_business_account") for page in pages] if is_objects(pages) else []
            found = next((one["id"] for one in linked if isinstance(one, dict) and is_number(one.get("id"))), None)
            if found is None:
                raise TokenRefused("no Instagram professional account is linked to it")
            token.account = str(found)


def read(answer: Answer, redact: Redactor) -> dict[str, Any]:
    """Return the JSON object of an answer; raises what its error means."""
    pause = seconds_to_wait(answer.headers.get("Retry-After"))
    if 300 <= answer.status < 400:
        raise Transient("the API redirects, which is not followed")
    try:
        content = json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Transient(f"the answer ({answer.status}) is no JSON", pause) from error
    if not isinstance(content, dict):
        raise SchemaChanged("the API answers something else than a JSON object; this version cannot read it")
    if isinstance(content.get("error"), dict):
        raise meaning(content["error"], answer, pause, redact)
    if answer.status == 429 or answer.status >= 500:
        raise Transient(f"the API answers {answer.status}", pause)
    if answer.status != 200:
        raise Permanent(f"the API answers {answer.status}")
    return content


def meaning(error: Mapping[str, Any], answer: Answer, pause: float, redact: Redactor) -> Exception:
    """Return what an error of the API stands for."""
    code, subcode = number(error.get("code")), number(error.get("error_subcode"))
    said = redact(f"{code}: {error.get('message', '')}")
    if code in REFUSED:
        return TokenRefused(said)
    if code in LIMITED:
        asked = pause if "Retry-After" in answer.headers else regained(answer) or USUAL_REST
        return TokenTired(said, min(max(asked, SHORTEST_REST), LONGEST_REST))
    if code in PASSING or error.get("is_transient") is True or answer.status >= 500 or answer.status == 429:
        return Transient(said, pause)
    if code in NOT_THERE or (code == 100 and subcode == OBJECT_MISSING):
        return Permanent(said)
    if code == 100:
        return SchemaChanged(f"the API has changed ({said}); this version asks for something that is no longer there")
    return Permanent(said)


def regained(answer: Answer) -> float:
    """Return the seconds after which X-Business-Use-Case-Usage promises access again (it says minutes), 0 if none."""
    try:
        usage = json.loads(answer.headers.get("X-Business-Use-Case-Usage", "{}"))
        minutes = [one.get("estimated_time_to_regain_access", 0) for entry in usage.values() for one in entry]
        longest = float(max(minutes, default=0))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return 0.0
    return 60 * longest if math.isfinite(longest) and longest > 0 else 0.0


def number(value: object) -> int:
    """Return a code as a number, -1 for none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def is_number(value: object) -> bool:
    """Say whether an id is made of digits, as the API writes them: text, seldom a number."""
    return str(value).isascii() and str(value).isdecimal()


def is_objects(value: object) -> bool:
    """Say whether a value is a list of JSON objects."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
