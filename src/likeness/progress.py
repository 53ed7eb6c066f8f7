"""One progress bar for all long work: rate and ETA in a terminal, a line a minute in a log, silence in a page."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tqdm import tqdm

TERMINAL = "LIKENESS_TERMINAL"  # set by `likeness run` when a person watches; holds the terminal's path
LOG = "LIKENESS_LOG"  # set where nobody watches; holds the path of the standard error of who was asked
MINUTE = 60  # seconds between two lines of a log
ROW = "LIKENESS_ROW"  # lines below the cursor; set by `likeness repro`, whose studies have a line each


def watch() -> None:
    """Tell the processes started from here that a terminal is there to draw on, or else a log to write a line into."""
    if sys.stderr.isatty():
        os.environ[TERMINAL] = os.ttyname(sys.stderr.fileno())
    elif (stream := Path(f"/proc/{os.getpid()}/fd/2")).exists():
        os.environ.setdefault(LOG, str(stream))


def track(items: Iterable[Any], label: str, *, total: int | None = None, unit: str = "photo") -> Iterator[Any]:
    """Yield `items` and draw a bar with rate and ETA on the terminal that `watch` found.

    A notebook's kernel has no terminal of its own and captures stderr, so the bar is written to the
    terminal's device: it is seen by the person who waits and never reaches a report, where rates
    would differ from run to run.
    """
    device = os.environ.get(TERMINAL)
    if not device or not os.access(device, os.W_OK):  # a terminal can be closed while the work goes on
        yield from _logged(items, label, total, unit)
        return
    row = int(os.environ.get(ROW, 0))
    with Path(device).open("w", encoding="utf-8") as stream:
        yield from tqdm(items, desc=label, total=total, unit=unit, file=stream, leave=False, position=row)


def _logged(items: Iterable[Any], label: str, total: int | None, unit: str) -> Iterator[Any]:
    """Yield `items`, and write how far they are, with rate and ETA, into the log that `watch` found: once a minute."""
    begun = said = time.monotonic()
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        now = time.monotonic()
        if now - said >= MINUTE:
            said = now
            _say(f"{label}: {tqdm.format_meter(done, total, now - begun, ncols=0, unit=unit)}")


def _say(line: str) -> None:
    log = os.environ.get(LOG)
    with suppress(OSError):  # the log's process may be gone
        if log:
            with Path(log).open("a", encoding="utf-8") as stream:
                stream.write(f"{line}\n")
