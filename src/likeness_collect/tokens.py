"""Access tokens, from the environment or a file outside the repository and seen nowhere else; and a pool of them."""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from likeness import paths
from likeness_collect.budget import Budget
from likeness_collect.errors import BudgetSpent, CollectError

VARIABLE = "LIKENESS_INSTAGRAM_TOKENS"
HIDDEN = "(token)"
SHORTEST = 8  # characters: anything shorter is no token, and hiding it would hide half of every message
SHORTEST_WAIT = 0.05  # [s]
LONGEST_WAIT = 60.0  # [s] until the budget is looked at again: another process may have given up
LONG_ENOUGH = 30.0  # [s] of waiting that are worth a word
IN_ADDRESS = re.compile(r"(?i)(access_token|authorization|bearer)([=:%3d\s\"']+)[^\s&\"']+")
Say = Callable[[str], object]


@dataclass
class Token:
    """secret: what is sent. name: its keyed hash, for the budget. account: the Instagram user id that asks."""

    secret: str = field(repr=False)
    name: str = ""
    account: str = ""


def read_tokens(file: Path | None) -> list[Token]:
    """Return the tokens of a file (one a line or comma-separated), else those of LIKENESS_INSTAGRAM_TOKENS.

    Each is written as "id:token", with the Instagram user id that asks, or as "token". Raises CollectError without
    naming any of them: for a file inside a repository, no token, or what is none.
    """
    where = VARIABLE if file is None else str(file)
    text = os.environ.get(VARIABLE, "") if file is None else outside_text(file)
    words = [word for word in re.split(r"[,\s]+", text) if word]
    if not words:
        raise CollectError(f"{where}: holds no access token; give some in {VARIABLE}, or in a file with --tokens")
    tokens: dict[str, Token] = {}
    for number, word in enumerate(words, 1):
        head, colon, tail = word.partition(":")
        account, secret = (head, tail) if colon and head.isdecimal() else ("", word)
        if len(secret) < SHORTEST or not re.fullmatch(r"[\x21-\x7e]+", secret):
            raise CollectError(f"{where}: entry {number} is no access token; write id:token, separated by commas")
        tokens.setdefault(secret, Token(secret, account=account))
    return list(tokens.values())


def outside_text(file: Path) -> str:
    """Return a file's text. Raises CollectError if it lies inside a repository, where it could be committed."""
    place = Path(file).expanduser().resolve()
    for folder in {place.parent, Path(os.path.abspath(file)).parent}:  # noqa: PTH100 - also where the link lies
        try:
            inside = paths.root(folder)
        except paths.RepositoryNotFound:
            continue
        raise CollectError(f"{file}: lies inside the repository {inside}; keep tokens outside of it")
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'is no text'}") from None


class Redactor:
    """Takes secrets out of messages that others wrote."""

    def __init__(self, secrets: Sequence[str]) -> None:
        forms = {
            form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret), quote(secret))
        }
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return text on one line, at most 300 characters, without any of the secrets, also percent-encoded."""
        for form in self._forms:
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
        return " ".join(IN_ADDRESS.sub(rf"\1\2{HIDDEN}", text).split())[:300]


class TokenPool:
    """Tokens that may still be used, and requests that wait for one: charged, or waiting where the budget is used up.

    Use as `async with`.
    """

    def __init__(self, budget: Budget, tokens: Sequence[Token], *, wait: bool = True, say: Say = str) -> None:
        """wait: for the next hour where the budget is used up, instead of raising BudgetSpent. say: gets one line."""
        self._budget, self._wait, self._say = budget, wait, say
        for token in tokens:
            token.name = budget.name(token.secret)
        self._live = {token.name: token for token in tokens}
        self._why: dict[str, str] = {}
        self._asking: list[asyncio.Future[Token]] = []
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "TokenPool":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    async def take(self) -> Token:
        """Return a token for one request, which is charged. Raises BudgetSpent, or CollectError if none is left."""
        asked: asyncio.Future[Token] = asyncio.get_running_loop().create_future()
        self._asking.append(asked)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
        return await asked

    def set_aside(self, token: Token, why: str) -> None:
        """Use a token no more in this run. Raises CollectError if it was the last."""
        if self._live.pop(token.name, None) is not None:
            self._why[token.name] = why
            self._say(f"a token is set aside: {why}; {len(self._live)} left")
        if not self._live:
            raise self._nothing_left()

    def rest(self, token: Token, seconds: float) -> None:
        """Send nothing with a token for a while."""
        self._budget.rest(token.name, seconds)

    async def _serve(self) -> None:
        """Charge for all that ask, in one transaction each time: the disk is waited for once, not once a request."""
        try:
            while self._asking:
                self._asking = [one for one in self._asking if not one.done()]  # some were cancelled
                if not self._live:
                    raise self._nothing_left()
                granted = await asyncio.to_thread(self._budget.charge, list(self._live), len(self._asking))
                asking, self._asking = self._asking[: len(granted)], self._asking[len(granted) :]
                for one, name in zip(asking, granted, strict=True):
                    self._give(one, name)
                if self._asking and not granted:
                    await self._pause()
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits
            asking, self._asking = self._asking, []
            for one in asking:
                if not one.done():
                    one.set_exception(error)

    def _give(self, one: "asyncio.Future[Token]", name: str) -> None:
        if one.done():
            return  # cancelled: its charge is lost, which errs on the safe side
        if name in self._live:
            one.set_result(self._live[name])
        else:
            self._asking.append(one)  # the token was set aside while it was being charged

    async def _pause(self) -> None:
        names = list(self._live)
        if not names:
            return
        seconds = self._budget.seconds_until_free(names)
        if not self._wait and seconds > 0:
            raise BudgetSpent(
                f"the budget of {len(names)} tokens is used up; the same command continues in {minutes(seconds)}"
            )
        if seconds > LONG_ENOUGH:
            self._say(f"the budget is used up; going on in {minutes(seconds)} (Ctrl-C: the same command continues)")
        await asyncio.sleep(min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT))

    def _nothing_left(self) -> CollectError:
        reasons = "; ".join(sorted(set(self._why.values()))) or "none was given"
        return CollectError(f"no access token can be used: {reasons}; bring new ones, and the same command continues")


def minutes(seconds: float) -> str:
    """Return a duration in words, rounded up."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{-(-seconds // 60):.0f} min"
