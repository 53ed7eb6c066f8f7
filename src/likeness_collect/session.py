"""One session with the API: tokens, budget and fetcher put together, and every secret kept out of what it says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from likeness_collect.budget import HOUR, PER_HOUR, Budget, budget_file
from likeness_collect.errors import BudgetSpent, CollectError
from likeness_collect.fetch import Fetcher, Limits
from likeness_collect.graph import BASE, Graph
from likeness_collect.instagram import Wanted, collect_instagram
from likeness_collect.tokens import Redactor, Say, TokenPool, read_tokens

API_BYTES = 2_000_000  # of one answer: 50 posts with the longest captions are a fifth of it


@dataclass(frozen=True)
class Settings:
    """tokens_file: None for the environment. per_hour: budget of a token. window: the hour [s]. wait: for the next one.
    base_url: of the API, "" for Meta's. collected_at: a fixed time for tests, "" for the clock."""

    tokens_file: Path | None = None
    per_hour: int = PER_HOUR
    wait: bool = True
    allow_private: bool = False
    base_url: str = ""
    window: float = HOUR
    collected_at: str = ""


async def ask_instagram(
    wanted: Wanted, out: Path, settings: Settings, limits: Limits, *, workers: int, say: Say
) -> dict[str, int]:
    """Do `collect_instagram` with the user's tokens and budget. limits: of pictures; the API's answers are smaller.

    Raises CollectError, in whose words no token occurs.
    """
    tokens = read_tokens(settings.tokens_file)
    redact = Redactor([token.secret for token in tokens])
    of_api = replace(limits, max_bytes=API_BYTES)
    budget = Budget(budget_file(), per_hour=settings.per_hour, window=settings.window, deadline=limits.deadline)
    try:
        async with (
            TokenPool(budget, tokens, wait=settings.wait, say=lambda line: say(redact(line))) as pool,
            Fetcher(workers=workers, limits=of_api, allow_private=settings.allow_private) as api,
            Fetcher(workers=workers, limits=limits, allow_private=settings.allow_private) as pictures,
        ):
            graph = Graph(api, pool, redact, settings.base_url or BASE)
            at = settings.collected_at
            return await collect_instagram(wanted, out, graph, pictures, workers=workers, collected_at=at)
    except CollectError as error:
        raise (BudgetSpent if isinstance(error, BudgetSpent) else CollectError)(redact(str(error))) from None
    finally:
        budget.close()


def names_in(file: Path | None) -> Iterator[str]:
    """Yield the account names of a file, one a line; what follows a comma is left out. Raises CollectError."""
    if file is None:
        return
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for line in lines:
                yield line.split(",")[0].strip().strip('"')
    except UnicodeDecodeError as error:
        raise CollectError(f"{file}: is not UTF-8; save the account names as UTF-8") from error
