"""How a command that collects ends: whatever a user, a disk or a service can cause, in one line."""

import asyncio
import errno
import signal
import sqlite3
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import click

INTERRUPTED = 130  # as a shell reports SIGINT
SPENT = 3
GOES_ON = "the same command continues"


class OneLine(click.Group):
    """Ends in one line on stderr and a non-zero status, where a user, a disk or a service can be the cause."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the subcommand."""
        with one_line():
            return super().invoke(ctx)


@contextmanager
def one_line() -> Iterator[None]:
    """Turn foreseeable failures into one line and an exit status; bugs still show a traceback."""
    from likeness.errors import LayoutError
    from likeness_collect.errors import BudgetSpent, CollectError

    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        stop(f"interrupted; what was collected is kept, and {GOES_ON}", INTERRUPTED)
    except BudgetSpent as error:
        stop(str(error), SPENT)
    except (CollectError, LayoutError, OSError, sqlite3.Error) as error:
        stop(words(error), 1)


def stop(line: str, status: int) -> None:
    """Say one line on stderr and exit."""
    click.echo(f"likeness: {' '.join(line.split())}", err=True)
    sys.exit(status)


def words(error: Exception) -> str:
    """Return what a user can do about an error."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"no room on the disk ({error.strerror}); make some, and {GOES_ON}"
    if isinstance(error, sqlite3.Error):
        room = "; make room on the disk" if "full" in str(error) or "I/O" in str(error) else ""
        return f"the state cannot be written: {error}{room}, and {GOES_ON}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; SIGINT and SIGTERM stop it cleanly, with all that is finished written down."""

    async def guarded() -> Any:
        task = asyncio.current_task()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    return asyncio.run(guarded())
