"""A pool of tokens for requests that are already charged; waits, or stops, where the budget is used up."""

import asyncio
from collections.abc import Callable, Sequence

from likeness_collect.budget import Budget
from likeness_collect.errors import BudgetSpent, CollectError
from likeness_collect.tokens import Token

Say = Callable[[str], object]
SHORTEST_WAIT = 0.05  # [s]
LONGEST_WAIT = 60.0  # [s] until the budget is looked at again: another process may have given up
LONG_ENOUGH = 30.0  # [s] of waiting that are worth a word


class TokenPool:
    """Tokens that may still be used, and the requests that wait for one. Use as `async with`."""

    def __init__(self, budget: Budget, tokens: Sequence[Token], *, wait: bool = True, say: Say = str) -> None:
        """wait: for the next hour where the budget is used up, instead of raising BudgetSpent. say: gets one line."""
        self._budget, self._wait, self._say = budget, wait, say
        self._live = {token.name: token for token in map(budget.name, tokens)}
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
